"""Faults between two sounds: missing, late, louder, harsher, another content."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from presets_app.core import parity_thresholds as gate
from presets_app.core.parity_faults import duration_fault
from presets_app.core.parity_reasons import Reason, ReasonSeverity, number

Facts = dict[str, Any]


def sound_streams(left: Facts | None, right: Facts | None) -> Iterator[Reason]:
    """What the two containers disagree on."""
    if (left is None) != (right is None):
        side = "left" if left is None else "right"
        yield Reason("audio_missing", "fail", f"The {side} side has no sound.", {"side": side}, {"side": side})
    if not left or not right:
        return
    shapes = [(side["rate"], side["channels"]) for side in (left, right)]
    if shapes[0] != shapes[1]:
        said = [f"{rate} Hz with {channels} channels" for rate, channels in shapes]
        message = f"The left sound is {said[0]}, the right {said[1]}."
        # Another rate alone changes nothing that is not measured below; other channels a person has to want.
        severity: ReasonSeverity = "note" if shapes[0][1] == shapes[1][1] else "ask"
        yield Reason("audio_format_mismatch", severity, message, None, {"left": said[0], "right": said[1]})


def sound_faults(audio: Facts, *, alike: bool, shifted_ms: float = 0.0) -> Iterator[Reason]:
    """Faults of the sound. With `alike` the pictures are one generation, so the sound must be one too. `shifted_ms` is
    what the right side's pictures are late: a sound that is late with them keeps its place."""
    for side in ("left", "right"):
        bad = (audio[side] or {}).get("bad_samples", 0)
        if bad:
            message = f"{bad} samples of the {side} sound are not numbers."
            yield Reason("audio_broken", "fail", message, {"side": side}, {"samples": bad})
    left, right = audio["left"], audio["right"]
    if not (left and right):
        return
    yield from duration_fault(left["duration_s"], right["duration_s"], gate.AUDIO_DURATION_S, "sound")
    silent = tuple(_silent(left, right))
    yield from silent
    if silent or not alike or audio["identical"]:
        return
    content = tuple(_content(audio))
    other = any(reason.numbers.get("other") for reason in content)
    harsh = () if other else tuple(_harsh(audio))
    if not other:
        yield from _offset(audio, shifted_ms)
        yield from harsh
    yield from content
    yield from _level(audio, explained=bool(harsh) or any(reason.severity == "fail" for reason in content))
    yield from _peaks(left, right)
    if not content:
        yield from _clicks(audio)


def _silent(left: Facts, right: Facts) -> Iterator[Reason]:
    levels = [number(side["rms_db"]) or 0.0 for side in (left, right)]
    quiet = [level <= gate.SILENT for level in levels]
    if quiet[0] == quiet[1]:
        return
    side = "left" if quiet[0] else "right"
    message, numbers = f"The {side} sound is silent.", {"difference": round(levels[1] - levels[0], 2), "unit": "dB"}
    yield Reason("audio_missing", "fail", message, {"side": side}, numbers)
    yield Reason("audio_level", "fail", message, {"side": side}, numbers)


def _offset(audio: Facts, shifted_ms: float) -> Iterator[Reason]:
    offset, correlation = number(audio["offset_ms"]) or 0.0, number(audio["correlation"])
    against = offset - shifted_ms
    if correlation is None or correlation < gate.AUDIO_OFFSET_AGREES:
        return
    if min(abs(offset), abs(against)) > gate.AUDIO_OFFSET_MS:
        late = "right" if offset > 0 else "left"
        message = f"The {late} sound is {abs(offset):.1f} ms late."
        numbers = {"offset_ms": offset, "against_pictures_ms": round(against, 3), "threshold": gate.AUDIO_OFFSET_MS}
        yield Reason("audio_offset", "fail", message, {"side": late}, numbers)


def _content(audio: Facts) -> Iterator[Reason]:
    """Waveforms first, then what is heard: pitch and time. Phase alone is not heard, so a waveform that agrees badly
    where the spectra agree well is left to a person."""
    correlation, mel = number(audio["correlation"]), number(audio.get("log_mel_similarity"))
    if correlation is None:
        return
    heard = 1.0 if mel is None else mel
    gap = (
        audio.get("stretch")
        if (number((audio.get("stretch") or {}).get("seconds")) or 0.0) >= gate.AUDIO_GAP_S
        else None
    )
    numbers = {
        "correlation": correlation,
        "log_mel_similarity": mel,
        "spectral_similarity": number(audio["spectral_similarity"]),
        "threshold": gate.AUDIO_CORRELATION,
        "other": correlation < gate.AUDIO_OTHER and heard < gate.AUDIO_LOG_MEL,
    }
    bad = heard < gate.AUDIO_LOG_MEL_OTHER or numbers["other"]
    if gap:
        word = "quieter" if gap["level_db"] < 0 else "louder"
        message = (
            f"From {gap['at_s']:.2f} s on the right sound is {abs(gap['level_db']):.0f} dB {word} for "
            f"{gap['seconds']:.2f} s, other than its level elsewhere."
        )
        yield Reason("audio_content", "fail", message, {"second": gap["at_s"]}, {**numbers, **gap})
    elif bad or _doubtful(correlation, heard):
        message = (
            f"The sounds agree to {correlation:.2f} as waveforms and to {heard:.2f} in pitch and time, where the "
            "pictures are one generation."
        )
        yield Reason("audio_content", "fail" if bad else "ask", message, None, numbers)


def _doubtful(correlation: float, heard: float) -> bool:
    least = gate.AUDIO_LOG_MEL_ASK if correlation >= gate.AUDIO_CORRELATION_HEARD else gate.AUDIO_LOG_MEL
    return correlation < gate.AUDIO_CORRELATION or heard < least


def _harsh(audio: Facts) -> Iterator[Reason]:
    ratios = audio.get("harshness_db") or {}
    left, right = number(ratios.get("left")), number(ratios.get("right"))
    if left is None or right is None or max(left, right) < gate.AUDIO_HARSH_HEARD:
        return
    if abs(right - left) >= gate.AUDIO_HARSH_DB:
        side = "right" if right > left else "left"
        message = (
            f"The {side} sound has {abs(right - left):.1f} dB more between 4 and 8 kHz, against its own voice range."
        )
        numbers = {"left_db": left, "right_db": right, "threshold": gate.AUDIO_HARSH_DB}
        yield Reason("audio_harsh", "fail", message, {"side": side}, numbers)


def _level(audio: Facts, *, explained: bool) -> Iterator[Reason]:
    left, right = audio["left"], audio["right"]
    unit, allowed, levels = "LU", gate.AUDIO_LEVEL_LU, [number(side["loudness_lufs"]) for side in (left, right)]
    if None in levels or min(level or 0.0 for level in levels) <= gate.SILENT:
        unit, allowed, levels = "dB", gate.AUDIO_LEVEL_DB, [number(side["rms_db"]) for side in (left, right)]
    one, other = (-120.0 if level is None else level for level in levels)
    gain = number(audio.get("gain_db"))
    if abs(other - one) <= allowed or max(one, other) <= gate.SILENT:
        return
    throughout = gain is None or abs(gain) >= gate.AUDIO_GAIN_DB
    severity: ReasonSeverity = "fail" if throughout and not (explained and abs(gain or 0.0) < allowed) else "note"
    message = f"The right sound is {other - one:+.1f} {unit} against the left."
    numbers = {"difference": round(other - one, 2), "unit": unit, "gain_db": gain, "threshold": allowed}
    yield Reason("audio_level", severity, message, None, numbers)


def _peaks(left: Facts, right: Facts) -> Iterator[Reason]:
    one, other = number(left.get("true_peak_dbtp")), number(right.get("true_peak_dbtp"))
    if one is None or other is None:
        return
    if (one > 0.0) != (other > 0.0) and min(one, other) <= gate.AUDIO_TRUE_PEAK:
        side = "left" if one > other else "right"
        message = f"The {side} sound peaks at {max(one, other):+.1f} dBTP, above full scale; the other does not."
        yield Reason("audio_level", "note", message, {"side": side}, {"left_dbtp": one, "right_dbtp": other})


def _clicks(audio: Facts) -> Iterator[Reason]:
    """Peaks that rise while the level stays: moments too short to be heard in a spectrum."""
    one, other = (number(audio[side].get("true_peak_dbtp")) for side in ("left", "right"))
    gain = number(audio.get("gain_db"))
    if one is None or other is None or gain is None or abs(gain) >= gate.AUDIO_GAIN_DB:
        return
    if abs(other - one) >= gate.AUDIO_CLICKS_DB:
        side = "right" if other > one else "left"
        message = f"The {side} sound peaks {abs(other - one):.1f} dB higher at the same level, as clicks do."
        numbers = {"left_dbtp": one, "right_dbtp": other, "threshold": gate.AUDIO_CLICKS_DB}
        yield Reason("audio_content", "ask", message, {"side": side}, numbers)
