"""What one side's pictures are like, frame by frame, from decimated planes and a few full rows.

Brightness, colour, motion and alignment use means of n x n blocks (about 160x90 of them, n = 8 at 720p, of which 2
rows and 4 columns are read); sharpness and the noise test use every 16th full row of every fourth pair of frames.
PSNR and SSIM see every pixel.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

POINTS = 14_400  # 160 x 90
ALIGNED_POINTS = 1_024
ROW_STEP = 16
EIGHT_BIT_PLANAR = {"yuv420p", "yuvj420p", "yuv422p", "yuvj422p", "yuv444p", "yuvj444p"}
SMOOTH_STEP = 2  # levels between neighbours; in noise hardly any pair is this close
Plane = NDArray[np.uint8]


def plane(frame: Any, index: int) -> Plane:
    """One 8-bit plane as (height, width) without copying."""
    source = frame.planes[index]
    rows = np.frombuffer(source, np.uint8).reshape(-1, source.line_size)
    return rows[: source.height, : source.width]


def shrunk(source: Plane, step: int) -> Plane:
    """Block means as (height // step, width // step); of large blocks half the columns and two rows are read."""
    if step == 1 or min(source.shape) < step:
        return np.ascontiguousarray(source)
    height, width = (side // step * step for side in source.shape)
    rows = range(step) if step < 4 else (step // 4, 3 * step // 4)
    columns = range(0, step, 1 if step < 4 else 2)
    total = np.zeros((height // step, width // step), np.uint16)
    for row in rows:
        for column in columns:
            total += source[row:height:step, column:width:step]
    return (total // (len(rows) * len(columns))).astype(np.uint8)


class Side:
    """Per-frame numbers of one video; lists run over its own frames from 0."""

    def __init__(self, width: int, height: int) -> None:
        self.step = max(1, round(math.sqrt(width * height / POINTS)))
        self.mean: list[float] = []
        self.contrast: list[float] = []
        self.blue: list[float] = []
        self.red: list[float] = []
        self.motion: list[float] = []
        self.sharpness: list[float] = []
        self.grain: list[float] = []
        self.smooth: list[float] = []
        self.neighbour: list[float] = []
        self.repeat: list[float] = []
        self.small: list[Plane] = []
        self.histogram = np.zeros((3, 32), np.int64)
        self._before: NDArray[np.int16] | None = None
        self._rows: NDArray[np.float32] | None = None
        self._every = 1 if self.step == 1 else 4

    @property
    def count(self) -> int:
        return len(self.mean)

    def add(self, frame: Any) -> NDArray[np.int16]:
        """Take one frame in; returns its decimated luma."""
        step = self.step
        luma = plane(frame, 0)
        points = shrunk(luma, step)
        self._colour(frame, points)
        wide = points.astype(np.int16)
        self.motion.append(0.0 if self._before is None else float(np.abs(wide - self._before).mean()))
        self._before = wide
        self._texture(luma)
        thin = max(1, math.ceil(math.sqrt(points.size / ALIGNED_POINTS)))
        self.small.append(shrunk(points, thin))
        return wide

    def _colour(self, frame: Any, points: Plane) -> None:
        self.mean.append(float(points.mean()))
        self.contrast.append(float(points.std()))
        channels = [points]
        for index, kept in ((1, self.blue), (2, self.red)):
            chroma = np.ascontiguousarray(plane(frame, index)[:: self.step, :: self.step])
            kept.append(float(chroma.mean()))
            channels.append(chroma)
        if (self.count - 1) % self._every == 0:
            for index, values in enumerate(channels):
                self.histogram[index] += np.bincount(values.ravel() >> 3, minlength=32)

    def _texture(self, luma: Plane) -> None:
        turn = (self.count - 1) % self._every
        if turn > 1:
            return
        first = ROW_STEP // 2 if luma.shape[0] >= 2 * ROW_STEP else 0
        rows = luma[first :: ROW_STEP if first else 1].astype(np.float32)
        if self._rows is not None:
            self.repeat.append(correlation(self._rows, rows))
        if turn == 0:
            steps = np.abs(rows[:, 1:] - rows[:, :-1])
            self.sharpness.append(float(steps.mean()))
            self.smooth.append(float((steps <= SMOOTH_STEP).mean()))
            self.grain.append(float(rows.std()))
            self.neighbour.append(correlation(rows[:, 1:], rows[:, :-1]))
        self._rows = rows if turn == 0 else None


def correlation(one: NDArray[np.float32], other: NDArray[np.float32]) -> float:
    """Pearson's, 1.0 where both are flat."""
    left, right = one - one.mean(), other - other.mean()
    scale = math.sqrt(float(np.vdot(left, left)) * float(np.vdot(right, right)))
    return 1.0 if scale < 1e-3 else float(np.vdot(left, right)) / scale


def adapted(frame: Any, wanted: str) -> Any:
    """The frame in the pixel format both sides are compared in."""
    return frame if frame.format.name == wanted else frame.reformat(format=wanted)


def common_format(left: str | None, right: str | None) -> str:
    """8-bit planar formats that agree are compared as they are; everything else as yuv420p."""
    return left if left == right and left in EIGHT_BIT_PLANAR and left else "yuv420p"
