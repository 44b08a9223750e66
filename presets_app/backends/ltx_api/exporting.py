"""A document as an LTX API request, for the asynchronous version 2 of its endpoints."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from presets_app.backends.base import Exported
from presets_app.backends.ltx_api.capability import choose_model, tier_chosen
from presets_app.backends.ltx_api.compiling import compile_request
from presets_app.backends.request_exporting import Envelope, exported, refused, unusable
from presets_app.core.problems import Problem


def to_form(document: Mapping[str, Any]) -> Exported:
    """`POST /v2/<endpoint>`; the same body is taken by /v1, which answers with the video itself."""
    faults = unusable(document)
    if faults:
        return refused(document, faults)
    model = choose_model(document)
    if isinstance(model, Problem):
        return refused(document, [model])
    compiled = compile_request(document, model)
    whole = replace(compiled, problems=[*compiled.problems, *tier_chosen(document, model)])
    operation = model.request_schema["x-operation"]
    return exported(whole, Envelope(f"/v2/{operation}", fixed={"model": model.model_id}))
