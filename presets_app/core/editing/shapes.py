"""What the schema says of one field: its kind, choices, limits, and whether a saved revision needs it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from presets_app.core.editing.parts import Kind
from presets_app.core.schema import PRESET_SCHEMA, load_schema

_PROSE = 1000  # texts that may be longer get several lines
_TYPES: dict[str, Kind] = {"boolean": "switch", "integer": "whole", "number": "number"}


def node_at(parts: Sequence[str]) -> dict[str, Any]:
    """The schema of a place, by its parts with "*" for any element or name; {} for a place outside the format."""
    node: dict[str, Any] = load_schema(PRESET_SCHEMA)
    for part in parts:
        node = _below(node, part)
    return node


def _below(node: dict[str, Any], part: str) -> dict[str, Any]:
    properties = node.get("properties") or node.get("else", {}).get("properties", {})
    if part in properties:
        return dict(properties[part])
    below = node.get("items") if part == "*" and "items" in node else node.get("additionalProperties")
    return below if isinstance(below, dict) else {}


def names_below(parts: Sequence[str]) -> tuple[str, ...]:
    """The fields that an object at this place may have."""
    node = node_at(parts)
    return tuple(node.get("properties") or node.get("else", {}).get("properties", {}))


def kind_of(node: dict[str, Any]) -> Kind:
    if "enum" in node:
        return "choice"
    kind = node.get("type")
    if kind == "array":
        return "numbers" if node["items"].get("type") == "number" else "lines"
    if kind == "object":
        return "pairs"
    if isinstance(kind, list):
        return "rate" if "number" in kind else "line"
    if kind == "string":
        return "prose" if node.get("maxLength", 0) > _PROSE else "line"
    return _TYPES.get(str(kind), "line")


def is_required(parts: Sequence[str]) -> bool:
    return parts[-1] in node_at(parts[:-1]).get("required", ())
