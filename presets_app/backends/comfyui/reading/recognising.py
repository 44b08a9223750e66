"""Tells which format a file is in, and finds the graph inside what servers and files wrap around it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal, NamedTuple

_WRAPPERS = (("prompt",), ("extra_data", "extra_pnginfo", "workflow"), ("extra_pnginfo", "workflow"), ("workflow",))


MOST_NODES = 60_000
_MOST_LINKS = 300_000
"""A workflow that people work with has hundreds of nodes; these keep reading within seconds and 500 MiB."""


class Found(NamedTuple):
    graph: Mapping[str, Any]
    form: Literal["ui", "api"]
    pointer: str


def found_in(value: Any) -> Found | None:
    """The graph itself, else the first one that a wrapper holds. The API graph goes before the drawing that made it,
    because it is what was sent."""
    pointer = ""
    if isinstance(value, Mapping) and isinstance(value.get("input"), Mapping) and form_of(value) is None:
        value, pointer = value["input"], "/input"
    form = form_of(value)
    if form is not None:
        return Found(value, form, pointer)
    for way in _WRAPPERS:
        inner: Any = value
        for key in way:
            inner = inner.get(key) if isinstance(inner, Mapping) else None
        form = form_of(inner)
        if form is not None:
            return Found(inner, form, pointer + "/" + "/".join(way))
    return None


def form_of(value: Any) -> Literal["ui", "api"] | None:
    """UI where `nodes` is a list; API where entries have a class_type. A stray entry does not make it another file."""
    if not isinstance(value, Mapping) or not value:
        return None
    if isinstance(value.get("nodes"), list):
        return "ui"
    typed = (isinstance(one, Mapping) and isinstance(one.get("class_type"), str) for one in value.values())
    return "api" if any(typed) else None


def is_too_large(found: Found) -> bool:
    """Whether there are more nodes or links than are read, those in the definitions of subgraphs counted."""
    if found.form == "api":
        return len(found.graph) > MOST_NODES
    nodes = links = 0
    waiting: list[Any] = [found.graph]
    while waiting:
        sheet = waiting.pop()
        if not isinstance(sheet, Mapping):
            continue
        nodes += _length(sheet.get("nodes"))
        links += _length(sheet.get("links"))
        definitions = sheet.get("definitions")
        inner = definitions.get("subgraphs") if isinstance(definitions, Mapping) else None
        waiting.extend(inner if isinstance(inner, list) else [])
    return nodes > MOST_NODES or links > _MOST_LINKS


def _length(value: Any) -> int:
    return len(value) if isinstance(value, list) else 0
