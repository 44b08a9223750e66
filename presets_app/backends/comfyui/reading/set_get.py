"""Set and Get nodes: a Get takes the Set of the same name on its own sheet, else on the nearest sheet around it."""

from __future__ import annotations

from presets_app.backends.comfyui.reading.findings import Findings, called, sentence, shortened
from presets_app.backends.comfyui.reading.scopes import Scope
from presets_app.backends.comfyui.reading.sheets import Drawn, Sheet
from presets_app.backends.comfyui.reading.workflows import GET, SET


class SetNames:
    def __init__(self, findings: Findings) -> None:
        self._findings = findings
        self._setters: dict[Sheet, dict[str, Drawn]] = {}
        self._missing: set[tuple[int, str]] = set()
        self.used: set[Drawn] = set()

    def setter(self, scope: Scope, getter: Drawn) -> tuple[Scope, Drawn] | None:
        name = name_of(getter)
        for place in scope.upwards():
            found = self._on(place.sheet).get(name) if name else None
            if found is not None:
                self.used.add(found)
                return place, found
        self._say_missing(scope, getter, name)
        return None

    def _on(self, sheet: Sheet) -> dict[str, Drawn]:
        if sheet not in self._setters:
            self._setters[sheet] = {}
            for node in sheet.nodes.values():
                if node.class_type == SET:
                    self._add(self._setters[sheet], node)
        return self._setters[sheet]

    def _add(self, setters: dict[str, Drawn], node: Drawn) -> None:
        name = name_of(node)
        if setters.setdefault(name, node) is not node and name:
            both = f"nodes {setters[name].id} and {node.id}"
            said = f'Two Set nodes are named "{shortened(name)}": {both}. The first counts.'
            self._findings.add("graph_set_twice", "warning", said, "Give one of them another name.", node.pointer)

    def _say_missing(self, scope: Scope, getter: Drawn, name: str) -> None:
        if (scope.number, getter.id) in self._missing:
            return
        self._missing.add((scope.number, getter.id))
        asking = called(scope.id_of(getter), GET)
        said = sentence(f'{asking} asks for "{shortened(name)}", and no Set node in reach has that name.')
        hint = "Add the Set node, or connect what was meant."
        self._findings.add("graph_set_missing", "error", said, hint, getter.pointer)

    def say_unused(self, scope: Scope, node: Drawn) -> None:
        if node not in self.used:
            said = f'Nothing that runs takes the value of Set node {scope.id_of(node)} "{shortened(name_of(node))}".'
            self._findings.add("graph_set_unused", "note", said, source=node.pointer)


def name_of(node: Drawn) -> str:
    values = node.values if isinstance(node.values, list) else []
    name = values[0] if values else node.properties.get("previousName")
    return name if isinstance(name, str) else ""
