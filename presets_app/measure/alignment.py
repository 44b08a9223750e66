"""By how many frames is one side late? Exact within 12 frames, from decimated luma."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

REACH = 12
HEAD = 2 * REACH + 1  # leaves 13 overlapping frames at the largest lag
# Own choice: another lag must explain the pictures clearly better than none, and the pictures must then agree.
CLEARLY_BETTER = 0.7
AGREE = 0.6
LOOKED_AT = 240


@dataclass(frozen=True)
class Shift:
    """`frames` > 0: the right side is late. Costs are mean absolute differences of mean-free luma, 0-255."""

    frames: int
    cost_unshifted: float
    cost: float

    def as_json(self) -> dict[str, float | int]:
        return {"frames": self.frames, "cost_unshifted": round(self.cost_unshifted, 4), "cost": round(self.cost, 4)}


def shift(left: Sequence[NDArray[np.uint8]], right: Sequence[NDArray[np.uint8]]) -> Shift:
    """The lag that brings the two sequences of equally sized small pictures together, 0 when none clearly does."""
    one, other = _free_of_mean(left), _free_of_mean(right)
    costs = {lag: _cost(one, other, lag) for lag in range(-REACH, REACH + 1)}
    zero = costs[0]
    if zero is None:
        return Shift(0, 0.0, 0.0)
    known = {lag: cost for lag, cost in costs.items() if cost is not None}
    best = min(known, key=lambda lag: (round(known[lag], 3), abs(lag)))
    if known[best] <= CLEARLY_BETTER * zero and zero - known[best] > 0.05 and _agree(one, other, best):
        return Shift(best, zero, known[best])
    return Shift(0, zero, zero)


def _free_of_mean(pictures: Sequence[NDArray[np.uint8]]) -> NDArray[np.float32]:
    if not pictures:
        return np.zeros((0, 1), np.float32)
    stack = np.stack([picture.ravel() for picture in pictures]).astype(np.float32)
    return np.asarray(stack - stack.mean(axis=1, keepdims=True), np.float32)


def _overlap(one: NDArray[np.float32], other: NDArray[np.float32], lag: int) -> tuple[NDArray[np.float32], ...]:
    start_one, start_other = max(0, -lag), max(0, lag)
    length = min(len(one) - start_one, len(other) - start_other)
    picks = (
        np.unique(np.linspace(0, length - 1, min(length, LOOKED_AT)).astype(int)) if length > 0 else np.zeros(0, int)
    )
    return one[picks + start_one], other[picks + start_other]


def _cost(one: NDArray[np.float32], other: NDArray[np.float32], lag: int) -> float | None:
    left, right = _overlap(one, other, lag)
    needed = min(4, len(one), len(other))
    return None if len(left) < max(1, needed) else float(np.abs(left - right).mean())


def _agree(one: NDArray[np.float32], other: NDArray[np.float32], lag: int) -> bool:
    left, right = _overlap(one, other, lag)
    scale = float(np.sqrt(np.square(left).sum() * np.square(right).sum()))
    return scale > 1e-3 and float((left * right).sum()) / scale >= AGREE
