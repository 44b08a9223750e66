"""Faults of a pair that need no judgement of taste: the container, broken pictures, the sound."""

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
        yield Reason("codec_mismatch", "note", message, None, numbers)
    yield from _sound_stream(left.get("audio"), right.get("audio"))


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
    if rates[0] != rates[1]:
        numbers = {"left": left.get("fps"), "right": right.get("fps")}
        message = f"The left side plays at {left.get('fps')} fps, the right at {right.get('fps')}."
        yield Reason("fps_mismatch", "fail", message, None, numbers)
    counts = (left["frames"], right["frames"])
    if counts[0] != counts[1]:
        message = f"The left side has {counts[0]} frames, the right {counts[1]}."
        yield Reason("frame_count_mismatch", "fail", message, None, {"left": counts[0], "right": counts[1]})
    seconds = [float(count / rate) if rate else None for count, rate in zip(counts, rates, strict=True)]
    if seconds[0] is not None and seconds[1] is not None and rates[0]:
        yield from _duration(seconds[0], seconds[1], float(1 / rates[0]), "picture")


def _duration(left: float, right: float, allowed: float, what: str) -> Iterator[Reason]:
    if abs(left - right) > allowed + 0.001:
        numbers = {"left": round(left, 4), "right": round(right, 4), "allowed_s": round(allowed, 4)}
        message = f"The {what} lasts {left:.3f} s on the left and {right:.3f} s on the right."
        yield Reason("duration_mismatch", "fail", message, {"stream": what}, numbers)


def _colour_format(side: Facts) -> tuple[str, str]:
    """yuvj420p is yuv420p in full range, and a range that is not stated is limited."""
    name = str(side.get("pixel_format"))
    full = name.startswith("yuvj") or side.get("color_range") == "full"
    return name.replace("yuvj", "yuv"), "full range" if full else "limited range"


def _sound_stream(left: Facts | None, right: Facts | None) -> Iterator[Reason]:
    if (left is None) != (right is None):
        side = "left" if left is None else "right"
        yield Reason("audio_missing", "fail", f"The {side} side has no sound.", {"side": side})
    if not left or not right:
        return
    shapes = [(side["rate"], side["channels"]) for side in (left, right)]
    if shapes[0] != shapes[1]:
        said = [f"{rate} Hz with {channels} channels" for rate, channels in shapes]
        message = f"The left sound is {said[0]}, the right {said[1]}."
        yield Reason("audio_format_mismatch", "fail", message, None, {"left": said[0], "right": said[1]})


def broken_pictures(video: Facts) -> Iterator[Reason]:
    """Output that is bad whatever the other side shows: black, flat, noise.

    Noise has contrast, and neither neighbours nor following frames that agree; text and fine texture fail one of
    these, because most of their neighbours do agree.
    """
    for side in ("left", "right"):
        seen = video[side]
        if not seen:
            continue
        partner = video["right" if side == "left" else "left"]
        yield from _flat("black", "black", side, seen, partner)
        yield from _flat("flat", "grey", side, seen, partner)
        yield from _noise(side, seen["noise"])


def _noise(side: str, noise: Facts) -> Iterator[Reason]:
    near, again = number(noise["neighbour_correlation"]), number(noise["repeat_correlation"])
    grain, smooth = number(noise["grain"]) or 0.0, number(noise["smooth_share"]) or 0.0
    if near is None or again is None or grain < gate.NOISE_CONTRAST or smooth > gate.SMOOTH_SHARE:
        return
    if max(near, again) < gate.UNCORRELATED:
        message = f"The {side} side is noise: neighbouring points and following frames have nothing in common."
        numbers = {"neighbour_correlation": near, "repeat_correlation": again, "threshold": gate.UNCORRELATED}
        yield Reason("static_noise", "fail", message, {"side": side}, numbers)


def _flat(kind: str, code: str, side: str, seen: Facts, partner: Facts) -> Iterator[Reason]:
    run, other = seen[f"{kind}_frames"], (partner or {}).get(f"{kind}_frames", {"longest": 0})
    alone = run["longest"] - other["longest"] >= max(2, round(0.05 * run["of"]))
    if run["count"] >= gate.DEGENERATE_SHARE * run["of"] or alone:
        what = "black" if code == "black" else "one flat colour"
        message = f"{run['count']} of {run['of']} frames on the {side} side are {what}."
        place = {"side": side, "frame": run["at"]}
        yield Reason(code, "fail", message, place, {"count": run["count"], "of": run["of"]})


def sound_faults(audio: Facts, *, alike: bool) -> Iterator[Reason]:
    """Faults of the sound. With `alike` the pictures are one generation, so the sound must be one too."""
    for side in ("left", "right"):
        bad = (audio[side] or {}).get("bad_samples", 0)
        if bad:
            message = f"{bad} samples of the {side} sound are not numbers."
            yield Reason("audio_broken", "fail", message, {"side": side}, {"samples": bad})
    left, right = audio["left"], audio["right"]
    if not (left and right):
        return
    yield from _duration(left["duration_s"], right["duration_s"], gate.AUDIO_DURATION_S, "sound")
    yield from _level(left, right, alike)
    if alike and not audio["identical"]:
        yield from _waveform(audio)


def _level(left: Facts, right: Facts, alike: bool) -> Iterator[Reason]:
    unit, allowed, levels = "LU", gate.AUDIO_LEVEL_LU, [number(side["loudness_lufs"]) for side in (left, right)]
    if None in levels or min(level or 0.0 for level in levels) <= gate.SILENT:
        unit, allowed, levels = "dB", gate.AUDIO_LEVEL_DB, [number(side["rms_db"]) for side in (left, right)]
    one, other = (-120.0 if level is None else level for level in levels)
    quiet = min(one, other) <= gate.SILENT
    if (quiet and max(one, other) <= gate.SILENT) or not (alike or quiet) or abs(one - other) <= allowed:
        return
    message = f"The right sound is {other - one:+.1f} {unit} against the left."
    if quiet:
        message = f"The {'left' if one < other else 'right'} sound is silent."
    yield Reason("audio_level", "fail", message, None, {"difference": round(other - one, 2), "unit": unit})


def _waveform(audio: Facts) -> Iterator[Reason]:
    correlation, spectrum = number(audio["correlation"]), number(audio["spectral_similarity"])
    offset = number(audio["offset_ms"]) or 0.0
    if correlation is None:
        return
    numbers = {"correlation": correlation, "spectral_similarity": spectrum, "threshold": gate.AUDIO_CORRELATION}
    if correlation < gate.AUDIO_CORRELATION:
        far = spectrum is not None and spectrum < gate.AUDIO_SPECTRUM
        message = f"The sounds agree only to {correlation:.2f} where the pictures are one generation."
        yield Reason("audio_content", "fail" if far else "ask", message, None, numbers)
    elif abs(offset) > gate.AUDIO_OFFSET_MS:
        late = "right" if offset > 0 else "left"
        message = f"The {late} sound is {abs(offset):.1f} ms late."
        numbers = {"offset_ms": offset, "threshold": gate.AUDIO_OFFSET_MS}
        yield Reason("audio_offset", "fail", message, {"side": late}, numbers)
