"""Values as people read them."""

from __future__ import annotations

import json
from typing import Any


def spelled(value: Any) -> str:
    """A value as text: words as they are, absent as "not stated", structures as compact JSON."""
    if value is None:
        return "not stated"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, str):
        return value if value else "(empty)"
    if isinstance(value, (dict, list, tuple)):
        return json.dumps(value, ensure_ascii=False, default=str)
    return str(value)


def is_prose(before: Any, after: Any) -> bool:
    """Whether a word diff reads better than the two values one after the other."""
    return isinstance(before, str) and isinstance(after, str) and min(before.count(" "), after.count(" ")) >= 2
