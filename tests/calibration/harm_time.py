"""Planted faults of time, and pictures that are no pictures."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from tests.calibration.change import SHARED, Change, Invisible, Job, pictures
from tests.calibration.clips import Encoding, Frames
from tests.calibration.seeing import apart, luma, must_differ

Alter = Callable[[Frames, Job], Frames]
MOVED = 6.0  # levels in some block of 15 x 15: the least motion in which a person can see that a frame is not its own


def _later(count: int) -> Alter:
    """The same scene from `count` frames before (or, negative, after) on."""

    def alter(frames: Frames, job: Job) -> Frames:
        made = job.base.drawn(start=-count).frames
        must_differ(frames, made, MOVED, 0.7)
        return made

    return alter


def _waits(count: int) -> Alter:
    """The first frame stands, then everything is late."""

    def alter(frames: Frames, job: Job) -> Frames:
        made = np.concatenate([frames[:1].repeat(count, axis=0), frames[:-count]])
        must_differ(frames, made, MOVED, 0.7)
        return made

    return alter


def _at_speed(speed: float) -> Alter:
    def alter(frames: Frames, job: Job) -> Frames:
        made = job.base.drawn(speed=speed).frames
        must_differ(frames, made, MOVED, 0.7)
        return made

    return alter


def _stuttering(speed: float) -> Alter:
    """Another speed made from whole frames, some shown twice or never."""

    def alter(frames: Frames, job: Job) -> Frames:
        taken = np.rint(np.arange(len(frames)) * speed).astype(int)
        more = int(taken[-1]) + 1
        source = frames if more <= len(frames) else job.base.drawn(frames=more).frames
        must_differ(frames, source[taken], MOVED, 0.7)
        return np.asarray(source[taken])

    return alter


def _frozen(begin: float, end: float) -> Alter:
    """Stands still between two parts of the clip."""

    def alter(frames: Frames, job: Job) -> Frames:
        start, stop = int(len(frames) * begin), max(int(len(frames) * begin) + 5, int(len(frames) * end))
        made = frames.copy()
        made[start:stop] = frames[start]
        moved = apart(frames[start + 1 : stop], frames[start : stop - 1])
        if np.median(moved) < MOVED:
            raise Invisible
        return made

    return alter


def _repeats(every: int, at: float = 0.5) -> Alter:
    """One repeated frame, or one in `every`."""

    def alter(frames: Frames, job: Job) -> Frames:
        places = range(every - 1, len(frames), every) if every else [int(len(frames) * at)]
        made = frames.copy()
        for place in places:
            made[place] = frames[place - 1]
        seen = apart(frames[list(places)], made[list(places)])
        if np.median(seen) < MOVED:
            raise Invisible
        return made

    return alter


def _plain(colour: tuple[int, int, int], begin: float, end: float) -> Alter:
    def alter(frames: Frames, job: Job) -> Frames:
        made = frames.copy()
        part = slice(int(len(frames) * begin), max(int(len(frames) * begin) + 3, int(len(frames) * end)))
        made[part] = np.array(colour, np.uint8)
        must_differ(frames[part], made[part], 12.0, 0.8)
        return made

    return alter


def _static(begin: float, *, coloured: bool = False, deviation: float = 50.0) -> Alter:
    """Noise without structure from a part of the clip on."""

    def alter(frames: Frames, job: Job) -> Frames:
        made, start = frames.copy(), int(len(frames) * begin)
        shape = (*frames[start:].shape[:3], 3 if coloured else 1)
        made[start:] = job.rng.normal(128, deviation, shape).clip(0, 255).astype(np.uint8)
        return made

    return alter


def _static_latents(frames: Frames, job: Job) -> Frames:
    """Noise that went through a decoder: blobs of eight pixels, new in every frame."""
    small = frames.shape[0], frames.shape[1] // 8 + 1, frames.shape[2] // 8 + 1, 3
    noise = job.rng.normal(128, 60, small).clip(0, 255).astype(np.uint8).repeat(8, 1).repeat(8, 2)
    return np.asarray(noise[:, : frames.shape[1], : frames.shape[2]])


def _noisy(frames: Frames, job: Job) -> Frames:
    """The picture under heavy noise, as with too few steps."""
    noise = job.rng.normal(0, job.strong(24), frames.shape).astype(np.float32)
    return np.asarray((frames + noise).clip(0, 255), np.uint8)


def _dim(frames: Frames, job: Job) -> Frames:
    """Nearly black: something is left that no one can see."""
    if luma(frames[len(frames) // 2]).mean() < 25:
        raise Invisible
    return np.asarray(frames * 0.02, np.uint8)


def _harm(name: str, code: str, alter: Alter, *more: str) -> Change:
    return Change(name, "harmful", pictures(alter), (code, *more))


def _both(name: str, code: str, alter: Alter) -> Change:
    return Change(name, "harmful", pictures(alter, SHARED), (code,), both=True)


def _same_static(frames: Frames, job: Job) -> Frames:
    rng = np.random.default_rng(4)
    return np.asarray(rng.normal(128, 50, (*frames.shape[:3], 1)).clip(0, 255).repeat(3, 3), np.uint8)


_SOFT = Encoding(crf=26)

CHANGES = (
    _harm("late-1", "time_shift", _later(1)),
    _harm("late-3", "time_shift", _later(3)),
    _harm("late-12", "time_shift", _later(12)),
    _harm("early-1", "time_shift", _later(-1)),
    _harm("early-7", "time_shift", _later(-7)),
    Change("late-2-soft", "harmful", pictures(_later(2), _SOFT), ("time_shift",)),
    _harm("waits-1", "time_shift", _waits(1)),
    _harm("waits-4", "time_shift", _waits(4)),
    _harm("speed-0.95", "speed_change", _at_speed(0.95)),
    _harm("speed-1.1", "speed_change", _at_speed(1.1)),
    _harm("speed-0.75", "speed_change", _at_speed(0.75)),
    _harm("speed-1.5", "speed_change", _at_speed(1.5)),
    _harm("speed-2", "speed_change", _at_speed(2)),
    _harm("speed-0.5", "speed_change", _at_speed(0.5)),
    _harm("speed-stuttering-0.8", "speed_change", _stuttering(0.8), "duplicate_frames"),
    _harm("speed-stuttering-1.25", "speed_change", _stuttering(1.25)),
    _harm("frozen-end-mild", "frozen", _frozen(0.85, 1)),
    _harm("frozen-end-strong", "frozen", _frozen(0.5, 1)),
    _harm("frozen-middle", "frozen", _frozen(0.4, 0.6)),
    _harm("frozen-whole", "frozen", _frozen(0, 1)),
    _harm("repeats-1", "duplicate_frames", _repeats(0)),
    _harm("repeats-1-near-end", "duplicate_frames", _repeats(0, 0.9)),
    _harm("repeats-every-6", "duplicate_frames", _repeats(6)),
    _harm("repeats-every-2", "duplicate_frames", _repeats(2)),
    _harm("black-3-frames", "black", _plain((0, 0, 0), 0.5, 0.5)),
    _harm("black-end", "black", _plain((0, 0, 0), 0.7, 1)),
    _harm("black-whole", "black", _plain((0, 0, 0), 0, 1)),
    _harm("black-nearly", "black", _dim),
    _harm("grey-4-frames", "grey", _plain((127, 127, 127), 0.4, 0.45)),
    _harm("grey-end", "grey", _plain((118, 118, 118), 0.6, 1)),
    _harm("grey-whole", "grey", _plain((127, 127, 127), 0, 1)),
    _harm("grey-green", "grey", _plain((30, 150, 60), 0, 1)),
    _harm("static-whole", "static_noise", _static(0)),
    _harm("static-coloured", "static_noise", _static(0, coloured=True, deviation=36)),
    _harm("static-end", "static_noise", _static(0.6)),
    _harm("static-latents", "static_noise", _static_latents, "content_differs"),
    _harm("noisy", "static_noise", _noisy, "content_differs", "flicker"),
    _both("both-black", "black", lambda frames, job: np.zeros_like(frames)),
    _both("both-grey", "grey", lambda frames, job: np.full_like(frames, 126)),
    _both("both-static", "static_noise", _static(0, coloured=True)),
    _both("both-static-equal", "static_noise", _same_static),
)
