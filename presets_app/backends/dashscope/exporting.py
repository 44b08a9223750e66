"""A document as a DashScope request: {"model", "input", "parameters"}, asynchronous only."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from presets_app.backends.base import Exported
from presets_app.backends.dashscope.capability import choose_model
from presets_app.backends.dashscope.compiling import compile_request
from presets_app.backends.request_exporting import Envelope, exported, refused, unusable
from presets_app.core.problems import Problem

SERVICE = "/api/v1/services/aigc/{}/video-synthesis"
PARAMETERS = (
    "size",
    "resolution",
    "duration",
    "prompt_extend",
    "shot_type",
    "audio",
    "watermark",
    "seed",
)


def to_form(document: Mapping[str, Any]) -> Exported:
    """The request; HTTP is answered asynchronously only, so the header that says so is part of it."""
    faults = unusable(document)
    if faults:
        return refused(document, faults)
    model = choose_model(document)
    if isinstance(model, Problem):
        return refused(document, [model])
    operation = model.request_schema.get("x-operation", "video-generation")
    envelope = Envelope(
        SERVICE.format(operation),
        below="input",
        places=dict.fromkeys(PARAMETERS, "parameters"),
        headers={"Content-Type": "application/json", "X-DashScope-Async": "enable"},
        fixed={"model": model.model_id},
    )
    return exported(compile_request(document, model), envelope)
