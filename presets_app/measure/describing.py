"""The numbers of one pass as the measurement's JSON: what was seen, not yet what to make of it."""

from __future__ import annotations

import math
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from presets_app.measure.alignment import Small
from presets_app.measure.changes import barcode, changes, own_flicker
from presets_app.measure.colour import Colour, delta_e
from presets_app.measure.onepass import Pass
from presets_app.measure.pictures import Side
from presets_app.measure.stills import LONGEST, drift, gaps, held, mean, median, ratio, rounded, runs, steps, unlit
from presets_app.measure.tempo import Timing
from presets_app.measure.texture import EVERY, Texture

CURVE_POINTS = 512
BARCODE_POINTS = 64
FLAT_CONTRAST = 3.0  # levels of 255; a picture of one colour after encoding stays below
BLACK_LEVEL = 24.0
PICTURE, PLAINLY = 6.0, 12.0  # contrast of a frame that shows something; how much lighter than black or richer it is
STILL = 0.02


def video(seen: Pass, worst: list[dict[str, Any]], timing: Timing, extras: tuple[str, ...]) -> dict[str, Any]:
    """Pictures of both sides and between them. `frames` counts compared pairs; `offset_frames` > 0 means that the
    right side is late; PSNR is None where all compared planes are equal."""
    asked = {"xpsnr": _xpsnr(seen)} if "xpsnr" in extras else {}
    return {
        "frames": len(seen.scores),
        "frames_left": seen.left.count,
        "frames_right": seen.right.count,
        "compared_as": seen.compared_as,
        "decimated": {"block": seen.left.step, "rows": "3 of 32", "row_frames": f"1 of {EVERY}"},
        "offset_frames": seen.shift.frames,
        "alignment": {**seen.shift.as_json(), **timing.as_json(), "held": _held_steps(seen, timing)},
        "psnr": _psnr(seen),
        "ssim": _ssim(seen),
        **asked,
        "mean_abs": rounded(mean(seen.differences.absolute)),
        "worst_frames": worst,
        "per_frame": _curves(seen),
        "barcode": barcode(seen.differences.apart, _first(seen), BARCODE_POINTS),
        "left": _one_side(seen.left, seen.texture.left),
        "right": _one_side(seen.right, seen.texture.right),
        "between": {**_between(seen), **changes(seen.differences, seen.texture, _first(seen), seen.size)},
    }


def _first(seen: Pass) -> int:
    return seen.pairs[0][0] if seen.pairs else 0


def _psnr(seen: Pass) -> dict[str, Any]:
    """As FFmpeg sums up: the decibels of the mean error, over all planes and of luma."""
    if not seen.scores:
        return {"mean": None, "min": None, "luma": None, "chroma": None, "min_frame": None}
    low = max(seen.scores, key=lambda scores: scores.mse)
    return {
        "mean": psnr_of(mean([scores.mse for scores in seen.scores])),
        "min": None if low.psnr is None else round(low.psnr, 4),
        "luma": psnr_of(mean([scores.mse_planes[0] for scores in seen.scores])),
        "chroma": psnr_of(mean([(scores.mse_planes[1] + scores.mse_planes[2]) / 2 for scores in seen.scores])),
        "min_frame": None if low.psnr is None else seen.pairs[low.place][0],
    }


def _ssim(seen: Pass) -> dict[str, Any]:
    if not seen.scores:
        return {"mean": None, "min": None, "luma": None, "min_frame": None}
    low = min(seen.scores, key=lambda scores: scores.ssim)
    return {
        "mean": rounded(mean([scores.ssim for scores in seen.scores]), 6),
        "min": rounded(low.ssim, 6),
        "luma": rounded(mean([scores.ssim_luma for scores in seen.scores]), 6),
        "min_frame": seen.pairs[low.place][0],
    }


def _xpsnr(seen: Pass) -> dict[str, Any]:
    """Of luma; frames that are equal have none."""
    known = [scores.xpsnr for scores in seen.scores if scores.xpsnr is not None]
    return {"mean": rounded(mean(known), 4), "min": rounded(min(known, default=None), 4)}


def psnr_of(mse: float | None) -> float | None:
    return None if not mse else round(10 * math.log10(255.0**2 / mse), 4)


def _curves(seen: Pass) -> dict[str, Any]:
    """At most 512 points of each curve; a point stands for the worst of `step` frames, or for their mean."""
    step = max(1, math.ceil(len(seen.scores) / CURVE_POINTS))
    parts = [seen.scores[start : start + step] for start in range(0, len(seen.scores), step)]
    lows = [max(part, key=lambda scores: scores.mse).psnr for part in parts]
    one, other = [pair[0] for pair in seen.pairs], [pair[1] for pair in seen.pairs]
    series = {
        "mean_abs": seen.differences.absolute,
        "left_luma": [seen.left.mean[index] for index in one],
        "right_luma": [seen.right.mean[index] for index in other],
        "left_contrast": [seen.left.contrast[index] for index in one],
        "right_contrast": [seen.right.contrast[index] for index in other],
        "left_motion": [seen.left.motion[index] for index in one],
        "right_motion": [seen.right.motion[index] for index in other],
    }
    return {
        "first": _first(seen),
        "step": step,
        "psnr": [None if low is None else round(low, 3) for low in lows],
        "ssim": [round(min(scores.ssim for scores in part), 5) for part in parts],
        **{name: _thinned(values, step) for name, values in series.items()},
    }


def _thinned(values: list[float], step: int) -> list[float]:
    if step == 1:
        return [round(value, 2) for value in values]
    return [round(sum(part) / len(part), 2) for part in (values[at : at + step] for at in range(0, len(values), step))]


def _one_side(side: Side, texture: Texture) -> dict[str, Any]:
    if not side.count:
        return {}
    flat = [contrast < FLAT_CONTRAST for contrast in side.contrast]
    black = [is_flat and level < BLACK_LEVEL for is_flat, level in zip(flat, side.mean, strict=True)]
    one_colour = [is_flat and not is_black for is_flat, is_black in zip(flat, black, strict=True)]
    return {
        "luma": rounded(mean(side.mean)),
        "contrast": rounded(mean(side.contrast)),
        "chroma": [rounded(mean(side.blue)), rounded(mean(side.red))],
        "motion": rounded(mean(side.motion[1:]), 4),
        "sharpness": rounded(mean(texture.sharpness), 4),
        "luma_drift": rounded(drift(side.mean)),
        "lab_drift": _lab_drift(side),
        "flicker": own_flicker(side.mean),
        "travel": _travel(side.small),
        "black_frames": runs(black),
        "flat_frames": runs(one_colour),
        "still_frames": runs([step < STILL for step in side.motion[1:]], first=1),
        "noise_frames": _noise_frames(texture),
        "noise": {
            "grain": rounded(median(texture.grain)),
            "smooth_share": rounded(median(texture.smooth), 4),
            "neighbour_correlation": rounded(median(texture.neighbour), 4),
            "repeat_correlation": rounded(median(texture.repeat), 4),
        },
    }


def _travel(small: Small) -> float | None:
    """How far the picture ever gets from its first frame, mean levels free of brightness: grain and flicker do not
    travel."""
    if len(small) < 2:
        return None
    thinned = small[:: max(1, len(small) // 64)].astype(np.float32)
    return rounded(float(np.abs(thinned - thinned[0]).mean(axis=1).max()))


def _noise_frames(texture: Texture) -> dict[str, Any]:
    """Among the pictures looked at, one in six; `at` is a frame."""
    found = runs(texture.noisy)
    return {**found, "at": None if found["at"] is None else found["at"] * EVERY}


def _lab_drift(side: Side) -> float | None:
    """Distance of the mean colour of the last eighth from that of the first."""
    part = max(1, side.count // 8)
    return (
        rounded(delta_e(_colour(side, slice(0, part)), _colour(side, slice(-part, None)))) if side.count > 1 else None
    )


def _between(seen: Pass) -> dict[str, Any]:
    """Differences over the frames that have a partner; without one, over each side as a whole."""
    left, right, pairs = seen.left, seen.right, len(seen.scores)
    one = [pair[0] for pair in seen.pairs] or list(range(left.count))
    other = [pair[1] for pair in seen.pairs] or list(range(right.count))
    colours = _colour_of(left, one), _colour_of(right, other)
    shifts = [right.mean[b] - left.mean[a] for a, b in seen.pairs]
    sharp = [mean(texture.sharpness) for texture in (seen.texture.left, seen.texture.right)]
    return {
        "delta_e": rounded(delta_e(*colours)),
        "chroma_shift": [rounded(colours[1][index] - colours[0][index]) for index in (1, 2)],
        "likeness": _likeness(left.small, right.small, seen.pairs) if pairs else None,
        "luma_shift": rounded(mean(shifts)),
        "luma_shift_drift": rounded(drift(shifts)),
        "contrast_ratio": ratio(mean(right.contrast), mean(left.contrast)),
        "motion_ratio": ratio(mean(right.motion[1:]), mean(left.motion[1:])),
        "sharpness_ratio": ratio(sharp[1], sharp[0]),
        "histogram_overlap": _overlap(left.histogram, right.histogram),
        "lost": {
            "left": _lost(left, right, seen.pairs),
            "right": _lost(right, left, [(b, a) for a, b in seen.pairs]),
        },
        "held": _held(seen),
    }


def _held(seen: Pass) -> dict[str, Any]:
    """Repeated frames of each side, among the pairs whose small pictures were kept."""
    left, right = seen.left.small[:LONGEST], seen.right.small[:LONGEST]
    pairs = [(a, b) for a, b in seen.pairs if a < len(left) and b < len(right)]
    one, other = [pair[0] for pair in pairs], [pair[1] for pair in pairs]
    apart = gaps(left[one], right[other]) if pairs else np.zeros(0)
    # Where the timing found a repeated frame its partner is the one before: the two agree, and it is held all the same.
    parted = np.where([b == a for a, b in pairwise([-1, *one])], math.inf, apart)
    moves = steps(left)[one], steps(right)[other]
    light = np.array(seen.left.motion)[one], np.array(seen.right.motion)[other]
    differs, first = np.array(seen.differences.absolute[: len(pairs)]), pairs[0] if pairs else (0, 0)
    found = {
        "left": (held(*moves, apart, first[0]), unlit(*light, differs, first[0])),
        "right": (held(*moves[::-1], parted, first[1]), unlit(*light[::-1], differs, first[1])),
    }
    return {side: max(runs_, key=lambda run: run["longest"]) for side, runs_ in found.items()}


def _held_steps(seen: Pass, timing: Timing) -> list[dict[str, Any]]:
    """For each change of lag: the side that became late there, and how many of its frames stand still for it."""
    found = []
    for (_, before), (start, lag) in pairwise(timing.steps):
        side, motion = ("right", seen.right.motion) if lag > before else ("left", seen.left.motion)
        place = start if lag > before else max(0, start - before)
        needed = 0.1 * (median(motion[1:]) or 0.0)
        still = [step <= needed for step in motion[max(0, place - 2) : place + abs(lag - before) + 2]]
        found.append({"side": side, "frame": place, "late": abs(lag - before), "still": runs(still)["longest"]})
    return found


def _lost(own: Side, partner: Side, pairs: list[tuple[int, int]]) -> dict[str, Any]:
    """Frames without a picture whose partner has one: the end of a fade is dark on both sides, more or less."""
    gone = [
        own.contrast[a] < FLAT_CONTRAST and partner.contrast[b] > max(PICTURE, 3 * own.contrast[a]) for a, b in pairs
    ]
    dark = [
        own.mean[a] < BLACK_LEVEL
        and (partner.mean[b] > own.mean[a] + PLAINLY or partner.contrast[b] > max(PICTURE, 5 * own.contrast[a]))
        for a, b in pairs
    ]
    first = pairs[0][0] if pairs else 0
    black = [empty and low for empty, low in zip(gone, dark, strict=True)]
    flat = [empty and own.mean[a] >= BLACK_LEVEL for empty, (a, _) in zip(gone, pairs, strict=True)]
    return {"black": runs(black, first=first), "flat": runs(flat, first=first)}


def _colour(side: Side, part: slice) -> Colour:
    luma, blue, red = (mean(values[part]) for values in (side.mean, side.blue, side.red))
    return luma or 0.0, blue or 0.0, red or 0.0


def _colour_of(side: Side, frames: list[int]) -> Colour:
    luma, blue, red = (mean([values[index] for index in frames]) for values in (side.mean, side.blue, side.red))
    return luma or 0.0, blue or 0.0, red or 0.0


def _likeness(left: Small, right: Small, pairs: list[tuple[int, int]]) -> float | None:
    """Median correlation of small pictures with their partner: 1 for one shot, whatever its tint or sharpness. Flat
    pictures are like nothing; None when all are flat."""
    known = [(a, b) for a, b in pairs if a < len(left) and b < len(right)]
    one = left[[a for a, _ in known]].astype(np.float32)
    other = right[[b for _, b in known]].astype(np.float32)
    squares = [np.einsum("ij,ij->i", a, b) for a, b in ((one, one), (other, other), (one, other))]
    seen = np.minimum(squares[0], squares[1]) > one.shape[1]
    if not seen.any():
        return None
    return rounded(float(np.median(squares[2][seen] / np.sqrt(squares[0][seen] * squares[1][seen]))), 4)


def _overlap(one: NDArray[np.int64], other: NDArray[np.int64]) -> float | None:
    """Shared part of both sides' colour histograms, mean of the three planes, 0..1."""
    if not (one.sum() and other.sum()):
        return None
    shares = [np.minimum(a / a.sum(), b / b.sum()).sum() for a, b in zip(one, other, strict=True)]
    return round(float(np.mean(shares)), 4)
