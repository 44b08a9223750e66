"""What each model family allows: frame counts, size steps, usual rates, tasks.

Rules that renderers really have, each with its source.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

FAMILIES = ("ltxv", "ltx-2", "ltx-2.3", "ltx-2.5", "wan-2.1", "wan-2.2", "wan-2.5", "wan-2.6")


@dataclass(frozen=True)
class FamilyRules:
    """`frames_step` n means frames are n*k+1 (0: the service decides); `size_step` in pixels (0: the service
    decides), with `size_note` what renderers do with other sizes; `fps` the rates it was trained for, () when any
    will do; `source` names where the numbers stand."""

    title: str
    frames_step: int
    size_step: int
    size_note: str = ""
    fps: tuple[int, ...] = ()
    source: str = ""

    def frames_fit(self, frames: int) -> bool:
        return not self.frames_step or (frames >= 1 and frames % self.frames_step == 1)

    def nearest_frames(self, frames: int) -> tuple[int, ...]:
        """The valid counts just below and above, for 122 frames of LTX-2: (121, 129)."""
        below = (frames - 1) // self.frames_step * self.frames_step + 1
        return tuple(count for count in (below, below + self.frames_step) if count >= 1)

    def nearest_sizes(self, pixels: int) -> tuple[int, ...]:
        """The valid sizes just below and above, for 360 pixels of LTX-2: (352, 384)."""
        below = pixels // self.size_step * self.size_step
        return tuple(size for size in (below, below + self.size_step) if size >= self.size_step)


_FLOORED = "ComfyUI rounds it down without a word, diffusers refuses it"
_FLOORED_TWICE = "ComfyUI and diffusers round it down without a word"
_TAKEN = "ComfyUI takes it without a word and may render another size, diffusers refuses it"
_LTX_SOURCE = "ComfyUI nodes_lt.py (integer division); diffusers 0.42.1 LTX2Pipeline.check_inputs"
_WAN_SOURCE = "diffusers 0.42.1 WanPipeline.check_inputs"
_WAN_2_2_SOURCE = "Wan 2.2 reference settings; diffusers 0.42.1 WanPipeline"
_LTX = {
    name: FamilyRules(title, 8, 32, _FLOORED, (), _LTX_SOURCE)
    for name, title in (("ltxv", "LTX-Video"), ("ltx-2", "LTX-2"), ("ltx-2.3", "LTX-2.3"), ("ltx-2.5", "LTX-2.5"))
}
_WAN_2_1 = FamilyRules("WAN 2.1", 4, 16, _TAKEN, (16,), _WAN_SOURCE)
_WAN_2_2_A14B = FamilyRules("WAN 2.2 A14B", 4, 16, _TAKEN, (16,), _WAN_2_2_SOURCE)
_WAN_2_2_5B = FamilyRules("WAN 2.2 TI2V-5B", 4, 32, _FLOORED_TWICE, (24,), _WAN_2_2_SOURCE)
_SERVICE = {
    "wan-2.5": FamilyRules("WAN 2.5", 0, 0),
    "wan-2.6": FamilyRules("WAN 2.6", 0, 0),
}


def rules_of(document: dict[str, Any]) -> FamilyRules | None:
    """The rules of the document's family and variant; None for an unknown family."""
    family = document.get("family")
    if family == "wan-2.2":
        return _WAN_2_2_5B if is_wan_5b(document) else _WAN_2_2_A14B
    if family == "wan-2.1":
        return _WAN_2_1
    return {**_LTX, **_SERVICE}.get(family) if isinstance(family, str) else None


def is_ltx(document: dict[str, Any]) -> bool:
    return document.get("family") in tuple(_LTX)


def is_open_wan(document: dict[str, Any]) -> bool:
    """WAN with weights one can run: 2.1 and 2.2."""
    return document.get("family") in ("wan-2.1", "wan-2.2")


def is_wan_5b(document: dict[str, Any]) -> bool:
    """WAN 2.2 TI2V-5B, by its variant or else by the names of its model files."""
    if document.get("family") != "wan-2.2":
        return False
    variant = document.get("variant")
    if isinstance(variant, str) and variant:
        return "5b" in variant.lower()
    return any("ti2v" in name.lower() for name in _model_names(document))


def _model_names(document: dict[str, Any]) -> list[str]:
    names: list[Any] = []
    models = document.get("models")
    for files in models.values() if isinstance(models, dict) else ():
        names.extend(files if isinstance(files, list) else ())
    stages = document.get("stages")
    if isinstance(stages, list):
        names.extend(stage.get("model") for stage in stages if isinstance(stage, dict))
    return [name for name in names if isinstance(name, str)]
