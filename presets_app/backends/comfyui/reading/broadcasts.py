"""Links that Use Everywhere nodes make by rule. The file lists those that were in force when it was saved."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from presets_app.backends.comfyui.reading.literals import as_id, slot_number
from presets_app.backends.comfyui.reading.sheets import Drawn, Wire

BROADCASTERS = frozenset(("Anything Everywhere", "Anything Everywhere3", "Anything Everywhere?", "Prompts Everywhere"))


def add_broadcasts(extra: Any, nodes: dict[str, Drawn], wires: dict[str, Wire]) -> bool:
    """Adds the listed links to inputs that have none. False where such nodes are there and no links are listed."""
    listed = extra.get("ue_links") if isinstance(extra, Mapping) else None
    found = list(_wires(listed if isinstance(listed, list) else []))
    for number, wire in enumerate(found):
        node = nodes.get(wire.target)
        if node is None or wire.origin not in nodes or wire.target_slot >= len(node.inputs):
            continue
        slot = node.inputs[wire.target_slot]
        if slot.link is None:
            link = f"broadcast {number}"
            wires[link] = wire
            inputs = list(node.inputs)
            inputs[wire.target_slot] = slot._replace(link=link)
            nodes[node.id] = replace(node, inputs=tuple(inputs))
    waiting = (node for node in nodes.values() if node.class_type in BROADCASTERS and node.mode == "active")
    return bool(found) or next(waiting, None) is None


def _wires(listed: list[Any]) -> Iterator[Wire]:
    for one in listed:
        if not isinstance(one, Mapping):
            continue
        origin, target = as_id(one.get("upstream")), as_id(one.get("downstream"))
        origin_slot, target_slot = slot_number(one.get("upstream_slot")), slot_number(one.get("downstream_slot"))
        if origin and target and origin_slot is not None and target_slot is not None:
            yield Wire(origin, origin_slot, target, target_slot)
