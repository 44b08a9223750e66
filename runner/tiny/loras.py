"""Tiny LoRAs for the tiny models: one safetensors file each, in the spelling that diffusers saves."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import torch
from safetensors.torch import save_file

from runner.tiny.filling import drawn

RANK = 4
_LTX, _WAN = (32, 32), (32, 32)  # out and in of the layers below


class LoraFile:
    """Saves itself as a pipeline does."""

    def __init__(self, name: str, layers: Mapping[str, tuple[int, int]]) -> None:
        self._name, self._layers = name, layers

    def save_pretrained(self, place: Path, *, safe_serialization: bool) -> None:
        """Write the one file. Raises ValueError for a pickle."""
        if not safe_serialization:
            raise ValueError("LoRAs are saved as safetensors only")
        tensors: dict[str, torch.Tensor] = {}
        for layer, (out, into) in self._layers.items():
            for letter, shape in (("A", (RANK, into)), ("B", (out, RANK))):
                key = f"transformer.{layer}.lora_{letter}.weight"
                tensors[key] = torch.from_numpy(drawn(f"{self._name}/{key}", shape).astype(np.float32))
        save_file(tensors, place / self._name, metadata={"format": "pt"})


def ltx2() -> LoraFile:
    layers = {f"transformer_blocks.{block}.attn1.{part}": _LTX for block in range(2) for part in ("to_q", "to_v")}
    return LoraFile("tiny-ltx-2-lora.safetensors", layers)


def wan22() -> LoraFile:
    layers = {f"blocks.{block}.attn1.{part}": _WAN for block in range(2) for part in ("to_q", "to_v")}
    return LoraFile("tiny-wan-2.2-lora.safetensors", layers)
