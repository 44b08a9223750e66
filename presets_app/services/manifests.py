"""Pinning: what one preset would run with on one target, captured from the target and committed."""

from __future__ import annotations

import json
from typing import Any

from presets_app import wiring
from presets_app.backends import registry
from presets_app.core import manifest
from presets_app.core.canonical import digest
from presets_app.core.errors import Invalid, NotFound
from presets_app.core.generation import WeightsPin
from presets_app.core.permissions import Actor
from presets_app.core.problems import Problem
from presets_app.gitstore import Store, paths
from presets_app.models import Manifest, Preset, Target
from presets_app.services import targets
from presets_app.services.presets import load
from presets_app.services.recording import Deed, read_json, record


def capture(preset: Preset, target: Target, revision: str = "") -> dict[str, Any]:
    """The manifest as the target would have it now, without saving it."""
    document = load(preset.project, preset.slug, revision or preset.head)
    facts = _cloud_facts(target, document) if target.is_cloud else _local_facts(target, document)
    return manifest.from_fingerprint(preset.slug, target.slug, document, facts)


def pin(preset: Preset, target: Target, actor: Actor, revision: str = "") -> Manifest:
    """Capture and commit; the same pins again make no commit."""
    actor.must("manifest.pin")
    captured = capture(preset, target, revision)
    place = paths.manifest(preset.slug, target.slug)
    held = Manifest.objects.filter(preset=preset, target=target.slug).first()
    if held is not None and held.digest == manifest.digest(captured):
        return held

    def build(store: Store, head: str | None) -> dict[str, Any]:
        return {place: captured}

    title = f"Pin {preset.name} on {target.name}"
    record(preset.project, actor, Deed("manifest.pin", "manifest", f"{preset.slug}/{target.slug}", title), build)
    return Manifest.objects.get(preset=preset, target=target.slug)


def pinned(preset: Preset, target: str) -> dict[str, Any]:
    """The committed manifest of a side. Raises NotFound when the side was never pinned."""
    row = Manifest.objects.filter(preset=preset, target=target).first()
    if row is None:
        hint = "Pin it first: on the preset's page, or with `manage.py manifests capture`."
        raise NotFound(f"{preset.name} is not pinned on {target}.", code="not_pinned", hint=hint)
    return at(preset, target, row.commit)


def at(preset: Preset, target: str, commit: str) -> dict[str, Any]:
    """The manifest of a side as a commit holds it."""
    with wiring.store(preset.project.slug) as store:
        found = read_json(store, commit, paths.manifest(preset.slug, target))
    if found is None:
        raise NotFound(f"There is no manifest of {preset.name} on {target}.", code="not_pinned")
    value: dict[str, Any] = found
    return value


def weights_pin(pins: dict[str, Any]) -> WeightsPin:
    """The exact weights that a manifest names."""
    model = {key: pin.get("value") for key, pin in pins["model"].items()}
    if not model.get("revision"):
        problem = Problem(
            "weights_unknown", "error", "/models", "The weights of this side are not known.", "Pin it again."
        )
        raise Invalid.of([problem])
    return WeightsPin(str(model["repository"]), str(model["revision"]), dict(model.get("files") or {}))


def _local_facts(target: Target, document: dict[str, Any]) -> dict[str, Any]:
    answer = targets.last_answer(target)
    name = targets.repository(document)
    checkpoint = answer["checkpoints"].get(name)
    if not checkpoint or not checkpoint.get("revision"):
        hint = "Put the weights in place (docs/models.md), then ask the target again."
        text = f"{target.name} has no weights named {json.dumps(name)[:120]}."
        raise Invalid.of([Problem("weights_missing", "error", "/models/transformer", text, hint)])
    runtime = document.get("runtime", {})
    model = {"repository": name, "dtype": runtime.get("dtype", "float32"), **checkpoint}
    return {**answer["fingerprint"], "model": model}


def _cloud_facts(target: Target, document: dict[str, Any]) -> dict[str, Any]:
    chosen = registry.load(target.kind).choose_model(
        document, targets.catalogue(target), target.settings.get("models", {})
    )
    if isinstance(chosen, Problem):
        raise Invalid.of([chosen])
    model = {
        "model_id": chosen.model_id,
        "request_schema": digest(chosen.request_schema),
        "base_price": chosen.base_price,
        "service": target.settings["base_url"],
    }
    return {"model": model}
