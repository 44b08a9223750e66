"""Targets: places that render, and the values they need, encrypted."""

from __future__ import annotations

from django.db import models

from presets_app.models.projects import Project


class Target(models.Model):
    """`kind` names the backend folder ("local", "comfyui", "wavespeed"; "files" holds outputs brought in by hand).
    `settings` holds no secrets. `fingerprint` is the last answer of the place about itself, an artifact's digest."""

    project = models.ForeignKey(Project, models.CASCADE, related_name="targets")
    slug = models.SlugField(max_length=80)
    name = models.CharField(max_length=120)
    kind = models.CharField(max_length=20)
    settings = models.JSONField(default=dict)
    stand_in = models.CharField(max_length=120, blank=True, default="")
    probe = models.CharField(max_length=64, blank=True, default="")
    probed_at = models.DateTimeField(null=True, blank=True)
    probe_failure = models.JSONField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["project", "slug"], name="one_target_a_slug")]
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.name

    @property
    def is_served(self) -> bool:
        """Whether work is sent there over HTTP and watched from here, without money changing hands."""
        return self.kind == "comfyui"

    @property
    def is_dispatched(self) -> bool:
        """Whether the web side's dispatcher sends the work, and not the runner's queue."""
        return self.is_cloud or self.is_served

    @property
    def is_outside(self) -> bool:
        """Whether what is sent there leaves the team's own machines."""
        return self.is_cloud or bool(self.settings.get("outside"))

    @property
    def is_cloud(self) -> bool:
        return self.kind not in ("local", "comfyui", "files")


class TargetSecret(models.Model):
    """The value behind one environment name, as a Fernet token; the key lies outside the database."""

    target = models.ForeignKey(Target, models.CASCADE, related_name="secrets")
    name = models.CharField(max_length=128)
    token = models.BinaryField()
    set_at = models.DateTimeField(auto_now=True)
    set_by = models.CharField(max_length=150, blank=True, default="")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["target", "name"], name="one_value_a_name")]

    def __str__(self) -> str:
        return f"{self.name} of {self.target}"
