"""The sound of one file while it streams by.

Loudness is FFmpeg's own EBU R128 meter. Samples are taken in a second at a time, because a call costs more than its
arithmetic on one packet; at most the first minute is kept, as mono, so memory does not grow with the clip.
"""

from __future__ import annotations

import hashlib
import math
from fractions import Fraction
from typing import Any

import av
import numpy as np
from av.filter import Graph
from numpy.typing import NDArray

KEPT_SECONDS = 60
ROUNDING_S = 0.002  # Matroska keeps whole milliseconds
LONGEST_LEAD = 480_000
LEAST_RATE = 8000
SILENT_LUFS = -70.0  # the meter's own floor
AROUND = 16  # samples on each side of a peak from which the level between samples is worked out
PEAKS = 3  # places looked at in each second
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
        self.true_peak = 0.0
        self.bad_samples = 0
        self.broken = False
        self.loudness: float | None = None
        self._squares = 0.0
        self._hash = hashlib.blake2b(digest_size=32)
        self._waiting: list[Any] = []
        self._shape: tuple[bool, str] = (True, "")
        self._unread = 0
        self._kept: list[Wave] = []
        self._meter: Any = None

    def add(self, frame: Any) -> None:
        if not (self.samples or self._unread) and frame.time is not None:
            if frame.time + frame.samples / self.rate <= self._begins + ROUNDING_S:
                return
            self.lead = max(0.0, frame.time - self._begins)
        shape = (bool(frame.format.is_planar), str(frame.layout.name))
        if shape != self._shape or self._unread >= self.rate:
            self.flush()
            self._shape = shape
        self._waiting.append(frame.to_ndarray())
        self._unread += frame.samples

    def flush(self) -> None:
        """Count in what came since the last time."""
        if not self._waiting:
            return
        planar, layout = self._shape
        raw = np.concatenate(self._waiting, axis=1)
        self._waiting, self._unread = [], 0
        wave = _as_float(raw if planar else raw.reshape(-1, _channels(layout, self.channels)).T)
        self._hash.update(wave.data)
        peak = float(max(wave.max(), -wave.min(), 0.0))
        if not math.isfinite(peak) or not math.isfinite(float(wave.sum())):
            finite = np.isfinite(wave)
            self.bad_samples += int(wave.size - finite.sum())
            wave = np.where(finite, wave, np.float32(0))
            peak = float(np.abs(wave).max(initial=0.0))
        elif self.rate >= LEAST_RATE:
            self._measure_loudness(wave, layout)
        self.peak = max(self.peak, peak)
        if peak > 0.7 * self.true_peak:
            self.true_peak = max(self.true_peak, _true_peak(wave))
        self._squares += float(np.vdot(wave, wave))
        if self.samples < KEPT_SECONDS * self.rate:
            self._kept.append(wave.mean(axis=0, dtype=np.float32))
        self.samples += wave.shape[1]

    def _measure_loudness(self, wave: Wave, layout: str) -> None:
        frame = av.AudioFrame.from_ndarray(wave, format="fltp", layout=layout)
        frame.sample_rate, frame.pts, frame.time_base = self.rate, self.samples, Fraction(1, self.rate)
        if self._meter is None:
            self._meter = _meter(frame)
        self._meter.push(frame)
        self._read_meter()

    def _read_meter(self) -> None:
        while True:
            try:
                out = self._meter.pull()
            except (av.BlockingIOError, av.EOFError):
                return
            text = out.metadata.get("lavfi.r128.I")
            self.loudness = float(text) if text else self.loudness

    def finish(self) -> None:
        """No more frames come; safe to call again."""
        self.flush()
        if self._meter is not None:
            self._meter.push(None)
            self._read_meter()
            self._meter = None

    def mono(self) -> Wave:
        """Both channels' mean at the stream's own rate, from the first picture on."""
        lead = np.zeros(min(round(self.lead * self.rate), LONGEST_LEAD), np.float32)
        return np.concatenate([lead, *self._kept])

    def digest(self) -> str:
        return f"{self.rate}/{self.channels}/{self._hash.hexdigest()}"

    def summary(self) -> dict[str, Any]:
        count = max(1, self.samples * self.channels)
        level = math.sqrt(self._squares / count)
        return {
            "rate": self.rate,
            "channels": self.channels,
            "samples": self.samples,
            "begins_s": round(self.lead, 3),
            "duration_s": round(self.samples / self.rate, 6) if self.rate else 0.0,
            "rms_db": decibels(level),
            "peak_db": decibels(self.peak),
            "true_peak_dbtp": decibels(max(self.true_peak, self.peak)),
            "loudness_lufs": None if self.loudness is None else round(max(self.loudness, SILENT_LUFS), 2),
            "bad_samples": self.bad_samples,
        }


def decibels(level: float) -> float:
    """Full scale is 0; silence is put at -120 so that it has a number."""
    return round(20 * math.log10(max(level, 1e-6)), 2)


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


def _channels(layout: str, otherwise: int) -> int:
    return int(av.AudioLayout(layout).nb_channels) if layout else otherwise


def _as_float(raw: NDArray[Any]) -> Wave:
    """(channels, samples) as contiguous float32 in -1..1."""
    if raw.dtype.kind == "f":
        return np.ascontiguousarray(raw, dtype=np.float32)
    if raw.dtype == np.uint8:
        return np.ascontiguousarray((raw.astype(np.float32) - 128) / 128)
    return np.ascontiguousarray(raw / float(np.iinfo(raw.dtype).max), np.float32)


_TAPS = np.arange(-AROUND, AROUND + 1)
# Band-limited interpolation a quarter, half and three quarters on, as four times oversampling makes it.
_BETWEEN = np.stack([
    np.sinc(_TAPS - part) * np.cos(np.pi * (_TAPS - part) / (2 * AROUND + 2)) ** 2
    for part in (-0.75, -0.5, -0.25, 0.25, 0.5, 0.75)
]).astype(np.float32)  # fmt: skip


def _true_peak(wave: Wave) -> float:
    """The highest level between samples around the highest samples of each channel; ITU-R BS.1770 looks everywhere."""
    best = 0.0
    size = np.abs(wave[:, AROUND:-AROUND])
    if not size.size:
        return float(np.abs(wave).max(initial=0.0))
    for channel, levels in enumerate(size):
        parts = np.array_split(levels, PEAKS)
        starts = np.cumsum([0, *(len(part) for part in parts)])
        for start, part in zip(starts, parts, strict=False):
            if part.size:
                middle = int(part.argmax()) + int(start)
                around = wave[channel, middle : middle + 2 * AROUND + 1]
                best = max(best, float(np.abs(_BETWEEN @ around).max()), float(part.max()))
    return best
