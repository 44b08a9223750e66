"""What goes into and comes out of a pipeline, the same for every family."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from presets_app.core.generation import SeedUsed
from runner.failures import cannot
from runner.progress import Progress, Report

Frames = NDArray[np.uint8]
Samples = NDArray[np.float32]
_LEVELS = 255


@dataclass(frozen=True)
class Rendered:
    """`frames` (frames, height, width, 3) RGB; `samples` (samples, channels) in -1..1, None without sound;
    `audio_rate` in Hz; `timings` in seconds by phase; `call` the arguments the pipeline was given."""

    frames: Frames
    samples: Samples | None
    audio_rate: int | None
    seeds: tuple[SeedUsed, ...]
    timings: dict[str, float]
    call: dict[str, Any] = field(default_factory=dict)


class Loaded(Protocol):
    """A resident pipeline. `render` may raise CannotRender, or whatever `progress` raises to stop it."""

    dtype: str

    def render(self, document: Mapping[str, Any], progress: Report) -> Rendered: ...


class Clock:
    """Reports phases and measures them; a phase ends where the next begins."""

    def __init__(self, report: Report) -> None:
        self._report = report
        self._phase = ""
        self._since = 0.0
        self.timings: dict[str, float] = {}

    def enter(self, phase: str, step: int = 0, steps: int = 0) -> None:
        if phase != self._phase:
            self.close()
            self._phase, self._since = phase, time.perf_counter()
        self._report(Progress(phase, step, steps))

    def close(self) -> None:
        if self._phase:
            self.timings[self._phase] = self.timings.get(self._phase, 0.0) + time.perf_counter() - self._since
        self._phase = ""


def frames_from(video: NDArray[Any]) -> Frames:
    """uint8 frames from floats in 0..1. Raises CannotRender when any value is not a number."""
    if not np.isfinite(video).all():
        text = "The pipeline's frames hold values that are not numbers."
        raise cannot("preset", "not_finite", text, "Check steps, sigmas, guidance and dtype.", part="frames")
    return np.ascontiguousarray((np.clip(video, 0.0, 1.0) * _LEVELS).round().astype(np.uint8))


def samples_from(sound: NDArray[Any]) -> Samples:
    """float32 (samples, channels) from (channels, samples). Raises CannotRender when any value is not a number."""
    if not np.isfinite(sound).all():
        text = "The pipeline's sound holds values that are not numbers."
        raise cannot("preset", "not_finite", text, "Check steps, sigmas, guidance and dtype.", part="samples")
    return np.ascontiguousarray(np.clip(sound, -1.0, 1.0).T.astype(np.float32))
