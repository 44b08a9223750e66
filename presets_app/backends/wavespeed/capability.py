"""What WaveSpeed can be asked for: which model of its catalogue renders a document, and which parts it honours."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from presets_app.backends.base import CatalogueModel, Document
from presets_app.backends.request_catalogue import read_catalogue
from presets_app.backends.request_fields import NAMED, OTHERS, STAGE
from presets_app.backends.wavespeed.compiling import compile_request
from presets_app.core.families import is_wan_5b
from presets_app.core.problems import Problem

_LTX = {"t2v": "text-to-video", "i2v": "image-to-video"}
_FOLDERS = {"ltx-2": "wavespeed-ai/ltx-2-19b", "ltx-2.3": "wavespeed-ai/ltx-2.3", "ltx-2.5": "wavespeed-ai/ltx-2.5"}
_ALIBABA = {"wan-2.5": "alibaba/wan-2.5", "wan-2.6": "alibaba/wan-2.6"}
_ALIBABA_TASKS = {**_LTX, "a2v": "text-to-video", "ia2v": "image-to-video", "r2v": "reference-to-video"}
_EXPERTS = ("high_noise", "low_noise")
_SMALL = 600  # pixels on the shorter side, half way between 480 and 720


def choose_model(
    document: Document, catalogue: Iterable[CatalogueModel], model_map: Mapping[str, str]
) -> CatalogueModel | Problem:
    """The catalogue's model for a document: what `model_map` says about its transformer (by file name or
    repository), else the model that the transformer is, else the service's own of the family, task and size."""
    offered = {model.model_id: model for model in catalogue}
    named = _transformers(document)
    mapped = next((model_map[name] for name in named if name in model_map), None)
    wanted = mapped or next((name for name in named if name in offered), None) or _usual(document)
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


def built_in() -> dict[str, CatalogueModel]:
    """The catalogue that ships with the program, for when the service's own is not at hand."""
    return read_catalogue(Path(__file__).with_name("catalogue.json"))


def limits(document: Document) -> list[Problem]:
    """What stands between a document and this service, by the built-in catalogue."""
    model = choose_model(document, built_in().values(), {})
    return [model] if isinstance(model, Problem) else compile_request(document, model).problems


def _transformers(document: Document) -> list[str]:
    models = document.get("models")
    named = models.get("transformer") if isinstance(models, dict) else None
    stages = [stage.get("model") for stage in _stages(document)]
    names = [*named, *stages] if isinstance(named, list) else stages
    return [name for name in names if isinstance(name, str)]


def _usual(document: Document) -> str | None:
    family, task = str(document.get("family")), str(document.get("task"))
    lora = "-lora" if _styled(document) else ""
    if family == "ltx-2.3" and task == "ia2v":
        return "wavespeed-ai/ltx-2.3/lipsync"
    if family in _FOLDERS and task in _LTX:
        # LTX-2.5 has no variant for LoRAs, which the compilation then says.
        return f"{_FOLDERS[family]}/{_LTX[task]}{'' if family == 'ltx-2.5' else lora}"
    if family in _ALIBABA and task in _ALIBABA_TASKS:
        return f"{_ALIBABA[family]}/{_ALIBABA_TASKS[task]}"
    if family == "wan-2.2":
        return _wan22(document, task, lora)
    return None


def _wan22(document: Document, task: str, lora: str) -> str | None:
    if is_wan_5b(dict(document)) and task in _LTX:
        return f"wavespeed-ai/wan-2.2/{task}-5b-720p{lora}"
    if task in ("i2v", "flf2v"):
        return f"wavespeed-ai/wan-2.2/image-to-video{lora}"
    if task == "s2v":
        return "wavespeed-ai/wan-2.2/speech-to-video"
    if task != "t2v":
        return None
    sides = [side for side in (document.get("width"), document.get("height")) if isinstance(side, int)]
    tier = "480p" if sides and min(sides) < _SMALL else "720p"
    return f"wavespeed-ai/wan-2.2/t2v-{tier}{lora}"


def _styled(document: Document) -> bool:
    """Whether a stage that the service can be asked for has a LoRA: the first, or either expert."""
    stages = enumerate(_stages(document))
    return any(stage.get("loras") and (index == 0 or stage.get("role") in _EXPERTS) for index, stage in stages)


def _stages(document: Document) -> list[dict[str, Any]]:
    stages = document.get("stages")
    return [stage for stage in stages if isinstance(stage, dict)] if isinstance(stages, list) else []
