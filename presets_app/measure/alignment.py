"""By how many frames is one side late? Exact within 12 frames, from decimated luma."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

REACH = 12
HEAD = 2 * REACH + 1  # leaves 13 overlapping frames at the largest lag
# Own choice: another lag must explain the pictures clearly better than none, and the pictures must then agree.
CLEARLY_BETTER = 0.7
AGREE = 0.6
LOOKED_AT = 240
Small = NDArray[Any]  # (frames, points): small pictures, each free of its mean


class Shift(NamedTuple):
    """`frames` > 0: the right side is late. Costs are mean absolute differences of mean-free luma, 0-255."""

    frames: int
    cost_unshifted: float
    cost: float

    def as_json(self) -> dict[str, float | int]:
        return {"frames": self.frames, "cost_unshifted": round(self.cost_unshifted, 4), "cost": round(self.cost, 4)}


def shift(left: Small, right: Small) -> Shift:
    """The lag that brings the two sequences of equally sized small pictures together, 0 when none clearly does."""
    costs = {lag: _cost(left, right, lag) for lag in range(-REACH, REACH + 1)}
    zero = costs[0]
    if zero is None:
        return Shift(0, 0.0, 0.0)
    known = {lag: cost for lag, cost in costs.items() if cost is not None}
    best = min(known, key=lambda lag: (round(known[lag], 3), abs(lag)))
    # A bad stretch at one end makes each lag look better that leaves it without a partner.
    there = min(zero, _unshifted(left, right, best))
    if known[best] <= CLEARLY_BETTER * there and there - known[best] > 0.05 and _agree(left, right, best):
        return Shift(best, zero, known[best])
    return Shift(0, zero, zero)


def _overlap(one: Small, other: Small, lag: int) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    start_one, start_other = max(0, -lag), max(0, lag)
    length = max(0, min(len(one) - start_one, len(other) - start_other))
    stride = max(1, -(-length // LOOKED_AT))
    parts = one[start_one : start_one + length : stride], other[start_other : start_other + length : stride]
    return parts[0].astype(np.float32), parts[1].astype(np.float32)


def _cost(one: Small, other: Small, lag: int) -> float | None:
    left, right = _overlap(one, other, lag)
    needed = min(4, len(one), len(other))
    return None if len(left) < max(1, needed) else float(np.abs(left - right).mean())


def _unshifted(one: Small, other: Small, lag: int) -> float:
    """What no lag costs over the frames that `lag` compares, on the side where it costs less."""
    starts, length = (max(0, -lag), max(0, lag)), min(len(one), len(other)) - abs(lag)
    costs = [_cost(one[start : start + length], other[start : start + length], 0) for start in starts]
    return min((cost for cost in costs if cost is not None), default=0.0)


def _agree(one: Small, other: Small, lag: int) -> bool:
    left, right = _overlap(one, other, lag)
    scale = float(np.sqrt(np.vdot(left, left) * np.vdot(right, right)))
    return scale > 1e-3 and float(np.vdot(left, right)) / scale >= AGREE
