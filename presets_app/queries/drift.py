"""Whether a target is still what was pinned: the pins of model and driver against its own last answer."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from presets_app import wiring
from presets_app.artifacts import get_json
from presets_app.backends.base import CatalogueModel
from presets_app.core import manifest
from presets_app.core.diff import Change
from presets_app.core.errors import MatchframeError
from presets_app.gitstore import Store, paths
from presets_app.models import Manifest, Target
from presets_app.queries import target_facts

COMPARED = {"model": manifest.MODEL_PINS, "driver": manifest.DRIVER_PINS}  # seeds are the preset's own
PRESETS_LOOKED_AT = 20  # newest pins of one target; a drift of the machine shows in each of them
Answers = dict[str, tuple[Target, dict[str, Any] | None]]


def answers(targets: Iterable[Target]) -> Answers:
    """{slug: (target, its last answer about itself or None)}, each read once."""
    return {target.slug: (target, _answer(target)) for target in targets}


def _answer(target: Target) -> dict[str, Any] | None:
    if not target.probe:
        return None
    try:
        found: dict[str, Any] = get_json(wiring.artifacts(), target.probe)
    except (MatchframeError, OSError, ValueError):
        return None
    return found


def changes(pinned: dict[str, Any], target: Target, answer: dict[str, Any]) -> list[Change]:
    """What of the pinned model and driver is no longer so. What a person declared is left out, for nothing
    reports it, and so is what was not known when it was pinned."""
    now = manifest.from_fingerprint(pinned["preset"], pinned["target"], {}, _facts(pinned, target, answer))
    return manifest.differences(_compared(pinned, pinned, target), _compared(now, pinned, target))


def between(pinned: dict[str, Any], other: dict[str, Any], target: Target) -> list[Change]:
    """The same against another manifest of the target."""
    return manifest.differences(_compared(pinned, pinned, target), _compared(other, pinned, target))


def _compared(side: dict[str, Any], pinned: dict[str, Any], target: Target) -> dict[str, Any]:
    loose = {(name, key) for name in COMPARED for key, pin in pinned[name].items() if pin["status"] != "captured"}
    # What is asked for since the pins were made was not known then either.
    loose |= {(name, key) for name, expected in COMPARED.items() for key in expected if key not in pinned[name]}
    loose |= {("driver", key) for key in manifest.CHOSEN_PINS}  # the preset's own, as seeds are
    if target.stand_in:
        loose.add(("model", "service"))  # a stand-in listens on another port at each start
    return {name: {key: pin for key, pin in side[name].items() if (name, key) not in loose} for name in COMPARED}


def _facts(pinned: dict[str, Any], target: Target, answer: dict[str, Any]) -> dict[str, Any]:
    if target.is_cloud:
        return {"model": _offered(str(_value(pinned, "model_id")), target, answer)}
    if target.is_served:  # its files are looked at when they are pinned, and when they are rendered with
        held = {key: pin["value"] for key, pin in pinned["model"].items() if pin["status"] == "captured"}
        return {**answer["fingerprint"], "model": held}
    parts = target_facts.parts_pinned(pinned, answer)
    name, dtype = str(_value(pinned, "repository")), _value(pinned, "dtype")
    return {**answer["fingerprint"], "model": target_facts.of_weights(answer, name, dtype, parts)}


def _value(pinned: dict[str, Any], key: str) -> Any:
    return pinned["model"].get(key, {}).get("value")


def _offered(model_id: str, target: Target, answer: dict[str, Any]) -> dict[str, Any]:
    """The pinned model as the service's catalogue has it now; {} when it is no longer offered."""
    model = next((row for row in answer.get("catalogue", []) if row["model_id"] == model_id), None)
    if model is None:
        return {}
    return target_facts.of_offer(CatalogueModel(**model), target.settings.get("base_url", ""))


def pins_at(store: Store, preset: str, target: str, commit: str) -> dict[str, Any] | None:
    """The manifest of a side as a commit holds it, None when it holds none."""
    data = store.read(commit, paths.manifest(preset, target))
    if data is None:
        return None
    found: dict[str, Any] = json.loads(data)
    return found


def of_target(store: Store, target: Target, answer: dict[str, Any] | None) -> list[tuple[Manifest, list[Change]]]:
    """The newest pins on a target that no longer hold, each with what changed."""
    if answer is None:
        return []
    rows = Manifest.objects.select_related("preset").filter(project=target.project_id, target=target.slug)
    found = []
    for row in rows.order_by("-at", "-id")[:PRESETS_LOOKED_AT]:
        pinned = pins_at(store, row.preset.slug, target.slug, row.commit)
        changed = changes(pinned, target, answer) if pinned else []
        if changed:
            found.append((row, changed))
    return found
