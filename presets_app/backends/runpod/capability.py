"""What RunPod can be asked for: a public endpoint that hosts the model, or one's own worker that runs ComfyUI."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from presets_app.backends.base import CatalogueModel
from presets_app.backends.forms import writer_of
from presets_app.backends.request_catalogue import read_catalogue
from presets_app.backends.request_geometry import finished
from presets_app.backends.runpod.compiling import compile_request
from presets_app.core.families import is_wan_5b
from presets_app.core.problems import Problem

_WORKER_FAMILIES = ("ltxv", "ltx-2", "ltx-2.3", "ltx-2.5", "wan-2.1", "wan-2.2")
_ENDPOINTS = {
    ("wan-2.1", "t2v"): "wan-2-1-t2v-720",
    ("wan-2.2", "t2v"): "wan-2-2-t2v-720",
    ("wan-2.2", "i2v"): "wan-2-2-i2v-720",
    ("wan-2.5", "i2v"): "wan-2-5",
    ("wan-2.6", "t2v"): "wan-2-6-t2v",
    ("wan-2.6", "a2v"): "wan-2-6-t2v",
    ("wan-2.6", "i2v"): "wan-2-6-i2v",
    ("wan-2.6", "ia2v"): "wan-2-6-i2v",
}
_SMALL = 600  # pixels on the shorter side, half way between 480 and 720, which is all that public endpoints offer
_SOURCE = "runpod/docs public-endpoints"


def models() -> dict[str, CatalogueModel]:
    return read_catalogue(Path(__file__).with_name("catalogue.json"))


def choose_model(document: Mapping[str, Any]) -> CatalogueModel | Problem | None:
    """The public endpoint of a document, None when worker-comfyui renders it better or alone."""
    held = document.get("models")
    named = held.get("transformer", []) if isinstance(held, Mapping) else []
    stated = next((name for name in named if name in models()), None)
    found = stated or _ENDPOINTS.get((str(document.get("family")), str(document.get("task"))))
    if stated is None and document.get("family") in _WORKER_FAMILIES and (found is None or _for_worker(document)):
        return None
    if found is None:
        text = f"RunPod has no known endpoint for {document.get('family')} {document.get('task')}."
        return Problem("no_model", "error", "/family", text, "Choose another target for this preset.", _SOURCE)
    return models()[_with_loras(document, found)]


def route(model: CatalogueModel | None) -> Problem:
    """Which of RunPod's two ways was taken."""
    if model is None:
        text = "The request is for an endpoint of your own that runs worker-comfyui; put its id into the path."
        hint = "The worker needs the preset's model files and custom nodes."
    else:
        text = f"The request is for the public endpoint {model.model_id}."
        hint = "Deploy worker-comfyui when steps of each expert, sampler or size must be the preset's own."
    return Problem("runpod_route", "note", "/models/transformer", text, hint, _SOURCE)


def limits(document: Mapping[str, Any]) -> list[Problem]:
    """What stands between a document and this service."""
    model = choose_model(document)
    if isinstance(model, Problem):
        return [model]
    told = writer_of("comfyui")(document).problems if model is None else compile_request(document, model).problems
    return [*told, route(model)]


def _for_worker(document: Mapping[str, Any]) -> bool:
    """Whether a public endpoint would change what the preset is: another variant, a far smaller size, or LoRAs where
    the endpoint for LoRAs wants a picture."""
    if is_wan_5b(dict(document)):
        return True
    width, height = finished(document)
    small = bool(width and height and min(width, height) < _SMALL)
    return small or (_styled(document) and document.get("task") != "i2v")


def _with_loras(document: Mapping[str, Any], found: str) -> str:
    return "wan-2-2-t2v-720-lora" if found == "wan-2-2-i2v-720" and _styled(document) else found


def _styled(document: Mapping[str, Any]) -> bool:
    stages = document.get("stages")
    return any(isinstance(stage, Mapping) and stage.get("loras") for stage in stages or ())
