"""The index of `live/` and its history: what is live where, and every publish and rollback."""

from __future__ import annotations

from django.db import models

from presets_app.models.presets import Preset
from presets_app.models.projects import Project


class Live(models.Model):
    project = models.ForeignKey(Project, models.CASCADE, related_name="live")
    preset = models.ForeignKey(Preset, models.CASCADE, related_name="live")
    target = models.CharField(max_length=80)
    revision = models.CharField(max_length=64)
    digest = models.CharField(max_length=64)
    manifest = models.CharField(max_length=64, blank=True, default="")
    since = models.DateTimeField()
    commit = models.CharField(max_length=64)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["preset", "target"], name="one_live_a_side")]
        verbose_name_plural = "live"

    def __str__(self) -> str:
        return f"{self.preset} on {self.target}: {self.revision[:8]}"


class Release(models.Model):
    """`before` and `after` map targets to {revision, digest, manifest}."""

    KINDS = (("publish", "publish"), ("rollback", "rollback"))

    project = models.ForeignKey(Project, models.CASCADE, related_name="releases")
    preset = models.ForeignKey(Preset, models.CASCADE, related_name="releases")
    kind = models.CharField(max_length=10, choices=KINDS)
    commit = models.CharField(max_length=64)
    migration_id = models.CharField(max_length=20, blank=True, default="")
    snapshot_id = models.CharField(max_length=20, blank=True, default="")
    before = models.JSONField(default=dict)
    after = models.JSONField(default=dict)
    reason = models.TextField(blank=True, default="")
    by = models.CharField(max_length=150)
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["preset", "commit"], name="one_release_a_commit")]
        indexes = [models.Index(fields=["project", "-at"], name="release_newest")]

    def __str__(self) -> str:
        return f"{self.kind} of {self.preset}"


class RestoreProof(models.Model):
    """After a rollback: the check that renders one side again and compares it with the snapshot's evidence."""

    release = models.ForeignKey(Release, models.CASCADE, related_name="proofs")
    target = models.CharField(max_length=80)
    check_id = models.CharField(max_length=20, blank=True, default="")
    problem = models.CharField(max_length=300, blank=True, default="")
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["release", "target"], name="one_proof_a_side")]

    def __str__(self) -> str:
        return f"proof of {self.release_id} on {self.target}"
