"""Other pictures than the ones that were asked for: another take, another scene, a part lost, moved, written over."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
from PIL import Image, ImageDraw

from tests.calibration.bases import BASES
from tests.calibration.change import Change, Invisible, Job, pictures
from tests.calibration.clips import Frames
from tests.calibration.seeing import apart, must_differ

Alter = Callable[[Frames, Job], Frames]


def other_take(frames: Frames, job: Job) -> Frames:
    made = job.base.other(1).drawn().frames
    must_differ(frames, made, 10.0, 0.6)
    return made


def _other_scene(frames: Frames, job: Job) -> Frames:
    """The next scene of the same set, in this one's shape."""
    scenes = sorted({base.scene for base in BASES if base.set == job.base.set})
    scene = scenes[(scenes.index(job.base.scene) + 3) % len(scenes)]
    made = replace(job.base, scene=scene).drawn().frames
    must_differ(frames, made, 15.0, 0.7)
    return made


def _patched(share: float, begin: float, end: float) -> Alter:
    """A part of the picture comes from another take for a part of the time."""

    def alter(frames: Frames, job: Job) -> Frames:
        other, made = job.base.other(2).drawn().frames, frames.copy()
        height, width = int(frames.shape[1] * share), int(frames.shape[2] * share)
        start, stop = int(len(frames) * begin), int(len(frames) * end)
        gaps = np.abs(other.astype(np.int16) - frames).mean(axis=(0, 3))
        sums = np.lib.stride_tricks.sliding_window_view(gaps, (height, width))[::8, ::8].mean(axis=(2, 3))
        top, left = (8 * int(place) for place in np.unravel_index(int(sums.argmax()), sums.shape))
        part = np.s_[start:stop, top : top + height, left : left + width]
        made[part] = other[part]
        if np.median(apart(frames[start:stop], made[start:stop])) < 25:
            raise Invisible
        return made

    return alter


def _damaged_frame(frames: Frames, job: Job) -> Frames:
    """One frame with blocks of garbage."""
    made, place = frames.copy(), int(0.6 * len(frames))
    height, width = frames.shape[1:3]
    rng = job.rng
    for _ in range(40):
        top, left = rng.integers(0, height - 16), rng.integers(0, width - 16)
        made[place, top : top + 16, left : left + 16] = rng.integers(0, 256, 3)
    return made


def _written_over(frames: Frames, job: Job) -> Frames:
    """A vendor's mark in the corner."""
    mark = Image.new("L", frames.shape[2:0:-1], 0)
    ImageDraw.Draw(mark).text((8, frames.shape[1] - 20), "preview only", fill=230)
    mask = np.asarray(mark, np.float32)[None, :, :, None] / 255
    return np.asarray(frames * (1 - mask) + 255 * mask, np.uint8)


def _mirrored(frames: Frames, job: Job) -> Frames:
    made = frames[:, :, ::-1]
    must_differ(frames, np.ascontiguousarray(made), 10.0, 0.6)
    return np.ascontiguousarray(made)


def _closer(frames: Frames, job: Job) -> Frames:
    """Framed a little tighter: 6% of each side is lost."""
    height, width = frames.shape[1:3]
    left, top = int(width * 0.06), int(height * 0.06)
    box = (left, top, width - left, height - top)
    made = np.stack([np.asarray(Image.fromarray(one).resize((width, height), 2, box=box)) for one in frames])
    must_differ(frames, made, 8.0, 0.6)
    return made


def _backwards(frames: Frames, job: Job) -> Frames:
    made = np.ascontiguousarray(frames[::-1])
    must_differ(frames, made, 10.0, 0.6)
    return made


def _harm(name: str, alter: Alter, *more: str) -> Change:
    return Change(name, "harmful", pictures(alter), ("content_differs", *more))


CHANGES = (
    _harm("other-seed", other_take),
    _harm("other-scene", _other_scene),
    _harm("patch-mild", _patched(0.16, 0.3, 0.7)),
    _harm("patch-whole-time", _patched(0.2, 0, 1)),
    _harm("patch-strong", _patched(0.45, 0.2, 1)),
    _harm("damaged-frame", _damaged_frame, "flicker"),
    _harm("watermark", _written_over),
    _harm("mirrored", _mirrored),
    _harm("tighter", _closer),
    _harm("backwards", _backwards, "speed_change"),
)
