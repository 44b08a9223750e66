"""Other take or something else? Statistics of whole clips, where the pictures cannot be compared point by point."""

from __future__ import annotations

from typing import Any

from presets_app.core import parity_thresholds as gate
from presets_app.core.parity_reasons import number

Facts = dict[str, Any]


def far_apart(video: Facts) -> list[str]:
    """The weight-free statistics in which the two clips are too unlike for takes of one shot, as short phrases."""
    between = video["between"]
    found = []
    for name, (low, high) in gate.SHOT_LIMITS.items():
        value = number(between.get(name))
        if value is not None and not low <= value <= high:
            found.append(f"{name.replace('_', ' ')} {value:g} (takes of one shot: {low:g} to {high:g})")
    overlap = number(between.get("histogram_overlap"))
    if overlap is not None and overlap < gate.HISTOGRAM_OVERLAP and len(found) == 1:
        found.append("hardly any colour in common")
    return found
