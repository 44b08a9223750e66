"""A RunPod job as a draft document: a public endpoint's input, or the graph of worker-comfyui."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from importlib import import_module
from typing import Any

from presets_app.backends.base import Imported
from presets_app.backends.request_drafts import Draft
from presets_app.backends.request_envelopes import Enveloped, opened
from presets_app.backends.request_reading import Fields, read_fields, task_of, titled
from presets_app.backends.runpod.capability import models
from presets_app.core.pointers import parts_of

_PATH = re.compile(r"/v2/([^/\s]{1,100})/(?:run|runsync)/?")
_FAMILY = re.compile(r"wan-2-([1256])")
_WORDS = frozenset({"prompt", "workflow"})
_SOURCE = "runpod/docs public-endpoints"
_CAME_FROM = "RunPod request"


def recognises(value: Mapping[str, Any]) -> bool:
    """{"input": {...}} of a public Wan endpoint or of worker-comfyui, bare or with its path."""
    request = opened(value)
    given = request.body.get("input")
    if not isinstance(given, Mapping) or not _WORDS.intersection(given):
        return False
    if isinstance(given.get("workflow"), Mapping):
        return True
    if "parameters" in request.body:
        return False
    if request.path:
        return bool(_PATH.fullmatch(request.path))
    return request.model in models() or not request.model


def to_document(value: Mapping[str, Any]) -> Imported:
    """The request as a draft; never raises for what recognises() took."""
    request = opened(value)
    given = request.body["input"]
    if isinstance(given.get("workflow"), Mapping):
        return _worker(value, f"{request.below}/input", given["workflow"])
    draft = Draft(value, _CAME_FROM, _SOURCE)
    fields = Fields(draft, {f"{request.below}/input": given}, "RunPod")
    family = _endpoint(draft, fields, request)
    draft.document["task"] = task_of(fields)
    read_fields(fields, family)
    return draft.closed()


def _endpoint(draft: Draft, fields: Fields, request: Enveloped) -> str | None:
    """Settle which endpoint the request is for: by its path or model, else by the fields it has."""
    found = _PATH.fullmatch(request.path)
    name = found[1] if found else request.model
    stated = _FAMILY.match(name)
    family = f"wan-2.{stated[1]}" if stated else _guessed(draft, fields)
    if family:
        draft.document["family"] = family
    if not stated:
        titled(draft)
        return family
    titled(draft, "RunPod", name)
    places = [place for place in ("/model", "/path", "/url", "/endpoint") if draft.has(place)]
    if places:
        draft.put("/models/transformer", places[0], [name], note="The endpoint.")
    if "720" in name and "size" not in fields.names() and "lora" in name:
        text = "The endpoint takes no size; it renders 720p in the shape of the picture."
        draft.trouble("size_not_stated", "/width", text, "Set the width and height of the video that came back.")
    return family


def _guessed(draft: Draft, fields: Fields) -> str | None:
    names = set(fields.names())
    if not {"flow_shift", "num_inference_steps", "high_noise_loras", "low_noise_loras"} & names:
        return None
    text = "The request does not name its endpoint; its fields are those of the public Wan 2.2 endpoints."
    hint = "Set the family to wan-2.1 if it was sent to that endpoint, which has the same fields."
    draft.trouble("family_assumed", "/family", text, hint)
    return "wan-2.2"


def _worker(value: Mapping[str, Any], below: str, workflow: Mapping[str, Any]) -> Imported:
    # By name: vendors' folders do not know each other, and the graph is ComfyUI's business.
    reader: Any = import_module("presets_app.backends.comfyui.importing")
    found: Imported = reader.to_document(workflow)
    inside = [replace(loss, target_path=f"{below}/workflow{loss.target_path}") for loss in found.losses]
    outside = Draft(_without(value, parts_of(f"{below}/workflow")), _CAME_FROM, _SOURCE)
    _pictures(outside, below)
    return Imported(found.document, inside + outside.rest(), [*found.problems, *outside.problems], _CAME_FROM)


def _without(value: Mapping[str, Any], parts: list[str]) -> dict[str, Any]:
    """The object without the part that the pointer's parts name."""
    kept = dict(value)
    if len(parts) == 1:
        del kept[parts[0]]
    else:
        kept[parts[0]] = _without(value[parts[0]], parts[1:])
    return kept


def _pictures(draft: Draft, below: str) -> None:
    listed = [pointer for pointer in draft.open_fields() if pointer.startswith(f"{below}/images/")]
    for pointer in listed:
        large = pointer.endswith("/image")
        draft.drop(pointer, "Sent along with the graph, which names it.", instead="(the file itself)" if large else "")
    if listed:
        text = "The request carries pictures inside it, which a preset names and does not hold."
        draft.trouble("input_inline", "/inputs", text, "Save them and add them as assets.")
