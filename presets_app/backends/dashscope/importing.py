"""A DashScope request as a draft document."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from presets_app.backends.base import Imported
from presets_app.backends.dashscope.capability import models
from presets_app.backends.request_drafts import Draft
from presets_app.backends.request_envelopes import Enveloped, opened
from presets_app.backends.request_reading import Fields, read_fields, rewritten, task_of, titled

_PATH = re.compile(r"/api/v1/services/aigc/[a-z0-9-]+/video-synthesis/?")
_MODEL = re.compile(r"wanx?(\d\.\d)-[a-z0-9-]+")
_FAMILIES = ("wan-2.1", "wan-2.2", "wan-2.5", "wan-2.6")


def recognises(value: Mapping[str, Any]) -> bool:
    """{"model": "wan...", "input": {...}, "parameters": {...}}, bare or with its path."""
    request = opened(value)
    body = request.body
    if not isinstance(body.get("input"), Mapping) or "workflow" in body["input"]:
        return False
    if _PATH.fullmatch(request.path):
        return True
    return not request.path and bool(_MODEL.fullmatch(request.model))


def to_document(value: Mapping[str, Any]) -> Imported:
    """The request as a draft; never raises for what recognises() took."""
    request = opened(value)
    draft = Draft(value, "DashScope request", "alibabacloud.com/help/en/model-studio")
    parts = {f"{request.below}/{name}": request.body.get(name) for name in ("input", "parameters")}
    fields = Fields(draft, parts, "DashScope")
    family = _model(draft, request)
    task = task_of(fields)
    draft.document["task"] = "s2v" if "s2v" in request.model else "i2v" if _from_picture(request, task) else task
    read_fields(fields, family)
    _prompt_extend(draft, fields, request.model)
    if "media" in fields.names():
        text = "The request lists its files as `media`, the way of Wan 2.7, which is not supported."
        draft.trouble("input_not_understood", "/inputs", text, "Add the files by hand.", "error")
    return draft.closed()


def _from_picture(request: Enveloped, task: str) -> bool:
    return task == "t2v" and "i2v" in request.model


def _model(draft: Draft, request: Enveloped) -> str | None:
    places = list(dict.fromkeys(place for place in ("/model", f"{request.below}/model") if draft.has(place)))
    found = _MODEL.fullmatch(request.model)
    if not places or found is None:
        titled(draft)
        return None
    titled(draft, "DashScope", request.model)
    for place, pointer in enumerate(places):
        if place:
            draft.enter("/models/transformer", pointer, [request.model], note="The same model again.")
        else:
            draft.put("/models/transformer", pointer, [request.model])
    family = f"wan-{found[1]}"
    if family not in _FAMILIES:
        text = f"The service's model {request.model} belongs to no family that is supported."
        draft.trouble("family_not_supported", "/family", text, "Set the family by hand.", "error")
        return None
    draft.document["family"] = family
    return family


def _prompt_extend(draft: Draft, fields: Fields, model: str) -> None:
    """Left out, the switch is on: what takes effect is a rewritten prompt."""
    known = models().get(model)
    takes = known is None or "prompt_extend" in known.properties
    if takes and "prompt_extend" not in fields.names() and "prompt_expansion" not in draft.document:
        rewritten(fields, "prompt_extend")
