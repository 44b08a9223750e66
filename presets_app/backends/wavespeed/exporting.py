"""A document as a WaveSpeed request, by the built-in catalogue or one that a live service states."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from presets_app.backends.base import CatalogueModel, Exported
from presets_app.backends.request_exporting import Envelope, exported, refused, unusable
from presets_app.backends.wavespeed.capability import built_in, choose_model
from presets_app.backends.wavespeed.compiling import compile_request
from presets_app.core.problems import Problem


def to_form(document: Mapping[str, Any], catalogue: Iterable[CatalogueModel] | None = None) -> Exported:
    """`POST /api/v3/<model id>` with its body; an empty output when no model fits."""
    faults = unusable(document)
    if faults:
        return refused(document, faults)
    model = choose_model(document, built_in().values() if catalogue is None else catalogue, {})
    if isinstance(model, Problem):
        return refused(document, [model])
    return exported(compile_request(document, model), Envelope(f"/api/v3/{model.model_id}"))
