"""Curves and barcodes as SVG, without a library: a report is one file and draws the same everywhere."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

WIDTH, HEIGHT = 960, 120
FULL = 480  # tenths of a level; stronger differences are drawn the same
CELL = 3


class Line(NamedTuple):
    """One curve; None leaves a gap. `colour` is a class of the page's style: left (thick) or right (thin, above it)."""

    name: str
    values: Sequence[float | None]
    colour: str


def curve(lines: Sequence[Line], limit: float | None, first: int, step: int) -> str:
    """Lines over frames on one scale, with a dashed line at the limit. The drawing stretches with the page, so its
    figures stand beside it as words, which do not."""
    known = [value for line in lines for value in line.values if value is not None]
    known += [limit] if limit is not None else []
    low, high = (min(known), max(known)) if known else (0.0, 1.0)
    if high - low < 1e-9:
        low, high = low - 0.5, high + 0.5
    count = max((len(line.values) for line in lines), default=1)

    def across(index: int) -> float:
        return WIDTH * index / max(1, count - 1)

    def down(value: float) -> float:
        return 4 + (HEIGHT - 8) * (high - value) / (high - low)

    parts = [f'<path class="line {line.colour}" d="{_path(line.values, across, down)}"/>' for line in lines]
    if limit is not None:
        parts.append(f'<path class="limit" d="M0 {down(limit):.1f}H{WIDTH}"/>')
    svg = f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" preserveAspectRatio="none" role="img">{"".join(parts)}</svg>'
    scale = f'<p class="rise"><span>{high:.4g}</span><span>{low:.4g}</span></p>'
    last = first + (count - 1) * step
    return f'<div class="plot">{scale}{svg}<p class="run"><span>frame {first}</span><span>frame {last}</span></p></div>'


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
