"""Typed looks into a document that may have any shape."""

from __future__ import annotations

import re
from collections.abc import Iterator
from fractions import Fraction
from typing import Any

_RATE = re.compile(r"([1-9][0-9]{0,6})/([1-9][0-9]{0,6})")


def whole(value: Any) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def number(value: Any) -> float | None:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return None
    return float(value) if abs(value) < 2**63 else None


def fraction(value: Any) -> Fraction | None:
    """A rate as the document spells it, a number or "30000/1001"; None for anything else."""
    if isinstance(value, str):
        match = _RATE.fullmatch(value)
        return Fraction(int(match[1]), int(match[2])) if match else None
    plain = number(value)
    return Fraction(plain).limit_denominator(100_000) if plain is not None and plain > 0 else None


def stages_of(document: dict[str, Any]) -> Iterator[tuple[int, dict[str, Any]]]:
    stages = document.get("stages")
    for index, stage in enumerate(stages if isinstance(stages, list) else ()):
        if isinstance(stage, dict):
            yield index, stage


def section(document: dict[str, Any], name: str) -> dict[str, Any]:
    value = document.get(name)
    return value if isinstance(value, dict) else {}
