"""Planted faults of colour, brightness and sharpness."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from tests.calibration.change import RIGHT, Change, Invisible, Job, encoded, pictures
from tests.calibration.clips import Encoding, Frames
from tests.calibration.seeing import colour_distance, luma, must_be_tinted, must_differ, sharpness

Alter = Callable[[Frames, Job], Frames]
Array = NDArray[np.float32]


def _kept(picture: Array) -> Frames:
    return np.asarray(picture.clip(0, 255).round(), np.uint8)


def _tinted(frames: Frames, direction: tuple[float, ...], wanted: float) -> Frames:
    """Shifted so far that the mean distance is `wanted`."""
    step, some = np.array(direction, np.float32), frames[:: max(1, len(frames) // 7)]
    strength = 10.0
    for _ in range(4):
        reached = colour_distance(some, _kept(some + strength * step))
        strength = min(strength * wanted / max(reached, 0.1), 90.0)
    return _kept(frames + np.float32(strength) * step)


def _tint(distance: float, *direction: float) -> Alter:
    def alter(frames: Frames, job: Job) -> Frames:
        tinted = _tinted(frames, direction, job.strong(distance))
        must_be_tinted(frames, tinted)
        return tinted

    return alter


def _recoloured(change: Callable[[Array, Job], Array]) -> Alter:
    def alter(frames: Frames, job: Job) -> Frames:
        made = _kept(change(frames.astype(np.float32), job))
        must_be_tinted(frames, made)
        return made

    return alter


def _saturation(factor: float) -> Alter:
    def change(given: Array, job: Job) -> Array:
        grey = given.mean(axis=3, keepdims=True)
        return np.asarray(grey + (given - grey) * factor, np.float32)

    return _recoloured(change)


def _contrast(factor: float) -> Alter:
    return _recoloured(lambda given, job: np.asarray(128 + (given - 128) * factor, np.float32))


def _gamma(power: float) -> Alter:
    return _recoloured(lambda given, job: np.asarray(255 * (given / 255) ** power, np.float32))


def _hue(degrees: float) -> Alter:
    def change(given: Array, job: Job) -> Array:
        angle = np.deg2rad(job.strong(degrees))
        third, root = (1 - np.cos(angle)) / 3, np.sin(angle) / np.sqrt(3)
        turn = np.cos(angle) * np.eye(3) + third + root * np.array([[0, -1, 1], [1, 0, -1], [-1, 1, 0]])
        return np.asarray(given @ turn.T.astype(np.float32), np.float32)

    return _recoloured(change)


def _late(alter: Alter, share: float) -> Alter:
    """Only from that part of the clip on."""

    def change(frames: Frames, job: Job) -> Frames:
        start = int(len(frames) * share)
        return np.concatenate([frames[:start], alter(frames[start:], job)])

    return change


def _wrong_matrix(job: Job) -> object:
    """Turned into BT.601 and labelled BT.709: what players show is off in red and green."""
    colours = job.clip.frames.astype(np.float32)
    if float((colours.max(axis=3) - colours.min(axis=3)).mean()) < 50:
        raise Invisible  # hardly any colour to be off
    return encoded(Encoding(crf=20, matrix="ITU601"))(job)


def _wrong_range(frames: Frames, job: Job) -> Frames:
    """Full range read as limited: blacks and whites are cut off."""
    made = _kept((frames.astype(np.float32) - 16) * 255 / 219)
    must_be_tinted(frames, made)
    return made


def _ramp(levels: float, begin: float = 0.0) -> Alter:
    """Brighter from `begin` (a part of the clip) to the end."""

    def alter(frames: Frames, job: Job) -> Frames:
        part = ((np.linspace(0, 1, len(frames)) - begin) / (1 - begin)).clip(0, 1)
        made = _kept(frames + (part * job.strong(levels))[:, None, None, None].astype(np.float32))
        if abs(float(luma(made[-1:]).mean() - luma(frames[-1:]).mean())) < 0.7 * abs(levels):
            raise Invisible
        return made

    return alter


def _gain(factor: float) -> Alter:
    """Brighter by a growing factor, as an exposure that runs away."""

    def alter(frames: Frames, job: Job) -> Frames:
        part = np.linspace(1, factor, len(frames), dtype=np.float32)[:, None, None, None]
        made = _kept(frames * part)
        if abs(float(luma(made[-1:]).mean() - luma(frames[-1:]).mean())) < 6:
            raise Invisible
        return made

    return alter


def _flicker(levels: float, pattern: Callable[[int, np.random.Generator], NDArray[np.float64]]) -> Alter:
    def alter(frames: Frames, job: Job) -> Frames:
        beat = (job.strong(levels) * pattern(len(frames), job.rng)).astype(np.float32)
        made = _kept(frames + beat[:, None, None, None])
        must_differ(frames, made, 0.6 * levels, 0.4)
        return made

    return alter


def _alternating(count: int, rng: np.random.Generator) -> NDArray[np.float64]:
    return np.asarray(np.where(np.arange(count) % 2, 1.0, -1.0))


def _unsteady(count: int, rng: np.random.Generator) -> NDArray[np.float64]:
    return rng.normal(0, 1, count)


def _pulsing(count: int, rng: np.random.Generator) -> NDArray[np.float64]:
    return np.asarray(np.sin(2 * np.pi * np.arange(count) / 5))


def _region_flicker(frames: Frames, job: Job) -> Frames:
    """A quarter of the picture beats, the rest is steady."""
    made, (height, width) = frames.astype(np.float32), frames.shape[1:3]
    beat = (job.strong(12) * _alternating(len(frames), job.rng)).astype(np.float32)
    made[:, height // 4 : 3 * height // 4, width // 4 : 3 * width // 4] += beat[:, None, None, None]
    return _kept(made)


def _flash(frames: Frames, job: Job) -> Frames:
    """One frame much brighter."""
    made = frames.copy()
    place = len(frames) // 2
    made[place] = _kept(frames[place].astype(np.float32) + job.strong(40))
    return made


def blurred(frames: Frames, sigma: float) -> Frames:
    """A Gaussian of that deviation in pixels; the rims are mirrored."""
    reach = int(3 * sigma) + 1
    taps = np.exp(-0.5 * (np.arange(-reach, reach + 1) / sigma) ** 2)
    made = frames.astype(np.float32)
    for axis in (1, 2):
        length = made.shape[axis]
        wide = np.pad(made, [(reach, reach) if place == axis else (0, 0) for place in range(4)], mode="reflect")
        parts = (np.take(wide, range(start, start + length), axis) for start in range(2 * reach + 1))
        made = sum((np.float32(tap / taps.sum()) * part for tap, part in zip(taps, parts, strict=True)), np.float32(0))
    return _kept(made)


def _blur(strength: float) -> Alter:
    """`strength` is a part of the square root of the width: 0.06 are 1.1 pixels at 320, 2.1 at 1280."""

    def alter(frames: Frames, job: Job) -> Frames:
        made = blurred(frames, job.strong(strength) * frames.shape[2] ** 0.5)
        if sharpness(made) > 0.7 * sharpness(frames) or sharpness(frames) < 6:
            raise Invisible
        return made

    return alter


def _smaller(frames: Frames, job: Job) -> Frames:
    """Half the size and back, as an upscaler that did nothing."""
    half = frames.reshape(len(frames), frames.shape[1] // 2, 2, frames.shape[2] // 2, 2, 3).mean(axis=(2, 4))
    made = blurred(_kept(half.repeat(2, axis=1).repeat(2, axis=2)), 0.9)
    if sharpness(made) > 0.7 * sharpness(frames) or sharpness(frames) < 6:
        raise Invisible
    return made


def _harm(name: str, code: str, alter: Alter, *more: str) -> Change:
    return Change(name, "harmful", pictures(alter, RIGHT), (code, *more))


CHANGES = (
    _harm("tint-warm-mild", "colour_shift", _tint(5, 1, 0.1, -1)),
    _harm("tint-green-mild", "colour_shift", _tint(5, -0.5, 1, -0.5)),
    _harm("tint-blue-strong", "colour_shift", _tint(15, -1, -0.2, 1)),
    _harm("brighter-mild", "colour_shift", _tint(4, 1, 1, 1)),
    _harm("darker-strong", "colour_shift", _tint(12, -1, -1, -1)),
    _harm("saturation-mild", "colour_shift", _saturation(0.7)),
    _harm("saturation-none", "colour_shift", _saturation(0)),
    _harm("contrast-mild", "colour_shift", _contrast(0.8)),
    _harm("contrast-strong", "colour_shift", _contrast(1.5)),
    _harm("gamma-mild", "colour_shift", _gamma(0.85)),
    _harm("gamma-strong", "colour_shift", _gamma(1.5)),
    _harm("hue-mild", "colour_shift", _hue(14)),
    _harm("hue-strong", "colour_shift", _hue(60)),
    _harm("range-mistaken", "colour_shift", _wrong_range),
    Change("matrix-mistaken", "harmful", _wrong_matrix, ("colour_shift",)),  # type: ignore[arg-type]
    _harm("tint-from-half", "colour_shift", _late(_tint(9, 1, 0, -0.6), 0.5), "brightness_drift"),
    _harm("drift-mild", "brightness_drift", _ramp(9)),
    _harm("drift-darker", "brightness_drift", _ramp(-14)),
    _harm("drift-strong", "brightness_drift", _ramp(30)),
    _harm("drift-at-end", "brightness_drift", _ramp(14, 0.6)),
    _harm("drift-gain", "brightness_drift", _gain(1.3)),
    _harm("flicker-mild", "flicker", _flicker(3, _alternating)),
    _harm("flicker-strong", "flicker", _flicker(12, _alternating)),
    _harm("flicker-unsteady", "flicker", _flicker(5, _unsteady)),
    _harm("flicker-pulsing", "flicker", _flicker(6, _pulsing)),
    _harm("flicker-region", "flicker", _region_flicker),
    _harm("flash", "flicker", _flash, "content_differs"),
    _harm("blur-mild", "blur", _blur(0.06)),
    _harm("blur-strong", "blur", _blur(0.16)),
    _harm("blur-half-size", "blur", _smaller),
    _harm("blur-last-half", "blur", _late(_blur(0.12), 0.5)),
)
