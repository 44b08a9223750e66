"""A UI workflow taken apart: its sheets, what is known of its classes, and what was met on the way."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from presets_app.backends.comfyui.node_schemas import NodeSchemas, Schema
from presets_app.backends.comfyui.reading.broadcasts import BROADCASTERS
from presets_app.backends.comfyui.reading.drawing import definitions_in, sheet_of
from presets_app.backends.comfyui.reading.findings import Findings
from presets_app.backends.comfyui.reading.group_nodes import group_name, groups_in
from presets_app.backends.comfyui.reading.sheets import Drawn, Sheet
from presets_app.backends.comfyui.reading.widgets import Named, named_values

REROUTES = frozenset(("Reroute", "Reroute (rgthree)"))
PRIMITIVE, SET, GET = "PrimitiveNode", "SetNode", "GetNode"
_NOTES = frozenset(
    (
        "Note", "MarkdownNote", "Label (rgthree)", "Bookmark (rgthree)", "Fast Groups Muter (rgthree)",
        "Fast Groups Bypasser (rgthree)", "Fast Muter (rgthree)", "Fast Bypasser (rgthree)",
        "Fast Actions Button (rgthree)", "Node Collector (rgthree)", "Mute / Bypass Repeater (rgthree)",
        "Mute / Bypass Relay (rgthree)", "Random Unmuter (rgthree)",
    )
)  # fmt: skip
EDITOR_ONLY = REROUTES | _NOTES | BROADCASTERS | {PRIMITIVE, SET, GET}
"""Nodes that exist in the editor only: a server never sees them."""

_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", re.IGNORECASE)


@dataclass
class Workflow:
    root: Sheet
    definitions: Mapping[str, Sheet]
    groups: Mapping[str, Sheet]
    schemas: NodeSchemas
    findings: Findings
    _named: dict[Drawn, Named] = field(default_factory=dict)

    def sheet_for(self, node: Drawn) -> Sheet | None:
        """What an instance of a subgraph or an old group stands for; None for any other node."""
        found = self.definitions.get(node.class_type)
        if found is None and self.groups and (name := group_name(node.class_type)):
            found = self.groups.get(name)
        return found

    def lacks_definition(self, node: Drawn) -> bool:
        return bool(_UUID.fullmatch(node.class_type) or group_name(node.class_type))

    def schema(self, node: Drawn) -> Schema | None:
        return self.schemas.get(node.class_type)

    def named(self, node: Drawn) -> Named:
        found = self._named.get(node)
        if found is None:
            found = self._named[node] = named_values(node, self.schema(node))
        return found

    def title(self, node: Drawn) -> str:
        schema = self.schema(node)
        return node.title or (schema.title if schema else node.class_type)


def take_apart(value: Mapping[str, Any], pointer: str, schemas: NodeSchemas, findings: Findings) -> Workflow:
    return Workflow(
        sheet_of(value, pointer, findings),
        definitions_in(value, pointer, findings),
        groups_in(value.get("extra"), pointer, schemas, findings),
        schemas,
        findings,
    )
