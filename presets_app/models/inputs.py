"""The index of `inputs/`: frozen lists of what to render."""

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
