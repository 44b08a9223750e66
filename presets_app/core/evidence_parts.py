"""The pictures of an evidence page: charts, curves, the time by region barcode, worst frames. Words are HTML and not
part of the drawings, so that they stay readable on a telephone."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from html import escape
from typing import Any

BARCODE_COLUMNS, BARCODE_ROWS = 240, 64
CURVE_HEIGHT = 80
TALLEST = 160.0  # pixels; a higher pile of dots is drawn closer together
Found = Mapping[str, Any]


def waterfall(steps: Sequence[Found]) -> str:
    rows = "".join(
        f"<li>{_stretched(14, _bar(step))}<span>{step['count']} {escape(step['label'])}</span></li>" for step in steps
    )
    return f'<ul class="steps">{rows}</ul>' if steps else ""


def _bar(step: Found) -> str:
    bar = f'<rect class="k-{step["kind"]}" x="{step["start"]}" width="{max(step["width"], 1)}" height="14"/>'
    return f'<rect class="track" width="600" height="14"/>{bar}'


def _stretched(height: float, inner: str, words: str = "") -> str:
    """A drawing 600 wide that is stretched to the column; lines and dots keep their thickness."""
    told = f'role="img" aria-label="{escape(words)}"' if words else 'aria-hidden="true"'
    box = f'viewBox="0 0 600 {height:g}" preserveAspectRatio="none" height="{min(height, TALLEST):g}"'
    return f"<svg {box} {told}>{inner}</svg>"


def distribution(found: Found | None) -> str:
    if found is None:
        return "<p>No pair could be compared picture by picture.</p>"
    floor = found["height"] + 6
    dots = "".join(
        f'<path class="dot d-{dot["kind"]}" d="M{dot["x"]} {floor - 7 - dot["y"]:g}h.01">'
        f"<title>{escape(dot['key'])}: {dot['value']} {escape(found['unit'])}</title></path>"
        for dot in found["dots"]
    )
    lines = "".join(f'<line class="limit" x1="{at["x"]}" x2="{at["x"]}" y1="0" y2="{floor}"/>' for at in found["lines"])
    axis = f'<line class="axis" x1="0" x2="600" y1="{floor}" y2="{floor}"/>'
    said = [f"Each dot is a pair; its colour is that of the class above. Scale: {found['unit']}."]
    said += [f"Dashed line{_nth(found['lines'], at)}: {line['label']}." for at, line in enumerate(found["lines"])]
    said += [f"{found['missing']} could not be placed."] if found["missing"] else []
    drawn = _stretched(floor, axis + lines + dots, "How far apart the pairs are")
    return _figure(f"{drawn}{_scale('0: no difference', found['most'])}", " ".join(said))


def _nth(lines: Sequence[Any], at: int) -> str:
    return f" {at + 1}" if len(lines) > 1 else ""


def _scale(low: object, high: object) -> str:
    return f'<p class="scale"><span>{escape(str(low))}</span><span>{escape(str(high))}</span></p>'


def _figure(inner: str, words: str) -> str:
    return f"<figure>{inner}<figcaption>{escape(words)}</figcaption></figure>"


def pair(found: Found, pictures: Mapping[str, str], names: tuple[str, str]) -> str:
    """One pair in detail: its curves with the threshold, its barcode, its worst frames with both sides; `names` are
    those of the two sides."""
    body = _curves(found) + _barcode(found.get("barcode")) + _frames(found["worst_frames"], pictures, names)
    said = "".join(f"<li>{escape(str(reason['message']))}</li>" for reason in found["reasons"])
    said = f"<ul>{said}</ul>" if said else ""
    title = f"<h2>{escape(found['key'])}: {escape((found['class'] or 'not measured').replace('_', ' '))}</h2>"
    return f"<section>{title}{said}{body}</section>" if body or said else ""


def _curves(found: Found) -> str:
    frames = found.get("per_frame") or {}
    primary = found.get("primary") or {}
    limit = primary.get("threshold") if primary.get("metric") == "ssim_mean" else None
    both = [("left", frames.get("left_luma")), ("right", frames.get("right_luma"))]
    drawn = _curve("SSIM of each frame", [("left", frames.get("ssim"))], limit=limit, top=1.0)
    drawn += _curve("Mean brightness, in levels of 255", both)
    moved = [(side, [None, *(frames.get(f"{side}_motion") or [])[1:]]) for side, _ in both]  # the first has none before
    drawn += _curve("Movement from frame to frame", moved)
    return f'<div class="curves">{drawn}</div>' if drawn else ""


def _curve(
    title: str, lines: Sequence[tuple[str, Any]], *, limit: float | None = None, top: float | None = None
) -> str:
    kept = [(side, [None if value is None else float(value) for value in values]) for side, values in lines if values]
    known = [value for _, values in kept for value in values if value is not None]
    if len(known) < 2:
        return ""
    asked = [value for value in (limit, top) if value is not None]
    low, high = min([*known, *asked]), max([*known, *asked])
    span = (high - low) or 1.0
    inner = "".join(_polyline(side, values, low, span) for side, values in kept)
    words = f"{title}: {min(known):.4g} to {max(known):.4g}"
    if limit is not None:
        level = _level(limit, low, span)
        inner += f'<line class="limit" x1="0" x2="600" y1="{level}" y2="{level}"/>'
        under = sum(value < limit for value in known)
        words += f". Dashed line: threshold {limit:g}, {under} of {len(known)} frames under it"
    words += ". Thin line: left; thick line: right" if len(kept) > 1 else ""
    return _figure(_stretched(CURVE_HEIGHT, inner, title), words + ".")


def _polyline(side: str, values: Sequence[float | None], low: float, span: float) -> str:
    step = 600 / max(1, len(values) - 1)
    points = " ".join(
        f"{step * at:.1f},{_level(value, low, span)}" for at, value in enumerate(values) if value is not None
    )
    return f'<polyline class="curve c-{side}" points="{points}"/>'


def _level(value: float, low: float, span: float) -> str:
    return f"{3 + (CURVE_HEIGHT - 6) * (1 - (value - low) / span):.1f}"


def _barcode(found: Any) -> str:
    """Time from left to right, regions from top to bottom, the difference as darkness."""
    values = found.get("values") if isinstance(found, dict) else None
    if not values or not values[0]:
        return ""
    every = -(-len(values) // BARCODE_COLUMNS)
    columns = [_worst(values[start : start + every]) for start in range(0, len(values), every)]
    most = max((max(column) for column in columns), default=0) or 1.0
    cells = "".join(
        f'<rect x="{at}" y="{row}" width="1.02" height="1.02" fill-opacity="{value / most:.2f}"/>'
        for at, column in enumerate(columns)
        for row, value in enumerate(column[:BARCODE_ROWS])
        if value * 20 > most
    )
    box = f"0 0 {len(columns)} {min(len(columns[0]), BARCODE_ROWS)}"
    told = 'role="img" aria-label="Where and when they differ"'
    svg = f'<svg class="barcode d-different" viewBox="{box}" preserveAspectRatio="none" {told}>{cells}</svg>'
    words = (
        "Where and when they differ: time from left to right, regions of the picture from top to bottom; the darker,"
    )
    return _figure(
        svg + _scale("first frame", "last frame"), f"{words} the more. The darkest is {most / 10:.4g} of 255 levels."
    )


def _worst(frames: Sequence[Sequence[float]]) -> list[float]:
    return [max(float(value or 0) for value in region) for region in zip(*frames, strict=False)]


def _frames(frames: Iterable[Found], pictures: Mapping[str, str], names: tuple[str, str]) -> str:
    titles = (("left", "left"), ("right", "right"), ("heatmap", "difference"))
    shown = []
    for frame in frames:
        images = "".join(
            f'<div><img src="{pictures[frame[name]]}" alt="frame {frame.get("frame")}, {escape(title)}">'
            f"<span>{escape(title)}</span></div>"
            for name, title in titles
            if frame.get(name) in pictures
        )
        ssim = frame.get("ssim")
        words = f"Frame {frame.get('frame')}" + (f", SSIM {ssim:.3f}" if isinstance(ssim, float) else "")
        if images:
            shown.append(_figure(f'<div class="trio">{images}</div>', words))
    words = f"{names[0]}; {names[1]}. In the difference, the lighter, the more."
    head = f'<h3>Worst frames</h3><p class="soft">{escape(words[:1].upper() + words[1:])}</p>'
    return f'{head}<div class="frames">{"".join(shown)}</div>' if shown else ""
