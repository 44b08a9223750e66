"""What differs between aligned frames, by time and by region: 8 x 8 regions, from both sides' decimated planes."""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray

from presets_app.measure.alignment import HEAD
from presets_app.measure.pictures import Thumb

GRID = 8
MOMENTS_EVERY = 5  # pictures; tone does not change from frame to frame
Grid = NDArray[np.float16]  # half precision keeps 0.125 level at worst; differences are small and keep more


class Differences:
    """Counts pairs in; complete after `flush`. Arrays run over the compared pairs."""

    def __init__(self) -> None:
        self.absolute: list[float] = []
        self._waiting: list[tuple[Thumb, Thumb]] = []
        self._grids: list[tuple[Grid, Grid, Grid]] = []
        self._sums: list[NDArray[np.float64]] = []

    def add(self, left: Thumb, right: Thumb) -> None:
        self._waiting.append((left, right))
        if len(self._waiting) == HEAD:
            self.flush()

    def flush(self) -> None:
        if not self._waiting:
            return
        one, other = (np.stack([pair[side][0] for pair in self._waiting]).astype(np.float32) for side in (0, 1))
        tint, tinted = (np.stack([pair[side][1] for pair in self._waiting]).astype(np.float32) for side in (0, 1))
        self._waiting = []
        gap, shift = other - one, tinted - tint
        distance = np.abs(gap)
        self.absolute += distance.mean(axis=(1, 2)).tolist()
        sides = np.concatenate([regions(one)[:, None], _tints(tint)], axis=1)
        moved = np.concatenate([regions(gap)[:, None], _tints(shift)], axis=1)
        self._grids.append((sides.astype(np.float16), moved.astype(np.float16), regions(distance).astype(np.float16)))
        thin = slice(None, None, MOMENTS_EVERY)
        self._moments(one[thin], gap[thin], tint[thin], tinted[thin])

    def _moments(self, one: NDArray[np.float32], gap: NDArray[np.float32], *tints: NDArray[np.float32]) -> None:
        """Sums from which tone curves follow: around each frame's own mean, so that float32 suffices."""
        count = len(one)
        left = one.reshape(count, -1)
        left = left - left.mean(axis=1, keepdims=True)
        right = left + (gap.reshape(count, -1) - gap.mean(axis=(1, 2))[:, None])
        rows = [np.einsum("ij,ij->i", a, b) for a, b in ((left, left), (right, right), (left, right))]
        points = left.shape[1]
        grey = [tint.reshape(count, -1) - np.float32(128) for tint in tints]
        rows += [np.einsum("ij,ij->i", a, b) for a, b in ((grey[0], grey[0]), (grey[1], grey[1]), (grey[0], grey[1]))]
        self._sums.append(np.stack(rows, axis=1).astype(np.float64) / np.array([points] * 3 + [grey[0].shape[1]] * 3))

    @property
    def sums(self) -> NDArray[np.float64]:
        """(some pairs, 6): luma variance left, right, common; chroma squares around grey left, right, common."""
        return np.concatenate(self._sums) if self._sums else np.zeros((0, 6))

    @property
    def levels(self) -> NDArray[np.float32]:
        """(pairs, 3, 8, 8): the left side's mean luma, blue and red of each region."""
        return self._joined(0)

    @property
    def moved(self) -> NDArray[np.float32]:
        """(pairs, 3, 8, 8): right minus left."""
        return self._joined(1)

    @property
    def apart(self) -> NDArray[np.float32]:
        """(pairs, 8, 8): mean absolute luma difference."""
        return self._joined(2)

    def _joined(self, part: int) -> NDArray[np.float32]:
        shape = (0, GRID, GRID) if part == 2 else (0, 3, GRID, GRID)
        parts = [grids[part] for grids in self._grids]
        return np.concatenate(parts).astype(np.float32) if parts else np.zeros(shape, np.float32)


def regions(values: NDArray[np.float32]) -> NDArray[np.float32]:
    """Means over 8 x 8 regions of the last two axes of (pictures, height, width); a picture of fewer points repeats
    them."""
    count, height, width = values.shape
    across = values.reshape(count * height, width) @ _shares(width).T
    return np.asarray(_shares(height) @ across.reshape(count, height, GRID), np.float32)


@cache
def _shares(size: int) -> NDArray[np.float32]:
    """(8, size): what each point counts in the mean of each region."""
    edges = np.linspace(0, size, GRID + 1)
    shares = np.zeros((GRID, size), np.float32)
    for place in range(GRID):
        start = min(int(edges[place]), size - 1)
        end = max(int(edges[place + 1]), start + 1)
        shares[place, start:end] = 1 / (end - start)
    return shares


def _tints(chroma: NDArray[np.float32]) -> NDArray[np.float32]:
    return np.stack([regions(chroma[:, 0]), regions(chroma[:, 1])], axis=1)
