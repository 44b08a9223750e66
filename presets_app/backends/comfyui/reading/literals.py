"""Which values of a file can be taken as they are."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, NamedTuple

_MOST_BITS = 132  # 40 decimal digits; the largest seed has 20
_MOST_MEMBERS = 100_000
MOST_SLOTS = 2_000  # inputs or outputs of one node


class Stated(NamedTuple):
    """A value and the JSON pointer of where it stands in the file."""

    value: Any
    pointer: str


def is_sound(value: Any) -> bool:
    """Whether a value and all its members are JSON that others read alike: no NaN, no infinity, no endless digits."""
    waiting, looked = [value], 0
    while waiting:
        one = waiting.pop()
        looked += 1
        if looked > _MOST_MEMBERS or not _is_sound_member(one):
            return False
        if isinstance(one, Mapping):
            waiting.extend(one.values())
        elif isinstance(one, list):
            waiting.extend(one)
    return True


def _is_sound_member(value: Any) -> bool:
    if isinstance(value, float):
        return math.isfinite(value)
    if isinstance(value, int):
        return value.bit_length() <= _MOST_BITS
    return value is None or isinstance(value, str | Mapping | list)


def unwrapped(value: Any) -> Any:
    """A list is written {"__value__": [...]}, because a bare list would be taken for a link."""
    if isinstance(value, Mapping) and isinstance(value.get("__value__"), list):
        return value["__value__"]
    return value


def as_id(value: Any) -> str | None:
    """The id of a node or link as text; None where it is neither a whole number nor a name."""
    if isinstance(value, bool):
        return None
    if isinstance(value, float) and value.is_integer() and abs(value) < 2**53:
        return str(int(value))
    if isinstance(value, int):
        return str(value) if value.bit_length() <= _MOST_BITS else None
    return value if isinstance(value, str) and 0 < len(value) <= 200 else None


def slot_number(value: Any) -> int | None:
    """The number of an input or output; None where it is none."""
    if isinstance(value, str) and value.isdecimal() and len(value) < 6:
        return int(value)
    whole = isinstance(value, int) and not isinstance(value, bool)
    return value if whole and 0 <= value < MOST_SLOTS else None
