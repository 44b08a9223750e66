"""The sound of one file while it streams by, and two of them compared.

Loudness is FFmpeg's own EBU R128 meter. Waveforms are compared as mono at about 8 kHz; at most the first minute is
kept for that, so memory does not grow with the clip.
"""

from __future__ import annotations

import hashlib
from typing import Any

import av
import numpy as np
from av.filter import Graph
from numpy.typing import NDArray

KEPT_SECONDS = 60
COMPARED_HZ = 8000
MAX_OFFSET_S = 0.5
ROUNDING_S = 0.002  # Matroska keeps whole milliseconds
LONGEST_LEAD = 480_000
SILENT_LUFS = -70.0  # the meter's own floor
Wave = NDArray[np.float32]


class Track:
    """Collects one audio stream frame by frame. Sound counts from the first picture, `begins` seconds into the file:
    what lies before it is an encoder's priming that one container hides and another shows."""

    def __init__(self, stream: Any, begins: float) -> None:
        self._begins = begins
        self.lead = 0.0
        self.rate = int(stream.codec_context.sample_rate)
        self.channels = int(stream.codec_context.layout.nb_channels)
        self.samples = 0
        self.peak = 0.0
        self.bad_samples = 0
        self.broken = False
        self.loudness: float | None = None
        self._squares = 0.0
        self._hash = hashlib.sha256()
        self._kept: list[Wave] = []
        self._step = max(1, self.rate // COMPARED_HZ)
        self._meter: Any = None

    def add(self, frame: Any) -> None:
        if not self.samples and frame.time is not None:
            if frame.time + frame.samples / self.rate <= self._begins + ROUNDING_S:
                return
            self.lead = max(0.0, frame.time - self._begins)
        wave = _as_float(frame)
        self._hash.update(np.ascontiguousarray(wave).data)
        finite = np.isfinite(wave)
        if not finite.all():
            self.bad_samples += int(wave.size - finite.sum())
            wave = np.where(finite, wave, np.float32(0))
        elif self.rate >= COMPARED_HZ:
            self._measure_loudness(frame)
        self.peak = max(self.peak, float(np.abs(wave).max(initial=0.0)))
        self._squares += float(np.square(wave, dtype=np.float64).sum())
        if self.samples < KEPT_SECONDS * self.rate:
            self._kept.append(wave.mean(axis=0, dtype=np.float32))
        self.samples += wave.shape[1]

    def _measure_loudness(self, frame: Any) -> None:
        if self._meter is None:
            self._meter = _meter(frame)
        self._meter.push(frame)
        while True:
            try:
                out = self._meter.pull()
            except (av.BlockingIOError, av.EOFError):
                return
            text = out.metadata.get("lavfi.r128.I")
            self.loudness = float(text) if text else self.loudness

    def wave(self) -> Wave:
        """Mono at about 8 kHz: block means, which is a crude but sufficient low pass."""
        joined = np.concatenate(self._kept) if self._kept else np.zeros(0, np.float32)
        joined = np.concatenate([np.zeros(min(round(self.lead * self.rate), LONGEST_LEAD), np.float32), joined])
        usable = joined[: joined.size // self._step * self._step]
        return np.asarray(usable.reshape(-1, self._step).mean(axis=1), np.float32)

    @property
    def wave_rate(self) -> float:
        return self.rate / self._step

    def digest(self) -> str:
        return f"{self.rate}/{self.channels}/{self._hash.hexdigest()}"

    def summary(self) -> dict[str, Any]:
        count = max(1, self.samples * self.channels)
        level = float(np.sqrt(self._squares / count))
        return {
            "rate": self.rate,
            "channels": self.channels,
            "samples": self.samples,
            "begins_s": round(self.lead, 3),
            "duration_s": round(self.samples / self.rate, 6) if self.rate else 0.0,
            "rms_db": decibels(level),
            "peak_db": decibels(self.peak),
            "loudness_lufs": None if self.loudness is None else round(max(self.loudness, SILENT_LUFS), 2),
            "bad_samples": self.bad_samples,
        }


def decibels(level: float) -> float:
    """Full scale is 0; silence is put at -120 so that it has a number."""
    return round(20 * float(np.log10(max(level, 1e-6))), 2)


def _meter(frame: Any) -> Any:
    graph = Graph()
    source = graph.add_abuffer(
        sample_rate=frame.sample_rate, format=frame.format.name, layout=frame.layout.name, time_base=frame.time_base
    )
    meter = graph.add("ebur128", "metadata=1:framelog=quiet")
    sink = graph.add("abuffersink")
    source.link_to(meter)
    meter.link_to(sink)
    graph.configure()
    return graph


def _as_float(frame: Any) -> Wave:
    """(channels, samples) as float32 in -1..1."""
    raw = frame.to_ndarray()
    channels = frame.layout.nb_channels
    if not frame.format.is_planar:
        raw = raw.reshape(-1, channels).T
    if raw.dtype.kind == "f":
        return np.asarray(raw, dtype=np.float32)
    if raw.dtype == np.uint8:
        return np.asarray((raw.astype(np.float32) - 128) / 128, np.float32)
    return np.asarray(raw / float(np.iinfo(raw.dtype).max), np.float32)


def equal(left: Track | None, right: Track | None) -> bool:
    """The same samples from the same moment on, or no sound on either side."""
    if left is None or right is None:
        return left is right
    return left.digest() == right.digest() and abs(left.lead - right.lead) < ROUNDING_S


def compared(left: Track | None, right: Track | None) -> dict[str, Any]:
    """Both sides' numbers, and what differs where both have sound."""
    facts: dict[str, Any] = {
        "left": left.summary() if left and left.samples else None,
        "right": right.summary() if right and right.samples else None,
        "identical": None,
        "correlation": None,
        "offset_ms": None,
        "spectral_similarity": None,
    }
    if left is None or right is None or not (left.samples and right.samples):
        return facts
    facts["identical"] = equal(left, right)
    one, other = left.wave(), _resampled(right.wave(), right.wave_rate, left.wave_rate)
    if min(one.size, other.size) < left.wave_rate * 0.1:
        return facts
    lag, correlation = _offset(one, other, int(left.wave_rate * MAX_OFFSET_S))
    facts["offset_ms"] = round(1000 * lag / left.wave_rate, 3)
    facts["correlation"] = None if correlation is None else round(correlation, 5)
    facts["spectral_similarity"] = _spectral_similarity(one, other)
    return facts


def _resampled(wave: Wave, rate: float, wanted: float) -> Wave:
    if rate == wanted or wave.size < 2:
        return wave
    places = np.arange(0, wave.size - 1, rate / wanted)
    return np.asarray(np.interp(places, np.arange(wave.size), wave), np.float32)


def _offset(one: Wave, other: Wave, reach: int) -> tuple[int, float | None]:
    """(lag in samples, correlation there); a positive lag means that `other` is late. A pure tone repeats itself,
    so the smallest lag within 1% of the best wins. Correlation is None when a side is silent."""
    size = 1 << int(np.ceil(np.log2(one.size + other.size)))
    one, other = one - one.mean(), other - other.mean()
    scale = float(np.sqrt(np.square(one).sum() * np.square(other).sum()))
    if scale < 1e-6:
        return 0, None
    cross = np.fft.irfft(np.fft.rfft(other, size) * np.conj(np.fft.rfft(one, size)), size)
    reach = min(reach, one.size // 2, other.size // 2)
    lags = np.arange(-reach, reach + 1)
    values = cross[lags] / scale
    good = lags[values >= values.max() - 0.01]
    lag = int(good[np.argmin(np.abs(good))])
    near = lags[(np.abs(lags - lag) <= 2)]
    lag = int(near[np.argmax(values[near + reach])])
    return lag, float(np.clip(values[lag + reach], -1, 1))


def _spectral_similarity(one: Wave, other: Wave) -> float | None:
    """Cosine of the two mean log spectra in 32 bands over their common length, 0..1."""
    left, right = _bands(one), _bands(other)
    scale = float(np.linalg.norm(left) * np.linalg.norm(right))
    return None if scale < 1e-9 else round(float(np.clip(left @ right / scale, 0, 1)), 5)


def _bands(wave: Wave) -> NDArray[np.float64]:
    window = 512
    count = max(1, wave.size // window)
    padded = np.resize(wave, window) if wave.size < window else wave[: count * window]
    power = np.square(np.abs(np.fft.rfft(padded.reshape(-1, window) * np.hanning(window), axis=1))).mean(axis=0)
    edges = np.unique(np.geomspace(1, power.size, 33).astype(int))
    bands = np.add.reduceat(power, edges[:-1])
    return np.asarray(np.log10(bands + 1e-8) + 8.0, np.float64)
