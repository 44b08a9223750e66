"""A ComfyUI workflow, in either of its formats, as a draft document."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from presets_app.backends.base import Imported
from presets_app.backends.comfyui import reading
from presets_app.backends.comfyui.interpreting import interpret

_LOOKED_AT = 2000  # members of an object that are looked at to tell what it is


def recognises(value: Mapping[str, Any]) -> bool:
    """Whether an object is a workflow, bare or as ComfyUI's server and its files hold it. Cheap, never raises."""
    return _is_graph(value) or any(_is_graph(value.get(key)) for key in ("prompt", "workflow"))


def _is_graph(value: Any) -> bool:
    if not isinstance(value, Mapping):
        return False
    nodes = value.get("nodes")
    if isinstance(nodes, list):
        return "links" in value or "last_node_id" in value or any(_is_ui_node(node) for node in nodes[:5])
    members = [member for _, member in zip(range(_LOOKED_AT), value.values(), strict=False)]
    return any(isinstance(member, Mapping) and isinstance(member.get("class_type"), str) for member in members)


def _is_ui_node(node: Any) -> bool:
    return isinstance(node, Mapping) and "id" in node and "type" in node


def to_document(value: Mapping[str, Any]) -> Imported:
    """The workflow as a draft, with what became of each of its fields. Never raises for what recognises() took."""
    return interpret(reading.read(value))
