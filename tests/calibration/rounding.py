"""The same seed on another card: rounding that grew over the steps of denoising.

What teams see is neither white noise nor another take: outlines lie a part of a pixel elsewhere, fine texture is
drawn a little differently, large areas are lighter or darker by a level or two, and all of it changes slowly in time.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from tests.calibration.clips import Frames
from tests.calibration.stage import Stage

Array = NDArray[np.float64]
MOST_PIXELS, MOST_LEVELS = 1.0, 2.0  # beyond these it would be a change that a person sees


def card_noise(frames: Frames, worst_db: float, rng: np.random.Generator) -> Frames:
    """As strong as these bounds and `worst_db` of PSNR allow."""
    stage = Stage(frames.shape[2], frames.shape[1], int(rng.integers(1 << 20)), 1.0)
    share = 1.0
    for _ in range(2):
        probe = [len(frames) // 4, len(frames) // 2, 3 * len(frames) // 4]
        made = np.stack([_one(frames[place], place, len(frames), stage, share) for place in probe])
        error = np.square(made.astype(np.float64) - frames[probe]).mean()
        reached = 10 * np.log10(255**2 / max(error, 1e-6))
        share = min(1.0, share * 10 ** ((reached - worst_db) / 20))
    return np.stack([_one(frame, place, len(frames), stage, share) for place, frame in enumerate(frames)])


def _one(frame: Frames, place: int, count: int, stage: Stage, share: float) -> Frames:
    turn = place / max(count, 24)
    across, down = (MOST_PIXELS * share * stage.morphing(n, 0.6 * turn + 0.3 * n, 1.8) / 2 for n in (1, 2))
    warped = _warped(frame.astype(np.float32), across, down)
    light = MOST_LEVELS * share * stage.morphing(3, turn, 1.7) / 2
    fine = stage.morphing(4, 2 * turn, 0.6, 12.0)
    edges = np.abs(np.gradient(warped.mean(axis=2), axis=1)) + np.abs(np.gradient(warped.mean(axis=2), axis=0))
    drawn = warped + (light + share * 0.25 * fine * np.minimum(edges, 20))[..., None]
    return np.asarray(drawn.clip(0, 255).round(), np.uint8)


def _warped(picture: NDArray[np.float32], across: Array, down: Array) -> NDArray[np.float32]:
    """Each point fetched from a fraction of a pixel away."""
    height, width = across.shape
    x = (np.arange(width)[None, :] + across).clip(0, width - 1.001)
    y = (np.arange(height)[:, None] + down).clip(0, height - 1.001)
    left, top = x.astype(int), y.astype(int)
    u, v = (x - left)[..., None].astype(np.float32), (y - top)[..., None].astype(np.float32)
    upper = picture[top, left] * (1 - u) + picture[top, left + 1] * u
    lower = picture[top + 1, left] * (1 - u) + picture[top + 1, left + 1] * u
    return np.asarray(upper * (1 - v) + lower * v, np.float32)


def other_grain(frames: Frames, levels: float, rng: np.random.Generator) -> Frames:
    """Luma grain, new in every frame."""
    grain = rng.normal(0, levels, (*frames.shape[:3], 1)).astype(np.float32)
    return np.asarray((frames + grain).clip(0, 255).round(), np.uint8)
