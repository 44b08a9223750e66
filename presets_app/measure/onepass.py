"""Both files decoded once, in step. Memory holds the first 25 frames of each side, then a few, whatever the length."""

from __future__ import annotations

from collections import deque
from collections.abc import Collection, Iterable, Iterator
from itertools import count, islice
from typing import Any

from presets_app.measure.alignment import HEAD, REACH, Shift, shift
from presets_app.measure.decoding import frames
from presets_app.measure.differences import Differences
from presets_app.measure.filters import Comparer, Scores
from presets_app.measure.limits import Limits
from presets_app.measure.opening import Media, begins
from presets_app.measure.pictures import Side, Thumb, adapted, common_format, looked_at
from presets_app.measure.sound import Track
from presets_app.measure.texture import EVERY, Pairing
from presets_app.measure.worst import Pair, Worst

HEAD_BYTES = 320 << 20
Shown = tuple[Any, Any, Thumb]  # the frame to score, the same in 8 bits, its decimated planes
Partners = Iterable[tuple[int, int]]  # frame numbers of both sides, neither ever going back


class Pass:
    """Everything one pass saw. `scores` holds one entry per compared pair, whose frame numbers are in `pairs`."""

    def __init__(
        self, left: Side, right: Side, sounds: tuple[Track | None, Track | None], size: tuple[int, int]
    ) -> None:
        self.left, self.right, self.sounds, self.size = left, right, sounds, size
        self.compared_as: str | None = None
        self.shift = Shift(0, 0.0, 0.0)
        self.pairs: list[tuple[int, int]] = []
        self.scores: list[Scores] = []
        self.differences = Differences()
        self.texture = Pairing()
        self.worst: list[Pair] = []


class _Source:
    """One side: its frames in the common format, counted into its numbers as they come, and given by number."""

    def __init__(self, media: Media, wanted: str, limits: Limits) -> None:
        self.side = Side(media.facts["width"], media.facts["height"])
        self.sound = Track(media.audio, begins(media)) if media.audio is not None else None
        self._wanted, self._looked_at = wanted, looked_at(wanted)
        self._stream = self._decoded(frames(media, self.sound, limits))
        self._head: deque[Shown] = deque()
        self._next = 0
        self._now: Shown | None = None

    def read_head(self, length: int) -> None:
        self._head.extend(islice(self._stream, length))
        self.side.flush()

    def at(self, index: int) -> Shown | None:
        """The frame of that number, not before the last one asked for; None behind the end."""
        while self._next <= index:
            self._now = self._head.popleft() if self._head else next(self._stream, None)
            if self._now is None:
                return None
            self._next += 1
        return self._now

    def drain(self, each: Any = None) -> None:
        """The rest still counts: its numbers and its sound."""
        for place in count(self._next):
            shown = self.at(place)
            if shown is None:
                break
            if each is not None:
                each(place, shown)
        self.side.flush()

    def _decoded(self, stream: Iterator[Any]) -> Iterator[Shown]:
        for frame in stream:
            scored = adapted(frame, self._wanted)
            seen = adapted(scored, self._looked_at)
            yield scored, seen, self.side.add(seen)


def run(
    left: Media, right: Media, limits: Limits, *, extras: Collection[str] = (), partners: Partners | None = None
) -> Pass:
    """Decode, align and compare. `partners` says which frames belong together instead of looking for one lag. Sizes
    that differ are described and not compared."""
    wanted = common_format(left.facts["pixel_format"], right.facts["pixel_format"])
    one, other = _Source(left, wanted, limits), _Source(right, wanted, limits)
    seen = Pass(one.side, other.side, (one.sound, other.sound), _size(left))
    if _size(left) != _size(right):
        one.drain(_alone(seen.texture.left))
        other.drain(_alone(seen.texture.right))
        return seen
    seen.compared_as = wanted
    if partners is None:
        for source in (one, other):
            source.read_head(_head_length(left))
        seen.shift = shift(one.side.small, other.side.small)
        partners = shifted(seen.shift.frames)
    _compare(seen, one, other, left, partners, extras)
    one.drain()
    other.drain()
    return seen


def shifted(lag: int) -> Partners:
    """Without end: with a lag > 0 the right side is late."""
    return ((index + max(0, -lag), index + max(0, lag)) for index in count())


def _alone(texture: Any) -> Any:
    def look(place: int, shown: Shown) -> None:
        if place % EVERY == 0:
            texture.take(shown[1])
        elif place % EVERY == 1 and texture.waits:
            texture.take_next(shown[1])

    return look


def _size(media: Media) -> tuple[int, int]:
    return media.facts["width"], media.facts["height"]


def _head_length(media: Media) -> int:
    size = media.facts["width"] * media.facts["height"] * 3 // 2
    return int(min(HEAD, max(REACH + 1, HEAD_BYTES // (2 * size))))


def _compare(
    seen: Pass, left: _Source, right: _Source, media: Media, partners: Partners, extras: Collection[str]
) -> None:
    comparer = Comparer(*_size(media), seen.compared_as or "yuv420p", extras)
    worst = Worst(media.facts["frames_declared"] or 240)
    waiting: deque[tuple[Any, Any]] = deque()
    for index, (place, other_place) in enumerate(partners):
        one = left.at(place)
        other = right.at(other_place) if one is not None else None
        if one is None or other is None:
            break
        seen.pairs.append((place, other_place))
        seen.differences.add(one[2], other[2])
        seen.texture.take(index, one[1], other[1])
        waiting.append((one[1], other[1]))
        for scores in comparer.push(one[0], other[0]):
            _take(seen, worst, scores, waiting.popleft())
    for scores in comparer.finish():
        _take(seen, worst, scores, waiting.popleft())
    seen.differences.flush()
    seen.worst = worst.ranked()


def _take(seen: Pass, worst: Worst, scores: Scores, frames_: tuple[Any, Any]) -> None:
    seen.scores.append(scores)
    worst.offer(Pair(scores.mse, *seen.pairs[scores.place], scores, *frames_))
