"""One spelling for one meaning: canonical JSON bytes and their SHA-256.

UTF-8, sorted keys, no white space, no NaN or infinity, integers without a point, floats rounded to 12 significant
digits (a value that came through a browser's sliders as 5.000000000000001 is 5). Two values that mean the same
have one digest.
"""

from __future__ import annotations

import hashlib
import json
import math
from typing import Any

SIGNIFICANT_DIGITS = 12  # design/preset-format: what survives a browser's float arithmetic


def normalized(value: Any) -> Any:
    """The same value with numbers in their one spelling. Raises ValueError on NaN and infinity, and on keys that
    are not text."""
    if isinstance(value, bool) or value is None or isinstance(value, (str, int)):
        return value
    if isinstance(value, float):
        return _number(value)
    if isinstance(value, dict):
        if not all(isinstance(key, str) for key in value):
            raise ValueError("keys must be text")
        return {key: normalized(inner) for key, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [normalized(inner) for inner in value]
    raise ValueError(f"{type(value).__name__} has no JSON form")


def _number(value: float) -> int | float:
    if not math.isfinite(value):
        raise ValueError("NaN and infinity are not allowed")
    rounded = float(f"{value:.{SIGNIFICANT_DIGITS}g}")
    return int(rounded) if rounded.is_integer() and abs(rounded) < 2**53 else rounded


def canonical_bytes(value: Any) -> bytes:
    """Canonical UTF-8 JSON of a JSON-shaped value."""
    text = json.dumps(normalized(value), ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)
    return text.encode("utf-8")


def readable_bytes(value: Any) -> bytes:
    """The same value for people and Git: two-space indent, sorted keys, one newline at the end."""
    text = json.dumps(normalized(value), ensure_ascii=False, sort_keys=True, indent=2, allow_nan=False)
    return text.encode("utf-8") + b"\n"


def digest(value: Any) -> str:
    """SHA-256 (64 hex digits) over the canonical bytes."""
    return hashlib.sha256(canonical_bytes(value)).hexdigest()
