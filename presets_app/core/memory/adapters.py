"""What LoRAs add: their size follows from the model's linear layers and the rank, which the file's name says as a rule.

A LoRA of rank r on a layer of n inputs and m outputs has r * (n + m) weights. `_WIDTHS` holds the sum of n + m over the
attention and feed-forward layers of each model, where LoRAs are put; LTX-2's published one of rank 384 has 7.67 GB in
16 bits, and 7.40 GB by this sum.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from presets_app.core.memory.sizes import Component, stages_of

_WIDTHS = {  # by the parameters of one block
    351_394_304: 4_792_320,  # WAN 14B: 40 blocks of 8 x (5120 + 5120) and 2 x (5120 + 13824)
    403_838_464: 4_792_320,
    163_656_704: 2_519_040,  # WAN 5B: 30 blocks of 8 x (3072 + 3072) and 2 x (3072 + 14336)
    46_440_704: 1_367_040,  # WAN 1.3B: 30 blocks of 8 x (1536 + 1536) and 2 x (1536 + 8960)
    386_074_624: 9_633_792,  # LTX-2: 48 blocks of 4096 wide video, 2048 wide audio, and what joins them
    388_000_000: 9_633_792,
}
_RANK = re.compile(r"(?:rank|lora)[-_]?(\d{1,4})(?!\d|\.\d)", re.IGNORECASE)
USUAL_RANK = 128  # of published LoRAs for speed; where a name says none
_LARGEST = 4096


def loras(document: Mapping[str, Any], parts: Sequence[Component]) -> list[Component]:
    """A part for each LoRA of each stage; [] where the model's layers are not known."""
    blocks = next((part.block_parameters for part in parts if part.name == "transformer"), 0)
    width = _WIDTHS.get(blocks)
    if width is None:
        return []
    named = dict.fromkeys(name for stage in stages_of(document) for name in _files(stage))
    return [Component(f"lora {_short(name)}", "denoise", rank_of(name) * width) for name in named]


def unsized(document: Mapping[str, Any]) -> list[str]:
    """LoRAs whose name says no rank, each once."""
    names = dict.fromkeys(name for stage in stages_of(document) for name in _files(stage))
    return [_short(name) for name in names if not _RANK.search(_short(name))]


def rank_of(name: str) -> int:
    found = _RANK.search(_short(name))
    return min(int(found[1]), _LARGEST) or USUAL_RANK if found else USUAL_RANK


def _files(stage: Mapping[str, Any]) -> list[str]:
    held = stage.get("loras")
    entries = held if isinstance(held, list) else []
    return [str(entry["file"]) for entry in entries if isinstance(entry, dict) and isinstance(entry.get("file"), str)]


def _short(name: str) -> str:
    return re.split(r"[/\\]", name)[-1][:80]
