"""What one side's pictures are like, frame by frame, from decimated planes.

Luma is read as means of n x n blocks (about 130x73 of them, n = 10 at 720p, of which 2 rows and 3 columns are read),
chroma as every n-th point (about 65x37). Frames are taken in one by one and their numbers computed 25 at a time,
because a call costs more than its arithmetic on planes this small. PSNR and SSIM see every pixel.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from presets_app.measure.alignment import HEAD, Small

POINTS = 9_600  # about 131 x 73
CHROMA_POINTS = 2_400
ALIGNED_POINTS = 1_024
REMEMBERED = 4_096  # small pictures, 2 KiB each: what comes later is not looked at for a lag
EIGHT_BIT_PLANAR = {"yuv420p", "yuvj420p", "yuv422p", "yuvj422p", "yuv444p", "yuvj444p"}
OTHER_PLANAR = {"gray", "gbrp", *(f"yuv{shape}p{depth}le" for shape in (420, 422, 444) for depth in (10, 12))}
Plane = NDArray[np.uint8]
Thumb = tuple[Plane, Plane]  # luma (height, width), chroma (2, height, width)


def plane(frame: Any, index: int) -> Plane:
    """One 8-bit plane as (height, width) without copying."""
    source = frame.planes[index]
    rows = np.frombuffer(source, np.uint8).reshape(-1, source.line_size)
    return rows[: source.height, : source.width]


def shrunk(source: Plane, step: int) -> Plane:
    """Block means as (height // step, width // step); of large blocks two rows and three columns are read."""
    if step == 1 or min(source.shape) < step:
        return source
    height, width = (side // step * step for side in source.shape)
    rows = range(step) if step < 4 else (step // 4, 3 * step // 4)
    columns = range(step) if step < 4 else (step // 6, step // 2, 5 * step // 6)
    tall = np.add(source[rows[0] : height : step, :width], source[rows[1] : height : step, :width], dtype=np.uint16)
    for row in rows[2:]:
        tall += source[row:height:step, :width]
    total = tall[:, columns[0] :: step] + tall[:, columns[1] :: step]
    for column in columns[2:]:
        total += tall[:, column::step]
    return (total // (len(rows) * len(columns))).astype(np.uint8)


def spacing(width: int, height: int, points: int) -> int:
    return max(1, round(math.sqrt(width * height / points)))


class Side:
    """Per-frame numbers of one video; lists run over its own frames from 0 and are complete after `flush`."""

    def __init__(self, width: int, height: int) -> None:
        self.step = spacing(width, height, POINTS)
        self.count = 0
        self.mean: list[float] = []
        self.contrast: list[float] = []
        self.blue: list[float] = []
        self.red: list[float] = []
        self.motion: list[float] = []
        self.histogram = np.zeros((3, 32), np.int64)
        self._small: list[Small] = []
        self._before: NDArray[np.float32] | None = None
        self._filled = 0
        self._luma: Plane = np.empty((0, 0, 0), np.uint8)
        self._chroma: Plane = np.empty((0, 0, 0, 0), np.uint8)

    @property
    def small(self) -> Small:
        return np.concatenate(self._small) if self._small else np.zeros((0, 1), np.float16)

    def add(self, frame: Any) -> Thumb:
        """Take one frame in; returns its decimated planes, which stay as they are."""
        luma, chroma = shrunk(plane(frame, 0), self.step), [plane(frame, index) for index in (1, 2)]
        step = spacing(chroma[0].shape[1], chroma[0].shape[0], CHROMA_POINTS)
        if self._filled in {0, HEAD}:
            self.flush()
            self._luma = np.empty((HEAD, *luma.shape), np.uint8)
            self._chroma = np.empty((HEAD, 2, *chroma[0][::step, ::step].shape), np.uint8)
        place, self._filled, self.count = self._filled, self._filled + 1, self.count + 1
        self._luma[place] = luma
        for index in (0, 1):
            self._chroma[place, index] = chroma[index][::step, ::step]
        return self._luma[place], self._chroma[place]

    def flush(self) -> None:
        """Compute the numbers of the frames taken in since the last time."""
        count, self._filled = self._filled, 0
        if not count:
            return
        luma, chroma = self._luma[:count], self._chroma[:count]
        flat = luma.reshape(count, -1).astype(np.float32)
        self._motion(flat)
        mean = flat.mean(axis=1)
        flat -= mean[:, None]
        self.mean += mean.tolist()
        self.contrast += np.sqrt(np.einsum("ij,ij->i", flat, flat) / flat.shape[1]).tolist()
        tints = chroma.reshape(count, 2, -1).mean(axis=2, dtype=np.float32)
        self.blue += tints[:, 0].tolist()
        self.red += tints[:, 1].tolist()
        for index, values in enumerate((luma[::4], chroma[::4, 0], chroma[::4, 1])):
            self.histogram[index] += np.bincount(values.ravel() >> 3, minlength=32)
        if len(self._small) * HEAD < REMEMBERED:
            self._small.append(_small(flat.reshape(luma.shape)))

    def _motion(self, flat: NDArray[np.float32]) -> None:
        before = flat[:1] if self._before is None else self._before
        steps = np.abs(np.diff(flat, axis=0, prepend=before))
        self.motion += steps.mean(axis=1).tolist()
        self._before = flat[-1:].copy()


def _small(luma: NDArray[np.float32]) -> Small:
    """Mean-free pictures of at most about 1000 points as (frames, points); half precision keeps 0.1 level at worst."""
    count, height, width = luma.shape
    thin = max(1, math.ceil(math.sqrt(height * width / ALIGNED_POINTS)))
    tall, wide = max(1, height // thin), max(1, width // thin)
    if min(height, width) < thin:
        return luma.reshape(count, -1).astype(np.float16)
    rows = luma[:, : tall * thin, : wide * thin].reshape(count, tall, thin, wide * thin).sum(axis=2)
    points = rows.reshape(count, tall, wide, thin).sum(axis=3).reshape(count, -1) / thin**2
    return np.asarray(points - points.mean(axis=1, keepdims=True), np.float16)


def correlation(one: NDArray[np.float32], other: NDArray[np.float32]) -> float:
    """Pearson's, 1.0 where both are flat."""
    left, right = one - one.mean(), other - other.mean()
    scale = math.sqrt(float(np.vdot(left, left)) * float(np.vdot(right, right)))
    return 1.0 if scale < 1e-3 else float(np.vdot(left, right)) / scale


def adapted(frame: Any, wanted: str) -> Any:
    """The frame in the pixel format both sides are compared in."""
    return frame if frame.format.name == wanted else frame.reformat(format=wanted)


def common_format(left: str | None, right: str | None) -> str:
    """Planar formats that agree are compared as they are, up to 12 bits; everything else as yuv420p."""
    return left if left == right and left and left in EIGHT_BIT_PLANAR | OTHER_PLANAR else "yuv420p"


def looked_at(compared_as: str) -> str:
    """The 8-bit format that statistics other than PSNR and SSIM are taken in."""
    return compared_as if compared_as in EIGHT_BIT_PLANAR else "yuv420p"
