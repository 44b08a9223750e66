"""JSON from strangers: bounded before it is parsed, no NaN, no duplicate keys."""

from __future__ import annotations

import json
import math
import re
from typing import Any, NoReturn

from presets_app.core.documents.limits import Limits, Unreadable, too_deep, too_many_nodes
from presets_app.core.secrets import shown

# Strings are skipped whole. Possessive, and an unclosed string runs to the end, so the scan is linear in any text.
_TOKENS = re.compile(r'"(?:[^"\\]++|\\.|\\\Z)*+(?:"|\Z)|[\[\]{},]', re.DOTALL)


def read_json(text: str, limits: Limits) -> Any:
    """The value. Raises Unreadable."""
    _bound(text, limits)
    try:
        return json.loads(
            text,
            parse_constant=_no_constant,
            parse_float=finite,
            parse_int=lambda digits: bounded_int(digits, limits),
            object_pairs_hook=_without_duplicates,
        )
    except json.JSONDecodeError as fault:
        raise Unreadable(
            "json_invalid",
            f"The JSON breaks off at line {fault.lineno}, column {fault.colno}: {_reason(fault.msg)}.",
            "Check the quotes, commas and brackets just before that place.",
        ) from None
    except RecursionError:
        raise too_deep("an unknown place", limits) from None


def _reason(message: str) -> str:
    words = message.removesuffix(" starting at").removesuffix(" at").replace("'", '"')
    return words[:1].lower() + words[1:]


def _bound(text: str, limits: Limits) -> None:
    depth, nodes = 0, 1
    for token in _TOKENS.finditer(text):
        sign = token[0]
        if sign in "[{":
            depth, nodes = depth + 1, nodes + 1
        elif sign in "]}":
            depth -= 1
        elif sign == ",":
            nodes += 1
        if depth > limits.depth:
            raise too_deep(place(text, token.start()), limits)
        if nodes > limits.nodes:
            raise too_many_nodes(place(text, token.start()), limits)


def place(text: str, index: int) -> str:
    line = text.count("\n", 0, index) + 1
    return f"line {line}, column {index - text.rfind(chr(10), 0, index)}"


def _no_constant(name: str) -> NoReturn:
    raise not_finite(name)


def not_finite(name: str) -> Unreadable:
    return Unreadable(
        "number_not_finite", f"{name} is not a number a preset can hold.", "Leave the field out if it is unknown."
    )


def finite(digits: str) -> float:
    value = float(digits)
    if not math.isfinite(value):
        raise not_finite(f"{digits[:20]} (more than a float can hold)")
    return value


def bounded_int(digits: str, limits: Limits) -> int:
    if len(digits) > limits.number:
        raise Unreadable(
            "number_too_long",
            f"A whole number has {len(digits):,} characters; at most {limits.number} are read.",
            "The largest number a preset uses is a seed, below 2^64 (20 digits).",
        )
    return int(digits)


def _without_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in pairs:
        if key in found:
            raise duplicate_key(key)
        found[key] = value
    return found


def duplicate_key(key: str, where: str = "") -> Unreadable:
    return Unreadable(
        "key_duplicate",
        f"The key {shown(key)} stands twice in one object{where}.",
        "Keep one of the two: readers differ in which one they would take.",
    )
