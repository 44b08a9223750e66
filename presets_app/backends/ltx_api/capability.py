"""What the LTX API can be asked for: which model and endpoint renders a document, and what stands in the way."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from presets_app.backends.base import CatalogueModel
from presets_app.backends.ltx_api.catalogue import FAMILIES, MODELS, OPERATIONS, model_for, rates, sizes
from presets_app.backends.ltx_api.compiling import compile_request
from presets_app.backends.request_geometry import finished, nearest_size
from presets_app.backends.request_timing import nearest_rate, rational
from presets_app.core.problems import Problem

_LONGEST_PRO = 10  # seconds


def choose_model(document: Mapping[str, Any]) -> CatalogueModel | Problem:
    """The request schema of the endpoint for the document's task, narrowed to its size and rate."""
    family, task = str(document.get("family")), str(document.get("task"))
    if family not in FAMILIES or task not in OPERATIONS:
        text = f"The LTX API has no known model for {document.get('family')} {document.get('task')}."
        hint = "It renders LTX-2, LTX-2.3 and LTX-2.5 from text, pictures and sound."
        return Problem("no_model", "error", "/family", text, hint, "docs.ltx.video")
    model = _stated(document) or f"{FAMILIES[family]}-{_tier(document)}"
    width, height = finished(document)
    size = nearest_size(sizes(model), (width, height)) if width and height else None
    rate = nearest_rate(rates(model), rational(document.get("fps")) or Fraction(rates(model)[0]))
    return model_for(model, OPERATIONS[task], size or sizes(model)[0], rate or rates(model)[0])


def limits(document: Mapping[str, Any]) -> list[Problem]:
    """What stands between a document and this service."""
    model = choose_model(document)
    if isinstance(model, Problem):
        return [model]
    return [*compile_request(document, model).problems, *tier_chosen(document, model)]


def tier_chosen(document: Mapping[str, Any], model: CatalogueModel) -> list[Problem]:
    """That the service has two models for one family, and which of them was taken, unless the preset says so."""
    if _stated(document):
        return []
    text = f"The service has a fast and a pro model; {model.model_id} was taken, by the preset's variant and length."
    hint = "Name the service's model as the preset's transformer to choose for yourself."
    return [Problem("tier_chosen", "note", "/models/transformer", text, hint, "docs.ltx.video/models")]


def _stated(document: Mapping[str, Any]) -> str | None:
    return next((name for name in _named(document) if name in MODELS), None)


def _named(document: Mapping[str, Any]) -> list[str]:
    held = document.get("models")
    named = held.get("transformer") if isinstance(held, Mapping) else None
    return [name for name in named if isinstance(name, str)] if isinstance(named, list) else []


def _tier(document: Mapping[str, Any]) -> str:
    """Fast for what calls itself distilled or fast and for what pro cannot do in length; sound in is pro only."""
    if OPERATIONS.get(str(document.get("task"))) == "audio-to-video":
        return "pro"
    words = " ".join([str(document.get("variant", "")), *_named(document)]).lower()
    rate, frames = rational(document.get("fps")), document.get("frames")
    too_long = bool(rate and isinstance(frames, int) and round(frames / rate) > _LONGEST_PRO)
    return "fast" if "distilled" in words or "fast" in words or too_long else "pro"
