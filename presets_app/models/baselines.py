"""Baselines: the kept run of a preset on a target that later ones are held against."""

from __future__ import annotations

from django.db import models

from presets_app.models.presets import Preset
from presets_app.models.projects import Project
from presets_app.models.runs import Run
from presets_app.models.targets import Target


class Baseline(models.Model):
    """The newest `number` of a preset on a target counts; those before it stay. `record` is an artifact that holds
    timings, memory, fingerprint, seeds and the digests of all outputs and logs. The run cannot be deleted."""

    project = models.ForeignKey(Project, models.CASCADE, related_name="baselines")
    preset = models.ForeignKey(Preset, models.PROTECT, related_name="baselines")
    target = models.ForeignKey(Target, models.PROTECT, related_name="baselines")
    run = models.ForeignKey(Run, models.PROTECT, related_name="baselines")
    number = models.PositiveIntegerField(default=1)
    record = models.CharField(max_length=64)
    reason = models.CharField(max_length=300, blank=True, default="")
    by = models.CharField(max_length=150)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["preset", "target", "number"], name="one_baseline_a_number")]
        ordering = ["-number"]

    def __str__(self) -> str:
        return f"{self.run} as baseline {self.number}"
