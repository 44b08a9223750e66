"""What a render needs beside its weights, in bytes, for each phase.

The factors are exact live-tensor peaks of the real classes at real widths: one forward pass in inference mode on meta
tensors, every storage counted from its making to its freeing, attention in its fused form (diffusers 0.42.1, PyTorch
2.13). They grow by the token and by the pixel with less than 3% of rest. What a card adds of its own (the workspace of
convolutions, fragments, its context) is `HEADROOM` and `CONTEXT`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from presets_app.core.families import is_wan_5b
from presets_app.core.memory.sizes import stages_of

GIB = 1024**3
CONTEXT = GIB // 2  # CUDA context and kernels; between 0.3 and 0.6 GiB on common cards, own choice
HEADROOM = 1.08  # of activations: allocator fragments and convolution workspace; own choice until measured on a card
_LARGEST = 1_000_000  # pixels or frames; the schema allows less, and more is no size of anything
_TILE = 256 * 256  # pixels of one WAN tile in diffusers' defaults


@dataclass(frozen=True)
class Decoder:
    """Bytes of one decode: `fixed` a pixel whatever the length, `framed` a pixel and frame; tiled, a tile of `fixed`
    plus 16 a pixel and frame for what is put together, and at least `tiled`."""

    fixed: float
    framed: float
    tiled: float
    tile: int = _TILE


_WAN = Decoder(19_458, 12.25, 56.3)
_WAN_5B = Decoder(21_501, 12.25, 56.3)
_LTX_2 = Decoder(0, 85.3, 22.83, 0)
_LTXV = Decoder(0, 100.6, 22.83, 0)
# Bytes of the transformer's pass for each video token, by its width.
_TOKEN = {"wan-14b": 113_156, "wan-5b": 82_432, "wan-1.3b": 48_640, "ltx-2": 172_497, "ltxv": 66_060}
_TEXT = {"wan": GIB // 4, "ltx": round(1.1 * GIB)}  # LTX-2 keeps all 49 hidden states of 1,024 tokens, three times over


def text_bytes(document: Mapping[str, Any]) -> int:
    return _TEXT["ltx" if str(document.get("family")).startswith("ltx-") else "wan"]


def tokens(document: Mapping[str, Any]) -> int | None:
    """Video tokens of the largest stage; None when the document does not say its size and length."""
    family, sides = str(document.get("family")), [document.get(key) for key in ("width", "height", "frames")]
    if not all(isinstance(side, int) and not isinstance(side, bool) and 0 < side <= _LARGEST for side in sides):
        return None
    width, height, frames = (int(side or 0) for side in sides)
    scale = finished_scale(document)
    width, height = int(width * scale), int(height * scale)
    if family.startswith("ltx"):
        return ((frames - 1) // 8 + 1) * (height // 32) * (width // 32)
    side = 32 if is_wan_5b(dict(document)) else 16
    return ((frames - 1) // 4 + 1) * (height // side) * (width // side)


def finished_scale(document: Mapping[str, Any]) -> Fraction:
    """How much larger each side of the finished video is than that of the first stage."""
    scale = Fraction(1)
    for stage in stages_of(document):
        factor = stage.get("scale")
        if isinstance(factor, (int, float)) and not isinstance(factor, bool) and 0 < factor <= 16:
            scale *= Fraction(str(factor))
    return scale


def denoise_bytes(document: Mapping[str, Any], count: int, width: str) -> int:
    """`count` tokens through a transformer of `width` (a key of the table above)."""
    return round(count * _TOKEN[width] * _passes(document))


def _passes(document: Mapping[str, Any]) -> int:
    """How many samples one forward pass holds: LTX-2 puts both sides of its guidance into one, WAN takes turns."""
    if not str(document.get("family")).startswith("ltx"):
        return 1
    strengths = [stage.get("guidance", 3.0) for stage in stages_of(document)]
    return 2 if any(isinstance(strength, (int, float)) and strength > 1 for strength in strengths) else 1


def decode_bytes(document: Mapping[str, Any], *, tiled: bool) -> int:
    """The VAE's decode of the finished size: float32 for WAN, the document's short format for LTX."""
    width, height, frames = (int(document[key]) for key in ("width", "height", "frames"))
    pixels = round(width * height * finished_scale(document) ** 2)
    decoder = decoder_of(document)
    if not tiled:
        return round(pixels * (decoder.fixed + decoder.framed * frames))
    return round(max(decoder.fixed * decoder.tile + 16 * pixels * frames, decoder.tiled * pixels * frames))


def decoder_of(document: Mapping[str, Any]) -> Decoder:
    family = str(document.get("family"))
    if family.startswith("ltx"):
        return _LTXV if family == "ltxv" else _LTX_2
    return _WAN_5B if is_wan_5b(dict(document)) else _WAN
