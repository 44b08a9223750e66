"""Weights from a numpy stream per tensor name, so that a rebuild gives the same bytes whatever torch's own RNG does."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Mapping
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

Values = NDArray[np.floating[Any]]
_BIAS = 0.02
_OWN = 0.35  # share of each sub-pixel's own weights; the rest is common, so that neighbours look alike


def fill(
    model: nn.Module,
    label: str,
    *,
    gains: Mapping[str, float] | None = None,
    shuffled: Mapping[str, int] | None = None,
    bias: float = _BIAS,
) -> None:
    """Overwrite every parameter of `model` in place; buffers keep what the class gave them.

    `label` keeps two models of one class apart. `gains` maps the beginning of a tensor's name to a gain (1 for the
    rest). `shuffled` names layers whose outputs become sub-pixels, and how many: their weights are made alike, or
    the picture would be noise of one pixel, which no video encoder keeps.
    """
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            shape = tuple(parameter.shape)
            values = _values(f"{label}/{name}", shape, _first(gains, name, 1.0), bias)
            sub_pixels = _first(shuffled, name, 1)
            if sub_pixels > 1:
                common = np.repeat(values[: shape[0] // sub_pixels], sub_pixels, axis=0)
                values = math.sqrt(1 - _OWN**2) * common + _OWN * values
            parameter.copy_(torch.from_numpy(values.astype(np.float32)))


def _first(table: Mapping[str, Any] | None, name: str, otherwise: Any) -> Any:
    return next((value for start, value in (table or {}).items() if name.startswith(start)), otherwise)


def _values(name: str, shape: tuple[int, ...], gain: float, bias: float) -> Values:
    if name.endswith("gamma") or ("norm" in name and name.endswith("weight")):
        return np.ones(shape)
    values = drawn(name, shape)
    if len(shape) < 2 or name.endswith("bias"):
        return bias * values
    return gain / math.sqrt(math.prod(shape[1:])) * values


def drawn(name: str, shape: tuple[int, ...]) -> Values:
    """Standard normal values from the stream that belongs to a tensor's name."""
    stream = np.random.RandomState(int.from_bytes(hashlib.sha256(name.encode()).digest()[:4], "big"))
    values: Values = stream.standard_normal(shape)
    return values
