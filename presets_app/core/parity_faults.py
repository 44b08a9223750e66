"""Faults of a pair that need no judgement of taste: the container and broken pictures."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import Any

from presets_app.core import parity_thresholds as gate
from presets_app.core.parity_reasons import Reason, number

Facts = dict[str, Any]


def container_faults(left: Facts, right: Facts) -> Iterator[Reason]:
    """What the two containers disagree on; said before any picture is looked at."""
    yield from _size(left, right)
    yield from _timing(left, right)
    if _colour_format(left) != _colour_format(right):
        said = " and ".join(" ".join(_colour_format(side)) for side in (left, right))
        numbers = {"left": left.get("pixel_format"), "right": right.get("pixel_format")}
        yield Reason("pixel_format_mismatch", "fail", f"The sides are stored as {said}.", None, numbers)
    if left.get("codec") != right.get("codec"):
        numbers = {"left": left.get("codec"), "right": right.get("codec")}
        message = f"The left side is {numbers['left']}, the right {numbers['right']}; pictures are compared decoded."
        yield Reason("codec_mismatch", "fail", message, None, numbers)


def _size(left: Facts, right: Facts) -> Iterator[Reason]:
    sizes = [(side["width"], side["height"], side.get("rotation", 0)) for side in (left, right)]
    if sizes[0] != sizes[1]:
        said = [f"{width}x{height}" + (f" turned by {turn}" if turn else "") for width, height, turn in sizes]
        message = f"The left side is {said[0]}, the right {said[1]}; the pictures were not compared point by point."
        if sizes[0][:2] == sizes[1][:2]:
            message = f"The left side is {said[0]}, the right {said[1]}."
        yield Reason("size_mismatch", "fail", message, None, {"left": said[0], "right": said[1]})


def _timing(left: Facts, right: Facts) -> Iterator[Reason]:
    rates = [Fraction(side["fps"]) if side.get("fps") else None for side in (left, right)]
    uneven = [bool(side.get("uneven_timing")) for side in (left, right)]
    if rates[0] != rates[1] or uneven[0] != uneven[1]:
        said = [
            f"{side.get('fps')} fps" + (" on average" if odd else "")
            for side, odd in zip((left, right), uneven, strict=True)
        ]
        numbers = {"left": left.get("fps"), "right": right.get("fps"), "variable": uneven}
        message = f"The left side plays at {said[0]}, the right at {said[1]}."
        yield Reason("fps_mismatch", "fail", message, None, numbers)
    counts = (left["frames"], right["frames"])
    if counts[0] != counts[1]:
        message = f"The left side has {counts[0]} frames, the right {counts[1]}."
        yield Reason("frame_count_mismatch", "fail", message, None, {"left": counts[0], "right": counts[1]})
    seconds = [float(count / rate) if rate else None for count, rate in zip(counts, rates, strict=True)]
    if seconds[0] is not None and seconds[1] is not None and rates[0]:
        yield from duration_fault(seconds[0], seconds[1], float(1 / rates[0]), "picture")


def duration_fault(left: float, right: float, allowed: float, what: str) -> Iterator[Reason]:
    if abs(left - right) > allowed + 0.001:
        numbers = {"left": round(left, 4), "right": round(right, 4), "allowed_s": round(allowed, 4)}
        message = f"The {what} lasts {left:.3f} s on the left and {right:.3f} s on the right."
        yield Reason("duration_mismatch", "fail", message, {"stream": what}, numbers)


def _colour_format(side: Facts) -> tuple[str, ...]:
    """yuvj420p is yuv420p in full range, and a range that is not stated is limited. High dynamic range is named."""
    name = str(side.get("pixel_format"))
    full = name.startswith("yuvj") or side.get("color_range") == "full"
    transfer = side.get("color_transfer")
    return (
        name.replace("yuvj", "yuv"),
        "full range" if full else "limited range",
        *([str(transfer)] if transfer else []),
    )


def broken_pictures(video: Facts) -> Iterator[Reason]:
    """Output that is bad whatever the other side shows: black, flat, noise, nothing that moves."""
    for side, partner in (("left", "right"), ("right", "left")):
        seen, other = video[side], video[partner]
        if not seen:
            continue
        found = (*_flat("black", "black", side, video), *_flat("flat", "grey", side, video))
        yield from found
        yield from _noise(side, seen)
        if not found:
            yield from _faint(side, seen, other)
            yield from _dark(video, side)
            yield from _still(side, video)


def _noise(side: str, seen: Facts) -> Iterator[Reason]:
    """Pictures in which neither neighbours nor the next picture agree."""
    run = seen.get("noise_frames")  # an older measurement has none
    if not run or run["count"] < max(1, gate.NOISE_SHARE * run["of"]):
        return
    noise = seen["noise"]
    message = (
        f"The {side} side is noise in {run['count']} of {run['of']} pictures looked at: neighbouring points and "
        "following frames have nothing in common."
    )
    names = ("neighbour_correlation", "repeat_correlation", "grain")
    numbers = {**{name: number(noise[name]) for name in names}, "count": run["count"], "of": run["of"]}
    yield Reason("static_noise", "fail", message, {"side": side, "frame": run["at"]}, numbers)


def _still(side: str, video: Facts) -> Iterator[Reason]:
    """A still picture is a fault where the other side shows the same and moves; where both are still, or have nothing
    in common, it is only said."""
    seen, partner = video[side], video["right" if side == "left" else "left"]
    run, travel = seen.get("still_frames"), number(seen.get("travel"))
    if not run or travel is None or run["of"] + 1 < gate.STANDS_STILL or travel >= gate.STAYS:
        return
    other = number((partner or {}).get("travel"))
    numbers = {"travel": travel, "other": other, "threshold": gate.TRAVELS}
    place = {"side": side, "frame": 0}
    alike = [number(value) or 0.0 for value in (video.get("per_frame") or {}).get("ssim") or [1.0]]
    if other is not None and other >= gate.TRAVELS and max(alike) >= gate.ALIGNED_SSIM:
        yield Reason("frozen", "fail", f"Nothing moves on the {side} side, and the other side moves.", place, numbers)
    elif run["count"] == run["of"]:
        message = f"Nothing moves on the {side} side: all of its {run['of'] + 1} frames are the same picture."
        yield Reason("frozen", "note", message, place, numbers)


def _flat(kind: str, code: str, side: str, video: Facts) -> Iterator[Reason]:
    """At least half of the clip, or where the other side has a picture. Both sides may end in a fade."""
    run, partner = video[side][f"{kind}_frames"], video["right" if side == "left" else "left"] or {}
    lost = ((video["between"].get("lost") or {}).get(side) or {}).get(kind)
    if not video["frames"] or lost is None:
        other = partner.get(f"{kind}_frames", {"longest": 0})
        lost = run if run["longest"] - other["longest"] >= max(2, round(0.05 * run["of"])) else {"count": 0}
    worse = run if run["count"] >= gate.DEGENERATE_SHARE * run["of"] else lost
    if worse["count"]:
        what = "black" if code == "black" else "one flat colour"
        message = f"{worse['count']} of {run['of']} frames on the {side} side are {what}."
        numbers = {"count": worse["count"], "of": run["of"], "contrast": video[side]["contrast"]}
        yield Reason(code, "fail", message, {"side": side, "frame": worse["at"]}, numbers)


def _faint(side: str, seen: Facts, partner: Facts) -> Iterator[Reason]:
    contrast, usual = number(seen["contrast"]) or 0.0, number((partner or {}).get("contrast")) or 0.0
    if contrast < min(gate.FAINT, gate.FAINT_RATIO * usual):
        message = f"The {side} side is hardly more than one colour: contrast {contrast:.1f} against {usual:.1f}."
        yield Reason("grey", "fail", message, {"side": side, "frame": 0}, {"contrast": contrast})


def _dark(video: Facts, side: str) -> Iterator[Reason]:
    """Parts that are black on this side only, as numbers that are not numbers leave them."""
    dark = (video["between"].get("dark") or {}).get(side)
    tone = video["between"].get("tone") or {}
    crushed = (number(tone.get("contrast_agreement")) or 0.0) >= gate.DARK_AGREES
    if crushed or not dark or dark["regions"] < gate.DARK_REGIONS:
        return
    throughout = number((video["between"].get("colour") or {}).get("delta_e")) or 0.0
    if dark["regions"] < gate.DARK_MANY and throughout >= gate.DELTA_E:
        return  # everything is darker, and what was dark before is black now
    message = f"{dark['regions']} of 64 regions are black on the {side} side only, in {dark['frames']} frames."
    place = {"side": side, "frame": dark["frame"], "region": dark["region"]}
    yield Reason("black", "fail", message, place, {"regions": dark["regions"], "frames": dark["frames"]})
