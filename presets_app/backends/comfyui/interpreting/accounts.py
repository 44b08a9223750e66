"""What became of every literal of the file."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from presets_app.backends.comfyui.graph import Graph, Link, Node
from presets_app.backends.comfyui.interpreting.draft import Draft, portable
from presets_app.backends.comfyui.interpreting.found import Place, tidy
from presets_app.core.losses import Loss, LossStatus
from presets_app.core.pointers import value_at

_UNUSED = "A preset has no place for it."
_ELSEWHERE = "Nothing in the video depends on this node."
_FORM = "Describes how the graph is shown or queued."


def losses_of(draft: Draft, reached: set[str]) -> list[Loss]:
    """One entry or more for each literal; `reached` are the nodes that the video depends on."""
    graph = draft.graph
    entries: list[Loss] = []
    for node in graph.nodes.values():
        for name, pointer in _literals(node):
            entries += _entries(draft, node, name, pointer, node.id in reached)
    for node in graph.off:
        note = "The node is muted." if node.mode == "muted" else "The node is bypassed."
        entries += [_dropped(pointer, node.inputs.get(name), note) for name, pointer in _literals(node)]
    entries += [_dropped(pointer, value, _FORM) for pointer, value in graph.other_fields.items()]
    return _once(graph, entries)


def _literals(node: Node) -> Iterator[tuple[str, str]]:
    """(input, pointer into the file) of each literal of a node."""
    for name, value in node.inputs.items():
        if not isinstance(value, Link):
            yield name, node.fields.get(name) or f"{node.pointer}/inputs/{name}"


def _entries(draft: Draft, node: Node, name: str, pointer: str, reached: bool) -> list[Loss]:
    place, value = Place(node.id, name), node.inputs[name]
    paths = draft.placed.get(place, [])
    if not paths:
        return [_dropped(pointer, value, draft.remarks.get(place, _UNUSED if reached else _ELSEWHERE))]
    return [_kept(draft.document, path, pointer, value) for path in paths]


def _kept(document: dict[str, Any], path: str, pointer: str, value: Any) -> Loss:
    held = value_at(document, path)
    status: LossStatus = "mapped"
    note = ""
    if held is None:
        note = "Decides that the field is left out."
    elif held == value and type(held) is type(value):
        status = "carried"
    elif isinstance(value, (int, float)) and isinstance(held, (int, float)) and held == tidy(value):
        status, note = "carried", "Rounded to 12 significant digits." if held != value else ""
    elif isinstance(value, str) and held == portable(value):
        note = "Written with forward slashes."
    elif not isinstance(held, (list, dict)):
        note = "One of the values that decide the field."
    return Loss(path, status, pointer, held, value, note)


def _dropped(pointer: str, value: Any, note: str) -> Loss:
    return Loss("", "dropped", pointer, None, value, note)


def _once(graph: Graph, entries: list[Loss]) -> list[Loss]:
    """Entries without repeats. A literal that several nodes share (a widget of a subgraph) is dropped only where no
    node keeps it."""
    kept = {entry.target_path for entry in entries if entry.status != "dropped"}
    found: dict[tuple[str, str], Loss] = {}
    for entry in entries:
        if entry.status != "dropped" or entry.target_path not in kept:
            found.setdefault((entry.path, entry.target_path), entry)
    return list(found.values())
