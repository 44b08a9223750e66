"""The index of `snapshots/`."""

from __future__ import annotations

from django.db import models

from presets_app.models.presets import Preset
from presets_app.models.projects import Project


class Snapshot(models.Model):
    """`sides` maps targets to {revision, digest, manifest, evidence}; `good` as core.known_good judges them."""

    id = models.CharField(max_length=20, primary_key=True)
    project = models.ForeignKey(Project, models.CASCADE, related_name="snapshots")
    preset = models.ForeignKey(Preset, models.CASCADE, related_name="snapshots")
    note = models.CharField(max_length=200)
    automatic = models.BooleanField(default=False)
    sides = models.JSONField(default=dict)
    good = models.BooleanField(default=False)
    by = models.CharField(max_length=150)
    at = models.DateTimeField()
    commit = models.CharField(max_length=64)

    class Meta:
        indexes = [models.Index(fields=["project", "-id"], name="snapshot_newest")]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d} {self.note}"
