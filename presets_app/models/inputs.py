"""The index of `inputs/`: frozen lists of what to render; and the lists that are still being made."""

from __future__ import annotations

from django.db import models

from presets_app.models.projects import Project


class InputSet(models.Model):
    """`labels` counts items by label; the items themselves stay in Git."""

    KINDS = (("preview", "preview set"), ("batch", "batch"))

    project = models.ForeignKey(Project, models.CASCADE, related_name="input_sets")
    slug = models.SlugField(max_length=80)
    name = models.CharField(max_length=120)
    kind = models.CharField(max_length=10, choices=KINDS)
    digest = models.CharField(max_length=64)
    commit = models.CharField(max_length=64)
    items = models.PositiveIntegerField()
    local_only = models.PositiveIntegerField(default=0)
    labels = models.JSONField(default=dict)
    at = models.DateTimeField()
    by = models.CharField(max_length=150)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["project", "slug"], name="one_input_set_a_slug")]
        indexes = [models.Index(fields=["project", "-at"], name="inputs_newest")]

    def __str__(self) -> str:
        return self.name


class InputDraft(models.Model):
    """A set that nobody has frozen yet: it is in no run and not in Git. `items` are items of the input set format;
    `local_only` holds for all of them."""

    project = models.ForeignKey(Project, models.CASCADE, related_name="input_drafts")
    slug = models.SlugField(max_length=80)
    name = models.CharField(max_length=120)
    kind = models.CharField(max_length=10, choices=InputSet.KINDS)
    items = models.JSONField(default=list)
    local_only = models.BooleanField(default=False)
    by = models.CharField(max_length=150)
    changed_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["project", "slug"], name="one_input_draft_a_slug")]
        indexes = [models.Index(fields=["project", "-changed_at"], name="input_drafts_newest")]

    def __str__(self) -> str:
        return self.name
