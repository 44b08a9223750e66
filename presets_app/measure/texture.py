"""Fine structure: sharpness, noise and what one side's edges lost against the other's.

Reads three neighbouring full rows in every 32 (fewer apart in small pictures) of every sixth pair of frames.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from presets_app.measure.pictures import correlation, plane

EVERY = 6
BANDS = 4
SMOOTH_STEP = 2  # levels between neighbours; in noise hardly any pair is this close
# Above this share of close neighbours, or this correlation of them, a picture is not looked at for noise.
SUSPECT_SMOOTH, SUSPECT_NEAR = 0.4, 0.6
# Noise has contrast, and neither neighbours nor following pictures that agree; text and fine texture fail one of
# these, because most of their neighbours do agree.
NOISE_CONTRAST, NOISE_SMOOTH, UNCORRELATED = 12.0, 0.3, 0.3
MIDDLE = 128
Rows = NDArray[np.float32]


def rows_of(frame: Any) -> Rows:
    """Triples of neighbouring luma rows as (triples, 3, width)."""
    luma = plane(frame, 0)
    height, width = luma.shape
    every = 32 if height >= 256 else 8 if height >= 32 else 3
    if height < 3:
        return luma[:1].repeat(3, axis=0)[None].astype(np.float32)
    first = (every - 3) // 2
    tall = luma[: height // every * every].reshape(height // every, every, width)
    return np.asarray(tall[:, first : first + 3].astype(np.float32))


def static(frame: Any) -> bool:
    """Is this one picture noise by its neighbours alone? What follows it is not known here."""
    rows = rows_of(frame)[:, 1]
    steps, variance = np.diff(rows, axis=1), float(rows.var())
    if variance < NOISE_CONTRAST**2:
        return False
    smooth = np.count_nonzero(np.abs(steps) <= SMOOTH_STEP) / max(1, steps.size)
    near = 1 - _dot(steps, steps) / max(1, steps.size) / (2 * variance)
    return bool(smooth <= NOISE_SMOOTH and near < UNCORRELATED)


def _middle(frame: Any) -> Rows:
    """At most 128 x 128 points from the middle of a picture's luma, copied."""
    luma = plane(frame, 0)
    tall, wide = (min(side, MIDDLE) for side in luma.shape)
    top, left = (luma.shape[0] - tall) // 2, (luma.shape[1] - wide) // 2
    return np.asarray(luma[top : top + tall, left : left + wide], np.float32)


def moved(one: Rows, other: Rows) -> float:
    """The best correlation of two pictures at any shift, as of what both show."""
    spectra = [np.fft.rfft2(part - part.mean()) for part in (one, other)]
    scale = math.sqrt(float(np.square(one - one.mean()).sum()) * float(np.square(other - other.mean()).sum()))
    if scale < 1e-3:
        return 1.0
    return float(np.fft.irfft2(spectra[1] * np.conj(spectra[0]), one.shape).max()) / scale


class Texture:
    """One side's numbers, one for each picture looked at."""

    def __init__(self) -> None:
        self.sharpness: list[float] = []
        self.grain: list[float] = []
        self.smooth: list[float] = []
        self.neighbour: list[float] = []
        self.repeat: list[float] = []
        self.noisy: list[bool] = []
        self._rows: Rows | None = None
        self._middle: Any = None

    def take(self, frame: Any) -> tuple[Rows, NDArray[np.float32]]:
        """Count in one picture; returns its rows and their steps between neighbours."""
        rows = rows_of(frame)
        middle = rows[:, 1]
        steps = middle[:, 1:] - middle[:, :-1]
        size = np.abs(steps)
        self.sharpness.append(float(size.mean()))
        smooth = np.count_nonzero(size <= SMOOTH_STEP) / max(1, size.size)
        self.smooth.append(smooth)
        variance = float(middle.var())
        self.grain.append(math.sqrt(variance))
        # For a stationary picture the variance of steps is 2 (1 - r) times the variance.
        squares = float(np.vdot(steps, steps)) / max(1, steps.size)
        self.neighbour.append(1.0 if variance < 1e-3 else 1 - squares / (2 * variance))
        suspect = smooth <= SUSPECT_SMOOTH and self.neighbour[-1] <= SUSPECT_NEAR
        self.noisy.append(False)
        self._rows = middle if suspect else None
        self._middle = _middle(frame) if suspect else None
        return rows, steps

    def take_next(self, frame: Any) -> None:
        """The picture after: noise has nothing in common with it, moved or not."""
        if self._rows is not None:
            same = correlation(self._rows, np.ascontiguousarray(rows_of(frame)[:, 1]))
            self.repeat.append(max(same, moved(self._middle, _middle(frame))))
            alone = max(self.neighbour[-1], self.repeat[-1]) < UNCORRELATED
            self.noisy[-1] = bool(alone and self.grain[-1] >= NOISE_CONTRAST and self.smooth[-1] <= NOISE_SMOOTH)
        self._rows = None

    @property
    def waits(self) -> bool:
        return self._rows is not None


class Pairing:
    """Both sides' textures, and between them what survives of edges and what was added."""

    def __init__(self) -> None:
        self.left, self.right = Texture(), Texture()
        self.curved: list[tuple[float, float, float]] = []  # second differences: left, right, their product
        self.edged: list[tuple[float, ...]] = []  # steps weighted to the left's strongest, to the right's, and squared
        self.added: list[tuple[float, float]] = []  # the difference: its standard deviation, neighbours' correlation
        self.banded = np.zeros((2, 2 * BANDS))  # fourth powers of left and right steps by columns, then by rows
        self.places: list[int] = []

    def take(self, index: int, left: Any, right: Any) -> None:
        """Count in one aligned pair of frames in an 8-bit planar format."""
        turn = index % EVERY
        if turn == 1:
            for texture, frame in ((self.left, left), (self.right, right)):
                if texture.waits:
                    texture.take_next(frame)
        if turn:
            return
        self.places.append(index)
        (one, steps), (other, others) = self.left.take(left), self.right.take(right)
        self._between(one, other, steps, others)

    def _between(self, one: Rows, other: Rows, left: NDArray[np.float32], right: NDArray[np.float32]) -> None:
        curves = [
            (rows[:, 0] - 2 * rows[:, 1] + rows[:, 2], np.diff(steps)) for rows, steps in ((one, left), (other, right))
        ]
        (a, b), (c, d) = curves
        self.curved.append(
            (_dot(a, a) + _dot(b, b), _dot(c, c) + _dot(d, d), _dot(a, c) + _dot(b, d)),
        )
        heavy, heavier = left * left * left, right * right * right
        strong, kept = heavy * left, heavy * right
        weighted = float(strong.sum()), float(kept.sum()), _dot(heavier, right), _dot(heavier, left)
        self.edged.append((*weighted, _dot(left, left), _dot(right, right)))
        self.banded += np.stack([_bands(strong), _bands(heavier * right)])
        gap = other[:, 1] - one[:, 1]
        variance = float(gap.var())
        jumps = right - left
        near = 1.0 if variance < 1e-3 else 1 - _dot(jumps, jumps) / max(1, jumps.size) / (2 * variance)
        self.added.append((math.sqrt(variance), near))


def _bands(values: NDArray[np.float32]) -> NDArray[np.float64]:
    """Sums over four bands of columns and four of rows."""
    sums = [values.sum(axis=axis, dtype=np.float64) for axis in (0, 1)]
    return np.array([part.sum() for side in sums for part in np.array_split(side, BANDS)])


def _dot(one: NDArray[np.float32], other: NDArray[np.float32]) -> float:
    return float(np.vdot(one, other))
