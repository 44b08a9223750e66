"""What each model family is made of, in exact parameters.

Counted on the real classes and configurations (diffusers 0.42.1, transformers 5.23, meta device, nothing loaded).
`linear` is how many of the parameters are weights of linear layers: only those shrink when a model is quantised (of
LTX-2.3 and 2.5 it is reckoned back from the size of their int8 form, to 0.1%).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from presets_app.core.families import is_wan_5b


@dataclass(frozen=True)
class Component:
    """`blocks` of `block_parameters` each repeat inside it, (0, 0) where it is moved only as a whole. `phase` is when
    it works: text, denoise or decode. `float32` components ignore the preset's dtype. `stated` is the width of a linear
    weight in the preset's own file, in bytes: nothing makes it wider."""

    name: str
    phase: str
    parameters: int
    linear: int = 0
    blocks: int = 0
    block_parameters: int = 0
    float32: bool = False
    stated: float = 2.0

    def bytes_at(self, width: float) -> int:
        """Bytes when linear weights take `width` bytes each, and everything else two (four when float32)."""
        rest, width = (4 if self.float32 else 2), min(width, self.stated)
        linear = self.linear if width < rest else 0
        return round(linear * width + (self.parameters - linear) * rest)

    def blocks_at(self, count: int, width: float) -> int:
        """Bytes of the card when only `count` of its blocks are there at a time, with what is not a block."""
        if not self.blocks:
            return self.bytes_at(width)
        share = (self.parameters - self.block_parameters * (self.blocks - count)) / self.parameters
        return round(self.bytes_at(width) * share)


_WAN_VAE = Component("vae", "decode", 126_892_531, float32=True)
_WAN_5B_VAE = Component("vae", "decode", 704_688_668, float32=True)
_UMT5 = Component("text_encoder", "text", 5_680_910_336, 4_630_511_616, 24, 192_948_224)
_T5 = Component("text_encoder", "text", 4_762_310_656, 4_630_511_616, 24, 192_948_224)
_GEMMA = Component("text_encoder", "text", 12_202_563_392, 12_187_582_464, 48, 224_148_992)
_CLIP = Component("image_encoder", "text", 630_766_080, 629_145_600)
_A14B_T2V = (14_288_491_584, 14_283_243_520, 40, 351_394_304)
_A14B_I2V = (14_288_901_184, 14_283_243_520, 40, 351_394_304)
_WAN_2_1_I2V = (16_394_878_784, 16_388_587_520, 40, 403_838_464)
_WAN_1_3B = (1_418_996_800, 1_417_641_984, 30, 46_440_704)
_WAN_5B = (4_999_787_712, 4_996_792_320, 30, 163_656_704)
_LTX_2 = (18_876_174_592, 18_866_503_680, 48, 386_074_624)
_LTX_2_3 = (18_988_838_144, 18_972_446_000, 48, 388_000_000)
_LTX_2_5 = (18_987_859_200, 18_972_446_000, 48, 388_000_000)
_LTXV_2B = (1_923_385_472, 1_922_039_808, 28, 67_155_968)
_LTXV_13B = (13_042_569_344, 13_037_993_984, 48, 268_529_664)
_UPSCALER = Component("latent_upscaler", "denoise", 497_867_904)
_LTX_2_AUDIO = (Component("audio_vae", "decode", 53_248_146), Component("vocoder", "decode", 55_592_802))
_LTX_2_3_AUDIO = (Component("audio_vae", "decode", 53_248_146), Component("vocoder", "decode", 128_537_448))
_SMALL = re.compile(r"1[._]?3b", re.IGNORECASE)
_LARGE_LTXV = re.compile(r"13b|0[._]9[._][78]", re.IGNORECASE)


def components(document: Mapping[str, Any]) -> list[Component]:
    """The parts that a document's family and variant load; [] for a family whose weights nobody can have."""
    whole = dict(document)
    family = whole.get("family")
    if family == "wan-2.2":
        return _wan_2_2(whole)
    if family == "wan-2.1":
        return _wan_2_1(whole)
    if family == "ltxv":
        size = _LTXV_13B if _LARGE_LTXV.search(_names(whole)) else _LTXV_2B
        return [_T5, _transformer(size), Component("vae", "decode", 419_193_649)]
    return _ltx_2(whole, str(family))


def _wan_2_2(document: dict[str, Any]) -> list[Component]:
    if is_wan_5b(document):
        return [_UMT5, _transformer(_WAN_5B), _WAN_5B_VAE]
    size = _A14B_T2V if document.get("task") == "t2v" else _A14B_I2V
    return [_UMT5, _transformer(size), _transformer(size, "transformer_2"), _WAN_VAE]


def _wan_2_1(document: dict[str, Any]) -> list[Component]:
    if _SMALL.search(_names(document)):
        return [_UMT5, _transformer(_WAN_1_3B), _WAN_VAE]
    if document.get("task") in ("i2v", "flf2v"):
        return [_UMT5, _CLIP, _transformer(_WAN_2_1_I2V), _WAN_VAE]
    return [_UMT5, _transformer(_A14B_T2V), _WAN_VAE]  # one A14B expert has the layers of WAN 2.1 14B


def _ltx_2(document: dict[str, Any], family: str) -> list[Component]:
    parts = {
        "ltx-2": (_LTX_2, 1_431_475_200, 1_222_479_601, _LTX_2_AUDIO),
        "ltx-2.3": (_LTX_2_3, 3_172_227_584, 726_105_969, _LTX_2_3_AUDIO),
        "ltx-2.5": (_LTX_2_5, 3_172_227_584, 726_105_969, _LTX_2_3_AUDIO),
    }.get(family)
    if parts is None:
        return []
    size, connectors, vae, sound = parts
    # 2.5's text encoder is Gemma 4 12B, whose layers are not published in anything at hand: as large as Gemma 3 12B.
    found = [_GEMMA, Component("connectors", "text", connectors, connectors), _transformer(size)]
    if len(stages_of(document)) > 1:
        found.append(_UPSCALER)
    return [*found, Component("vae", "decode", vae), *sound]


def _transformer(size: tuple[int, int, int, int], name: str = "transformer") -> Component:
    return Component(name, "denoise", *size)


def _names(document: dict[str, Any]) -> str:
    """Variant and file names, to look for a size in."""
    found = [str(document.get("variant", ""))]
    models = document.get("models")
    for files in models.values() if isinstance(models, dict) else ():
        found.extend(name for name in files if isinstance(name, str)) if isinstance(files, list) else None
    found.extend(str(stage.get("model", "")) for stage in stages_of(document))
    return " ".join(found)


def stages_of(document: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The stages that are objects, whatever the document holds in their place."""
    stages = document.get("stages")
    return [stage for stage in stages if isinstance(stage, dict)] if isinstance(stages, list) else []
