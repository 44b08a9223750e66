"""Follows a link to where its value comes from, through everything that exists in the editor only."""

from __future__ import annotations

from typing import NamedTuple

from presets_app.backends.comfyui.reading.bypassing import inputs_of, output_type, passing_slot
from presets_app.backends.comfyui.reading.findings import called, sentence, shortened
from presets_app.backends.comfyui.reading.literals import Stated
from presets_app.backends.comfyui.reading.scopes import Layout, Scope
from presets_app.backends.comfyui.reading.set_get import SetNames
from presets_app.backends.comfyui.reading.sheets import Drawn, Sheet, Slot, Wire
from presets_app.backends.comfyui.reading.workflows import EDITOR_ONLY, GET, PRIMITIVE, REROUTES, SET, Workflow
from presets_app.core.problems import Severity

_CONNECT = "Connect that input again in ComfyUI, or remove the link."


class Source(NamedTuple):
    """The output of a node that runs."""

    scope: Scope
    node: Drawn
    slot: int


class _Hop(NamedTuple):
    """The link to follow next; `wanted` is the type of the input that asks."""

    scope: Scope
    link: str
    wanted: str


class Tracer:
    def __init__(self, workflow: Workflow, layout: Layout) -> None:
        self._workflow = workflow
        self._hosts = layout.hosts
        self._known: dict[tuple[int, str, str], Source | Stated | None] = {}
        self._slots: dict[Drawn, dict[str, Slot]] = {}
        self._asking = ""
        self.names = SetNames(workflow.findings)

    def follow(self, scope: Scope, link: str, wanted: str, asking: str) -> Source | Stated | None:
        """The output or the value that a link brings; None where nothing arrives. `asking` names the input."""
        self._asking = asking
        step: _Hop | Source | Stated | None = _Hop(scope, link, wanted)
        path: dict[tuple[int, str, str], None] = {}
        while isinstance(step, _Hop):
            key = (step.scope.number, step.link, step.wanted)
            if key in self._known:
                step = self._known[key]
                break
            if key in path:
                self._nothing(
                    "graph_link_loop", "error", "The link to {} runs in a circle and brings nothing.", _CONNECT
                )
                step = None
                break
            path[key] = None
            step = self._step(step, direct=len(path) == 1)
        for key in path:
            self._known[key] = step
        return step

    def _step(self, hop: _Hop, direct: bool) -> _Hop | Source | Stated | None:
        wire = hop.scope.sheet.wires.get(hop.link)
        if wire is None:
            return self._nothing(
                "graph_link_dangling", "warning", f"{{}} has link {hop.link}, which is not in the file.", _CONNECT
            )
        if hop.scope.parent is not None and wire.origin == hop.scope.sheet.input_node:
            return self._outwards(hop, hop.scope.parent, wire)
        node = hop.scope.sheet.nodes.get(wire.origin)
        if node is None:
            said = f"{{}} is linked to node {shortened(wire.origin)}, which is not in the file."
            return self._nothing("graph_link_dangling", "warning", said, _CONNECT)
        return self._through(hop, node, wire.origin_slot, direct)

    def _outwards(self, hop: _Hop, outer: Scope, wire: Wire) -> _Hop | Stated | None:
        """Through an input of the subgraph to what is connected to its instance, or to what the instance sets."""
        scope = hop.scope
        port, host = scope.sheet.port(wire.origin_slot), scope.host
        if port is None or host is None:
            return self._no_slot(f"input {wire.origin_slot} of the subgraph {shortened(scope.sheet.name)}")
        slot = self._slots_of(host).get(port.name)
        if slot is not None and slot.link is not None:
            return _Hop(outer, slot.link, port.type)
        stated = outer.overrides(host).get(port.name) or scope.values.given.get(port.name)
        return stated or self._hosts.standing(scope.sheet, port)

    def _slots_of(self, host: Drawn) -> dict[str, Slot]:
        if host not in self._slots:
            self._slots[host] = {slot.name: slot for slot in reversed(host.inputs)}
        return self._slots[host]

    def _through(self, hop: _Hop, node: Drawn, slot: int, direct: bool) -> _Hop | Source | Stated | None:
        scope, mode, sheet = hop.scope, hop.scope.mode_of(node), self._workflow.sheet_for(node)
        if mode == "muted":
            return None
        if node.class_type in EDITOR_ONLY and mode == "active":
            return self._through_editor_only(hop, node, direct)
        kind = output_type(node, self._workflow.schema(node), sheet, slot)
        if kind is None:
            return self._no_slot(f"output {slot} of {called(scope.id_of(node), node.class_type, node.title)}")
        if mode == "bypassed":
            inputs = inputs_of(node, self._workflow.schema(node), sheet)
            passing = passing_slot(inputs, kind, slot, hop.wanted)
            return _Hop(scope, passing.link, passing.type) if passing and passing.link else None
        if sheet is not None:
            return self._inwards(hop, node, sheet, slot)
        return None if self._workflow.lacks_definition(node) else Source(scope, node, slot)

    def _inwards(self, hop: _Hop, node: Drawn, sheet: Sheet, slot: int) -> _Hop | None:
        """Through an instance to what is connected to the output of its subgraph."""
        inner = hop.scope.children.get(node.id)
        link = next((one for one in sheet.outputs[slot].links if one in sheet.wires), None)
        if inner is None or link is None:
            return None
        return _Hop(inner, link, hop.wanted)

    def _through_editor_only(self, hop: _Hop, node: Drawn, direct: bool) -> _Hop | Stated | None:
        scope = hop.scope
        if node.class_type == GET:
            found = self.names.setter(scope, node)
            if found is None:
                return None
            scope, node = found
        if node.class_type == SET:
            self.names.used.add(node)
        if node.class_type in REROUTES or node.class_type == SET:
            link = node.inputs[0].link if node.inputs else None
            return _Hop(scope, link, hop.wanted) if link is not None else None
        return self._primitive(scope, node, direct) if node.class_type == PRIMITIVE else None

    def _primitive(self, scope: Scope, node: Drawn, direct: bool) -> Stated | None:
        """A primitive writes its value into the widgets it is linked to itself, and into nothing further off."""
        if direct:
            values = node.values if isinstance(node.values, list) else []
            own = Stated(values[0], f"{node.pointer}/widgets_values/0") if values and values[0] is not None else None
            return scope.overrides(node).get("value") or own
        name = called(scope.id_of(node), PRIMITIVE, node.title)
        said = f"The value of {name} does not reach {{}}, because it is not linked directly."
        return self._nothing("graph_primitive_lost", "warning", said, "Link the primitive to that input itself.")

    def _no_slot(self, what: str) -> Stated | None:
        return self._nothing(
            "graph_slot_missing", "warning", f"{{}} is linked to {what}, which does not exist.", _CONNECT
        )

    def _nothing(self, code: str, severity: Severity, message: str, hint: str) -> Stated | None:
        """Says why nothing arrives at the input that asks, named by {} in the message."""
        self._workflow.findings.add(code, severity, sentence(message.replace("{}", self._asking)), hint)
        return None
