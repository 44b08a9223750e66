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
    """`peaks` in bytes by phase on the card; `together` where card and machine share one memory, as Apple's do: what
    is offloaded stays in it. `changes_bits` is true where the output is no longer the same as without the plan;
    `own_width` where the weights are taken as the preset has them."""

    name: str
    offload: str
    weights: str
    vae_tiling: bool
    changes_bits: bool
    peaks: Mapping[str, int]
    together: int
    words: str
    own_width: bool = True

    @property
    def peak(self) -> int:
        return max(self.peaks.values())

    @property
    def settings(self) -> dict[str, Any] | None:
        """What a preset's `runtime` says to have it from this project's runner, which loads weights as they are; None
        for a plan that needs a file of another width, or a server that makes one."""
        return {"offload": self.offload, "vae_tiling": self.vae_tiling} if self.own_width else None

    def fits(self, card_gib: float) -> bool:
        return self.peak <= card_gib * GIB

    def as_json(self, card_gib: float | None = None) -> dict[str, Any]:
        """`fits` is None where no card is named."""
        return {
            "plan": self.name,
            "offload": self.offload,
            "weights": self.weights,
            "vae_tiling": self.vae_tiling,
            "changes_bits": self.changes_bits,
            "peaks": dict(self.peaks),
            "peaks_gib": {phase: in_gib(size) for phase, size in self.peaks.items()},
            "peak_bytes": self.peak,
            "peak_gib": in_gib(self.peak),
            "words": self.words,
            "settings": self.settings,
            "fits": None if card_gib is None else self.fits(card_gib),
        }


# Both lists go from what harms least: the fastest with the same bits first, then what costs time, then likeness.
_OFFLOADS = (
    ("none", "resident", "Everything stays on the card."),
    ("text", "text encoder dropped", "The text encoder leaves the card once the prompt is encoded."),
    ("model", "model offload", "One model is on the card at a time; seconds more for each render."),
    ("group", "group offload", "Two blocks are on the card at a time; the bus decides the speed."),
)
_ELSEWHERE = "It needs files of that width on a ComfyUI server: the runner here loads weights as they are."
_WIDTHS = (
    ("bfloat16", BF16, ""),
    ("fp8", FP8, f"Linear weights in 8-bit floats: other pictures than in 16. {_ELSEWHERE}"),
    ("int8", FP8, f"Linear weights in 8-bit integers: other pictures than in 16. {_ELSEWHERE}"),
    ("int4", INT4, f"Linear weights in 4 bits: visibly other pictures. {_ELSEWHERE}"),
)
_STATED = {BF16: "bfloat16", FP8: "fp8", INT4: "int4"}


def plans(document: Mapping[str, Any], parts: Sequence[Component]) -> list[Plan]:
    """Every offload with every width of weights, each with the VAE whole and tiled. The weights' own width in the
    preset is where they start: no plan makes them wider, and only a narrower one changes bits."""
    widest = max((part.stated for part in parts if part.name.startswith("transformer")), default=BF16)
    narrower = [row for row in _WIDTHS if row[1] < widest]
    found = []
    for weights, width, harm in (_STATED.get(widest, _STATED[BF16]), widest, ""), *narrower:
        for offload, name, words in _OFFLOADS:
            label = name if width == widest else f"{weights} weights, {name}"
            for tiled in (False, True):
                peaks, together = _peaks(document, parts, offload, width, tiled)
                changed = width < widest or (tiled and not _tiles_already(document))
                said = " ".join(filter(None, (words, harm, "The VAE decodes in tiles." if tiled else "")))
                title = f"{label}, tiled VAE" if tiled else label
                plan = Plan(title, offload, weights, tiled, changed, peaks, together, said, width == widest)
                found.append(plan)
    return found


def _tiles_already(document: Mapping[str, Any]) -> bool:
    runtime = document.get("runtime")
    return isinstance(runtime, dict) and runtime.get("vae_tiling") is True


def _peaks(
    document: Mapping[str, Any], parts: Sequence[Component], offload: str, width: float, tiled: bool
) -> tuple[dict[str, int], int]:
    """Bytes on the card by phase, and at most in a memory that card and machine share."""
    busy = {
        "text": activations.text_bytes(document),
        "denoise": activations.denoise_bytes(document, activations.tokens(document) or 0, width_of(parts)),
        "decode": activations.decode_bytes(document, tiled=tiled),
    }
    own = {phase: busy[phase] * HEADROOM + CONTEXT for phase in PHASES}
    peaks = {phase: round(_held(parts, phase, offload, width) + own[phase]) for phase in PHASES}
    # An offloaded weight is still in the shared memory; a dropped text encoder is let go of.
    kept = {phase: _held(parts, phase, "text" if offload == "text" else "none", width) for phase in PHASES}
    return peaks, max(round(kept[phase] + own[phase]) for phase in PHASES)


def _held(parts: Sequence[Component], phase: str, offload: str, width: float) -> int:
    """Bytes of weights that are on the card while a phase works."""
    if offload == "none":
        return sum(part.bytes_at(width) for part in parts)
    if offload == "text":
        return sum(part.bytes_at(width) for part in parts if phase == "text" or part.phase != "text")
    active = [part for part in parts if part.phase == phase and not _is_lora(part)]
    sizes = [part.blocks_at(_GROUP, width) if offload == "group" else part.bytes_at(width) for part in active]
    # Two experts take turns, and so do the text encoder and what follows it: the largest is what counts.
    beside = sum(part.bytes_at(width) for part in parts if part.phase == phase and _is_lora(part))
    return max(sizes, default=0) + beside


def _is_lora(part: Component) -> bool:
    """It is on the card with the model that it changes."""
    return part.name.startswith("lora ")


def width_of(parts: Iterable[Component]) -> str:
    """Which row of the token table a transformer belongs to, by its block."""
    sizes = {351_394_304: "wan-14b", 403_838_464: "wan-14b", 163_656_704: "wan-5b", 46_440_704: "wan-1.3b"}
    blocks = [part.block_parameters for part in parts if part.name == "transformer"]
    if blocks and blocks[0] in (67_155_968, 268_529_664):
        return "ltxv"
    return sizes.get(blocks[0], "ltx-2") if blocks else "ltx-2"


def in_gib(size: int) -> float:
    return round(size / GIB, 2)
