"""Per-frame numbers as the points of a small drawing; the drawing itself is markup with classes, no inline style."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from presets_app.templatetags.figures import measured

WIDTH, HEIGHT, MARGIN = 600.0, 56.0, 4.0


class Dot(NamedTuple):
    x: str
    y: str
    frame: int
    value: float


class Curve(NamedTuple):
    """`points` is an SVG polyline; frames that were not measured leave a gap, so there may be several lines."""

    lines: list[str]
    limit_y: str
    below: list[Dot]
    frames: int
    low: float
    high: float


def curve_of(values: Sequence[float | None], limit: float | None = None) -> Curve | None:
    """The curve of `values` over frames; dots mark frames under `limit`. None when nothing was measured."""
    known = [float(number) for value in values if (number := measured(value)) is not None]
    if not known:
        return None
    ends = [*known, float(limit)] if limit is not None else known
    low, high = min(ends), max(ends)
    span = (high - low) or 1.0

    def place(index: int, value: float) -> tuple[str, str]:
        across = WIDTH * index / max(1, len(values) - 1)
        up = MARGIN + (HEIGHT - 2 * MARGIN) * (1 - (value - low) / span)
        return f"{across:.1f}", f"{up:.1f}"

    dots = [
        Dot(*place(index, float(value)), index, float(value))
        for index, value in enumerate(values)
        if value is not None and limit is not None and measured(value) is not None and value < limit
    ]
    limit_y = place(0, float(limit))[1] if limit is not None else ""
    return Curve(_lines(values, place), limit_y, dots, len(values), low, high)


def _lines(values: Sequence[float | None], place: Callable[[int, float], tuple[str, str]]) -> list[str]:
    lines: list[list[str]] = [[]]
    for index, value in enumerate(values):
        if measured(value) is None:
            lines.append([])
            continue
        lines[-1].append(",".join(place(index, float(value or 0))))
    return [" ".join(points) for points in lines if points]
