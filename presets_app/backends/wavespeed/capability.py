"""What WaveSpeed can be asked for: which model of its catalogue renders a document, and which parts it honours."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from presets_app.backends.base import CatalogueModel, Document
from presets_app.backends.wavespeed.fields import NAMED, OTHERS, STAGE
from presets_app.core.problems import Problem

_LTX = {"t2v": "text-to-video", "i2v": "image-to-video"}
_FOLDERS = {"ltx-2": "wavespeed-ai/ltx-2-19b", "ltx-2.3": "wavespeed-ai/ltx-2.3", "ltx-2.5": "wavespeed-ai/ltx-2.5"}
_ALIBABA = {"wan-2.5": "alibaba/wan-2.5", "wan-2.6": "alibaba/wan-2.6"}
_SMALL = 600  # pixels on the shorter side, half way between 480 and 720


def choose_model(
    document: Document, catalogue: Iterable[CatalogueModel], model_map: Mapping[str, str]
) -> CatalogueModel | Problem:
    """The catalogue's model for a document: what `model_map` says about its transformer (by file name or
    repository), else the service's own model of the family, task and size."""
    offered = {model.model_id: model for model in catalogue}
    mapped = next((model_map[name] for name in _transformers(document) if name in model_map), None)
    wanted = mapped or _usual(document)
    if wanted is None:
        text = f"The service has no known model for {document.get('family')} {document.get('task')}."
        return Problem("no_model", "error", "/family", text, "Map the preset's transformer to a model in the target.")
    if wanted in offered:
        return offered[wanted]
    text = f"The model {wanted} is not in the service's catalogue now."
    hint = "Choose another model in the target's settings, or wait until the service offers it again."
    return Problem("model_not_offered", "error", "/models/transformer", text, hint, "catalogue")


def honoured(model: CatalogueModel) -> frozenset[str]:
    """The document pointers (of the first stage) that a model's request has a field of its own for."""
    offered = set(model.properties)
    pairs = [*NAMED, *((f"/stages/0/{key}", names) for key, names in STAGE.items()), *OTHERS]
    return frozenset(pointer for pointer, names in pairs if offered.intersection(names))


def _transformers(document: Document) -> list[str]:
    models = document.get("models")
    named = models.get("transformer") if isinstance(models, dict) else None
    stages = [stage.get("model") for stage in _stages(document)]
    names = [*named, *stages] if isinstance(named, list) else stages
    return [name for name in names if isinstance(name, str)]


def _usual(document: Document) -> str | None:
    family, task = str(document.get("family")), str(document.get("task"))
    lora = "-lora" if any(stage.get("loras") for stage in _stages(document)) else ""
    if family in _FOLDERS and task in _LTX:
        return f"{_FOLDERS[family]}/{_LTX[task]}{lora}"
    if family in _ALIBABA and task in _LTX:
        return f"{_ALIBABA[family]}/{_LTX[task]}"
    if family == "wan-2.2":
        return _wan22(document, task, lora)
    return None


def _wan22(document: Document, task: str, lora: str) -> str | None:
    if "5b" in str(document.get("variant", "")).lower() and task in _LTX:
        return f"wavespeed-ai/wan-2.2/{task}-5b-720p{lora}"
    if task == "i2v":
        return f"wavespeed-ai/wan-2.2/image-to-video{lora}"
    if task != "t2v":
        return None
    sides = [side for side in (document.get("width"), document.get("height")) if isinstance(side, int)]
    tier = "480p" if sides and min(sides) < _SMALL else "720p"
    return f"wavespeed-ai/wan-2.2/t2v-{tier}{lora}"


def _stages(document: Document) -> list[dict[str, Any]]:
    stages = document.get("stages")
    return [stage for stage in stages if isinstance(stage, dict)] if isinstance(stages, list) else []
