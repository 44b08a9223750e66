"""A value as it stands in a control, and back. What cannot be read stays the text that was typed: the schema then
says at that very place what is wrong with it, and nothing typed is lost."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable
from typing import Any, Final

from presets_app.core.canonical import normalized
from presets_app.core.editing.parts import Kind

ABSENT: Final = object()
_WHOLE = re.compile(r"[+-]?[0-9]{1,40}")
_BETWEEN = re.compile(r"[,;\s]+")
_LONGEST = 4000  # characters of one option; the longest list of numbers the format takes has 256
_WORDS = {"yes": True, "no": False}


def text_of(kind: Kind, value: Any) -> str:
    """The value in its control; "" for None. A value of another type than its field's is shown as JSON."""
    if value is None or isinstance(value, str):
        return value or ""
    if isinstance(value, bool) and kind == "switch":
        return "yes" if value else "no"
    if isinstance(value, list) and kind in ("numbers", "lines"):
        return (", " if kind == "numbers" else "\n").join(_entry(inner) for inner in value)
    if isinstance(value, dict) and kind == "pairs":
        return "\n".join(f"{name}: {_option(inner)}" for name, inner in value.items())
    return json.dumps(value, ensure_ascii=False)


def value_of(kind: Kind, text: str) -> Any:
    """What a control says: ABSENT for nothing, a value of the field's type, or the text when it is none."""
    plain = text.strip()
    if not plain:
        return ABSENT
    return text if kind == "prose" else _READERS.get(kind, str)(plain)


def same(kind: Kind, typed: str, shown: str) -> bool:
    """Whether a control still says what it was filled with: browsers change line breaks, and drop them from lines."""
    if kind in ("prose", "lines", "pairs", "numbers"):
        return _lined(typed) == _lined(shown)
    return typed == shown or typed == re.sub(r"[\r\n]", "", shown)


def _lined(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _number(text: str) -> Any:
    if _WHOLE.fullmatch(text):
        return int(text)
    try:
        value = float(text) if len(text) <= 40 and text.isascii() and "_" not in text else math.nan
    except ValueError:
        return text
    return normalized(value) if math.isfinite(value) else text


def _entry(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _option(value: Any) -> str:
    """Text without quotes, unless it would be read back as something else."""
    plain = isinstance(value, str) and "\n" not in value and value == value.strip() and _read(value) == value
    return str(value) if plain else json.dumps(value, ensure_ascii=False)


def _pairs(text: str) -> Any:
    """{name: value} of lines `name: value`; the text itself when a line is no pair, so that the fault can be named."""
    found: dict[str, Any] = {}
    for line in text.split("\n"):
        name, colon, value = line.partition(":")
        if not line.strip():
            continue
        if not colon or not name.strip() or name.strip() in found:
            return text
        found[name.strip()] = _read(value.strip())
    return found


def _read(text: str) -> Any:
    """A number, yes or no, or a list of such; everything else is the text that it is."""
    try:
        value = json.loads(text, parse_int=_digits, parse_constant=_refused) if len(text) <= _LONGEST else text
        flat = not isinstance(value, dict) and not _nested(value)
        return normalized(value) if flat else text
    except (ValueError, RecursionError):
        return text


def _nested(value: Any) -> bool:
    return isinstance(value, list) and any(isinstance(inner, (dict, list)) for inner in value)


def _digits(text: str) -> int:
    if len(text) > 40:
        raise ValueError("more digits than any field holds")
    return int(text)


def _refused(name: str) -> Any:
    raise ValueError(name)


def _switch(text: str) -> Any:
    return _WORDS.get(text, text)


def _numbers(text: str) -> Any:
    return [_number(part) for part in _BETWEEN.split(text.strip("[],; ")) if part]


def _lines(text: str) -> Any:
    return [line.strip() for line in text.split("\n") if line.strip()]


_READERS: dict[str, Callable[[str], Any]] = {
    "whole": _number,
    "number": _number,
    "rate": _number,
    "switch": _switch,
    "numbers": _numbers,
    "lines": _lines,
    "pairs": _pairs,
}
