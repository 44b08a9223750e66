"""An LTX API request as a draft document."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from presets_app.backends.base import Imported
from presets_app.backends.ltx_api.catalogue import FAMILIES, MODELS
from presets_app.backends.request_drafts import Draft
from presets_app.backends.request_envelopes import Enveloped, opened
from presets_app.backends.request_reading import Fields, read_fields, task_of, titled

_PATH = re.compile(r"/(?:v[12]/)?(text-to-video|image-to-video|audio-to-video|retake|extend|video-to-video-hdr)/?")
_MODEL = re.compile(r"ltx-2(?:-\d)?-(?:fast|pro)")
_EDITS = ("retake", "extend", "video-to-video-hdr")
_PREFIXES = (("ltx-2-5", "ltx-2.5"), ("ltx-2-3", "ltx-2.3"), ("ltx-2", "ltx-2"))


def recognises(value: Mapping[str, Any]) -> bool:
    """A body with one of the API's model names, bare or with its endpoint."""
    request = opened(value)
    flat = not any(isinstance(request.body.get(name), Mapping) for name in ("input", "parameters"))
    if _MODEL.fullmatch(request.model):
        return flat and (not request.path or bool(_PATH.fullmatch(request.path)))
    return flat and bool(_PATH.fullmatch(request.path)) and "/v" in request.path and bool(request.body)


def to_document(value: Mapping[str, Any]) -> Imported:
    """The request as a draft; never raises for what recognises() took."""
    request = opened(value)
    draft = Draft(value, "LTX API request", "docs.ltx.video")
    fields = Fields(draft, {request.below: request.body}, "LTX API")
    family = _model(draft, request)
    _task(draft, fields, request)
    read_fields(fields, family)
    _switch_unsaid(draft, fields)
    camera = fields.value("camera_motion")
    if camera is not None:
        text = "The request asks the service for a camera motion, which a preset has no part for."
        draft.trouble("camera_motion_not_kept", "/prompt", text, "Describe the camera in the prompt.")
        draft.drop(fields.pointer("camera_motion"), text)
    return draft.closed()


def _model(draft: Draft, request: Enveloped) -> str | None:
    """Settle the model, which may be named beside the body and in it."""
    places = [place for place in ("/model", f"{request.below}/model") if draft.has(place)]
    if not places or not _MODEL.fullmatch(request.model):
        titled(draft)
        return None
    name = request.model
    titled(draft, "LTX API", name)
    family = next(family for prefix, family in _PREFIXES if name.startswith(prefix))
    draft.document["family"] = family
    draft.document["variant"] = name.rsplit("-", maxsplit=1)[-1]
    draft.put("/models/transformer", places[0], [name])
    for again in places[1:]:
        if again != places[0]:
            draft.enter("/models/transformer", again, [name], note="The same model again.")
    if name not in MODELS:
        text = f"The service's model {name} is not one that is known here."
        draft.trouble("model_not_known", "/models/transformer", text, f"Known: {', '.join(MODELS)}.")
    return family if family in FAMILIES else None


def _task(draft: Draft, fields: Fields, request: Enveloped) -> None:
    found = _PATH.fullmatch(request.path)
    operation = found[1] if found else ""
    if operation in _EDITS:
        text = f"The endpoint {operation} edits a video that is there; a preset describes making one."
        draft.trouble("task_not_kept", "/task", text, "Set the task by hand.", "error")
        return
    task = task_of(fields)
    if operation == "image-to-video" and task == "t2v":
        task = "i2v"
    draft.document["task"] = "a2v" if operation == "audio-to-video" and task == "t2v" else task


def _switch_unsaid(draft: Draft, fields: Fields) -> None:
    if "enhance_prompt" not in fields.names():
        text = "The request leaves open whether the service rewrites the prompt, and its default is not documented."
        hint = "State enhance_prompt in requests; compare what came back with the prompt."
        draft.trouble("prompt_rewriting_unknown", "/prompt_expansion/enabled", text, hint)
