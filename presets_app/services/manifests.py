"""Pinning: what one preset would run with on one target, captured from the target and committed."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import closing
from typing import Any, cast

from presets_app import wiring
from presets_app.backends import registry
from presets_app.backends.comfyui import pins
from presets_app.backends.comfyui.describing import Reads
from presets_app.backends.errors import BackendFailed
from presets_app.core import diff, manifest
from presets_app.core.errors import Invalid, NotFound, Unavailable
from presets_app.core.generation import WeightsPin
from presets_app.core.permissions import Actor
from presets_app.core.problems import Problem, has_errors
from presets_app.core.weights_named import parts, repository
from presets_app.gitstore import Store, paths
from presets_app.models import Manifest, Preset, Target
from presets_app.queries import drift, target_facts
from presets_app.queries.served import compiled
from presets_app.services import servers, targets
from presets_app.services.presets import known_secrets, load
from presets_app.services.recording import Deed, read_json, record

_DTYPE = "bfloat16"  # what the runner loads in when a preset does not say (runner/limits/common.py)
_ATTENTION = "sdpa"  # of a runner, for a preset that names none


def capture(preset: Preset, target: Target, revision: str = "") -> dict[str, Any]:
    """The manifest as the target would have it now, without saving it."""
    document = load(preset.project, preset.slug, revision or preset.head)
    return manifest.from_fingerprint(preset.slug, target.slug, document, _facts(target, document))


def pin(preset: Preset, target: Target, actor: Actor, revision: str = "") -> Manifest:
    """Capture and commit; the same pins again make no commit. What people declared stays where the target still does
    not say it."""
    actor.must("manifest.pin")
    fresh = capture(preset, target, revision)
    held = Manifest.objects.filter(preset=preset, target=target.slug).first()
    captured = manifest.carried_over(fresh, at(preset, target.slug, held.commit) if held else None)
    if held is not None and held.digest == manifest.digest(captured):
        return held
    title = f"Pin {preset.name} on {target.name}"
    deed = Deed("manifest.pin", "manifest", f"{preset.slug}/{target.slug}", title)
    return _commit(preset, target.slug, actor, deed, lambda now: manifest.carried_over(fresh, now))


def declare(preset: Preset, target: Target, actor: Actor, name: str, value: str) -> Manifest:
    """State a pin that the target does not tell, as SECTION.NAME; it stands in the manifest under the person's name,
    unverified. Raises Conflict for a pin that was captured, NotFound when the side was never pinned."""
    actor.must("manifest.declare")
    known = known_secrets(preset.project)
    pinned(preset, target.slug)
    deed = Deed("manifest.declare", "manifest", f"{preset.slug}/{target.slug}", f"Declare {name[:80]} of {target.name}")

    def changed(now: dict[str, Any]) -> dict[str, Any]:
        return manifest.with_declared(now, name, value, actor.name, known=known)

    return _commit(preset, target.slug, actor, deed, changed)


def _commit(
    preset: Preset, target: str, actor: Actor, deed: Deed, change: Callable[[dict[str, Any]], dict[str, Any]]
) -> Manifest:
    place = paths.manifest(preset.slug, target)

    def build(store: Store, head: str | None) -> dict[str, Any]:
        return {place: change(read_json(store, head, place) or {})}

    record(preset.project, actor, deed, build)
    return Manifest.objects.get(preset=preset, target=target)


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


def weights_pin(side: dict[str, Any]) -> WeightsPin:
    """The exact weights that a manifest names."""
    model = {key: pin.get("value") for key, pin in side["model"].items()}
    if not model.get("revision"):
        problem = Problem(
            "weights_unknown", "error", "/models", "The weights of this side are not known.", "Pin it again."
        )
        raise Invalid.of([problem])
    return WeightsPin(str(model["repository"]), str(model["revision"]), manifest.file_hashes(model.get("files")))


def standing(preset: Preset, target: Target) -> dict[str, Any]:
    """Whether the pins of a side still hold by the target's last answer, before anything is rendered:
    {manifest, same (None when the target never answered), changes}."""
    row = Manifest.objects.filter(preset=preset, target=target.slug).first()
    if row is None:
        return {"manifest": "", "same": None, "changes": []}
    answer = drift.answers([target])[target.slug][1]
    found = drift.changes(at(preset, target.slug, row.commit), target, answer) if answer else []
    sentences = [diff.sentence(change) for change in found]
    return {"manifest": row.digest, "same": None if answer is None else not found, "changes": sentences}


def _facts(target: Target, document: dict[str, Any]) -> dict[str, Any]:
    if target.is_cloud:
        return _cloud_facts(target, document)
    return _server_facts(target, document) if target.is_served else _local_facts(target, document)


def _server_facts(target: Target, document: dict[str, Any]) -> dict[str, Any]:
    """Read from the server itself, for the files that this document has it load. Raises Unavailable when it does not
    answer, Invalid when the document cannot be rendered there."""
    made = compiled(target, document)
    if has_errors(made.problems):
        raise Invalid.of(made.problems)
    folder = str(target.settings.get("models_folder") or "") or None
    try:
        with closing(servers.client(target)) as client:
            found = pins.facts(cast(Reads, client), made.body["prompt"], models_folder=folder)
    except BackendFailed as error:
        hint = error.failure.hint or "Ask it again when it answers."
        raise Unavailable(f"{target.name}: {error.failure.message}", code=error.code, hint=hint) from None
    dtype = (document.get("runtime") or {}).get("dtype")
    return {**found, "model": {**found["model"], **({"dtype": dtype} if dtype else {})}}


def _local_facts(target: Target, document: dict[str, Any]) -> dict[str, Any]:
    answer = targets.last_answer(target)
    name, wanted = repository(document), [part.name for part in parts(document)]
    lacking = [held for held in (name, *wanted) if not target_facts.checkpoint(answer, held).get("revision")]
    if lacking:
        raise Invalid.of([_not_there(target, answer, held) for held in lacking])
    dtype = document.get("runtime", {}).get("dtype", _DTYPE)
    model = target_facts.of_weights(answer, name, dtype, wanted)
    return {**_with_attention(answer["fingerprint"], document), "model": model}


def _with_attention(fingerprint: dict[str, Any], document: dict[str, Any]) -> dict[str, Any]:
    """With the kernel that the preset asks for: the runner starts a process with it, whichever it answered from."""
    flags = fingerprint.get("determinism")
    if not isinstance(flags, dict) or "attention" not in flags:
        return fingerprint
    asked = (document.get("runtime") or {}).get("attention") or _ATTENTION
    return {**fingerprint, "determinism": {**flags, "attention": asked}}


def _not_there(target: Target, answer: dict[str, Any], name: str) -> Problem:
    """Why weights cannot be pinned: what the target said of them, or that it has none of that name."""
    said = target_facts.checkpoint(answer, name).get("failure") or {}
    hint = "Put the weights in place (docs/models.md), then ask the target again."
    text = f"{target.name} has no weights named {json.dumps(name)[:120]}."
    if said.get("code") not in (None, "weights_missing"):
        text, hint = f"{target.name}: {said['message']}", str(said.get("hint") or hint)
        return Problem(str(said["code"]), "error", "/models/transformer", text, hint)
    return Problem("weights_missing", "error", "/models/transformer", text, hint)


def _cloud_facts(target: Target, document: dict[str, Any]) -> dict[str, Any]:
    chosen = registry.load(target.kind).choose_model(
        document, targets.catalogue(target), target.settings.get("models", {})
    )
    if isinstance(chosen, Problem):
        raise Invalid.of([chosen])
    return {"model": target_facts.of_offer(chosen, target.settings["base_url"])}
