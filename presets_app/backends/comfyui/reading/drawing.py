"""Reads the sheets of a UI workflow. What is not as it should be is said and left out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from presets_app.backends.comfyui.graph import Mode
from presets_app.backends.comfyui.reading.broadcasts import add_broadcasts
from presets_app.backends.comfyui.reading.findings import Findings, called
from presets_app.backends.comfyui.reading.literals import MOST_SLOTS, as_id, slot_number
from presets_app.backends.comfyui.reading.sheets import (
    BYPASSED,
    INPUT_NODE,
    MUTED,
    OUTPUT_NODE,
    Drawn,
    Port,
    Sheet,
    Slot,
    Wire,
)

_SAVE_AGAIN = "Open the workflow in ComfyUI, look at this place and save it again."
_ARRAY_LINK = 5  # id, origin, its slot, target, its slot (and a type)


def sheet_of(value: Mapping[str, Any], pointer: str, findings: Findings) -> Sheet:
    """The workflow, or one definition of a subgraph, that stands at `pointer`."""
    wires = dict(_wires(_listed(value.get("links"))))
    input_node = _end_node(value.get("inputNode"), INPUT_NODE)
    output_node = _end_node(value.get("outputNode"), OUTPUT_NODE)
    inlets: dict[int, list[str]] = {}
    outlets: dict[int, list[str]] = {}
    for link, wire in wires.items():
        if wire.origin == input_node:
            inlets.setdefault(wire.origin_slot, []).append(link)
        if wire.target == output_node:
            outlets.setdefault(wire.target_slot, []).append(link)
    inputs = tuple(_ports(value.get("inputs"), inlets))
    nodes = _nodes(value.get("nodes"), f"{pointer}/nodes", findings)
    if not add_broadcasts(value.get("extra"), nodes, wires):
        said = "Anything Everywhere nodes connect inputs by rule, and the file does not list which."
        hint = "Save it again with a current version of that node pack, or export it in API format."
        findings.add("graph_links_by_rule", "warning", said, hint, f"{pointer}/nodes")
    return Sheet(
        id=as_id(value.get("id")) or "",
        name=_text(value.get("name")),
        nodes=nodes,
        wires=wires,
        inputs=inputs,
        outputs=tuple(_ports(value.get("outputs"), outlets)),
        input_node=input_node,
        output_node=output_node,
        positions={port.name: index for index, port in reversed(list(enumerate(inputs)))},
    )


def definitions_in(workflow: Mapping[str, Any], pointer: str, findings: Findings) -> dict[str, Sheet]:
    """All definitions of subgraphs by id, those inside other definitions too."""
    found: dict[str, Sheet] = {}
    waiting = [(workflow, pointer)]
    while waiting:
        holder, place = waiting.pop()
        definitions = holder.get("definitions")
        listed = definitions.get("subgraphs") if isinstance(definitions, Mapping) else None
        for index, one in enumerate(_listed(listed)):
            where = f"{place}/definitions/subgraphs/{index}"
            if not isinstance(one, Mapping) or not as_id(one.get("id")):
                findings.add(
                    "graph_subgraph_invalid", "warning", "A subgraph's definition has no id.", _SAVE_AGAIN, where
                )
                continue
            waiting.append((one, where))
            found.setdefault(as_id(one["id"]) or "", sheet_of(one, where, findings))
    return found


def _nodes(value: Any, pointer: str, findings: Findings) -> dict[str, Drawn]:
    nodes: dict[str, Drawn] = {}
    for index, one in enumerate(_listed(value)):
        where = f"{pointer}/{index}"
        drawn = drawn_node(one, where)
        if drawn is None:
            findings.add(
                "graph_node_invalid", "warning", "An entry among the nodes has no id or no type.", _SAVE_AGAIN, where
            )
        elif drawn.id in nodes:
            _say_twice(nodes[drawn.id], drawn, findings)
        else:
            nodes[drawn.id] = drawn
    return nodes


def _say_twice(first: Drawn, second: Drawn, findings: Findings) -> None:
    one, other = called(first.id, first.class_type, first.title), called(second.id, second.class_type, second.title)
    said = f"Two nodes have the id {first.id}: {one} and {other}. The second is left out."
    hint = "Give one of them another id, or copy it and delete the old one."
    findings.add("graph_node_twice", "error", said, hint, second.pointer)


def drawn_node(value: Any, pointer: str) -> Drawn | None:
    """A node of the file; None where it has no id or type to know it by."""
    if not isinstance(value, Mapping):
        return None
    identifier, class_type = as_id(value.get("id")), value.get("type")
    if identifier is None or not isinstance(class_type, str) or not class_type:
        return None
    properties, named, outputs = value.get("properties"), value.get("widgets_values_named"), value.get("outputs")
    values = value.get("widgets_values")
    return Drawn(
        id=identifier,
        class_type=class_type,
        title=_text(value.get("title")),
        mode=mode_of(value.get("mode")),
        inputs=tuple(_slots(value.get("inputs"))),
        outputs=tuple(_slots(outputs)) if isinstance(outputs, list) else None,
        values=values if isinstance(values, list | Mapping) else None,
        named=named if isinstance(named, Mapping) else {},
        properties=properties if isinstance(properties, Mapping) else {},
        pointer=pointer,
    )


def mode_of(value: Any) -> Mode:
    if value == MUTED:
        return "muted"
    return "bypassed" if value == BYPASSED else "active"


def _slots(value: Any) -> Iterator[Slot]:
    for one in _listed(value)[:MOST_SLOTS]:
        entry = one if isinstance(one, Mapping) else {}
        widget = entry.get("widget")
        name = widget.get("name") if isinstance(widget, Mapping) else None
        link = entry.get("link")
        yield Slot(
            _text(entry.get("name")),
            _type_text(entry.get("type")),
            as_id(link) if link is not None else None,
            name if isinstance(name, str) and name else None,
        )


def _type_text(value: Any) -> str:
    """A link type as text: lists of options are COMBO, and what is left open is "*"."""
    if isinstance(value, list):
        return "COMBO"
    return value if isinstance(value, str) and value else "*"


def _wires(links: list[Any]) -> Iterator[tuple[str, Wire]]:
    for link in links:
        if isinstance(link, Mapping):
            parts = [link.get(key) for key in ("id", "origin_id", "origin_slot", "target_id", "target_slot")]
        else:
            parts = link[:_ARRAY_LINK] if isinstance(link, list) else []
        if len(parts) < _ARRAY_LINK:
            continue
        identifier, origin, target = as_id(parts[0]), as_id(parts[1]), as_id(parts[3])
        origin_slot, target_slot = slot_number(parts[2]), slot_number(parts[4])
        if identifier and origin and target and origin_slot is not None:
            yield identifier, Wire(origin, origin_slot, target, -1 if target_slot is None else target_slot)


def _ports(value: Any, links: Mapping[int, list[str]]) -> Iterator[Port]:
    """The links of a port are those that it lists, in that order, then others that say they belong to it."""
    for index, one in enumerate(_listed(value)[:MOST_SLOTS]):
        entry = one if isinstance(one, Mapping) else {}
        present = dict.fromkeys(links.get(index, ()))
        listed = [link for link in map(as_id, _listed(entry.get("linkIds"))) if link in present]
        yield Port(_text(entry.get("name")), _type_text(entry.get("type")), tuple(dict.fromkeys((*listed, *present))))


def _end_node(value: Any, usual: str) -> str:
    return (as_id(value.get("id")) or usual) if isinstance(value, Mapping) else usual


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []
