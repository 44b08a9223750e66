"""Curves and barcodes as SVG, without a library: a report is one file and draws the same everywhere."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

WIDTH, HEIGHT, MARGIN = 960, 160, 44
FULL = 480  # tenths of a level; stronger differences are drawn the same
CELL = 3


class Line(NamedTuple):
    """One curve; None leaves a gap. `colour` is a name of the page's style."""

    name: str
    values: Sequence[float | None]
    colour: str


def curve(lines: Sequence[Line], limit: float | None, first: int, step: int) -> str:
    """Lines over frames on one scale, with a dashed line at the limit."""
    known = [value for line in lines for value in line.values if value is not None]
    known += [limit] if limit is not None else []
    low, high = (min(known), max(known)) if known else (0.0, 1.0)
    if high - low < 1e-9:
        low, high = low - 0.5, high + 0.5
    count = max((len(line.values) for line in lines), default=1)

    def across(index: int) -> float:
        return MARGIN + (WIDTH - MARGIN - 8) * index / max(1, count - 1)

    def down(value: float) -> float:
        return 8 + (HEIGHT - 30) * (high - value) / (high - low)

    pen = 'fill="none" stroke-width="1.5"'
    parts = [f'<path d="{_path(line.values, across, down)}" {pen} stroke="var(--{line.colour})"/>' for line in lines]
    if limit is not None:
        y = down(limit)
        parts.append(f'<path d="M{MARGIN} {y:.1f}H{WIDTH - 8}" stroke="var(--limit)" stroke-dasharray="6 4"/>')
    parts += [f'<text x="0" y="{down(value) + 4:.1f}">{value:.4g}</text>' for value in (low, high)]
    last = first + (count - 1) * step
    parts.append(f'<text x="{MARGIN}" y="{HEIGHT - 4}">frame {first}</text>')
    parts.append(f'<text x="{WIDTH - 8}" y="{HEIGHT - 4}" text-anchor="end">frame {last}</text>')
    return f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" role="img">{"".join(parts)}</svg>'


def _path(values: Sequence[float | None], across: Any, down: Any) -> str:
    """A point that stands alone between gaps is drawn as a short stroke."""
    said, pen = [], False
    for index, value in enumerate(values):
        if value is None:
            pen = False
            continue
        said.append(f"{'L' if pen else 'M'}{across(index):.1f} {down(value):.1f}" + ("" if pen else "h0.1"))
        pen = True
    return "".join(said)


def barcode(code: dict[str, Any]) -> str:
    """Columns are time, rows regions."""
    columns, rows = len(code["values"]), code["rows"] * code["columns"]
    cells = "".join(_cells(code["values"]))
    return (
        f'<svg viewBox="0 0 {max(columns, 1)} {rows}" preserveAspectRatio="none" style="height:{rows * CELL}px" '
        f'role="img" shape-rendering="crispEdges"><rect width="{columns}" height="{rows}" fill="#101214"/>{cells}</svg>'
    )


def _cells(values: Sequence[Sequence[int]]) -> Iterator[str]:
    """Runs of one colour down a column are one rectangle; what is black is the ground."""
    for x, column in enumerate(values):
        tones = [round(15 * (min(value, FULL) / FULL) ** 0.5) for value in column]
        start = 0
        for y in range(1, len(tones) + 1):
            if y == len(tones) or tones[y] != tones[start]:
                if tones[start]:
                    level = 17 * tones[start]
                    colour = f"#{level:02x}{level * 3 // 4:02x}{level // 3:02x}"
                    yield f'<rect x="{x}" y="{start}" width="1" height="{y - start}" fill="{colour}"/>'
                start = y
