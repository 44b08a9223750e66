"""Frames that stand still, repeat, or are flagged for another reason: how many, how long, from where."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import numpy as np

HELD = 0.3
MOVES = 0.35
NEARLY_STILL = 0.05
PARTED_ONCE = 0.75  # of what a stand-still needs: one frame leaves less time to part
LIVELY = 3.0
STAND_STILL = 4  # frames
STOOD = 1.5  # levels that the other side moved meanwhile


def held(own: Sequence[float], partner: Sequence[float], apart: Sequence[float], first: int) -> dict[str, Any]:
    """Frames that repeat the one before while the other side moves on.

    A single frame counts where the other side moves as it usually does, a stand-still by what the other side moved
    in all that time. Either way the two sides must come `apart` in it: an encoder rightly skips frames that hardly
    differ, and that costs nothing. The first compared frame has none before it.
    """
    if not apart:
        return runs([])
    pairs = list(zip(own, partner, strict=False))[1:]
    usual = max(MOVES, 0.5 * (median([theirs for _, theirs in pairs]) or 0.0))
    # What moves far more than this side ever does jumps or flickers, and says nothing about this side.
    most = LIVELY * max([mine for mine, _ in pairs], default=0.0)
    single = [mine < min(HELD, 0.1 * theirs) and usual <= theirs <= most for mine, theirs in pairs]
    still = [mine < max(NEARLY_STILL, 0.2 * theirs) and theirs <= most for mine, theirs in pairs]
    calm = [gap for gap, *held in zip(apart[1:], single, still, strict=False) if not any(held)] or list(apart[:1])
    needed = 2 * (median(calm) or 0.0)
    flags = [held and gap > PARTED_ONCE * needed for held, gap in zip(single, apart[1:], strict=False)]
    for start, end in _stretches(still):
        mine, theirs = (sum(part) for part in zip(*pairs[start:end], strict=True))
        parted = max(apart[start + 1 : end + 1]) > needed
        if end - start >= STAND_STILL and theirs >= max(STOOD, 10 * mine) and parted:
            flags[start:end] = [True] * (end - start)
    return runs(flags, first=first + 1)


def _stretches(flags: Sequence[bool]) -> list[tuple[int, int]]:
    """(start, end) of each run of flagged frames."""
    edges = [index for index, (a, b) in enumerate(pairwise([False, *flags, False])) if a != b]
    return list(zip(edges[::2], edges[1::2], strict=True))


def runs(flags: Sequence[bool], *, first: int = 0) -> dict[str, Any]:
    """How many frames are flagged, and the longest run of them."""
    found = [(end - start, start) for start, end in _stretches(flags)]
    longest, start = max(found, key=lambda run: (run[0], -run[1]), default=(0, 0))
    return {"count": int(sum(flags)), "longest": longest, "at": start + first if longest else None, "of": len(flags)}


def drift(values: Sequence[float]) -> float | None:
    """Mean of the last eighth minus mean of the first."""
    if len(values) < 2:
        return None
    part = max(1, len(values) // 8)
    return float(np.mean(values[-part:]) - np.mean(values[:part]))


def ratio(value: float | None, base: float | None) -> float | None:
    """None where there is nothing to compare with."""
    if value is None or base is None or max(value, base) < 0.05:
        return None
    return round(min(value / max(base, 1e-3), 999.0), 4)


def mean(values: Sequence[float]) -> float | None:
    return sum(values) / len(values) if len(values) else None


def median(values: Sequence[float]) -> float | None:
    ranked, half = sorted(values), len(values) // 2
    if not ranked:
        return None
    return ranked[half] if len(ranked) % 2 else (ranked[half - 1] + ranked[half]) / 2


def rounded(value: float | None, digits: int = 3) -> float | None:
    return None if value is None or not math.isfinite(value) else round(float(value), digits)
