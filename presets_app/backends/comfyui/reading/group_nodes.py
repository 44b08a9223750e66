"""Old group nodes (`workflow>name`), turned into the sheet that a subgraph of the same nodes would be.

The editor that made them named the inputs of a group after those inside: `seed`, then `KSampler seed` for the next of
that name, then `KSampler 2 seed`; its values follow the widgets inside, node after node.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from presets_app.backends.comfyui.node_schemas import NodeSchemas, Schema
from presets_app.backends.comfyui.reading.drawing import drawn_node
from presets_app.backends.comfyui.reading.findings import Findings
from presets_app.backends.comfyui.reading.literals import as_id, slot_number
from presets_app.backends.comfyui.reading.sheets import INPUT_NODE, OUTPUT_NODE, Drawn, Port, Sheet, Slot, Wire
from presets_app.core.pointers import joined

_PREFIXES = ("workflow>", "workflow/")  # of one length
_MOST_NODES = 5_000  # of one group


def group_name(class_type: str) -> str:
    """The group that a node's type names, "" for other types."""
    return class_type[len(_PREFIXES[0]) :] if class_type.startswith(_PREFIXES) else ""


def groups_in(extra: Any, pointer: str, schemas: NodeSchemas, findings: Findings) -> dict[str, Sheet]:
    listed = extra.get("groupNodes") if isinstance(extra, Mapping) else None
    found = {}
    for name, stated in listed.items() if isinstance(listed, Mapping) else ():
        where = joined(["extra", "groupNodes", name], pointer)
        if isinstance(stated, Mapping) and isinstance(stated.get("nodes"), list):
            found[str(name)] = _Group(stated, where, schemas).sheet(str(name))
        else:
            findings.add("graph_group_invalid", "warning", f"The group node {name!s:.80} lists no nodes.", source=where)
    return found


@dataclass
class _Input:
    """An input of the group: the inner node and input it stands for."""

    name: str
    node: str
    input: str
    type: str
    widget: bool


@dataclass
class _Group:
    stated: Mapping[str, Any]
    pointer: str
    schemas: NodeSchemas
    seen: dict[str, int] = field(default_factory=dict)
    inputs: list[_Input] = field(default_factory=list)
    entries: list[str | None] = field(default_factory=list)

    def sheet(self, name: str) -> Sheet:
        drawn = dict(self._drawn())
        wires = dict(self._wires(drawn))
        for node in drawn.values():
            self._expose(node, {(wire.target, wire.target_slot) for wire in wires.values()})
        inlets = {f"in{place}": one for place, one in enumerate(self.inputs)}
        outputs = list(self._outputs(drawn, wires))
        nodes = {key: self._linked(node, wires, inlets) for key, node in drawn.items()}
        for place, (link, one) in enumerate(inlets.items()):
            index = next((i for i, slot in enumerate(nodes[one.node].inputs) if slot.link == link), -1)
            wires[link] = Wire(INPUT_NODE, place, one.node, index)
        for place, (origin, slot, _) in enumerate(outputs):
            wires[f"out{place}"] = Wire(origin, slot, OUTPUT_NODE, place)
        return Sheet(
            id=f"group {name}", name=name, nodes=nodes, wires=wires,
            inputs=tuple(Port(one.name, one.type, (link,)) for link, one in inlets.items()),
            outputs=tuple(Port(kind, kind, (f"out{place}",)) for place, (_, _, kind) in enumerate(outputs)),
            entries=tuple(self.entries), positions={one.name: place for place, one in enumerate(self.inputs)},
        )  # fmt: skip

    def _drawn(self) -> Iterator[tuple[str, Drawn]]:
        for index, stated in enumerate(self.stated["nodes"][:_MOST_NODES]):
            if isinstance(stated, Mapping):
                node = drawn_node({**stated, "id": index, "mode": 0}, f"{self.pointer}/nodes/{index}")
                if node is not None:
                    yield node.id, node

    def _wires(self, drawn: Mapping[str, Drawn]) -> Iterator[tuple[str, Wire]]:
        """Links inside: [origin node, its output, target node, its input, ...]; nodes by their place in the group."""
        links = self.stated.get("links")
        for place, link in enumerate(links if isinstance(links, list) else []):
            parts = link[:4] if isinstance(link, list) else []
            if len(parts) < 4 or parts[0] is None or parts[2] is None:
                continue
            origin, target = as_id(parts[0]), as_id(parts[2])
            slot, into = slot_number(parts[1]), slot_number(parts[3])
            if origin in drawn and target in drawn and slot is not None and into is not None:
                yield f"link{place}", Wire(str(origin), slot, str(target), into)

    def _expose(self, node: Drawn, linked: set[tuple[str, int]]) -> None:
        """Names what the group shows of one node: its widgets, then its connections that nothing inside feeds."""
        schema = self.schemas.get(node.class_type)
        converted = {slot.widget for slot in node.inputs if slot.widget}
        for one in schema.fields if schema else ():
            if one.is_widget and one.name not in converted:
                name = self._name(node, one.name)
                self.entries.append(name)
                if one.control:
                    self.entries.append(None)
                self.inputs.append(_Input(name, node.id, one.name, one.kind, widget=True))
        for place, slot in enumerate(node.inputs):
            if (node.id, place) not in linked:
                self.inputs.append(_Input(self._name(node, slot.name), node.id, slot.name, slot.type, widget=False))

    def _name(self, node: Drawn, name: str) -> str:
        settings = self.stated.get("config")
        own = settings.get(node.id) if isinstance(settings, Mapping) else None
        inputs = own.get("input") if isinstance(own, Mapping) else None
        custom = inputs.get(name) if isinstance(inputs, Mapping) else None
        chosen = custom.get("name") if isinstance(custom, Mapping) else None
        key = shown = chosen if isinstance(chosen, str) and chosen else name
        if key in self.seen:
            title = node.title or node.class_type
            key = shown = f"{title} {name}"
            if key in self.seen:
                shown = f"{title} {self.seen[key]} {name}"
        self.seen[key] = self.seen.get(key, 1) + 1
        return shown

    def _outputs(self, drawn: Mapping[str, Drawn], wires: Mapping[str, Wire]) -> Iterator[tuple[str, int, str]]:
        """What the group gives out: (inner node, its output, type) for outputs not used inside or said to be shown."""
        external = self.stated.get("external")
        listed = (
            [one for one in external if isinstance(one, list) and len(one) > 1] if isinstance(external, list) else []
        )
        shown = {(as_id(one[0]), slot_number(one[1])) for one in listed}
        used = {(wire.origin, wire.origin_slot) for wire in wires.values()} - shown
        for node in drawn.values():
            for place, kind in enumerate(_output_types(node, self.schemas.get(node.class_type))):
                if (node.id, place) not in used:
                    yield node.id, place, kind

    def _linked(self, node: Drawn, wires: Mapping[str, Wire], inlets: Mapping[str, _Input]) -> Drawn:
        """The node with the links that lead into it, so that it reads like a node of a subgraph."""
        own = {wire.target_slot: link for link, wire in wires.items() if wire.target == node.id}
        into = {one.input: link for link, one in inlets.items() if one.node == node.id}
        slots = [
            slot._replace(link=own.get(place, into.pop(slot.name, None))) for place, slot in enumerate(node.inputs)
        ]
        slots += [Slot(name, inlets[link].type, link, name) for name, link in into.items()]
        return Drawn(
            node.id, node.class_type, node.title, node.mode, tuple(slots), node.outputs, node.values, node.named,
            node.properties, node.pointer,
        )  # fmt: skip


def _output_types(node: Drawn, schema: Schema | None) -> list[str]:
    if schema is not None:
        return [kind for _, kind in schema.outputs]
    return [slot.type for slot in node.outputs or ()]
