"""Fixes as values: what a fix changes, and the document with it changed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from presets_app.core.pointers import joined, parts_of


class Remove:
    """The type of REMOVE: a change that takes the field away."""

    def __repr__(self) -> str:
        return "REMOVE"


REMOVE: Final = Remove()


@dataclass(frozen=True)
class Change:
    """`value` is set at the pointer, or the field taken away for REMOVE. Objects on the way are made."""

    pointer: str
    value: Any

    def as_json(self) -> dict[str, Any]:
        if isinstance(self.value, Remove):
            return {"pointer": self.pointer, "remove": True}
        return {"pointer": self.pointer, "value": self.value}


@dataclass(frozen=True)
class Fix:
    """`label` is what the button says."""

    label: str
    changes: tuple[Change, ...]

    def as_json(self) -> dict[str, Any]:
        return {"label": self.label, "changes": [change.as_json() for change in self.changes]}


def setting(label: str, pointer: str, value: Any) -> Fix:
    return Fix(label, (Change(pointer, value),))


def removing(label: str, pointer: str) -> Fix:
    return Fix(label, (Change(pointer, REMOVE),))


def apply(document: dict[str, Any], fix: Fix) -> dict[str, Any]:
    """A new document with the changes made in order. Raises ValueError for a pointer that leads nowhere."""
    mended: dict[str, Any] = _fresh(document)
    for change in fix.changes:
        _make(mended, parts_of(change.pointer), change.value)
    return mended


def _fresh(value: Any) -> Any:
    """A copy in which nothing is shared: a YAML alias may stand in two places, and one of them is mended."""
    if isinstance(value, dict):
        return {key: _fresh(inner) for key, inner in value.items()}
    return [_fresh(inner) for inner in value] if isinstance(value, list) else value


def _make(document: dict[str, Any], parts: list[str], value: Any) -> None:
    if not parts:
        raise ValueError("a fix changes fields, not the whole document")
    holder: Any = document
    for part in parts[:-1]:
        holder = holder.setdefault(part, {}) if isinstance(holder, dict) else holder[_place(holder, part)]
    last = parts[-1]
    if not isinstance(holder, dict):
        at = _place(holder, last)
        holder[at : at + 1] = [] if isinstance(value, Remove) else [_fresh(value)]
    elif isinstance(value, Remove):
        holder.pop(last, None)
    else:
        holder[last] = _fresh(value)


def _place(holder: Any, part: str) -> int:
    if not isinstance(holder, list) or not part.isdecimal() or int(part) >= len(holder):
        raise ValueError(f"there is nothing at {joined((part,))} to change")
    return int(part)
