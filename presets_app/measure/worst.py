"""The few frame pairs that differ most, kept while the clip streams by."""

from __future__ import annotations

import heapq
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from presets_app.measure.filters import Scores
from presets_app.measure.pictures import plane

KEPT = 5
WINDOWS = 8  # neighbours of a bad frame are bad too: at most one per eighth of the clip
BLOCK = 8
REGIONS = 8


@dataclass(order=True)
class Pair:
    """One kept pair, ordered by its error. Frame numbers are each side's own."""

    mse: float
    left_index: int
    right_index: int = field(compare=False)
    scores: Scores = field(compare=False)
    left: Any = field(compare=False)
    right: Any = field(compare=False)


class Worst:
    """Keeps the worst pair of each window of frames, and of those the worst five."""

    def __init__(self, expected_frames: int) -> None:
        self._window = max(1, expected_frames // WINDOWS)
        self._current: Pair | None = None
        self._kept: list[Pair] = []

    def offer(self, pair: Pair) -> None:
        if (
            self._current is not None
            and pair.scores.place // self._window != self._current.scores.place // self._window
        ):
            self._close()
        if pair.mse > 0 and (self._current is None or pair.mse > self._current.mse):
            self._current = pair

    def _close(self) -> None:
        if self._current is not None:
            heapq.heappush(self._kept, self._current)
            if len(self._kept) > KEPT:
                heapq.heappop(self._kept)
        self._current = None

    def ranked(self) -> list[Pair]:
        self._close()
        return sorted(self._kept, reverse=True)


def block_map(left: Any, right: Any) -> NDArray[np.float32]:
    """Mean absolute luma difference of 8x8 blocks, 0-255; a remainder at the edges joins the last blocks' count."""
    difference = np.abs(plane(left, 0).astype(np.int16) - plane(right, 0).astype(np.int16))
    rows = np.add.reduceat(difference, np.arange(0, difference.shape[0], BLOCK), axis=0, dtype=np.int32)
    blocks = np.add.reduceat(rows, np.arange(0, difference.shape[1], BLOCK), axis=1)
    heights = np.diff(np.append(np.arange(0, difference.shape[0], BLOCK), difference.shape[0]))
    widths = np.diff(np.append(np.arange(0, difference.shape[1], BLOCK), difference.shape[1]))
    return np.asarray(blocks / np.outer(heights, widths), np.float32)


def region(blocks: NDArray[np.float32], width: int, height: int) -> dict[str, int]:
    """The part of the picture, an eighth of each side, where the difference is largest, in pixels."""
    cell_rows, cell_columns = max(1, -(-blocks.shape[0] // REGIONS)), max(1, -(-blocks.shape[1] // REGIONS))
    rows = np.add.reduceat(blocks, np.arange(0, blocks.shape[0], cell_rows), axis=0)
    cells = np.add.reduceat(rows, np.arange(0, blocks.shape[1], cell_columns), axis=1)
    row, column = np.unravel_index(int(np.argmax(cells)), cells.shape)
    x, y = int(column) * cell_columns * BLOCK, int(row) * cell_rows * BLOCK
    return {
        "x": x,
        "y": y,
        "width": min(cell_columns * BLOCK, width - x),
        "height": min(cell_rows * BLOCK, height - y),
    }
