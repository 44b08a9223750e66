"""What was typed into a form, back into the document that the form was made from."""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from typing import Any

from presets_app.core.editing.description import describe
from presets_app.core.editing.parts import Field
from presets_app.core.editing.values import ABSENT, same, value_of
from presets_app.core.pointers import joined, parts_of, value_at


def applied(document: dict[str, Any], typed: Mapping[str, str]) -> dict[str, Any]:
    """The document with what was typed. `typed` is {pointer: text} of the form for this very document; a pointer that
    the form does not have is ignored, and a field that says what it said before is not written."""
    changed = deepcopy(document)
    for field in describe(document).every():
        text = typed.get(field.path)
        if text is not None and not same(field.kind, text, field.text):
            _write(changed, field, value_of(field.kind, text.replace("\r\n", "\n")))
    return changed


def _write(document: dict[str, Any], field: Field, value: Any) -> None:
    if value is ABSENT and field.required and field.kind in ("line", "prose"):
        value = ""
    parts = parts_of(field.path)
    if value is ABSENT:
        _take_out(document, parts)
    else:
        _put(document, parts, value)


def _put(document: dict[str, Any], parts: list[str], value: Any) -> None:
    at: Any = document
    for part in parts[:-1]:
        if isinstance(at, list):
            at = at[int(part)]
            continue
        if not isinstance(at.get(part), (dict, list)):
            at[part] = {}
        at = at[part]
    if isinstance(at, list):
        at[int(parts[-1])] = value
    else:
        at[parts[-1]] = value


def _take_out(document: dict[str, Any], parts: list[str]) -> None:
    above = value_at(document, joined(parts[:-1]))
    if isinstance(above, list):
        above[int(parts[-1])] = ""  # an element goes by its own button
    elif isinstance(above, dict):
        above.pop(parts[-1], None)
        if not above and len(parts) == 2 and parts[0] != "models":
            document.pop(parts[0], None)  # an object that the last field left says nothing
