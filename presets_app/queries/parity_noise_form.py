"""What a noise floor can be measured of: presets, targets, inputs, and the benign changes a preset allows."""

from __future__ import annotations

import json
from typing import Any

from presets_app import wiring
from presets_app.core import noise_floor
from presets_app.gitstore import paths
from presets_app.models import InputSet, Preset, Project, Target


def choices(project: Project, given: dict[str, str]) -> dict[str, Any]:
    presets = list(Preset.objects.filter(project=project).order_by("name"))
    targets = list(Target.objects.filter(project=project).exclude(kind="files"))
    sets = list(InputSet.objects.filter(project=project).order_by("-kind", "name"))
    chosen = {name: value for name, value in given.items() if value}
    preset = next((found for found in presets if found.slug == given.get("preset")), presets[0] if presets else None)
    return {
        "presets": [(found.slug, found.name) for found in presets],
        "targets": [(found.slug, found.name) for found in targets],
        "input_sets": [(found.slug, f"{found.name} ({found.items} items)") for found in sets],
        "changes": _changes(preset),
        "chosen": chosen,
    }


def _changes(preset: Preset | None) -> list[tuple[str, str]]:
    """As form options; the value is the change as JSON."""
    usual = [("", "the first that the side can be sent; none on a service"), ("none", "none, only the repeat")]
    if preset is None:
        return usual
    with wiring.store(preset.project.slug) as store:
        data = store.read(preset.head, paths.preset(preset.slug))
    found = noise_floor.benign_changes(json.loads(data)) if data else []
    return usual + [
        (json.dumps({change.path: change.after}), f"{change.label}: {_said(change.before)} to {_said(change.after)}")
        for change in found
    ]


def _said(value: Any) -> str:
    return {True: "on", False: "off"}.get(value, str(value)) if isinstance(value, bool) else str(value)
