"""Which presets a stock ComfyUI server can render, and which of their fields it honours."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from presets_app.core.problems import Problem

_LTX = ("ltxv", "ltx-2", "ltx-2.3", "ltx-2.5")
_WAN = ("wan-2.1", "wan-2.2")
_SOUND = ("ia2v", "a2v")
_LTX_TASKS = ("t2v", "i2v", "flf2v", *_SOUND, "t2i")
_WAN_TASKS = ("t2v", "i2v", "flf2v", "s2v", "control", "camera-i2v", "t2i")
_VACE_TASKS = ("t2v", "v2v", "control", "vace-ref2v")
# Variants of WAN that take poses, faces, tracks or several subjects, by the words in their files' names.
_SPECIAL = re.compile(r"animate|scail|infinite_?talk|dancer|humo|phantom|wanmove|bernini|(?<![a-z])ati(?![a-z])")
_WHY = {
    "vace-ref2v": "that takes a VACE model",
    "v2v": "the document does not say how much of the video is kept",
    "t2a": "no stock graph renders sound alone with these models",
    "v2a": "no stock graph renders sound for a video with these models",
    "r2v": "these models take no references",
    "control": "control needs an IC-LoRA and nodes for the kind of control, which the document does not name",
}
_ALWAYS = (
    "/family", "/task", "/prompt", "/negative_prompt", "/width", "/height", "/frames", "/fps", "/models/transformer",
    "/models/text_encoder", "/models/vae", "/stages/0/role", "/stages/0/model", "/stages/0/loras", "/stages/0/seed",
    "/stages/0/steps", "/stages/0/guidance", "/stages/0/sampler", "/stages/0/scheduler", "/stages/0/sigmas",
    "/stages/0/start_step", "/stages/0/end_step", "/stages/0/add_noise", "/inputs", "/output/container",
    "/output/video_codec", "/output/fps", "/runtime/vae_tiling", "/runtime/quantization", "/runtime/noise_device",
)  # fmt: skip
_LTX_FIELDS = ("/models/audio_vae", "/models/latent_upscaler", "/stages/0/scheduler_options", "/audio/generate")
_WAN_FIELDS = (
    "/models/clip_vision",
    "/models/audio_encoder",
    "/stages/0/shift",
    "/stages/0/boundary",
    "/stages/0/denoise",
)


def tasks(family: str) -> tuple[str, ...]:
    """The tasks of a family that there is a graph of stock nodes for, () for a family without any."""
    if family in _LTX:
        return tuple(task for task in _LTX_TASKS if family != "ltxv" or task not in _SOUND)
    if family not in _WAN:
        return ()
    return tuple(task for task in _WAN_TASKS if family == "wan-2.2" or task != "s2v")


def is_vace(document: Mapping[str, Any]) -> bool:
    """Whether the document's model is one of the VACE models, by its variant or the names of its files."""
    return "vace" in _names(document)


def _names(document: Mapping[str, Any]) -> str:
    """Everything that names the model, in small letters."""
    models, stages = document.get("models"), document.get("stages")
    listed = models.get("transformer") if isinstance(models, dict) else None
    own = [stage.get("model") for stage in stages if isinstance(stage, dict)] if isinstance(stages, list) else []
    words = [document.get("variant"), *(listed if isinstance(listed, list) else ()), *own]
    return " ".join(word.lower() for word in words if isinstance(word, str))


def honoured(document: Mapping[str, Any]) -> frozenset[str]:
    """Document pointers (of the first stage) that the nodes of the document's family have a field for."""
    family = str(document.get("family"))
    own = _LTX_FIELDS if family in _LTX else _WAN_FIELDS if family in _WAN else ()
    return frozenset((*_ALWAYS, *own)) if own else frozenset()


def problems(document: Mapping[str, Any]) -> list[Problem]:
    """A family, a variant or a task that there is no graph of stock nodes for."""
    family, task = document.get("family"), document.get("task")
    if not isinstance(family, str) or not isinstance(task, str):
        return []
    known = _vace_tasks(document) or tasks(family)
    if not known:
        text = f"Stock ComfyUI has no nodes that render {family}: its weights are with a service only."
        return [Problem("family_unsupported", "error", "/family", text, "Choose a cloud target that offers it.")]
    special = _SPECIAL.search(_names(document)) if family in _WAN else None
    if special is not None:
        text = f"The model is a variant ({special[0]}) whose inputs a document does not describe in full."
        return [Problem("variant_unsupported", "error", "/variant", text, "Run its own graph on the server.")]
    if task in known:
        return []
    why = _WHY.get(task, "no graph of stock nodes for it is known here")
    text = f"Stock ComfyUI does not render {task} with {family} from a preset: {why}."
    hint = f"It renders {', '.join(known)} with this model."
    return [Problem("task_unsupported", "error", "/task", text, hint)]


def _vace_tasks(document: Mapping[str, Any]) -> tuple[str, ...]:
    return _VACE_TASKS if document.get("family") in _WAN and is_vace(document) else ()
