"""The pictures of an evidence page: charts, curves, the time by region barcode, worst frames."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

ROW = 22
BARCODE_COLUMNS, BARCODE_ROWS = 240, 64


def waterfall(steps: Sequence[Mapping[str, Any]]) -> str:
    bars = "".join(
        f'<g transform="translate(0 {number * ROW})">'
        f'<rect class="k-{step["kind"]}" x="{step["start"]}" y="2" width="{max(step["width"], 1)}" height="14"/>'
        f'<text x="610" y="14">{step["count"]} {escape(step["label"])}; {step["left"]} left</text></g>'
        for number, step in enumerate(steps)
    )
    return f'<svg viewBox="0 0 960 {ROW * len(steps)}" role="img" aria-label="classes">{bars}</svg>' if steps else ""


def distribution(found: Mapping[str, Any] | None) -> str:
    if found is None:
        return "<p>No pair could be compared picture by picture.</p>"
    floor = found["height"] + 4
    dots = "".join(
        f'<circle class="k-{dot["kind"]}" cx="{dot["x"]}" cy="{floor - 5 - dot["y"]}" r="2.6">'
        f"<title>{escape(dot['key'])}: {dot['value']} {escape(found['unit'])}</title></circle>"
        for dot in found["dots"]
    )
    lines = "".join(
        f'<line class="limit" x1="{line["x"]}" x2="{line["x"]}" y1="0" y2="{floor}"/>'
        f'<text x="{line["x"] + 4}" y="{10 + 13 * number}">{escape(line["label"])}</text>'
        for number, line in enumerate(found["lines"])
    )
    missing = f" {found['missing']} could not be placed." if found["missing"] else ""
    words = f"0 to {found['most']} {escape(found['unit'])}.{missing}"
    drawn = f'<svg viewBox="0 -4 600 {floor + 8}" role="img" aria-label="distances">{lines}{dots}</svg>'
    return f'{drawn}<p class="soft">{words}</p>'


def pair(found: Mapping[str, Any], pictures: Mapping[str, str]) -> str:
    """One pair in detail: its curve with the threshold, its barcode, its worst frames with both sides."""
    body = _curve(found) + _barcode(found.get("barcode")) + _frames(found["worst_frames"], pictures)
    said = "".join(f"<p>{escape(str(reason['message']))}</p>" for reason in found["reasons"])
    title = f"<h2>{escape(found['key'])}: {escape(found['class'] or 'not measured')}</h2>"
    return f"<section>{title}{said}{body}</section>" if body or said else ""


def _curve(found: Mapping[str, Any]) -> str:
    values = [value for value in ((found.get("per_frame") or {}).get("ssim") or []) if value is not None]
    if len(values) < 2:
        return ""
    low = min(*values, 0.99)
    points = " ".join(
        f"{600 * at / (len(values) - 1):.1f},{_height(value, low):.1f}" for at, value in enumerate(values)
    )
    primary = found.get("primary") or {}
    limit = primary.get("threshold") if primary.get("metric") == "ssim_mean" else None
    line = ""
    if limit is not None and limit >= low:
        line = f'<line class="limit" x1="0" x2="600" y1="{_height(limit, low):.1f}" y2="{_height(limit, low):.1f}"/>'
    words = f"SSIM per frame, {low:.3f} to 1" + (f"; threshold {limit:g}" if limit is not None else "")
    drawn = f'{line}<polyline class="curve" points="{points}"/>'
    svg = f'<svg viewBox="0 0 600 60" preserveAspectRatio="none" height="60">{drawn}</svg>'
    return f'<figure>{svg}<figcaption class="soft">{words}</figcaption></figure>'


def _height(value: float, low: float) -> float:
    return 2 + 56 * (1 - (value - low) / (1 - low))


def _barcode(found: Any) -> str:
    """Time from left to right, regions from top to bottom, the difference as darkness."""
    values = found.get("values") if isinstance(found, dict) else None
    if not values or not values[0]:
        return ""
    every = -(-len(values) // BARCODE_COLUMNS)
    columns = [_worst(values[start : start + every]) for start in range(0, len(values), every)]
    most = max((max(column) for column in columns), default=0) or 1
    cells = "".join(
        f'<rect x="{at}" y="{row}" width="1.02" height="1.02" fill-opacity="{value / most:.2f}"/>'
        for at, column in enumerate(columns)
        for row, value in enumerate(column[:BARCODE_ROWS])
        if value * 20 > most
    )
    box = f"0 0 {len(columns)} {min(len(columns[0]), BARCODE_ROWS)}"
    svg = f'<svg class="barcode k-different" viewBox="{box}" preserveAspectRatio="none">{cells}</svg>'
    return f'<figure>{svg}<figcaption class="soft">Where they differ: time across, regions down</figcaption></figure>'


def _worst(frames: Sequence[Sequence[float]]) -> list[float]:
    return [max(float(value or 0) for value in region) for region in zip(*frames, strict=False)]


def _frames(frames: Sequence[Mapping[str, Any]], pictures: Mapping[str, str]) -> str:
    shown = []
    for frame in frames:
        images = "".join(
            f'<img src="{pictures[frame[name]]}" alt="{words}">'
            for name, words in (("left", "left"), ("right", "right"), ("heatmap", "where they differ"))
            if frame.get(name) in pictures
        )
        ssim = frame.get("ssim")
        words = f"frame {frame.get('frame')}" + (f", SSIM {ssim:.3f}" if isinstance(ssim, float) else "")
        if images:
            shown.append(f"<figure>{images}<figcaption class='soft'>{escape(words)}</figcaption></figure>")
    return f'<div class="frames">{"".join(shown)}</div>' if shown else ""
