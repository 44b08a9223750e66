"""Both files decoded once, in step. Memory holds the first 25 frames of each side, then a few, whatever the length."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice, zip_longest
from typing import Any

import numpy as np

from presets_app.measure.alignment import HEAD, REACH, Shift, shift
from presets_app.measure.decoding import frames
from presets_app.measure.filters import Comparer, Scores
from presets_app.measure.limits import Limits
from presets_app.measure.opening import Media, begins
from presets_app.measure.pictures import Side, adapted, common_format
from presets_app.measure.sound import Track
from presets_app.measure.worst import Pair, Worst

HEAD_BYTES = 320 << 20


@dataclass
class Pass:
    """Everything one pass saw. `scores` holds one entry per compared pair, `absolute` the mean absolute difference
    of its decimated luma; pair i is frame i + skip of each side."""

    left: Side
    right: Side
    sounds: tuple[Track | None, Track | None]
    compared_as: str | None
    shift: Shift
    scores: list[Scores] = field(default_factory=list)
    absolute: list[float] = field(default_factory=list)
    worst: list[Pair] = field(default_factory=list)

    @property
    def skip(self) -> tuple[int, int]:
        return max(0, -self.shift.frames), max(0, self.shift.frames)


class _Source:
    """One side: its frames in the common format, counted into its numbers as they come."""

    def __init__(self, media: Media, wanted: str, limits: Limits) -> None:
        self.side = Side(media.facts["width"], media.facts["height"])
        self.sound = Track(media.audio, begins(media)) if media.audio is not None else None
        self._frames = frames(media, self.sound, limits)
        self._wanted = wanted

    def __iter__(self) -> Iterator[tuple[Any, Any]]:
        for frame in self._frames:
            shown = adapted(frame, self._wanted)
            yield shown, self.side.add(shown)


def run(left: Media, right: Media, limits: Limits, *, forced: int | None = None) -> Pass:
    """Decode, align and compare. `forced` sets the lag instead of looking for it. Sizes that differ are described
    and not compared."""
    wanted = common_format(left.facts["pixel_format"], right.facts["pixel_format"])
    one, other = _Source(left, wanted, limits), _Source(right, wanted, limits)
    streams = (iter(one), iter(other))
    same_size = _size(left) == _size(right)
    heads = tuple(deque(islice(stream, _head_length(left))) for stream in streams)
    found = shift(one.side.small, other.side.small) if same_size else Shift(0, 0.0, 0.0)
    if forced is not None:
        found = Shift(forced, found.cost_unshifted, found.cost)
    seen = Pass(one.side, other.side, (one.sound, other.sound), wanted if same_size else None, found)
    joined = tuple(_after_head(head, stream) for head, stream in zip(heads, streams, strict=True))
    if same_size:
        _compare(seen, joined[0], joined[1], left)
    for _ in zip_longest(*joined):
        pass  # tails still count: their numbers and their sound
    return seen


def _size(media: Media) -> tuple[int, int]:
    return media.facts["width"], media.facts["height"]


def _head_length(media: Media) -> int:
    size = media.facts["width"] * media.facts["height"] * 3 // 2
    return int(min(HEAD, max(REACH + 1, HEAD_BYTES // (2 * size))))


def _after_head(head: deque[Any], stream: Iterator[Any]) -> Iterator[Any]:
    while head:
        yield head.popleft()
    yield from stream


def _compare(seen: Pass, left: Iterator[Any], right: Iterator[Any], media: Media) -> None:
    width, height = _size(media)
    comparer = Comparer(width, height, seen.compared_as or "yuv420p")
    worst = Worst(media.facts["frames_declared"] or 240)
    waiting: deque[tuple[Any, Any]] = deque()
    for stream, skipped in zip((left, right), seen.skip, strict=True):
        deque(islice(stream, skipped), maxlen=0)
    while True:
        one = next(left, None)
        other = next(right, None) if one is not None else None
        if one is None or other is None:
            break
        seen.absolute.append(float(np.abs(one[1] - other[1]).mean()))
        waiting.append((one[0], other[0]))
        for scores in comparer.push(one[0], other[0]):
            _take(seen, worst, scores, waiting.popleft())
    for scores in comparer.finish():
        _take(seen, worst, scores, waiting.popleft())
    seen.worst = worst.ranked()


def _take(seen: Pass, worst: Worst, scores: Scores, pair: tuple[Any, Any]) -> None:
    seen.scores.append(scores)
    skip_left, skip_right = seen.skip
    worst.offer(Pair(scores.mse, scores.index + skip_left, scores.index + skip_right, scores, *pair))
