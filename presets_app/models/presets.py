"""The index of `presets/`: a row a preset, a row a saved revision; and what people are still writing."""

from __future__ import annotations

from django.db import models

from presets_app.models.projects import Project


class Preset(models.Model):
    """`head` is the commit of the newest revision, `digest` its document's digest. `held` is {by, at, reason} after a
    rollback, until somebody lets new revisions through again; {} otherwise."""

    project = models.ForeignKey(Project, models.CASCADE, related_name="presets")
    slug = models.SlugField(max_length=80)
    name = models.CharField(max_length=120)
    family = models.CharField(max_length=20)
    variant = models.CharField(max_length=40, blank=True, default="")
    task = models.CharField(max_length=20)
    head = models.CharField(max_length=64)
    digest = models.CharField(max_length=64)
    revisions = models.PositiveIntegerField(default=0)
    changed_at = models.DateTimeField()
    changed_by = models.CharField(max_length=150)
    held = models.JSONField(default=dict, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["project", "slug"], name="one_preset_a_slug")]
        indexes = [models.Index(fields=["project", "-changed_at", "-id"], name="preset_newest")]

    def __str__(self) -> str:
        return self.name


class Revision(models.Model):
    """One save: the commit, the document's digest, who and why. Never changed once written."""

    preset = models.ForeignKey(Preset, models.CASCADE, related_name="history")
    commit = models.CharField(max_length=64)
    digest = models.CharField(max_length=64)
    number = models.PositiveIntegerField()
    author = models.CharField(max_length=150)
    message = models.CharField(max_length=300)
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["preset", "commit"], name="one_revision_a_commit")]
        indexes = [models.Index(fields=["preset", "-number"], name="revision_newest")]

    def __str__(self) -> str:
        return f"{self.preset} {self.commit[:8]}"


class PresetDraft(models.Model):
    """What one person has changed in one preset and not saved: in no revision and not in Git. Named by project and
    slug, so that rebuilding the index leaves it alone. `text` is the document as JSON, or the raw text as it was typed
    where `raw`; it never holds a secret. `base` is the digest of the revision it was begun from."""

    project = models.ForeignKey(Project, models.CASCADE, related_name="preset_drafts")
    slug = models.SlugField(max_length=80)
    by = models.CharField(max_length=150)
    text = models.TextField()
    raw = models.BooleanField(default=False)
    base = models.CharField(max_length=64)
    changed_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["project", "slug", "by"], name="one_draft_a_person")]

    def __str__(self) -> str:
        return f"{self.slug} by {self.by}"
