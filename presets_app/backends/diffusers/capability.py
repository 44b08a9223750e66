"""Which documents diffusers has a pipeline for, and which class that is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from presets_app.backends.diffusers.form import SOURCE
from presets_app.backends.diffusers.naming import LIBRARY_OF_FAMILY, PIPELINES, Library, Pipeline
from presets_app.core.problems import Problem

_CLASS: dict[tuple[Library, str], str] = {
    ("ltx2", "t2v"): "LTX2Pipeline",
    ("ltx2", "t2i"): "LTX2Pipeline",
    ("ltx2", "i2v"): "LTX2ImageToVideoPipeline",
    ("ltx2", "flf2v"): "LTX2ConditionPipeline",
    ("ltx2", "v2v"): "LTX2ConditionPipeline",
    ("ltx", "t2v"): "LTXPipeline",
    ("ltx", "t2i"): "LTXPipeline",
    ("ltx", "i2v"): "LTXImageToVideoPipeline",
    ("wan", "t2v"): "WanPipeline",
    ("wan", "t2i"): "WanPipeline",
    ("wan", "i2v"): "WanImageToVideoPipeline",
    ("wan", "flf2v"): "WanImageToVideoPipeline",
    ("wan", "v2v"): "WanVideoToVideoPipeline",
}
_INSTEAD = {
    "s2v": "diffusers has no pipeline for WAN's speech to video; ComfyUI has nodes for it.",
    "a2v": "diffusers has no pipeline that makes a video for a sound; ComfyUI has nodes for it.",
    "ia2v": "diffusers has no pipeline that takes a sound; ComfyUI has nodes for it.",
    "t2a": "diffusers has no pipeline for sound alone; ComfyUI has nodes for it.",
    "v2a": "diffusers has no pipeline for sound to a video; ComfyUI has nodes for it.",
    "camera-i2v": "diffusers has no pipeline for WAN's camera control; ComfyUI has nodes for it.",
    "r2v": "Reference to video is a service's; diffusers has no pipeline for it.",
    "control": "A control video needs a pipeline of its own, which this export does not write.",
    "vace-ref2v": "WanVACEPipeline needs a mask for each frame, which a preset does not hold.",
}


def pipeline_for(document: Mapping[str, Any]) -> tuple[Pipeline | None, list[Problem]]:
    """(the class that renders a document, or None and why)."""
    family, task = document.get("family"), document.get("task", "t2v")
    library = LIBRARY_OF_FAMILY.get(family) if isinstance(family, str) else None
    if library is None:
        text = f"diffusers has no pipeline for {family!r}." if family else "The preset does not say its family."
        hint = "WAN 2.5 and 2.6 are services: WaveSpeed and DashScope have them." if family else "Set the family."
        return None, [Problem("family_not_in_diffusers", "error", "/family", text, hint, SOURCE)]
    name = _CLASS.get((library, task)) if isinstance(task, str) else None
    if name is None:
        text = _INSTEAD.get(str(task), f"diffusers has no pipeline for {family} and {task!r}.")
        hint = "Choose another target for this preset."
        return None, [Problem("task_not_in_diffusers", "error", "/task", text, hint, SOURCE)]
    if name == "LTX2ImageToVideoPipeline" and _placed(document):
        name = "LTX2ConditionPipeline"
    return PIPELINES[name], []


def _placed(document: Mapping[str, Any]) -> bool:
    """Whether an image stands elsewhere than at the start, or counts less than whole: only conditions say that."""
    inputs = document.get("inputs")
    found = inputs.values() if isinstance(inputs, dict) else ()
    return any(
        isinstance(asset, dict) and (asset.get("frame", 0) != 0 or asset.get("strength", 1) != 1) for asset in found
    )
