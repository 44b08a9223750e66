"""Where the lines and dots of a check's two charts stand: the waterfall of classes, and how far each pair is apart.
Pure numbers, so that the page and the evidence bundle draw the same."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

WIDTH = 600.0
BINS = 60
STEP = 6.0  # of one dot on another
LEAST_HEIGHT = 54.0
STEPS = (
    ("identical", "identical"),
    ("same", "the same, within noise"),
    ("accepted", "other takes that were accepted"),
    ("waiting", "other takes that wait for a person"),
    ("rejected", "other takes that were rejected"),
    ("different", "different"),
    ("error", "could not be measured"),
)


def kind_of(pair: Mapping[str, Any]) -> str:
    """The step of the waterfall that a pair falls into; `pair` has "class", "decision" and "needs_person"."""
    if pair["class"] != "other_take":
        return str(pair["class"] or "error")
    if pair.get("decision") in ("accept", "reject"):
        return "accepted" if pair["decision"] == "accept" else "rejected"
    return "waiting" if pair.get("needs_person") else "accepted"


def waterfall(pairs: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """[{kind, label, count, left, start, width}]: how many fall into each class and how many are left after it;
    `start` and `width` in 0..600."""
    counts = Counter(kind_of(pair) for pair in pairs)
    total = sum(counts.values())
    found, gone = [], 0
    for kind, label in STEPS:
        count = counts.get(kind, 0)
        if count:
            place = {"start": round(WIDTH * gone / total, 2), "width": round(WIDTH * count / total, 2)}
            gone += count
            found.append({"kind": kind, "label": label, "count": count, "left": total - gone, **place})
    return found


def distribution(pairs: Iterable[Mapping[str, Any]], floor: float | None) -> dict[str, Any] | None:
    """How far the pairs are apart, in multiples of the noise where there is a floor, else as 1 - SSIM.

    {"unit", "most", "height", "dots": [{x, y, key, kind, value}], "lines": [{x, label}], "missing"}; None when no pair
    could be compared picture by picture. `missing` counts those.
    """
    listed = list(pairs)
    far = [(pair, distance) for pair in listed if (distance := _distance(pair, floor)) is not None]
    if not far:
        return None
    lines = _limits(listed, floor)
    most = max([value for _, value in far] + [value for value, _ in lines], default=0.0) or 1.0
    piled: Counter[int] = Counter()
    dots = []
    for pair, value in sorted(far, key=lambda entry: entry[1]):
        column = min(int(BINS * value / most), BINS - 1)
        dots.append(
            {
                "x": round((column + 0.5) * WIDTH / BINS, 2),
                "y": piled[column] * STEP,
                "key": pair["key"],
                "kind": kind_of(pair),
                "value": round(value, 3),
            }
        )
        piled[column] += 1
    return {
        "unit": "× noise" if floor else "1 - SSIM",
        "most": round(most, 3),
        "height": max(max(piled.values()) * STEP + STEP, LEAST_HEIGHT),
        "dots": dots,
        "lines": [{"x": round(WIDTH * value / most, 2), "label": label} for value, label in lines],
        "missing": len(listed) - len(far),
    }


def _distance(pair: Mapping[str, Any], floor: float | None) -> float | None:
    primary = pair.get("primary") or {}
    if pair["class"] == "identical":
        return 0.0
    value = pair.get("ssim") if pair.get("ssim") is not None else primary.get("value")
    if value is None or (pair.get("ssim") is None and primary.get("metric") != "ssim_mean"):
        return None
    return float((1 - value) / floor) if floor else float(1 - value)


def _limits(pairs: list[Mapping[str, Any]], floor: float | None) -> list[tuple[float, str]]:
    """The threshold of `same`, and the noise itself."""
    primaries = [pair.get("primary") or {} for pair in pairs]
    limits = {
        float(primary["threshold"])
        for primary in primaries
        if primary.get("metric") == "ssim_mean" and primary.get("threshold") is not None
    }
    scale = floor or 1.0
    found = [((1 - limit) / scale, f"the same, up to here (SSIM {limit:g})") for limit in sorted(limits)[:1]]
    return [(1.0, "the noise"), *found] if floor else found
