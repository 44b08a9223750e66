"""Which snapshot is a last known good: one with passing evidence on every side it holds."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any


def lacks(sides: dict[str, dict[str, Any]]) -> list[str]:
    """The targets whose evidence is missing or did not pass; empty means the snapshot is known good."""
    return [target for target, side in sorted(sides.items()) if not _passes(side)]


def is_known_good(sides: dict[str, dict[str, Any]]) -> bool:
    return bool(sides) and not lacks(sides)


def choose(history: Iterable[dict[str, Any]]) -> dict[str, Any] | None:
    """The newest known good of a history given newest first ({"sides": {...}} each), or None."""
    return next((snapshot for snapshot in history if is_known_good(snapshot["sides"])), None)


def _passes(side: dict[str, Any]) -> bool:
    evidence = side.get("evidence") or {}
    return evidence.get("verdict") in ("pass", "accepted")
