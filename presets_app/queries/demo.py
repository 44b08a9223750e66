"""What of the demo is there already."""

from __future__ import annotations

from presets_app.models import Check, Migration, Preset, Project, Recipe


def preset(project: Project, slug: str) -> Preset | None:
    return Preset.objects.select_related("project").filter(project=project, slug=slug).first()


def good_check(preset: Preset, digest: str) -> Check | None:
    found = Check.objects.filter(preset=preset, digest=digest, kind="parity", outcome__in=("pass", "accepted"))
    return found.order_by("-id").first()


def open_migration(preset: Preset) -> Migration | None:
    found = Migration.objects.select_related("preset__project", "project").filter(preset=preset)
    return found.filter(state__in=("open", "approved")).order_by("-id").first()


def has_recipe(project: Project, name: str) -> bool:
    return Recipe.objects.filter(project=project, name=name).exists()


def has_check(project: Project, note: str) -> bool:
    return Check.objects.filter(project=project, note=note).exists()
