"""The index of `manifests/`: the pins of one preset on one target."""

from __future__ import annotations

from django.db import models

from presets_app.models.presets import Preset
from presets_app.models.projects import Project


class Manifest(models.Model):
    project = models.ForeignKey(Project, models.CASCADE, related_name="manifests")
    preset = models.ForeignKey(Preset, models.CASCADE, related_name="manifests")
    target = models.CharField(max_length=80)
    digest = models.CharField(max_length=64)
    document_digest = models.CharField(max_length=64)
    commit = models.CharField(max_length=64)
    unknown = models.PositiveIntegerField(default=0)
    at = models.DateTimeField()
    by = models.CharField(max_length=150)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["preset", "target"], name="one_manifest_a_side")]

    def __str__(self) -> str:
        return f"{self.preset} on {self.target}"
