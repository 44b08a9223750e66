"""The sound of two files compared: level, offset, content in time and pitch, harshness.

Waveforms are compared as mono at about 8 kHz, spectra at the lower of both rates, both over at most the first minute.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from presets_app.measure.sound import ROUNDING_S, Track, Wave

COMPARED_HZ = 8000
MAX_OFFSET_S = 2.0
WINDOW_S = 0.04
BANDS = 40
LOWEST_HZ, HIGHEST_HZ = 40.0, 14_000.0
VOICE, HARSH = (500.0, 4000.0), (4000.0, 8000.0)
QUIET_DB = 50.0  # below the loudest moment; what is quieter is not heard beside it
SILENT_DB = -110.0
APART_DB = 12.0  # own choice: a moment this much louder or quieter than its partner is another sound
Power = NDArray[np.float32]


def equal(left: Track | None, right: Track | None) -> bool:
    """The same samples from the same moment on, or no sound on either side."""
    if left is None or right is None:
        return left is right
    for track in (left, right):
        track.finish()
    return left.digest() == right.digest() and abs(left.lead - right.lead) < ROUNDING_S


def compared(left: Track | None, right: Track | None) -> dict[str, Any]:
    """Both sides' numbers, and what differs where both have sound."""
    for track in (left, right):
        if track is not None:
            track.finish()
    facts: dict[str, Any] = {
        "left": left.summary() if left and left.samples else None,
        "right": right.summary() if right and right.samples else None,
        "identical": None,
        "correlation": None,
        "offset_ms": None,
        "spectral_similarity": None,
        "log_mel_similarity": None,
        "harshness_db": None,
        "gain_db": None,
        "stretch": None,
    }
    if left is None or right is None or not (left.samples and right.samples):
        return facts
    facts["identical"] = equal(left, right)
    one, other = left.mono(), right.mono()
    if min(one.size / left.rate, other.size / right.rate) < 0.1:
        return facts
    return {**facts, **_waveforms(left, right, one, other, same=bool(facts["identical"]))}


def harshness_of(track: Track) -> float | None:
    """Energy of 4-8 kHz against 0.5-4 kHz of one finished track in dB; None where there is too little to measure."""
    wave = track.mono()
    if not wave.size:
        return None
    return _harshness(_spectra(wave, track.rate, 0.0), track.rate)


def _waveforms(left: Track, right: Track, one: Wave, other: Wave, *, same: bool) -> dict[str, Any]:
    rate = min(left.rate, right.rate)
    if same:
        power = _spectra(one, rate, 0.0)
        harsh = _harshness(power, rate)
        silent = float(np.abs(one).max(initial=0.0)) < 1e-6
        alike = {"correlation": None if silent else 1.0, "offset_ms": 0.0, "spectral_similarity": 1.0}
        return {**alike, "log_mel_similarity": 1.0, "gain_db": 0.0, "harshness_db": {"left": harsh, "right": harsh}}
    thin, thinner = _thinned(one, left.rate), _thinned(other, right.rate)
    thinner = _resampled(thinner, _thin_rate(right.rate), _thin_rate(left.rate))
    lag, correlation = _offset(thin, thinner, int(_thin_rate(left.rate) * MAX_OFFSET_S))
    seconds = lag / _thin_rate(left.rate)
    powers = (
        _spectra(_resampled(one, left.rate, rate), rate, max(0.0, -seconds)),
        _spectra(_resampled(other, right.rate, rate), rate, max(0.0, seconds)),
    )
    return {
        "offset_ms": round(1000 * seconds, 3),
        "correlation": None if correlation is None else round(correlation, 5),
        **_likeness(powers[0], powers[1], rate),
        "harshness_db": {"left": _harshness(powers[0], rate), "right": _harshness(powers[1], rate)},
    }


def _thin_rate(rate: int) -> float:
    return rate / max(1, rate // COMPARED_HZ)


def _thinned(wave: Wave, rate: int) -> Wave:
    """About 8 kHz: block means, which is a crude but sufficient low pass."""
    step = max(1, rate // COMPARED_HZ)
    return np.asarray(wave[: wave.size // step * step].reshape(-1, step).mean(axis=1), np.float32)


def _resampled(wave: Wave, rate: float, wanted: float) -> Wave:
    if rate == wanted or wave.size < 2:
        return wave
    places = np.arange(0, wave.size - 1, rate / wanted)
    return np.asarray(np.interp(places, np.arange(wave.size), wave), np.float32)


def _offset(one: Wave, other: Wave, reach: int) -> tuple[int, float | None]:
    """(lag in samples, correlation there); a positive lag means that `other` is late. A pure tone repeats itself: of
    the lags within 1% of the best those at which what is heard agrees count, and of these the smallest. Correlation
    is None when a side is silent."""
    size = 1 << math.ceil(math.log2(one.size + other.size))
    one, other = one - one.mean(), other - other.mean()
    scale = math.sqrt(float(np.vdot(one, one)) * float(np.vdot(other, other)))
    if scale < 1e-6:
        return 0, None
    cross = np.fft.irfft(np.fft.rfft(other, size) * np.conj(np.fft.rfft(one, size)), size)
    reach = min(reach, one.size // 2, other.size // 2)
    lags = np.arange(-reach, reach + 1)
    values = cross[lags] / scale
    good = lags[values >= values.max() - 0.01]
    heard, quiet = _met(one, other, good, scale)
    agreeing = np.where(quiet, values[good + reach] / heard, 0.0)
    good = good[agreeing >= agreeing.max() - 0.003] if quiet.any() else good
    lag = int(good[np.argmin(np.abs(good))])
    near = lags[(np.abs(lags - lag) <= 2)]
    lag = int(near[np.argmax(values[near + reach])])
    return lag, _overlap(one, other, lag)


def _met(one: Wave, other: Wave, lags: NDArray[np.int64], scale: float) -> tuple[NDArray[Any], NDArray[Any]]:
    """At each lag: the part of both sides' energy that meets, and whether what one side has alone is silence, as where
    a delay pushed a sound away. Where a pure tone sets in tells its lag."""
    sums = [np.concatenate([[0.0], np.cumsum(np.square(side, dtype=np.float64))]) for side in (one, other)]
    starts = np.maximum(0, -lags), np.maximum(0, lags)
    length = np.minimum(one.size - starts[0], other.size - starts[1])
    energy = [total[start + length] - total[start] for total, start in zip(sums, starts, strict=True)]
    left = [total[-1] - part for total, part in zip(sums, energy, strict=True)]
    share = np.abs(lags) / max(one.size, other.size)
    quiet = np.minimum(left[0] / max(sums[0][-1], 1e-12), left[1] / max(sums[1][-1], 1e-12)) <= 0.05 * share + 1e-4
    return np.sqrt(np.maximum(energy[0] * energy[1], 1e-12)) / scale, quiet


def _overlap(one: Wave, other: Wave, lag: int) -> float | None:
    """Correlation where both are heard: what a delay pushes out at the end is no difference of content."""
    left, right = one[max(0, -lag) :], other[max(0, lag) :]
    size = min(left.size, right.size)
    left, right = left[:size], right[:size]
    scale = math.sqrt(float(np.vdot(left, left)) * float(np.vdot(right, right)))
    return None if scale < 1e-6 else float(np.clip(np.vdot(left, right) / scale, -1, 1))


def _spectra(wave: Wave, rate: int, skipped: float) -> Power:
    """(moments, frequencies): power of 40 ms windows, from `skipped` seconds on."""
    window = max(64, 1 << round(math.log2(rate * WINDOW_S)))
    wave = wave[round(skipped * rate) :]
    wave = np.pad(wave, (0, window - wave.size)) if wave.size < window else wave
    parts = wave[: wave.size // window * window].reshape(-1, window) * np.hanning(window).astype(np.float32)
    spectra = np.fft.rfft(parts, axis=1)
    power = np.square(spectra.real) + np.square(spectra.imag)
    return np.asarray(power / (0.375 * window * window / 4), np.float32)


def _band(power: Power, rate: int, low: float, high: float) -> float:
    step = rate / 2 / (power.shape[1] - 1)
    return float(power[:, math.ceil(low / step) : max(math.ceil(high / step), 1)].sum())


def _harshness(power: Power, rate: int) -> float | None:
    """Energy of 4-8 kHz against 0.5-4 kHz in dB; None where the rate or the sound holds too little for it."""
    voice = _band(power, rate, *VOICE)
    if rate < 2 * HARSH[1] or voice / len(power) < 1e-9:
        return None
    return round(10 * math.log10(max(_band(power, rate, *HARSH), voice * 1e-9) / voice), 2)


def _mel(power: Power, rate: int) -> NDArray[np.float32]:
    """(moments, bands) in dB, never more than 80 below the loudest."""
    step = rate / 2 / (power.shape[1] - 1)
    top = 2595 * math.log10(1 + min(HIGHEST_HZ, 0.45 * rate) / 700)
    low = 2595 * math.log10(1 + LOWEST_HZ / 700)
    hertz = 700 * (10 ** (np.linspace(low, top, BANDS + 1) / 2595) - 1)
    edges = np.unique(np.maximum(1, np.rint(hertz / step).astype(int)))
    bands = np.add.reduceat(power[:, : edges[-1]], edges[:-1], axis=1) / np.diff(edges)
    floor = max(float(bands.max()) * 1e-8, 1e-12)
    return np.asarray(10 * np.log10(np.maximum(bands, floor)), np.float32)


def _likeness(one: Power, other: Power, rate: int) -> dict[str, Any]:
    """In dB above what is heard beside the loudest moment, so that silence agrees with silence, and free of a
    difference in level throughout, which is said as `gain_db`."""
    count = min(len(one), len(other))
    left, right = _mel(one[:count], rate), _mel(other[:count], rate)
    levels, gain = _levels(one[:count], other[:count], rate)
    tops = float(left.max()), float(right.max())
    if min(tops) < SILENT_DB:
        return {"spectral_similarity": None, "log_mel_similarity": None, "gain_db": None, "stretch": None}
    left = np.maximum(left - (tops[0] - QUIET_DB), 0)
    right = np.maximum(right - gain - (tops[0] - QUIET_DB), 0)
    return {
        "spectral_similarity": _cosine(left.mean(axis=0), right.mean(axis=0)),
        "log_mel_similarity": _cosine(left, right),
        "gain_db": round(gain, 2),
        "stretch": _stretch(levels - gain, one.shape[1] * 2 / rate),
    }


def _levels(one: Power, other: Power, rate: int) -> tuple[NDArray[np.float32], float]:
    """Level of the right against the left side moment by moment, in dB between 0.1 and 4 kHz, and its median over
    the moments that are loud on both."""
    step = rate / 2 / (one.shape[1] - 1)
    span = slice(max(1, round(100 / step)), max(2, round(VOICE[1] / step)))
    sides = [10 * np.log10(power[:, span].sum(axis=1) + 1e-12) for power in (one, other)]
    tops = [float(side.max()) for side in sides]
    loud = (sides[0] > tops[0] - 25) & (sides[1] > tops[1] - 25)
    gain = float(np.median((sides[1] - sides[0])[loud])) if loud.any() else tops[1] - tops[0]
    left = np.maximum(sides[0], tops[0] - QUIET_DB)
    right = np.maximum(sides[1], tops[0] + gain - QUIET_DB)
    return np.asarray(right - left, np.float32), gain


def _cosine(one: NDArray[np.float32], other: NDArray[np.float32]) -> float | None:
    scale = math.sqrt(float(np.vdot(one, one)) * float(np.vdot(other, other)))
    return None if scale < 1e-9 else round(min(max(float(np.vdot(one, other)) / scale, 0.0), 1.0), 5)


def _stretch(gaps: NDArray[np.float32], seconds: float) -> dict[str, float] | None:
    """The longest stretch of at least two moments in which one side is far louder than its level elsewhere says."""
    apart = np.abs(gaps) > APART_DB
    edges = np.flatnonzero(np.diff(np.concatenate([[False], apart, [False]]).astype(np.int8)))
    starts, ends = edges[::2], edges[1::2]
    if not edges.size or int((ends - starts).max()) < 2:
        return None
    longest = int((ends - starts).argmax())
    span = slice(int(starts[longest]), int(ends[longest]))
    return {
        "at_s": round(span.start * seconds, 3),
        "seconds": round((span.stop - span.start) * seconds, 3),
        "level_db": round(float(gaps[span].mean()), 2),
    }
