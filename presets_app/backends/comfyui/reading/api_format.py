"""A graph as it is sent to a server: nodes by id, with their class and inputs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from presets_app.backends.comfyui.graph import Graph, Link, Node
from presets_app.backends.comfyui.node_schemas import NodeSchemas, Schema
from presets_app.backends.comfyui.reading.cycles import without_cycles
from presets_app.backends.comfyui.reading.findings import Findings, called, sentence, shortened
from presets_app.backends.comfyui.reading.literals import as_id, is_sound, slot_number, unwrapped
from presets_app.core.pointers import joined

_PAIR = 2
_CONNECT = "Connect that input again in ComfyUI and export once more."


def read_api(value: Mapping[str, Any], pointer: str, schemas: NodeSchemas) -> Graph:
    findings = Findings()
    reader = _Reader(value, schemas, findings)
    nodes: dict[str, Node] = {}
    other: dict[str, Any] = {}
    for identifier, stated in value.items():
        where = joined([identifier], pointer)
        if isinstance(stated, Mapping) and isinstance(stated.get("class_type"), str) and stated["class_type"]:
            nodes[str(identifier)] = reader.node(str(identifier), stated, where)
        else:
            said = f"Entry {shortened(identifier)} has no class_type, so it is no node and is left out."
            findings.add("graph_node_invalid", "warning", said, "Export the graph again with Export (API).", where)
            if not isinstance(stated, Mapping | list) and is_sound(stated):
                other[where] = stated
    return Graph(without_cycles(nodes, findings), "api", other_fields=other, problems=findings.problems())


class _Reader:
    def __init__(self, graph: Mapping[str, Any], schemas: NodeSchemas, findings: Findings) -> None:
        self._graph = graph
        self._schemas = schemas
        self._findings = findings

    def node(self, identifier: str, stated: Mapping[str, Any], pointer: str) -> Node:
        class_type = stated["class_type"]
        schema = self._schemas.get(class_type)
        meta = stated.get("_meta")
        meta = meta if isinstance(meta, Mapping) else {}
        title = meta.get("title")
        title = title if isinstance(title, str) and title else (schema.title if schema else class_type)
        inputs: dict[str, Any] = {}
        fields: dict[str, str] = {}
        for name, value in self._inputs(stated, called(identifier, class_type, title), pointer):
            inputs[name] = value
            if not isinstance(value, Link):
                fields[name] = joined(["inputs", name], pointer)
        outputs = tuple(name for name, _ in schema.outputs) if schema else ()
        return Node(identifier, class_type, title, inputs, pointer, fields, outputs, pack=_pack(meta))

    def _inputs(self, stated: Mapping[str, Any], name: str, pointer: str) -> Iterator[tuple[str, Any]]:
        inputs = stated.get("inputs", {})
        if not isinstance(inputs, Mapping):
            self._say("graph_node_invalid", f"{name} has inputs that are no object; they are left out.", pointer)
            return
        for key, value in inputs.items():
            place = f"input `{shortened(key)}` of {name}"
            if isinstance(value, list):
                link = self._link(value, place, pointer)
                if link is not None:
                    yield str(key), link
            elif not is_sound(value):
                said = (
                    f"{place} is no number other programs can read (NaN, infinity or endless digits); it is left out."
                )
                self._say("graph_number_invalid", said, pointer)
            elif value is not None:
                yield str(key), unwrapped(value)

    def _link(self, value: list[Any], place: str, pointer: str) -> Link | None:
        origin = as_id(value[0]) if len(value) == _PAIR else None
        slot = slot_number(value[1]) if len(value) == _PAIR else None
        if origin is None or slot is None:
            self._say(
                "graph_link_invalid", f"{place} is a list that names no node and output; it is left out.", pointer
            )
            return None
        known = self._graph.get(origin)
        if not isinstance(known, Mapping) or not isinstance(known.get("class_type"), str):
            said = f"{place} is linked to node {shortened(origin)}, which is not in the file."
            self._say("graph_link_dangling", said, pointer)
            return None
        schema = self._schemas.get(known["class_type"])
        if schema is not None and not _has_output(schema, slot):
            what = called(origin, known["class_type"])
            self._say(
                "graph_slot_missing", f"{place} is linked to output {slot} of {what}, which does not exist.", pointer
            )
            return None
        return Link(origin, slot)

    def _say(self, code: str, text: str, pointer: str) -> None:
        self._findings.add(code, "warning", sentence(text), _CONNECT, pointer)


def _has_output(schema: Schema, slot: int) -> bool:
    return slot < len(schema.outputs)


def _pack(meta: Mapping[str, Any]) -> tuple[str, str]:
    name, version = meta.get("cnr_id") or meta.get("aux_id"), meta.get("ver")
    return (name, version if isinstance(version, str) else "") if isinstance(name, str) else ("", "")
