"""A workflow as the editor saves it, made into the graph that the editor would send to a server."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import chain
from typing import Any

from presets_app.backends.comfyui.graph import Graph, Link, Node
from presets_app.backends.comfyui.node_schemas import Field, NodeSchemas
from presets_app.backends.comfyui.reading.cycles import without_cycles
from presets_app.backends.comfyui.reading.findings import Findings, called, sentence, shortened
from presets_app.backends.comfyui.reading.hosts import HostValues
from presets_app.backends.comfyui.reading.literals import Stated, is_sound, unwrapped
from presets_app.backends.comfyui.reading.prompts import expanded
from presets_app.backends.comfyui.reading.scopes import Layout, Scope, lay_out
from presets_app.backends.comfyui.reading.sheets import Drawn
from presets_app.backends.comfyui.reading.tracing import Source, Tracer
from presets_app.backends.comfyui.reading.workflows import EDITOR_ONLY, PRIMITIVE, SET, Workflow, take_apart


def read_ui(value: Mapping[str, Any], pointer: str, schemas: NodeSchemas) -> Graph:
    findings = Findings()
    workflow = take_apart(value, pointer, schemas, findings)
    layout = lay_out(workflow)
    return _Assembly(workflow, layout).graph()


class _Assembly:
    def __init__(self, workflow: Workflow, layout: Layout) -> None:
        self._workflow = workflow
        self._layout = layout
        self._tracer = Tracer(workflow, layout)
        self._said: set[Drawn] = set()
        self._stated: dict[str, Any] = {}
        self._used: set[str] = set()

    def graph(self) -> Graph:
        nodes: dict[str, Node] = {}
        off: list[Node] = []
        for scope, node in self._layout.placed:
            if node.class_type in EDITOR_ONLY or self._workflow.lacks_definition(node):
                self._stated.update(_all_values(node))
            elif scope.mode_of(node) != "active":
                off.append(self._off(scope, node))
            else:
                nodes[scope.id_of(node)] = self._node(scope, node)
        self._account_for_instances()
        for scope, node in self._layout.placed:
            if node.class_type == SET and scope.mode_of(node) == "active":
                self._tracer.names.say_unused(scope, node)
        complete = without_cycles(nodes, self._workflow.findings)
        left = {pointer: value for pointer, value in self._stated.items() if pointer not in self._used}
        return Graph(complete, "ui", tuple(off), left, self._workflow.findings.problems())

    def _node(self, scope: Scope, node: Drawn) -> Node:
        named = self._workflow.named(node)
        self._stated.update(named.extras)
        self._stated.update({stated.pointer: stated.value for stated in named.values.values()})
        self._say_remarks(scope, node)
        inputs: dict[str, Any] = {}
        fields: dict[str, str] = {}
        for name, stated in {**named.values, **scope.overrides(node)}.items():
            inputs[name], fields[name] = unwrapped(stated.value), stated.pointer
        for name, source in self._sources(scope, node):
            if isinstance(source, Stated):
                inputs[name], fields[name] = unwrapped(self._written(scope, node, name, source.value)), source.pointer
                self._stated.setdefault(source.pointer, source.value)
            else:
                inputs[name] = Link(source.scope.id_of(source.node), source.slot)
                fields.pop(name, None)
        self._default_unset(scope, node, named.unset, inputs)
        self._used.update(fields.values())
        return self._made(scope, node, inputs, fields)

    def _sources(self, scope: Scope, node: Drawn) -> Iterator[tuple[str, Source | Stated]]:
        for slot in node.inputs:
            if slot.link is None or not slot.name:
                continue
            asking = f"input `{shortened(slot.name)}` of {called(scope.id_of(node), node.class_type, node.title)}"
            found = self._tracer.follow(scope, slot.link, slot.type, asking)
            if found is not None:
                yield slot.name, found

    def _written(self, scope: Scope, node: Drawn, name: str, value: Any) -> Any:
        """A primitive writes into the widget itself, and prompts are expanded there as if they had been typed."""
        schema = self._workflow.schema(node)
        known = schema.field(name) if schema else None
        if known is None or not known.dynamic or not isinstance(value, str) or not _from_primitive(scope, node, name):
            return value
        text = expanded(value)
        return value if text is None else text

    def _default_unset(self, scope: Scope, node: Drawn, unset: Mapping[str, Field], inputs: dict[str, Any]) -> None:
        missing = [one for name, one in unset.items() if name not in inputs]
        for one in missing:
            if one.starts_as is not None:
                inputs[one.name] = one.starts_as
        if not missing or node in self._said:
            return
        named = ", ".join(f"`{one.name}` ({_default_text(one)})" for one in missing[:6])
        self._workflow.findings.add(
            "graph_value_missing", "note",
            sentence(f"{called(scope.id_of(node), node.class_type, node.title)} has no value in the file for {named}."),
            "The class's default is taken where one is known. Save the workflow again to have all values in it.",
            node.pointer,
        )  # fmt: skip

    def _say_remarks(self, scope: Scope, node: Drawn) -> None:
        if node in self._said:
            return
        for code, severity, said, hint in self._workflow.named(node).remarks:
            text = sentence(f"{called(scope.id_of(node), node.class_type, node.title)} {said}.")
            self._workflow.findings.add(code, severity, text, hint, node.pointer)

    def _off(self, scope: Scope, node: Drawn) -> Node:
        named = self._workflow.named(node)
        values = {**named.values, **scope.overrides(node)}
        self._stated.update(named.extras)
        inputs = {name: unwrapped(stated.value) for name, stated in values.items()}
        return self._made(scope, node, inputs, {name: stated.pointer for name, stated in values.items()})

    def _made(self, scope: Scope, node: Drawn, inputs: Mapping[str, Any], fields: Mapping[str, str]) -> Node:
        self._said.add(node)
        schema = self._workflow.schema(node)
        outputs = tuple(slot.name for slot in node.outputs or ()) or tuple(
            name for name, _ in (schema.outputs if schema else ())
        )
        return Node(
            scope.id_of(node), node.class_type, self._workflow.title(node), inputs, node.pointer, fields, outputs,
            scope.mode_of(node), node.pack,
        )  # fmt: skip

    def _account_for_instances(self) -> None:
        """What instances of subgraphs set; where it takes effect is known by then."""
        for _, node in self._layout.instances:
            sheet = self._workflow.sheet_for(node)
            if sheet is None:
                continue
            values = self._layout.hosts.values(node, sheet)
            for pointer, value in _pointers(values):
                self._stated.setdefault(pointer, value)


def _from_primitive(scope: Scope, node: Drawn, name: str) -> bool:
    wire = next((scope.sheet.wires.get(slot.link or "") for slot in node.inputs if slot.name == name), None)
    origin = scope.sheet.nodes.get(wire.origin) if wire else None
    return origin is not None and origin.class_type == PRIMITIVE


def _pointers(values: HostValues) -> Iterator[tuple[str, Any]]:
    for stated in chain(values.given.values(), *(inner.values() for inner in values.inner.values())):
        yield stated.pointer, stated.value
    yield from ((pointer, value) for pointer, value in values.extras.items() if is_sound(value))


def _all_values(node: Drawn) -> dict[str, Any]:
    values = node.values if isinstance(node.values, list) else []
    pointer = f"{node.pointer}/widgets_values"
    return {f"{pointer}/{place}": value for place, value in enumerate(values) if is_sound(value)}


def _default_text(one: Field) -> str:
    return f"default {shortened(one.starts_as)}" if one.starts_as is not None else "no default known"
