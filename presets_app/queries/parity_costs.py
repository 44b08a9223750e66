"""Time, peak memory and cost of both sides of a check, beside its pictures."""

from __future__ import annotations

from decimal import Decimal
from statistics import median
from typing import Any

from django.db.models import Max, Sum

from presets_app.models import Attempt, Check, Item

GIB = 1024**3


def of_check(check: Check) -> dict[str, Any]:
    """{"left", "right", "ratio"}: sides as `_side`, and how many times as long the right side takes as the left, the
    median over the pairs that both rendered; None where a side has no times."""
    pairs = list(check.pairs.select_related("left", "right"))
    both = [(pair.left.seconds, pair.right.seconds) for pair in pairs]
    ratios = [right / left for left, right in both if left and right]
    return {
        "left": _side([pair.left for pair in pairs]),
        "right": _side([pair.right for pair in pairs]),
        "ratio": round(median(ratios), 3) if ratios else None,
    }


def _side(items: list[Item]) -> dict[str, Any]:
    """Seconds are of one input, peak memory in GiB of the largest; `cost` is what was quoted, as text, with how many
    inputs it is for."""
    times = [item.seconds for item in items if item.seconds]
    warm = [item.seconds for item in items if item.seconds and item.warm]
    peaks = [item.peak_memory for item in items if item.peak_memory]
    money = _quoted(items)
    return {
        "seconds": round(median(times), 3) if times else None,
        "seconds_warm": round(median(warm), 3) if warm else None,
        "seconds_all": round(sum(times), 3) if times else None,
        "peak_gib": round(max(peaks) / GIB, 3) if peaks else None,
        "inputs": len(items),
        **money,
    }


def _quoted(items: list[Item]) -> dict[str, Any]:
    rows = Attempt.objects.filter(item__in=[item.pk for item in items], quote__isnull=False)
    found = rows.aggregate(total=Sum("quote"), currency=Max("currency"))
    total: Decimal | None = found["total"]
    count = rows.values("item").distinct().count()
    each = f"{total / count:.4f}" if total is not None and count else None
    return {
        "cost": f"{total:.4f}" if total is not None else None,
        "cost_each": each,
        "currency": found["currency"] or "",
    }


def shown(check: Check) -> list[dict[str, Any]]:
    """For the page: [{label, left, right, note}], only rows of which at least one side knows something."""
    found = of_check(check)
    left, right = found["left"], found["right"]
    ratio = f"{found['ratio']:g} x on the right" if found["ratio"] else ""
    rows = [
        ("Time of one input, median", "seconds", "s", ratio),
        ("The same, warm", "seconds_warm", "s", ""),
        ("Time of all", "seconds_all", "s", ""),
        ("Peak memory", "peak_gib", "GiB", ""),
        ("Quoted for one input", "cost_each", "", ""),
        ("Quoted for all", "cost", "", ""),
    ]
    return [
        {"label": label, "left": _said(left, name, unit), "right": _said(right, name, unit), "note": note}
        for label, name, unit, note in rows
        if left[name] is not None or right[name] is not None
    ]


def _said(side: dict[str, Any], name: str, unit: str) -> str | None:
    value = side[name]
    return None if value is None else f"{value} {unit or side['currency']}".strip()
