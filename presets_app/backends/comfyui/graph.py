"""A workflow as a plain graph: what reading makes of either format, and what interpreting asks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from presets_app.core.problems import Problem

Mode = Literal["active", "muted", "bypassed"]


@dataclass(frozen=True)
class Link:
    """The value comes from the output `slot` of another node."""

    node: str
    slot: int


@dataclass(frozen=True)
class Node:
    """One node that can run. `inputs` holds literals and links by input name, as the API format has them; `pointer`
    is where the node stands in the file (a JSON pointer), and `fields` where each literal does, by input name.
    `outputs` are the names of its outputs in order, () when nobody says. `pack` is (node pack, version) as the file
    states it, ("", "") when it does not."""

    id: str
    class_type: str
    title: str
    inputs: Mapping[str, Any]
    pointer: str
    fields: Mapping[str, str] = field(default_factory=dict)
    outputs: tuple[str, ...] = ()
    mode: Mode = "active"
    pack: tuple[str, str] = ("", "")

    def link(self, name: str) -> Link | None:
        found = self.inputs.get(name)
        return found if isinstance(found, Link) else None


@dataclass(frozen=True)
class Graph:
    """`nodes` are those that are on, by id (`parent:child` inside a subgraph), with bypassed, reroute, Set/Get,
    subgraph and group nodes resolved away and links from muted nodes left out; primitives and switches stay. `off`
    are the muted and the bypassed ones, for the record. `other_fields` are pointers of literals that belong to no
    input of any node (control_after_generate, notes, UI state), with their values."""

    nodes: Mapping[str, Node]
    form: Literal["ui", "api"]
    off: tuple[Node, ...] = ()
    other_fields: Mapping[str, Any] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()
