"""Numbers, sizes and times as people read them: units on every number, and "-" where nothing was measured."""

from __future__ import annotations

import datetime as dt
import math
from typing import Any

NOT_MEASURED = "-"
NBSP = "\u00a0"
MINUTE, HOUR, DAY = 60, 3600, 86400


def measured(value: Any) -> float | int | None:
    """`value` as a finite number, or None when there is no such number."""
    if value is None or value == "" or isinstance(value, bool):
        return None
    try:
        number = value if isinstance(value, int) else float(value)
    except (TypeError, ValueError):
        return None
    return number if math.isfinite(number) else None


def plain(value: Any, digits: int | None = None) -> str:
    """A number with thousands apart; at most 3 decimals unless `digits` says how many."""
    number = measured(value)
    if number is None:
        return NOT_MEASURED
    if digits is not None:
        return f"{number:,.{digits}f}"
    if isinstance(number, int) or float(number).is_integer():
        return f"{int(number):,}"
    return f"{number:,.3f}".rstrip("0").rstrip(".")


def with_unit(value: Any, unit: str, digits: int | None = None) -> str:
    text = plain(value, digits)
    return text if text == NOT_MEASURED else f"{text}{NBSP}{unit}"


def size(value: Any) -> str:
    """Bytes in binary units: 1536 is 1.5 KiB."""
    number = measured(value)
    if number is None:
        return NOT_MEASURED
    amount = float(number)
    for unit in ("B", "KiB", "MiB", "GiB"):
        if abs(amount) < 1024:
            return f"{amount:.0f}{NBSP}{unit}" if unit == "B" else f"{amount:.1f}{NBSP}{unit}"
        amount /= 1024
    return f"{amount:.1f}{NBSP}TiB"


def duration(value: Any) -> str:
    """Seconds as the two units that matter: 0.4 s, 12.4 s, 3 min 20 s, 5 h 10 min, 4 d 2 h."""
    number = measured(value)
    if number is None:
        return NOT_MEASURED
    seconds = float(number)
    if seconds < 10:
        return f"{seconds:.2f}{NBSP}s"
    if seconds < MINUTE:
        return f"{seconds:.1f}{NBSP}s"
    return _two_units(round(seconds))


def _two_units(seconds: int) -> str:
    for big, small, names in ((DAY, HOUR, ("d", "h")), (HOUR, MINUTE, ("h", "min")), (MINUTE, 1, ("min", "s"))):
        if seconds >= big:
            whole, rest = divmod(seconds, big)
            second = f" {rest // small}{NBSP}{names[1]}" if rest // small else ""
            return f"{whole}{NBSP}{names[0]}{second}"
    return f"{seconds}{NBSP}s"


def roughly(seconds: float) -> str:
    """A span in its one biggest unit, for "4 d ago"."""
    for length, name in ((DAY, "d"), (HOUR, "h"), (MINUTE, "min")):
        if seconds >= length:
            return f"{int(seconds // length)}{NBSP}{name}"
    return f"{int(seconds)}{NBSP}s"


def moment(value: Any) -> dt.datetime | None:
    """A datetime in UTC from a datetime or an ISO text; naive ones are taken as UTC."""
    if isinstance(value, str):
        try:
            value = dt.datetime.fromisoformat(value)
        except ValueError:
            return None
    if not isinstance(value, dt.datetime):
        return None
    return value.replace(tzinfo=dt.UTC) if value.tzinfo is None else value.astimezone(dt.UTC)


def relative(then: dt.datetime, now: dt.datetime) -> str:
    gap = (now - then).total_seconds()
    if abs(gap) < 5:
        return "just now"
    return f"{roughly(gap)} ago" if gap > 0 else f"in {roughly(-gap)}"


def timecode(seconds: Any) -> str:
    """00:01.708: minutes, seconds and milliseconds of a position in a clip."""
    number = measured(seconds)
    if number is None:
        return NOT_MEASURED
    minutes, rest = divmod(float(number), 60)
    return f"{int(minutes):02d}:{rest:06.3f}"
