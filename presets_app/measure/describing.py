"""The numbers of one pass as the measurement's JSON: what was seen, not yet what to make of it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from presets_app.measure.colour import Colour, delta_e
from presets_app.measure.onepass import Pass
from presets_app.measure.pictures import Side, correlation

CURVE_POINTS = 512
FLAT_CONTRAST = 3.0  # levels of 255; a picture of one colour after encoding stays below
BLACK_LEVEL = 24.0
STILL = 0.02
HELD = 0.3
MOVES = 0.6
NEARLY_STILL = 0.05
STAND_STILL = 4  # frames
STOOD = 1.5  # levels that the other side moved meanwhile


def video(seen: Pass, worst: list[dict[str, Any]]) -> dict[str, Any]:
    """Pictures of both sides and between them. `frames` counts compared pairs; `offset_frames` > 0 means that the
    right side is late; PSNR is None where all compared planes are equal."""
    return {
        "frames": len(seen.scores),
        "frames_left": seen.left.count,
        "frames_right": seen.right.count,
        "compared_as": seen.compared_as,
        "offset_frames": seen.shift.frames,
        "alignment": seen.shift.as_json(),
        "psnr": _psnr(seen),
        "ssim": _ssim(seen),
        "mean_abs": _round(_mean(seen.absolute)),
        "worst_frames": worst,
        "per_frame": _curves(seen),
        "left": _one_side(seen.left),
        "right": _one_side(seen.right),
        "between": _between(seen),
    }


def _psnr(seen: Pass) -> dict[str, Any]:
    """As FFmpeg sums up: the decibels of the mean error, over all planes and of luma."""
    if not seen.scores:
        return {"mean": None, "min": None, "luma": None, "min_frame": None}
    low = max(seen.scores, key=lambda scores: scores.mse)
    return {
        "mean": psnr_of(_mean([scores.mse for scores in seen.scores])),
        "min": None if low.psnr is None else round(low.psnr, 4),
        "luma": psnr_of(_mean([scores.mse_planes[0] for scores in seen.scores])),
        "chroma": psnr_of(_mean([(scores.mse_planes[1] + scores.mse_planes[2]) / 2 for scores in seen.scores])),
        "min_frame": None if low.psnr is None else low.index + seen.skip[0],
    }


def _ssim(seen: Pass) -> dict[str, Any]:
    if not seen.scores:
        return {"mean": None, "min": None, "luma": None, "min_frame": None}
    low = min(seen.scores, key=lambda scores: scores.ssim)
    return {
        "mean": _round(_mean([scores.ssim for scores in seen.scores]), 6),
        "min": _round(low.ssim, 6),
        "luma": _round(_mean([scores.ssim_luma for scores in seen.scores]), 6),
        "min_frame": low.index + seen.skip[0],
    }


def psnr_of(mse: float | None) -> float | None:
    return None if not mse else round(10 * math.log10(255.0**2 / mse), 4)


def _curves(seen: Pass) -> dict[str, Any]:
    """At most 512 points of each curve; a point stands for the worst of `step` frames."""
    step = max(1, math.ceil(len(seen.scores) / CURVE_POINTS))
    parts = [seen.scores[start : start + step] for start in range(0, len(seen.scores), step)]
    lows = [max(part, key=lambda scores: scores.mse).psnr for part in parts]
    return {
        "first": seen.skip[0],
        "step": step,
        "psnr": [None if low is None else round(low, 3) for low in lows],
        "ssim": [round(min(scores.ssim for scores in part), 5) for part in parts],
    }


def _one_side(side: Side) -> dict[str, Any]:
    if not side.count:
        return {}
    flat = [contrast < FLAT_CONTRAST for contrast in side.contrast]
    black = [is_flat and mean < BLACK_LEVEL for is_flat, mean in zip(flat, side.mean, strict=True)]
    one_colour = [is_flat and not is_black for is_flat, is_black in zip(flat, black, strict=True)]
    return {
        "luma": _round(_mean(side.mean)),
        "contrast": _round(_mean(side.contrast)),
        "chroma": [_round(_mean(side.blue)), _round(_mean(side.red))],
        "motion": _round(_mean(side.motion[1:]), 4),
        "sharpness": _round(_mean(side.sharpness), 4),
        "luma_drift": _round(_drift(side.mean)),
        "black_frames": _runs(black),
        "flat_frames": _runs(one_colour),
        "still_frames": _runs([step < STILL for step in side.motion[1:]], first=1),
        "noise": {
            "grain": _round(_median(side.grain)),
            "smooth_share": _round(_median(side.smooth), 4),
            "neighbour_correlation": _round(_median(side.neighbour), 4),
            "repeat_correlation": _round(_median(side.repeat), 4),
        },
    }


def _between(seen: Pass) -> dict[str, Any]:
    """Differences over the frames that have a partner; without one, over each side as a whole."""
    left, right, pairs = seen.left, seen.right, len(seen.scores)
    skip_left, skip_right = seen.skip
    one = slice(skip_left, skip_left + pairs) if pairs else slice(None)
    other = slice(skip_right, skip_right + pairs) if pairs else slice(None)
    colours = _colour(left, one), _colour(right, other)
    shifts = [b - a for a, b in zip(left.mean[one], right.mean[other], strict=False)] if pairs else []
    return {
        "delta_e": _round(delta_e(*colours)),
        "chroma_shift": [_round(colours[1][index] - colours[0][index]) for index in (1, 2)],
        "likeness": _likeness(left, right, one, other) if pairs else None,
        "luma_shift": _round(_mean(shifts)),
        "luma_shift_drift": _round(_drift(shifts)),
        "contrast_ratio": ratio(_mean(right.contrast), _mean(left.contrast)),
        "motion_ratio": ratio(_mean(right.motion[1:]), _mean(left.motion[1:])),
        "sharpness_ratio": ratio(_mean(right.sharpness), _mean(left.sharpness)),
        "histogram_overlap": _overlap(left.histogram, right.histogram),
        "held": {
            "left": _held(left.motion[one], right.motion[other], seen.absolute, skip_left),
            "right": _held(right.motion[other], left.motion[one], seen.absolute, skip_right),
        },
    }


def _colour(side: Side, part: slice) -> Colour:
    luma, blue, red = (_mean(values[part]) for values in (side.mean, side.blue, side.red))
    return luma or 0.0, blue or 0.0, red or 0.0


def _likeness(left: Side, right: Side, one: slice, other: slice) -> float | None:
    """Median correlation of small pictures with their partner: 1 for one shot, whatever its tint or sharpness. Flat
    pictures are like nothing; None when all are flat."""
    partners = [
        (a.astype(np.float32), b.astype(np.float32)) for a, b in zip(left.small[one], right.small[other], strict=False)
    ]
    return _round(_median([correlation(a, b) for a, b in partners if min(a.std(), b.std()) > 1]), 4)


def _held(own: Sequence[float], partner: Sequence[float], apart: Sequence[float], first: int) -> dict[str, Any]:
    """Frames that repeat the one before while the other side moves on.

    A single frame counts where the other side moves as it usually does, a stand-still by what the other side moved
    in all that time. Either way the two sides must come `apart` in it: an encoder rightly skips frames that hardly
    differ, and that costs nothing. The first compared frame has none before it.
    """
    if not apart:
        return _runs([])
    pairs = list(zip(own, partner, strict=False))[1:]
    usual = max(MOVES, 0.5 * (_median([theirs for _, theirs in pairs]) or 0.0))
    single = [mine < min(HELD, 0.1 * theirs) and theirs >= usual for mine, theirs in pairs]
    still = [mine < max(NEARLY_STILL, 0.2 * theirs) for mine, theirs in pairs]
    calm = [gap for gap, *held in zip(apart[1:], single, still, strict=False) if not any(held)] or list(apart[:1])
    needed = 2 * (_median(calm) or 0.0)
    flags = [held and gap > needed for held, gap in zip(single, apart[1:], strict=False)]
    for start, end in _stretches(still):
        mine, theirs = (sum(part) for part in zip(*pairs[start:end], strict=True))
        parted = max(apart[start + 1 : end + 1]) > needed
        if end - start >= STAND_STILL and theirs >= max(STOOD, 10 * mine) and parted:
            flags[start:end] = [True] * (end - start)
    return _runs(flags, first=first + 1)


def _stretches(flags: Sequence[bool]) -> list[tuple[int, int]]:
    """(start, end) of each run of flagged frames."""
    edges = [index for index, (a, b) in enumerate(pairwise([False, *flags, False])) if a != b]
    return list(zip(edges[::2], edges[1::2], strict=True))


def _runs(flags: Sequence[bool], *, first: int = 0) -> dict[str, Any]:
    """How many frames are flagged, and the longest run of them."""
    runs = [(end - start, start) for start, end in _stretches(flags)]
    longest, start = max(runs, key=lambda run: (run[0], -run[1]), default=(0, 0))
    return {"count": sum(flags), "longest": longest, "at": start + first if longest else None, "of": len(flags)}


def _drift(values: Sequence[float]) -> float | None:
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


def _overlap(one: NDArray[np.int64], other: NDArray[np.int64]) -> float | None:
    """Shared part of both sides' colour histograms, mean of the three planes, 0..1."""
    if not (one.sum() and other.sum()):
        return None
    shares = [np.minimum(a / a.sum(), b / b.sum()).sum() for a, b in zip(one, other, strict=True)]
    return round(float(np.mean(shares)), 4)


def _mean(values: Sequence[float]) -> float | None:
    return float(np.mean(values)) if len(values) else None


def _median(values: Sequence[float]) -> float | None:
    return float(np.median(values)) if len(values) else None


def _round(value: float | None, digits: int = 3) -> float | None:
    return None if value is None or not math.isfinite(value) else round(value, digits)
