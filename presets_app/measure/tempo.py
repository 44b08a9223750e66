"""Do the two sides run at one pace? Finds another lag, a lag that changes on the way, and another speed.

Works on the small pictures that the pass remembered, so that nothing is decoded for it. What it finds decides which
frames are compared with each other in a second pass; most pairs need none.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from presets_app.measure.alignment import REACH, Shift, Small, shift

LOOKED_AT = 600  # frames of each side
SLOWEST, FASTEST = 0.5, 2.0
PATIENCE = 6.0  # a change of lag must pay for itself within this many frames as bad as the usual one
BETTER = 0.6  # own choice: what explains the timing must leave at most this part of the difference
AGREE = 0.8
SMOOTHER = 0.75
LEAST_GAIN, LEAST_GAIN_BETWEEN = 2.0, 1.2  # frames that another speed must gain over the clip
LEAST_STRETCH = 6  # frames; a lag that holds for fewer is a repeated or lost frame
Costs = NDArray[np.float32]


class Timing(NamedTuple):
    """`lag`: by how many frames the right side is late, mostly. `speed`: left frames for each frame of the right
    side, so 2.0 is a right side that plays twice as fast, from `offset` on; `nearest` is the left frame of each right
    one at that speed. `steps`: (right frame, lag) where a lag begins, empty when one lag holds throughout."""

    lag: int = 0
    speed: float = 1.0
    steps: tuple[tuple[int, int], ...] = ()
    offset: float = 0.0
    nearest: tuple[int, ...] = ()

    def partners(self, left: int, right: int) -> Iterator[tuple[int, int]]:
        """(left frame, right frame) in order, for sides of that many frames."""
        before = -1
        for place in range(right):
            partner = self._partner(place)
            if before <= partner < left and partner >= 0:
                before = partner
                yield partner, place

    def _partner(self, place: int) -> int:
        if place < len(self.nearest):
            return self.nearest[place]
        return round(self.speed * place + self.offset) if self.speed != 1 else place - self._lag_at(place)

    def _lag_at(self, place: int) -> int:
        return next((lag for start, lag in reversed(self.steps) if start <= place), self.lag)

    def as_json(self) -> dict[str, Any]:
        steps = [{"right_frame": start, "lag": lag} for start, lag in self.steps]
        return {"speed": round(self.speed, 4), "steps": steps}


def find(left: Small, right: Small, used: Shift) -> tuple[Timing, Shift]:
    """How the right side's frames follow the left's, and what the lag costs over the whole clip. `used` is the shift
    that the pass was made with."""
    one, other = left[:LOOKED_AT].astype(np.float32), right[:LOOKED_AT].astype(np.float32)
    if min(len(one), len(other)) < 2 * LEAST_STRETCH:
        whole = shift(left, right)
        return Timing(whole.frames), whole
    costs = _distances(one, other)
    by_lag = _by_lag(costs, _moving(one)[:, None] & _moving(other)[None, :])
    better = by_lag.min(axis=1) < 0.7 * by_lag[:, used.frames + REACH] - 0.05
    if np.count_nonzero(better) < LEAST_STRETCH and max(len(left), len(right)) <= LOOKED_AT:
        return Timing(used.frames), used
    whole = shift(left, right)
    constant = Timing(whole.frames)
    usual = _usual(by_lag, constant.lag)
    steps, cost = _stepwise(by_lag, usual, constant.lag)
    line, line_cost = _line(costs)
    fine, fine_cost = _line(costs, between=np.square(_between(one)))
    if fine_cost < SMOOTHER * min(line_cost, cost):
        line, line_cost = fine, fine_cost
    if line is not None and line_cost <= BETTER * usual and (len(steps.steps) > 2 or line_cost <= 1.1 * cost):
        return (line._replace(nearest=_nearest(costs, line)) if _agree(one, other, line) else constant), whole
    return (steps if steps.steps and cost <= BETTER * usual and _agree(one, other, steps) else constant), whole


def _distances(one: Costs, other: Costs) -> Costs:
    """Root mean square distance of each left to each right picture."""
    squares = np.square(one).sum(axis=1)[:, None] + np.square(other).sum(axis=1)[None] - 2 * one @ other.T
    return np.asarray(np.sqrt(np.maximum(squares, 0) / one.shape[1]), np.float32)


def _moving(pictures: Costs) -> NDArray[np.bool_]:
    """A frame that repeats the one before says nothing about timing."""
    steps = np.abs(np.diff(pictures, axis=0)).mean(axis=1)
    return np.concatenate([[True], steps > 0.1 * np.median(steps)])


def _by_lag(costs: Costs, moving: NDArray[np.bool_]) -> Costs:
    """(right frames, 25): what each right frame costs at each lag, infinite without a partner, 0 for all lags where
    a side stands still."""
    places = np.arange(costs.shape[1])
    table = np.full((costs.shape[1], 2 * REACH + 1), np.inf, np.float32)
    for lag in range(-REACH, REACH + 1):
        partners = places - lag
        known = (partners >= 0) & (partners < costs.shape[0])
        table[known, lag + REACH] = costs[partners[known], places[known]]
    middle = np.clip(places, 0, costs.shape[0] - 1)
    table[~moving[middle, places]] = 0
    return table


def _usual(by_lag: Costs, lag: int) -> float:
    column = by_lag[:, lag + REACH]
    known = column[np.isfinite(column)]
    return float(known.mean()) if known.size else 0.0


def _stepwise(by_lag: Costs, usual: float, lag: int) -> tuple[Timing, float]:
    """The cheapest sequence of lags when each change costs as much as a few usual frames, and its mean cost."""
    # Where a lag has no partner the frame is as good as usual: a lag must not win by running out of pictures.
    table = np.where(np.isfinite(by_lag), by_lag, usual)
    penalty = PATIENCE * usual
    total, came = table[0].copy(), np.zeros(by_lag.shape, int)
    for place in range(1, len(table)):
        best = int(total.argmin())
        change = total[best] + penalty < total
        came[place] = np.where(change, best, np.arange(table.shape[1]))
        total = np.where(change, total[best] + penalty, total) + table[place]
    path = [int(total.argmin())]
    for place in range(len(table) - 1, 0, -1):
        path.append(int(came[place, path[-1]]))
    lags = [choice - REACH for choice in reversed(path)]
    starts, at = [], 0
    for value, group in groupby(lags):
        starts.append((at, value))
        at += len(list(group))
    if len(starts) == 1:
        return Timing(lag), usual
    cost = float(np.mean([table[place, value + REACH] for place, value in enumerate(lags)]))
    return Timing(max(set(lags), key=lags.count), steps=tuple(starts)), cost


def _between(one: Costs) -> Costs:
    """Root mean square distance of each left picture to the next."""
    return np.asarray(np.sqrt(np.square(np.diff(one, axis=0)).mean(axis=1)), np.float32)


def _line(costs: Costs, between: Costs | None = None) -> tuple[Timing | None, float]:
    """The constant speed, other than 1, at which the sides agree best, and its mean cost. With the squared distances
    `between` neighbours on the left, pictures are compared with what lies between two frames: that is what tells a
    slightly other speed from a lost frame."""
    left, right = costs.shape
    places = np.unique(np.linspace(0, right - 1, min(right, 120)).astype(int))
    speeds = np.arange(SLOWEST, FASTEST, 0.5 / max(left, right, 60))
    best, found, least = np.inf, None, LEAST_GAIN if between is None else LEAST_GAIN_BETWEEN
    for offset in range(-REACH, REACH + 1):
        exact = speeds[:, None] * places[None, :] + offset
        partners = np.rint(exact).astype(int)
        known = (partners >= 0) & (partners < left)
        taken = costs[np.clip(partners, 0, left - 1), places[None, :]]
        if between is not None:
            taken = _interpolated(costs, between, exact, places)
        count = known.sum(axis=1)
        mean = np.where(known, taken, 0).sum(axis=1) / np.maximum(count, 1)
        needed = 0.8 * len(places) * np.minimum(1, left / (speeds * right))
        mean[(count < needed) | (np.abs(speeds - 1) * max(left, right) < least)] = np.inf
        index = int(mean.argmin())
        if mean[index] < best:
            best, found = float(mean[index]), Timing(0, float(speeds[index]), (), float(offset))
    return found, best


def _interpolated(costs: Costs, between: Costs, exact: NDArray[np.float64], places: NDArray[np.int64]) -> Costs:
    """The distance of each right picture to a mix of the two left ones that it lies between."""
    lower = np.clip(np.floor(exact).astype(int), 0, len(between) - 1)
    part = np.clip(exact - lower, 0, 1)
    ends = np.square(costs[lower, places[None, :]]), np.square(costs[lower + 1, places[None, :]])
    squares = (1 - part) * ends[0] + part * ends[1] - part * (1 - part) * between[lower]
    return np.asarray(np.sqrt(np.maximum(squares, 0)), np.float32)


def _nearest(costs: Costs, line: Timing) -> tuple[int, ...]:
    """Of the frames that the speed points between, the one that looks most alike."""
    places = np.arange(costs.shape[1])
    around = np.rint(line.speed * places + line.offset).astype(int)[:, None] + np.array([0, -1, 1])
    known = (around >= 0) & (around < costs.shape[0])
    found = np.where(known, costs[np.clip(around, 0, costs.shape[0] - 1), places[:, None]], np.inf)
    return tuple(int(around[place, choice]) for place, choice in enumerate(found.argmin(axis=1)))


def _agree(one: Costs, other: Costs, timing: Timing) -> bool:
    pairs = list(timing.partners(len(one), len(other)))
    if len(pairs) < LEAST_STRETCH:
        return False
    left, right = one[[pair[0] for pair in pairs]], other[[pair[1] for pair in pairs]]
    scale = float(np.sqrt(np.vdot(left, left) * np.vdot(right, right)))
    return scale > 1e-3 and float(np.vdot(left, right)) / scale >= AGREE
