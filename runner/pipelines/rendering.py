"""What goes into and comes out of a pipeline, the same for every family."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import torch
from numpy.typing import NDArray

from presets_app.core.generation import SeedUsed
from runner.failures import CannotRender, cannot
from runner.progress import Progress, Report
from runner.weights import Extra

Frames = NDArray[np.uint8]
Samples = NDArray[np.float32]
Extras = Mapping[str, Extra]  # by the name the document gives a LoRA or an upsampler
Pictures = Mapping[str, Path]  # by the SHA-256 of the file
_LEVELS = 255


@dataclass(frozen=True)
class Rendered:
    """`frames` (frames, height, width, 3) RGB; `samples` (samples, channels) in -1..1, None without sound;
    `audio_rate` in Hz; `timings` in seconds by phase; `calls` what each pipeline was called with, in order."""

    frames: Frames
    samples: Samples | None
    audio_rate: int | None
    seeds: tuple[SeedUsed, ...]
    timings: dict[str, float]
    calls: list[dict[str, Any]] = field(default_factory=list)


class Loaded(Protocol):
    """A resident checkpoint; the tasks it can do share its models.

    `prepare` reads the LoRAs and the upsampler of a document and lets go of those of the one before. `render` may
    raise CannotRender, or whatever `progress` raises to stop it.
    """

    dtype: str

    def prepare(self, document: Mapping[str, Any], extras: Extras) -> None: ...
    def render(self, document: Mapping[str, Any], progress: Report, pictures: Pictures | None = None) -> Rendered: ...


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


class Steps:
    """The callback of a pipeline's steps. `done` are the steps of the stages before, `total` those of all stages."""

    def __init__(self, clock: Clock, done: int, steps: int, total: int) -> None:
        self._clock, self._done, self._steps, self._total = clock, done, steps, total

    def __call__(self, _pipe: Any, number: int, _time: Any, kept: dict[str, Any]) -> dict[str, Any]:
        """Raises CannotRender when the last step ends in values that are not numbers: a decoder would hide some."""
        self._clock.enter("denoise", self._done + number + 1, self._total)
        if number + 1 == self._steps:
            if not bool(torch.isfinite(kept["latents"]).all()):
                raise not_finite("latents")
            if self._done + self._steps == self._total:
                self._clock.enter("decode")
        return kept


@contextmanager
def watched(decoder: torch.nn.Module) -> Iterator[None]:
    """Within, a decoder's output that is not finite ends the render.

    The pipelines clamp what the decoder gives, so that an infinity arrives as plain white.
    """

    def look(_module: Any, _arguments: Any, output: Any) -> None:
        tensor = output[0] if isinstance(output, tuple) else output
        if isinstance(tensor, torch.Tensor) and not bool(torch.isfinite(tensor).all()):
            raise not_finite("frames")

    handle = decoder.register_forward_hook(look)
    try:
        yield
    finally:
        handle.remove()


def not_finite(part: str) -> CannotRender:
    text = f"The pipeline's {part} hold values that are not numbers."
    return cannot("preset", "not_finite", text, "Check steps, sigmas, guidance and dtype.", part=part)


def frames_from(video: NDArray[Any]) -> Frames:
    """uint8 frames from floats in 0..1. Raises CannotRender when any value is not a number."""
    if not np.isfinite(video).all():
        raise not_finite("frames")
    return np.ascontiguousarray((np.clip(video, 0.0, 1.0) * _LEVELS).round().astype(np.uint8))


def samples_from(sound: NDArray[Any]) -> Samples:
    """float32 (samples, channels) from (channels, samples). Raises CannotRender when any value is not a number."""
    if not np.isfinite(sound).all():
        raise not_finite("samples")
    return np.ascontiguousarray(np.clip(sound, -1.0, 1.0).T.astype(np.float32))


def recorded(pipe: Any, arguments: Mapping[str, Any], loras: Mapping[str, float], **spoken: Any) -> dict[str, Any]:
    """What one pipeline was called with, as JSON; `spoken` stands in for arguments that are tensors or pictures."""
    scheduler = getattr(pipe, "scheduler", None)
    settings = {key: value for key, value in scheduler.config.items() if key[0] != "_"} if scheduler else {}
    return {
        "pipeline": type(pipe).__name__,
        "scheduler": {"class": type(scheduler).__name__, **settings} if scheduler else None,
        "loras": dict(loras),
        "arguments": {**arguments, **spoken},
    }


def settings_of(pipe: Any, runtime: Mapping[str, Any]) -> None:
    """Set what a pipeline's decoder keeps between calls, so that a warm render equals a cold one."""
    vae = pipe.vae
    (vae.enable_tiling if runtime.get("vae_tiling") else vae.disable_tiling)()
    (vae.enable_slicing if runtime.get("vae_slicing") else vae.disable_slicing)()
