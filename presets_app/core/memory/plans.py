"""Ways to fit one render onto a card, from the one that changes nothing to the one that changes most."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from presets_app.core.memory import activations
from presets_app.core.memory.activations import CONTEXT, GIB, HEADROOM
from presets_app.core.memory.sizes import Component

BF16, FP8, INT4 = 2.0, 1.0, 0.53125  # bytes of one linear weight; int4 with a 16-bit scale for each group of 64
PHASES = ("text", "denoise", "decode")
_GROUP = 2  # blocks of a group offload that are on the card at a time: the one that works and the one that comes


@dataclass(frozen=True)
class Plan:
    """`peaks` in bytes by phase. `changes_bits` is true where the output is no longer the same as without the plan."""

    name: str
    offload: str
    weights: str
    vae_tiling: bool
    changes_bits: bool
    peaks: Mapping[str, int]
    words: str

    @property
    def peak(self) -> int:
        return max(self.peaks.values())

    def fits(self, card_gib: float) -> bool:
        return self.peak <= card_gib * GIB

    def as_json(self, card_gib: float | None = None) -> dict[str, Any]:
        told = {
            "plan": self.name,
            "offload": self.offload,
            "weights": self.weights,
            "vae_tiling": self.vae_tiling,
            "changes_bits": self.changes_bits,
            "peaks_gib": {phase: in_gib(size) for phase, size in self.peaks.items()},
            "peak_gib": in_gib(self.peak),
            "words": self.words,
        }
        return told if card_gib is None else {**told, "fits": self.fits(card_gib)}


# (name, offload, width of a linear weight, what it means), in the order they are offered: the fastest with the same
# bits first, then what costs time, then what costs likeness.
_WAYS = (
    ("resident", "none", BF16, "Everything stays on the card."),
    ("text encoder dropped", "text", BF16, "The text encoder leaves the card once the prompt is encoded."),
    ("model offload", "model", BF16, "One model is on the card at a time; seconds more for each render."),
    ("group offload", "group", BF16, "Two blocks are on the card at a time; the bus decides the speed."),
    ("fp8 weights, resident", "none", FP8, "Linear weights in 8 bits; other pictures than in 16."),
    ("fp8 weights, model offload", "model", FP8, "Linear weights in 8 bits, one model at a time."),
    ("int4 weights, model offload", "model", INT4, "Linear weights in 4 bits, one model at a time; visibly other."),
    ("int4 weights, group offload", "group", INT4, "Linear weights in 4 bits, two blocks at a time; the smallest."),
)
_NAMES = {BF16: "bfloat16", FP8: "fp8", INT4: "int4"}


def plans(document: Mapping[str, Any], parts: Sequence[Component]) -> list[Plan]:
    """Every way that says something new, each with the VAE whole and tiled. The weights' own width in the preset is
    where they start: no plan makes them wider, and only a narrower one changes bits."""
    found: dict[tuple[str, float, bool], Plan] = {}
    widest = max((part.stated for part in parts if part.name.startswith("transformer")), default=BF16)
    for name, offload, width, words in _WAYS:
        for tiled in (False, True):
            kept = min(width, widest)
            if (offload, kept, tiled) not in found:
                label, text = (f"{name}, tiled VAE", f"{words} The VAE decodes in tiles.") if tiled else (name, words)
                changed = kept < widest or (tiled and not _tiles_already(document))
                peaks = _peaks(document, parts, offload, width, tiled)
                found[offload, kept, tiled] = Plan(label, offload, _NAMES[kept], tiled, changed, peaks, text)
    return list(found.values())


def _tiles_already(document: Mapping[str, Any]) -> bool:
    runtime = document.get("runtime")
    return isinstance(runtime, dict) and runtime.get("vae_tiling") is True


def _peaks(
    document: Mapping[str, Any], parts: Sequence[Component], offload: str, width: float, tiled: bool
) -> dict[str, int]:
    busy = {
        "text": activations.text_bytes(document),
        "denoise": activations.denoise_bytes(document, activations.tokens(document) or 0, width_of(parts)),
        "decode": activations.decode_bytes(document, tiled=tiled),
    }
    held = {phase: _held(parts, phase, offload, width) for phase in PHASES}
    return {phase: round(held[phase] + busy[phase] * HEADROOM + CONTEXT) for phase in PHASES}


def _held(parts: Sequence[Component], phase: str, offload: str, width: float) -> int:
    """Bytes of weights that are on the card while a phase works."""
    if offload == "none":
        return sum(part.bytes_at(width) for part in parts)
    if offload == "text":
        return sum(part.bytes_at(width) for part in parts if phase == "text" or part.phase != "text")
    active = [part for part in parts if part.phase == phase]
    sizes = [part.blocks_at(_GROUP, width) if offload == "group" else part.bytes_at(width) for part in active]
    # Two experts take turns, and so do the text encoder and what follows it: the largest is what counts.
    return max(sizes, default=0)


def width_of(parts: Iterable[Component]) -> str:
    """Which row of the token table a transformer belongs to, by its block."""
    sizes = {351_394_304: "wan-14b", 403_838_464: "wan-14b", 163_656_704: "wan-5b", 46_440_704: "wan-1.3b"}
    blocks = [part.block_parameters for part in parts if part.name == "transformer"]
    if blocks and blocks[0] in (67_155_968, 268_529_664):
        return "ltxv"
    return sizes.get(blocks[0], "ltx-2") if blocks else "ltx-2"


def in_gib(size: int) -> float:
    return round(size / GIB, 2)
