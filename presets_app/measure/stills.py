"""Frames that stand still, repeat, or are flagged for another reason: how many, how long, from where."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

# Steps and gaps are those of `steps` and `gaps`: levels of 255, free of brightness and contrast.
MOVES = 1.0  # the least step that a person sees as motion
HELD = 0.15  # part of the other side's step that a repeated frame may still show
USUAL = 0.4  # part of the usual step from which a single frame counts
PARTED = 0.4  # a frame that was held lacks this part of what the other side moved
NEARLY_STILL = 0.25
CALM = 1.5  # by how much the sides come further apart than they are elsewhere
LIVELY = 4.0
STAND_STILL = 4  # frames
FAR = 3.0  # levels apart at the end of a stand-still, or a part of the way
STOOD = 4.0  # levels that the other side moved meanwhile
DIRECTED = 0.5  # of the way that light went: it went somewhere, and did not only flicker
LONGEST = 4_096  # pairs looked at
Array = NDArray[Any]


def held(own: Array, partner: Array, apart: Array, first: int) -> dict[str, Any]:
    """Frames that repeat the one before while the other side moves on; steps of both sides and gaps between them, by
    pair.

    A single frame counts where the other side moves as it usually does, a stand-still by what the other side moved
    in all that time. Either way the sides must come apart by what was not moved: an encoder rightly skips frames that
    hardly differ, or shows a change one frame later, and then the sides come together again. The first pair has none
    before it.
    """
    if len(apart) < 2:
        return runs([])
    mine, theirs, before = own[1:], partner[1:], np.where(np.isfinite(apart[:-1]), apart[:-1], 0.0)
    moving = theirs >= MOVES
    usual = max(MOVES, USUAL * float(np.median(theirs[moving]))) if moving.any() else math.inf
    # What moves far more than this side ever does jumps, and says nothing about this side.
    most = LIVELY * float(mine.max(initial=0.0))
    single = (mine < HELD * theirs) & (theirs >= usual) & (theirs <= most)
    still = (mine < np.maximum(NEARLY_STILL, 0.3 * theirs)) & (theirs <= most)
    calm = apart[1:][~(single | still) & np.isfinite(apart[1:])]
    needed = CALM * float(np.median(calm)) if calm.size else CALM * float(before[0])
    single &= (apart[1:] > needed) & (_gained(apart[1:], before) >= PARTED * theirs)
    flags = single.tolist()
    for start, end in _stretches(still.tolist()):
        moved = theirs[start:end] > np.maximum(NEARLY_STILL, 3 * mine[start:end])
        least = max(STOOD, 3 * float(mine[start:end][moved].sum()))
        parted, way = apart[start + 1 : end + 1], float(theirs[start:end].sum())
        gained = float(_gained(parted.max(), before[start]))
        if moved.sum() >= STAND_STILL and way >= least and parted.max() > needed and gained >= min(0.3 * way, FAR):
            span = np.flatnonzero(moved)
            flags[start + span[0] : start + span[-1] + 1] = [True] * int(span[-1] + 1 - span[0])
    return runs(flags, first=first + 1)


def unlit(own: Array, partner: Array, apart: Array, first: int) -> dict[str, Any]:
    """The longest stand-still in which the other side's light changes; steps and gaps with their brightness."""
    mine, theirs = own[1:], partner[1:]
    flags = [False] * len(mine)
    for start, end in _stretches(((mine < 0.05) & (theirs > 0.1)).tolist()):
        way, parted = float(theirs[start:end].sum()), float(apart[start + 1 : end + 1].max())
        gained = parted - float(apart[start])
        # A side that hardly ever moves shows a still picture; then it is the other side's light that drifts.
        lively = float(np.median(mine)) >= 0.3 * way / (end - start)
        if lively and end - start >= STAND_STILL and way >= STOOD and gained >= DIRECTED * way:
            flags[start:end] = [True] * (end - start)
    return runs(flags, first=first + 1)


def _gained(now: Any, before: Any) -> Any:
    return np.sqrt(np.maximum(np.square(now) - np.square(before), 0))


def steps(pictures: Array) -> Array:
    """How far each of a side's small pictures is from the one before; 0 for the first."""
    known = pictures[:LONGEST].astype(np.float32)
    return np.concatenate([np.zeros(1), gaps(known[:-1], known[1:])]) if len(known) > 1 else np.zeros(len(known))


def gaps(left: Array, right: Array) -> Array:
    """Distances of pictures that are free of their mean, free of a change of contrast too. The fourth root of fourth
    powers, because a small thing that moves counts as much as a large one."""
    one, other = left.astype(np.float32), right.astype(np.float32)
    squares = np.einsum("ij,ij->i", one, one)
    gain = np.clip(np.einsum("ij,ij->i", one, other) / np.maximum(squares, 1e-3), 0.5, 2.0)
    apart = np.square(np.where(squares > one.shape[1], gain, 1.0)[:, None] * one - other)
    return np.asarray(np.sqrt(np.sqrt(np.einsum("ij,ij->i", apart, apart) / one.shape[1])))


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
