"""Figures that others have published about the memory of these models, as they stand, with what each leaves unsaid.

None of them was measured here, and several contradict each other; `comparing` sets them beside the estimate.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

Document = Mapping[str, Any]


@dataclass(frozen=True)
class Figure:
    """`low` to `high` of `unit` (the same twice where one number is given), about `part` of `document`, or about the
    whole render where `part` is ""; `width` are bytes of one linear weight."""

    source: str
    what: str
    low: float
    high: float
    unit: str
    document: Document
    part: str = ""
    width: float = 2.0
    note: str = ""


@dataclass(frozen=True)
class Claim:
    """That something fits a card of `card` GiB, or does not."""

    source: str
    what: str
    card: float
    fits: bool
    document: Document
    note: str = ""


ONE = [{"role": "base", "guidance": 3.0}]
FREE = [{"role": "base", "guidance": 1.0}]
EXPERTS = [{"role": "high_noise", "guidance": 4.0}, {"role": "low_noise", "guidance": 3.0}]
LTX_2: Document = {"family": "ltx-2", "width": 768, "height": 512, "frames": 121, "stages": ONE}
LTX_2_3: Document = {**LTX_2, "family": "ltx-2.3"}
LTX_2_5: Document = {**LTX_2, "family": "ltx-2.5"}
UPSCALED: Document = {**LTX_2, "stages": [*ONE, {"role": "refine", "scale": 2}]}
A14B: Document = {"family": "wan-2.2", "task": "t2v", "width": 1280, "height": 720, "frames": 81, "stages": EXPERTS}
A14B_I2V: Document = {**A14B, "task": "i2v"}
TI2V: Document = {**A14B, "variant": "ti2v-5b", "height": 704, "frames": 121, "stages": ONE}
SMALL: Document = {"family": "wan-2.1", "variant": "1.3b", "width": 832, "height": 480, "frames": 81, "stages": ONE}


def _picture(side: int, stages: list[dict[str, Any]]) -> Document:
    return {**LTX_2, "width": side, "height": side, "frames": 1, "stages": stages}


COUNTED = "counted on the real classes (diffusers 0.42.1), sizes rounded to 0.01 GiB"
_WEIGHTS: tuple[tuple[str, Document, str, float, float | None, float | None], ...] = (
    # what, document, part, GiB in bfloat16 (float32 for WAN's VAEs), in 8 bits, in 4 bits with groups of 64
    ("LTX-2.0 transformer", LTX_2, "transformer", 35.16, 17.59, 9.35),
    ("LTX-2.3 transformer", LTX_2_3, "transformer", 35.37, 17.70, 9.41),
    ("LTX-2.5 transformer", LTX_2_5, "transformer", 35.37, 17.69, 9.41),
    ("LTX-2.0 connectors", LTX_2, "connectors", 2.67, 1.33, 0.71),
    ("LTX-2.3 connectors", LTX_2_3, "connectors", 5.91, 2.96, 1.57),
    ("LTX-2.0 video VAE", LTX_2, "vae", 2.28, None, None),
    ("LTX-2.3 and 2.5 video VAE", LTX_2_3, "vae", 1.35, None, None),
    ("LTX-2 audio VAE", LTX_2, "audio_vae", 0.10, None, None),
    ("LTX-2.0 vocoder", LTX_2, "vocoder", 0.10, None, None),
    ("LTX-2.3 vocoder", LTX_2_3, "vocoder", 0.24, None, None),
    ("x2 latent upsampler", UPSCALED, "latent_upscaler", 0.93, None, None),
    ("Gemma 3 12B", LTX_2, "text_encoder", 22.73, 11.38, 6.06),
    ("WAN 2.2 T2V-A14B, first expert", A14B, "transformer", 26.61, 13.31, 7.08),
    ("WAN 2.2 T2V-A14B, second expert", A14B, "transformer_2", 26.61, 13.31, 7.08),
    ("WAN 2.2 I2V-A14B, each expert", A14B_I2V, "transformer", 26.62, 13.31, 7.08),
    ("WAN 2.2 TI2V-5B", TI2V, "transformer", 9.31, 4.66, 2.48),
    ("WAN 2.1 T2V 1.3B", SMALL, "transformer", 2.64, 1.32, 0.70),
    ("WAN 2.1 VAE, float32", A14B, "vae", 0.47, None, None),
    ("WAN 2.2 5B VAE, float32", TI2V, "vae", 2.63, None, None),
    ("UMT5-XXL encoder", A14B, "text_encoder", 10.58, 6.27, 4.25),
)
_WIDTHS = ((2.0, "16 bits"), (1.0, "8 bits"), (0.53125, "4 bits"))
WEIGHTS = tuple(
    Figure(COUNTED, f"{what}, {words}", size, size, "GiB", document, part, width)
    for what, document, part, *sizes in _WEIGHTS
    for (width, words), size in zip(_WIDTHS, sizes, strict=True)
    if isinstance(size, float)
)
TOKENS = (
    Figure(COUNTED, "LTX-2 at 768x512, 121 frames", 6144, 6144, "tokens", LTX_2),
    Figure(COUNTED, "WAN A14B at 832x480, 81 frames", 32760, 32760, "tokens", {**A14B, "width": 832, "height": 480}),
    Figure(COUNTED, "WAN A14B at 1280x720, 81 frames", 75600, 75600, "tokens", A14B),
    Figure(COUNTED, "WAN 5B at 1280x704, 121 frames", 27280, 27280, "tokens", TI2V),
)
AGAINST = "WAN 2.2 against LTX-2, 2026"
NAMED = (
    Figure("LTX-2's own name", "the 19B model", 19, 19, "B", LTX_2, "transformer"),
    Figure("LTX-2.3's own name", "the 22B model", 22, 22, "B", LTX_2_3, "transformer+connectors"),
    Figure(AGAINST, "LTX-2", 14, 14, "B", LTX_2, "transformer", note="its video half alone, by its maker's split"),
    Figure(AGAINST, "WAN 2.2, the smallest", 5, 5, "B", TI2V, "transformer"),
    Figure(AGAINST, "WAN 2.2, active in a step", 14, 14, "B", A14B, "transformer"),
    Figure(AGAINST, "WAN 2.2, both experts", 27, 27, "B", A14B, "transformer+transformer_2"),
    Figure(
        "a public file listing",
        "LTX-2.5 transformer file, 16 bits",
        42.02,
        42.02,
        "GB",
        LTX_2_5,
        "transformer",
        note="that file holds more than the transformer alone; what more, the listing does not say",
    ),
)
DEFINED = "local inference definition"
TWENTY = tuple(
    Figure(DEFINED, f"20 B parameters, {words}", size, size, "GB", {}, "20B", width)
    for size, width, words in ((40, 2.0, "16 bits"), (20, 1.0, "8 bits"), (10, 0.53125, "4 bits"))
)
HALVES = "LTX-2 full against distilled, January 2026"
_IMAGE = "one picture, not a clip; the source names neither the weights' width nor offloading"
RENDERS = (
    Figure(AGAINST, "WAN 2.2", 12, 24, "GB", A14B, note="neither size, variant, width nor offloading is named"),
    Figure(AGAINST, "LTX-2", 16, 24, "GB", LTX_2, note="neither size, width nor offloading is named"),
    Figure(AGAINST, "WAN 2.2 TI2V-5B at 720p, 24 fps", 24, 24, "GB", TI2V, note="said of a card, not of a peak"),
    Figure(HALVES, "LTX-2 full at 768", 13.6, 14.8, "GB", _picture(768, ONE), note=_IMAGE),
    Figure(HALVES, "LTX-2 full at 1024", 18, 19.5, "GB", _picture(1024, ONE), note=_IMAGE),
    Figure(HALVES, "LTX-2 distilled at 768", 9.4, 10.7, "GB", _picture(768, FREE), note=_IMAGE),
    Figure(HALVES, "LTX-2 distilled at 1024", 13.2, 14.6, "GB", _picture(1024, FREE), note=_IMAGE),
)
# What the distilled model is said to save: the difference of two documents' peaks in the same plan.
SAVED = tuple(
    (Figure(HALVES, f"distilled saves at {side}", 2, 5, "GB", _picture(side, ONE)), _picture(side, FREE))
    for side in (768, 1024)
)
CLAIMS = (
    Claim(AGAINST, "WAN 2.2 14B on 24 GB: may run out; offload, or the 5B", 24, False, A14B, "resident"),
    Claim(AGAINST, "WAN 2.2 TI2V-5B on an RTX 4090", 24, True, TI2V),
    Claim(AGAINST, "WAN 2.2 on 12 GB", 12, True, A14B),
    Claim(AGAINST, "WAN 2.2: 81 frames and more run out when decoding (24 GB)", 24, False, A14B, "resident"),
    Claim(HALVES, "LTX-2 full at 1024 on 12 GB", 12, False, _picture(1024, ONE)),
    Claim(HALVES, "LTX-2 full at 768 on 12 GB", 12, True, _picture(768, ONE)),
    Claim(HALVES, "LTX-2 distilled at 1024 'ran fine' on 12 GB", 12, True, _picture(1024, FREE)),
    Claim(HALVES, "LTX-2 distilled at 768 on 10 GB", 10, True, _picture(768, FREE)),
    Claim(HALVES, "LTX-2 distilled at 640 on 8 GB", 8, True, _picture(640, FREE)),
    Claim(HALVES, "LTX-2 full on 8 GB", 8, False, _picture(768, ONE)),
    Claim(HALVES, "LTX-2 full at 1024 on 16 GB", 16, True, _picture(1024, ONE)),
    Claim(HALVES, "LTX-2 full at 1024 on 24 GB", 24, True, _picture(1024, ONE)),
)
