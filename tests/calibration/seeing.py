"""What a person can see, computed on raw frames apart from all that the product measures: is a plant a fault here?"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from tests.calibration.change import Invisible
from tests.calibration.clips import Frames

Array = NDArray[np.float64]
BLOCK, CELL = 15, 3


def luma(frames: Frames) -> Array:
    return np.asarray(frames.astype(np.float32) @ np.array([0.2126, 0.7152, 0.0722], np.float32), np.float64)


def lab(frames: Frames) -> Array:
    """CIE L*a*b* of sRGB values, D65."""
    part = frames.astype(np.float64) / 255
    linear = np.where(part <= 0.04045, part / 12.92, ((part + 0.055) / 1.055) ** 2.4)
    to_xyz = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])
    xyz = linear @ to_xyz.T / np.array([0.9505, 1.0, 1.089])
    curve = np.where(xyz > 0.008856, np.cbrt(xyz), 7.787 * xyz + 16 / 116)
    x, y, z = curve[..., 0], curve[..., 1], curve[..., 2]
    return np.stack([116 * y - 16, 500 * (x - y), 200 * (y - z)], axis=-1)


def colour_distance(one: Frames, other: Frames) -> float:
    """Mean CIE 1976 distance of points, over some frames and every fourth point."""
    some = np.linspace(0, min(len(one), len(other)) - 1, 7).astype(int)
    gap = lab(one[some, ::4, ::4]) - lab(other[some, ::4, ::4])
    return float(np.sqrt(np.square(gap).sum(axis=-1)).mean())


def apart(one: Frames, other: Frames) -> Array:
    """(frames): the difference of the most different block of 15 x 15 points, in luma levels. Taken between cells of 3
    x 3, because no one sees that the grain of a frame is another frame's."""
    gap = _cells(luma(one) - luma(other), CELL)
    return np.asarray(_cells(np.abs(gap), BLOCK // CELL).max(axis=(1, 2)))


def _cells(planes: Array, side: int) -> Array:
    """Means of squares of that many points."""
    height, width = (length // side for length in planes.shape[1:])
    parts = planes[:, : height * side, : width * side].reshape(len(planes), height, side, width, side)
    return np.asarray(parts.mean(axis=(2, 4)))


def sharpness(frames: Frames) -> float:
    """Energy of steps between neighbours, over some frames."""
    some = luma(frames[:: max(1, len(frames) // 7)])
    return float(np.square(np.diff(some, axis=2)).mean() + np.square(np.diff(some, axis=1)).mean())


def must_differ(one: Frames, other: Frames, levels: float = 5.0, share: float = 0.6) -> None:
    """Raises Invisible unless a block of most frames differs by so many levels."""
    if np.quantile(apart(one, other), 1 - share) < levels:
        raise Invisible


def must_be_tinted(one: Frames, other: Frames, distance: float = 3.5) -> None:
    if colour_distance(one, other) < distance:
        raise Invisible
