"""One drawn graph as the file has it: the workflow itself, a subgraph's definition or an old group's."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from presets_app.backends.comfyui.graph import Mode

INPUT_NODE, OUTPUT_NODE = "-10", "-20"
MUTED, BYPASSED = 2, 4


class Slot(NamedTuple):
    """An input or output of a drawn node. `link` is the id of the link that comes in; `widget` the name of the widget
    that the input stands for."""

    name: str
    type: str
    link: str | None = None
    widget: str | None = None


class Wire(NamedTuple):
    origin: str
    origin_slot: int
    target: str
    target_slot: int


class Port(NamedTuple):
    """An input or output of a subgraph, with the ids of its links inside."""

    name: str
    type: str
    links: tuple[str, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Drawn:
    """A node as drawn. `values` is its widgets_values (a list, an object or None), `named` its widgets_values_named."""

    id: str
    class_type: str
    title: str
    mode: Mode
    inputs: tuple[Slot, ...]
    outputs: tuple[Slot, ...] | None
    values: Any
    named: Mapping[str, Any]
    properties: Mapping[str, Any]
    pointer: str

    @property
    def pack(self) -> tuple[str, str]:
        name = self.properties.get("cnr_id") or self.properties.get("aux_id")
        version = self.properties.get("ver")
        return (name, version if isinstance(version, str) else "") if isinstance(name, str) else ("", "")


@dataclass(frozen=True, slots=True, eq=False)
class Sheet:
    """`entries` is the order of the values that an instance of an old group holds, None for a control value beside a
    seed; subgraphs have none, theirs follow `inputs`."""

    id: str
    name: str
    nodes: Mapping[str, Drawn]
    wires: Mapping[str, Wire]
    inputs: tuple[Port, ...] = ()
    outputs: tuple[Port, ...] = ()
    input_node: str = INPUT_NODE
    output_node: str = OUTPUT_NODE
    entries: tuple[str | None, ...] | None = None
    positions: Mapping[str, int] = field(default_factory=dict)

    def port(self, index: int) -> Port | None:
        return self.inputs[index] if 0 <= index < len(self.inputs) else None
