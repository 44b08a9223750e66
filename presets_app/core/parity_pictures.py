"""Faults between two sequences of pictures that show the same thing: late, frozen, tinted, blurred, damaged."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from presets_app.core import parity_thresholds as gate
from presets_app.core.parity_reasons import Reason, number
from presets_app.core.parity_thresholds import SameAs

Facts = dict[str, Any]


def related(video: Facts) -> bool:
    """True when the clips are the same shot, perhaps with a change to it."""
    likeness = number(video["between"].get("likeness"))
    return likeness is not None and likeness >= gate.RELATED


def is_same(video: Facts, limit: SameAs) -> bool:
    """Within noise: SSIM of the mean and of the worst frame, PSNR of the mean."""
    ssim, low = number(video["ssim"]["mean"]), number(video["ssim"]["min"])
    psnr = number(video["psnr"]["mean"])
    if ssim is None or low is None:
        return False
    return ssim >= limit.ssim and low >= limit.ssim and (psnr is None or psnr >= limit.psnr)


def picture_faults(video: Facts, limit: SameAs) -> Iterator[Reason]:
    """Named changes between the two sides."""
    yield from _shift(video)
    yield from _held(video)
    if not related(video):
        return
    yield from _colour(video["between"])
    yield from _sharpness(video["between"])
    yield from _damage(video, limit)


def _shift(video: Facts) -> Iterator[Reason]:
    frames = int(video["offset_frames"])
    if frames:
        late = "right" if frames > 0 else "left"
        count = f"{abs(frames)} frame" + ("" if abs(frames) == 1 else "s")
        message = f"The {late} side is {count} late; the pictures were compared after aligning them."
        yield Reason("time_shift", "fail", message, {"side": late}, {"frames": frames})


def _held(video: Facts) -> Iterator[Reason]:
    """Repeated frames; for another take only a long stand-still, because its motion has a timing of its own."""
    for side in ("left", "right"):
        run = video["between"]["held"][side]
        needed = gate.FROZEN_RUN if related(video) else max(2 * gate.FROZEN_RUN, gate.FROZEN_SHARE * run["of"])
        place, numbers = {"side": side, "frame": run["at"]}, {"count": run["count"], "longest": run["longest"]}
        if run["longest"] >= needed:
            message = f"The {side} side stands still for {run['longest']} frames while the other moves."
            yield Reason("frozen", "fail", message, place, numbers)
        elif run["count"] and related(video):
            message = f"The {side} side repeats {run['count']} frames that differ on the other."
            yield Reason("duplicate_frames", "fail", message, place, numbers)


def _colour(between: Facts) -> Iterator[Reason]:
    drift, distance = number(between["luma_shift_drift"]) or 0.0, number(between["delta_e"]) or 0.0
    drifts = abs(drift) >= gate.DRIFT
    if drifts:
        word = "brighter" if drift > 0 else "darker"
        message = f"The right side grows {word} by {abs(drift):.1f} of 255 levels from start to end."
        yield Reason("brightness_drift", "fail", message, None, {"levels": drift, "threshold": gate.DRIFT})
    chroma = sum(value * value for value in between.get("chroma_shift") or ()) ** 0.5
    if distance >= gate.DELTA_E and (not drifts or chroma >= gate.CHROMA):
        message = f"The mean colours are {distance:.1f} apart (CIE 1976; about 2.3 is just noticeable)."
        yield Reason("colour_shift", "fail", message, None, {"delta_e": distance, "threshold": gate.DELTA_E})


def _sharpness(between: Facts) -> Iterator[Reason]:
    ratio = number(between["sharpness_ratio"])
    if ratio is None or gate.SHARPNESS <= ratio <= 1 / gate.SHARPNESS:
        return
    side = "right" if ratio < 1 else "left"
    kept = ratio if ratio < 1 else 1 / ratio
    message = f"The {side} side has {kept:.0%} of the other's sharpness."
    yield Reason("blur", "fail", message, {"side": side}, {"ratio": ratio, "threshold": gate.SHARPNESS})


def _damage(video: Facts, limit: SameAs) -> Iterator[Reason]:
    """One bad stretch in a clip that otherwise agrees."""
    low, mean, ssim = (number(video["psnr"]["min"]), number(video["psnr"]["mean"]), number(video["ssim"]["mean"]))
    if low is None or mean is None or ssim is None or not video["worst_frames"]:
        return
    if ssim >= limit.ssim and mean >= limit.psnr and low < limit.psnr - gate.DAMAGE_DB:
        worst = video["worst_frames"][0]
        message = f"Frame {worst['frame']} differs ({low:.1f} dB) where the rest agrees ({mean:.1f} dB)."
        place = {"frame": worst["frame"], "region": worst["region"]}
        yield Reason("content_differs", "fail", message, place, {"psnr_min": low, "psnr_mean": mean})


def far_apart(video: Facts) -> list[str]:
    """The weight-free statistics in which the two clips are too unlike for takes of one shot, as short phrases."""
    between = video["between"]
    found = []
    for name, (low, high) in gate.SHOT_LIMITS.items():
        value = number(between.get(name))
        if value is not None and not low <= value <= high:
            found.append(f"{name.replace('_', ' ')} {value:g} (takes of one shot: {low:g} to {high:g})")
    overlap = number(between.get("histogram_overlap"))
    if overlap is not None and overlap < gate.HISTOGRAM_OVERLAP and len(found) == 1:
        found.append("hardly any colour in common")
    return found
