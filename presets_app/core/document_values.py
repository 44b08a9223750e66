"""A preset document with single values changed, for a question about it; the saved revision stays as it is."""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from typing import Any

from presets_app.core.errors import Invalid
from presets_app.core.pointers import parts_of


def with_values(document: Mapping[str, Any], values: Mapping[str, Any]) -> dict[str, Any]:
    """The document with each JSON pointer of `values` set, None taking the member out. Objects that are missing on
    the way are made. Raises Invalid for a place that cannot be."""
    result: dict[str, Any] = deepcopy(dict(document))
    for pointer, value in values.items():
        parts = parts_of(pointer)
        if not parts:
            raise _nowhere(pointer)
        _place(_holder(result, parts[:-1], pointer), parts[-1], value, pointer)
    return result


def _holder(inside: Any, parts: list[str], pointer: str) -> Any:
    for part in parts:
        if isinstance(inside, dict):
            inside = inside.setdefault(part, {})
        elif isinstance(inside, list) and part.isdecimal() and int(part) < len(inside):
            inside = inside[int(part)]
        else:
            raise _nowhere(pointer)
    return inside


def _place(holder: Any, name: str, value: Any, pointer: str) -> None:
    if isinstance(holder, dict):
        if value is None:
            holder.pop(name, None)
        else:
            holder[name] = deepcopy(value)
    elif isinstance(holder, list) and name.isdecimal() and int(name) < len(holder) and value is not None:
        holder[int(name)] = deepcopy(value)
    else:
        raise _nowhere(pointer)


def _nowhere(pointer: str) -> Invalid:
    hint = "Name it as in the document, such as /runtime/vae_tiling or /stages/0/shift."
    return Invalid(f"This preset has no place {pointer[:80]!r}.", code="no_such_place", hint=hint)
