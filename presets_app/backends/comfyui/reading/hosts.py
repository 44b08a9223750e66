"""What an instance of a subgraph sets: the values of its promoted widgets, which win over those inside.

Newer files hold them in the order of the subgraph's inputs. Older ones list `proxyWidgets` ([inner node, widget], with
"-1" for an input of the subgraph itself), whose order the values then follow; without values, those inside count.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, NamedTuple

from presets_app.backends.comfyui.reading.literals import Stated, as_id, is_sound
from presets_app.backends.comfyui.reading.sheets import Drawn, Port, Sheet, Slot
from presets_app.backends.comfyui.reading.workflows import Workflow

_OWN = "-1"
_OLD_PREFIX = re.compile(r"\s*\d+\s*:\s*")
_CONTROL = "control_after_generate"
_MOST_TARGETS = 1_000  # links of one input that are followed to find its widget


@dataclass
class HostValues:
    """`given` by the name of the subgraph's input; `inner` by inner node and widget; `extras` belong to neither."""

    given: dict[str, Stated] = field(default_factory=dict)
    inner: dict[str, dict[str, Stated]] = field(default_factory=dict)
    extras: dict[str, Any] = field(default_factory=dict)


class Target(NamedTuple):
    """A widget that an input of a subgraph leads to."""

    sheet: Sheet
    node: Drawn
    slot: Slot


class Hosts:
    """The values of instances, each looked up once however often its subgraph is laid out."""

    def __init__(self, workflow: Workflow) -> None:
        self._workflow = workflow
        self._values: dict[Drawn, HostValues] = {}
        self._entries: dict[Sheet, tuple[str | None, ...]] = {}
        self._standing: dict[tuple[Sheet, str], Stated | None] = {}

    def values(self, node: Drawn, sheet: Sheet) -> HostValues:
        found = self._values.get(node)
        if found is None:
            found = self._values[node] = HostValues()
            self._fill(node, sheet, found)
        return found

    def standing(self, sheet: Sheet, port: Port) -> Stated | None:
        """What a promoted widget holds that its instance does not set: the value of the first widget inside."""
        key = (sheet, port.name)
        if key not in self._standing:
            self._standing[key] = self._first_inside(sheet, port)
        return self._standing[key]

    def _fill(self, node: Drawn, sheet: Sheet, found: HostValues) -> None:
        values = node.values if isinstance(node.values, list) else []
        proxies = _proxies(node)
        if isinstance(node.values, Mapping) or (node.named and not values):
            _take_by_name(node, found)
        elif proxies and values:
            _take_by_proxy(node, sheet, proxies, values, found)
        elif values:
            _take_in_order(node, self._entries_of(sheet), values, found)
        _take_from_quarantine(node, found)
        for name in [name for name in found.given if name not in sheet.positions]:
            stated = found.given.pop(name)
            found.extras[stated.pointer] = stated.value

    def _entries_of(self, sheet: Sheet) -> tuple[str | None, ...]:
        found = self._entries.get(sheet, sheet.entries)
        if found is None:
            shown = (port.name for port in sheet.inputs if _shows_widget(self._workflow, sheet, port))
            found = self._entries[sheet] = tuple(shown)
        return found

    def _first_inside(self, sheet: Sheet, port: Port) -> Stated | None:
        for target in _targets(self._workflow, sheet, port):
            inner = self._workflow.sheet_for(target.node)
            if inner is not None:
                stated = self.values(target.node, inner).given.get(target.slot.name)
                if stated is not None:
                    return stated
            elif _is_widget(self._workflow, target):
                return self._workflow.named(target.node).values.get(target.slot.widget or target.slot.name)
        return None


def _take_by_name(node: Drawn, found: HostValues) -> None:
    key, values = (
        ("widgets_values", node.values) if isinstance(node.values, Mapping) else ("widgets_values_named", node.named)
    )
    for name, value in values.items():
        _give(found, str(name), value, f"{node.pointer}/{key}/{name}")


def _give(found: HostValues, name: str, value: Any, pointer: str) -> None:
    if value is None or not is_sound(value):
        return
    if replaced := found.given.get(name):
        found.extras[replaced.pointer] = replaced.value
    found.given[name] = Stated(value, pointer)


def _take_in_order(node: Drawn, entries: tuple[str | None, ...], values: list[Any], found: HostValues) -> None:
    for index, value in enumerate(values):
        name = entries[index] if index < len(entries) else None
        pointer = f"{node.pointer}/widgets_values/{index}"
        if name is None:
            found.extras[pointer] = value
        else:
            _give(found, name, value, pointer)


def _proxies(node: Drawn) -> list[tuple[str, str]]:
    listed = node.properties.get("proxyWidgets")
    pairs = (
        [entry for entry in listed if isinstance(entry, list) and len(entry) > 1] if isinstance(listed, list) else []
    )
    return [(as_id(entry[0]) or "", entry[1] if isinstance(entry[1], str) else "") for entry in pairs]


def _take_by_proxy(
    node: Drawn, sheet: Sheet, proxies: list[tuple[str, str]], values: list[Any], found: HostValues
) -> None:
    linked = {(wire_target.id, name): port.name for port in sheet.inputs for wire_target, name in _direct(sheet, port)}
    for index, value in enumerate(values):
        inner, name = proxies[index] if index < len(proxies) else ("", "")
        pointer = f"{node.pointer}/widgets_values/{index}"
        name = name if (inner, name) in linked else _OLD_PREFIX.sub("", name)
        if inner == _OWN or (inner, name) in linked:
            _give(found, linked.get((inner, name), name), value, pointer)
        elif inner and name != _CONTROL and not name.startswith("$$") and value is not None and is_sound(value):
            found.inner.setdefault(inner, {})[name] = Stated(value, pointer)
        else:
            found.extras[pointer] = value


def _take_from_quarantine(node: Drawn, found: HostValues) -> None:
    """Values of promotions that a newer editor could not mend count where they name an input of the subgraph."""
    listed = node.properties.get("proxyWidgetErrorQuarantine")
    for index, entry in reversed(list(enumerate(listed if isinstance(listed, list) else []))):
        original = entry.get("originalEntry") if isinstance(entry, Mapping) else None
        if isinstance(original, list) and len(original) > 1 and as_id(original[0]) == _OWN:
            pointer = f"{node.pointer}/properties/proxyWidgetErrorQuarantine/{index}/hostValue"
            _give(found, str(original[1]), entry.get("hostValue"), pointer)


def _direct(sheet: Sheet, port: Port) -> Iterator[tuple[Drawn, str]]:
    for link in port.links:
        node = sheet.nodes.get(sheet.wires[link].target) if link in sheet.wires else None
        slot = slot_at(sheet, node, link)
        if node is not None and slot is not None:
            yield node, slot.widget or slot.name


def slot_at(sheet: Sheet, node: Drawn | None, link: str) -> Slot | None:
    """The input of a node that a link comes in at."""
    if node is None:
        return None
    index = sheet.wires[link].target_slot
    if 0 <= index < len(node.inputs) and node.inputs[index].link == link:
        return node.inputs[index]
    return next((slot for slot in node.inputs if slot.link == link), None)


def _targets(workflow: Workflow, sheet: Sheet, port: Port) -> Iterator[Target]:
    """The inputs inside that an input leads to, in order; through instances of further subgraphs as well."""
    return islice(_all_targets(workflow, sheet, port), _MOST_TARGETS)


def _all_targets(workflow: Workflow, sheet: Sheet, port: Port) -> Iterator[Target]:
    waiting = [(sheet, link) for link in reversed(port.links)]
    seen: set[tuple[Sheet, str]] = set()
    while waiting:
        place, link = waiting.pop()
        if link not in place.wires or (place, link) in seen:
            continue
        seen.add((place, link))
        node = place.nodes.get(place.wires[link].target)
        slot = slot_at(place, node, link)
        if node is None or slot is None:
            continue
        yield Target(place, node, slot)
        inner = workflow.sheet_for(node)
        if inner is not None and slot.name in inner.positions:
            further = inner.inputs[inner.positions[slot.name]]
            waiting.extend((inner, one) for one in reversed(further.links))


def _shows_widget(workflow: Workflow, sheet: Sheet, port: Port) -> bool:
    """Whether instances show a widget for an input, and not a plain connection only."""
    ends = (target for target in _targets(workflow, sheet, port) if workflow.sheet_for(target.node) is None)
    return any(_is_widget(workflow, target) for target in ends)


def _is_widget(workflow: Workflow, target: Target) -> bool:
    if target.slot.widget:
        return True
    schema = workflow.schema(target.node)
    known = schema.field(target.slot.name) if schema else None
    return known is not None and known.is_widget
