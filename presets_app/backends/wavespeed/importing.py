"""A WaveSpeed request as a draft document: what the request says, and nothing that it does not say."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from presets_app.backends.base import CatalogueModel, Imported
from presets_app.backends.request_drafts import Draft
from presets_app.backends.request_envelopes import opened
from presets_app.backends.request_reading import Fields, read_fields, task_of, titled
from presets_app.core.losses import Loss
from presets_app.core.problems import Problem
from presets_app.core.secrets import is_secret

_FAMILIES = ("ltx-2.5", "ltx-2.3", "ltx-2", "wan-2.6", "wan-2.5", "wan-2.2")
_BODIES = ("input", "inputs", "body")
_ROUTES = ("/api/v3/", "/api/v2/")
_SOURCE = "wavespeed.ai/docs"
_CAME_FROM = "WaveSpeed request"


def recognises(value: Mapping[str, Any]) -> bool:
    """{"model": "<maker>/<model>/...", "input": {...}}, or a body with its path below /api/v3."""
    return bool(_parts(value)[0])


def to_document(value: Mapping[str, Any]) -> Imported:
    """The request as a draft; never raises for what recognises() took."""
    model, below, body = _parts(value)
    return _read(value, model, below, body)


def import_request(model: CatalogueModel, body: Mapping[str, Any]) -> tuple[dict[str, Any], list[Loss], list[Problem]]:
    """(draft, fate of every field of the body, what is left for a person to complete) of a bare body."""
    found = _read({"body": body}, model.model_id, "/body", body)
    losses = [replace(loss, target_path=loss.target_path.removeprefix("/body")) for loss in found.losses]
    return found.document or {}, losses, found.problems


def _parts(value: Mapping[str, Any]) -> tuple[str, str, Mapping[str, Any]]:
    """Model id ("" when it is no such request), pointer of the body, body."""
    request = opened(value)
    for route in _ROUTES:
        if request.path.startswith(route) and request.below and "predictions" not in request.path:
            return request.path.removeprefix(route), request.below, request.body
    name = next((name for name in _BODIES if isinstance(value.get(name), Mapping)), None)
    model = value.get("model")
    if name is None or not isinstance(model, str) or "/" not in model or "parameters" in value:
        return "", "", {}
    foreign = request.path and not request.path.startswith(_ROUTES)
    return ("", "", {}) if foreign else (model[:200], f"/{name}", value[name])


def _read(value: Mapping[str, Any], model: str, below: str, body: Mapping[str, Any]) -> Imported:
    draft = Draft(value, _CAME_FROM, _SOURCE)
    fields = Fields(draft, {below: body}, "WaveSpeed")
    family = next((family for family in _FAMILIES if family in model), None)
    if family:
        draft.document["family"] = family
    draft.document["task"] = _task(fields, model)
    if "-5b-" in model:
        draft.document["variant"] = "ti2v-5b"
    _named(draft, model, in_path="model" not in value)
    read_fields(fields, family)
    return draft.closed()


def _named(draft: Draft, model: str, *, in_path: bool) -> None:
    if in_path:
        titled(draft, "WaveSpeed", *model.split("/")[1:])
        if draft.has("/path"):
            draft.put("/models/transformer", "/path", [model], note="The model is named by the path.")
        elif draft.has("/url"):
            draft.put("/models/transformer", "/url", [model], note="The model is named by the address.")
        elif not is_secret(model):
            draft.write("/models/transformer", [model])
    elif draft.has("/model"):
        titled(draft, "WaveSpeed", *model.split("/")[1:])
        draft.put("/models/transformer", "/model", [model])
    else:
        titled(draft)


def _task(fields: Fields, model: str) -> str:
    if "speech-to-video" in model:
        return "s2v"
    found = task_of(fields)
    if found == "t2v" and ("image-to-video" in model or "i2v" in model.rsplit("/", maxsplit=1)[-1]):
        return "i2v"
    return "r2v" if "reference-to-video" in model else found
