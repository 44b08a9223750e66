"""Small real video files for tests, encoded here with PyAV so that they do not depend on the runner's encoder."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np


def moving(frames: int = 25, size: tuple[int, int] = (128, 96), *, seed: int = 0) -> np.ndarray:
    """(frames, height, width, 3): a textured ground that pans and a bright square on its own path."""
    rng = np.random.default_rng(seed)
    width, height = size
    ground = rng.integers(40, 160, (height // 8 + 8, (width + 4 * frames) // 8 + 8, 3)).repeat(8, 0).repeat(8, 1)
    start = rng.integers(0, 40, 2)
    made = []
    for index in range(frames):
        picture = ground[:height, 3 * index : 3 * index + width].astype(np.uint8).copy()
        top, left = (start + np.array([index, 2 * index])) % (height - 20, width - 20)
        picture[top : top + 18, left : left + 18] = (230, 200, 60)
        made.append(picture)
    return np.stack(made)


def speech(seconds: float, rate: int = 48_000, *, seed: int = 0) -> np.ndarray:
    """(samples, 1) float32: noise bursts in a slow rhythm that does not repeat."""
    rng = np.random.default_rng(seed)
    count = round(seconds * rate)
    bursts = _wandering(rng, count, 4000, 0, 1)
    tone = np.sin(np.cumsum(_wandering(rng, count, 6000, 0.02, 0.1)))
    return (0.3 * bursts * tone)[:, None].astype(np.float32)


def _wandering(rng: np.random.Generator, count: int, every: int, low: float, high: float) -> np.ndarray:
    knots = np.arange(0, count + every, every)
    return np.interp(np.arange(count), knots, rng.uniform(low, high, knots.size))


def write_clip(  # one encoder call for every shape of test file
    path: Path,
    frames: Iterable[np.ndarray],
    *,
    fps: Fraction | int = 24,
    sound: np.ndarray | None = None,
    rate: int = 48_000,
    codec: str = "libx264",
    pixel_format: str = "yuv420p",
    options: dict[str, str] | None = None,
    container_options: dict[str, str] | None = None,
    metadata: dict[str, str] | None = None,
) -> Path:
    """Encode RGB frames (and float32 samples) into `path`, whose suffix names the container."""
    container_format = {".mp4": "mp4", ".webm": "webm", ".mkv": "matroska", ".mov": "mov"}[path.suffix]
    with av.open(str(path), "w", format=container_format, options=container_options or {}) as out:
        out.metadata.update(metadata or {})
        video = None
        audio = out.add_stream("aac" if path.suffix != ".webm" else "libopus", rate=rate) if sound is not None else None
        for picture in frames:
            if video is None:
                video = out.add_stream(codec, rate=Fraction(fps), options=options or {"crf": "18", "threads": "1"})
                video.height, video.width, video.pix_fmt = picture.shape[0], picture.shape[1], pixel_format
            out.mux(video.encode(av.VideoFrame.from_ndarray(np.ascontiguousarray(picture), format="rgb24")))
        if video is not None:
            out.mux(video.encode(None))
        if audio is not None:
            _write_sound(out, audio, sound, rate)
    return path


def _write_sound(out: Any, stream: Any, sound: np.ndarray, rate: int) -> None:
    layout = "mono" if sound.shape[1] == 1 else "stereo"
    frame = av.AudioFrame.from_ndarray(np.ascontiguousarray(sound.T, np.float32), format="fltp", layout=layout)
    frame.sample_rate, frame.pts, frame.time_base = rate, 0, Fraction(1, rate)
    out.mux(stream.encode(frame))
    out.mux(stream.encode(None))
