"""What DashScope can be asked for: which of its Wan models renders a document, and what stands in the way."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from presets_app.backends.base import CatalogueModel
from presets_app.backends.dashscope.compiling import compile_request
from presets_app.backends.request_catalogue import read_catalogue
from presets_app.core.families import is_wan_5b
from presets_app.core.problems import Problem

_MODELS = {
    ("wan-2.6", "t2v"): "wan2.6-t2v",
    ("wan-2.6", "a2v"): "wan2.6-t2v",
    ("wan-2.6", "i2v"): "wan2.6-i2v",
    ("wan-2.6", "ia2v"): "wan2.6-i2v",
    ("wan-2.6", "r2v"): "wan2.6-r2v",
    ("wan-2.5", "t2v"): "wan2.5-t2v-preview",
    ("wan-2.5", "a2v"): "wan2.5-t2v-preview",
    ("wan-2.5", "i2v"): "wan2.5-i2v-preview",
    ("wan-2.5", "ia2v"): "wan2.5-i2v-preview",
    ("wan-2.2", "t2v"): "wan2.2-t2v-plus",
    ("wan-2.2", "i2v"): "wan2.2-i2v-plus",
    ("wan-2.2", "flf2v"): "wan2.2-kf2v-flash",
    ("wan-2.2", "s2v"): "wan2.2-s2v",
    ("wan-2.1", "t2v"): "wan2.1-t2v-turbo",
}


def models() -> dict[str, CatalogueModel]:
    return read_catalogue(Path(__file__).with_name("catalogue.json"))


def choose_model(document: Mapping[str, Any]) -> CatalogueModel | Problem:
    """The model that the document's transformer is, else the one of its family and task."""
    held = document.get("models")
    named = held.get("transformer", []) if isinstance(held, Mapping) else []
    stated = next((name for name in named if name in models()), None)
    found = stated or _MODELS.get((str(document.get("family")), str(document.get("task"))))
    if found is None or is_wan_5b(dict(document)):
        told = " of the variant 5B" if is_wan_5b(dict(document)) else ""
        text = f"DashScope has no known model for {document.get('family')} {document.get('task')}{told}."
        return Problem("no_model", "error", "/family", text, "Choose another target for this preset.", "catalogue")
    return models()[found]


def limits(document: Mapping[str, Any]) -> list[Problem]:
    """What stands between a document and this service."""
    model = choose_model(document)
    return [model] if isinstance(model, Problem) else compile_request(document, model).problems
