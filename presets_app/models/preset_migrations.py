"""The index of `migrations/`: moving a revision from one target to another, and the approvals given."""

from __future__ import annotations

from django.db import models

from presets_app.models.presets import Preset
from presets_app.models.projects import Project


class Migration(models.Model):
    id = models.CharField(max_length=20, primary_key=True)
    project = models.ForeignKey(Project, models.CASCADE, related_name="preset_migrations")
    preset = models.ForeignKey(Preset, models.PROTECT, related_name="migrations")
    revision = models.CharField(max_length=64)
    digest = models.CharField(max_length=64)
    from_target = models.CharField(max_length=80)
    to_target = models.CharField(max_length=80)
    check_id = models.CharField(max_length=20, blank=True, default="")
    state = models.CharField(max_length=10)
    checklist = models.JSONField(default=list)
    manifests = models.JSONField(default=dict)
    note = models.CharField(max_length=300, blank=True, default="")
    opened_by = models.CharField(max_length=150)
    opened_at = models.DateTimeField()
    closed_by = models.CharField(max_length=150, blank=True, default="")
    closed_reason = models.TextField(blank=True, default="")
    commit = models.CharField(max_length=64)

    class Meta:
        indexes = [models.Index(fields=["project", "-id"], name="migration_newest")]

    def __str__(self) -> str:
        return f"{self.preset}: {self.from_target} to {self.to_target}"


class Approval(models.Model):
    """A person's yes to exact bytes; `digests` names them all."""

    migration = models.ForeignKey(Migration, models.CASCADE, related_name="approvals")
    number = models.PositiveIntegerField()
    by = models.CharField(max_length=150)
    at = models.DateTimeField()
    reason = models.TextField(blank=True, default="")
    digests = models.JSONField(default=dict)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["migration", "number"], name="one_approval_a_number")]

    def __str__(self) -> str:
        return f"{self.by} on {self.migration_id}"
