"""Which input a bypassed node passes on: the one beside the output if its type fits, else the first that fits."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from presets_app.backends.comfyui.node_schemas import Schema
from presets_app.backends.comfyui.reading.sheets import Drawn, Sheet, Slot

_ANY = ("*", "", "0")


def passing_slot(inputs: Sequence[Slot], output_type: str, slot: int, wanted: str) -> Slot | None:
    """`wanted` is the type of the input that asks. None where nothing fits: the asking input stays unconnected."""
    if wanted in {"*", ""}:
        return inputs[slot if slot < len(inputs) else 0] if inputs else None
    beside = inputs[slot] if slot < len(inputs) else None
    if beside is not None and _fits(beside.type, output_type) and _fits(beside.type, wanted):
        return beside
    same = next((one for one in inputs if one.type == wanted), None)
    return same or next((one for one in inputs if _fits(one.type, output_type) and _fits(one.type, wanted)), None)


def _fits(one: str, other: str) -> bool:
    if one in _ANY or other in _ANY or one.lower() == other.lower():
        return True
    return not {part.strip() for part in one.lower().split(",")}.isdisjoint(
        part.strip() for part in other.lower().split(",")
    )


def inputs_of(node: Drawn, schema: Schema | None, sheet: Sheet | None) -> list[Slot]:
    """The inputs in the order of the editor: connections before widgets. Files leave out widgets without a link."""
    if sheet is not None:
        by_name = {slot.name: slot for slot in node.inputs}
        return [Slot(port.name, port.type, by_name[port.name].link if port.name in by_name else None)
                for port in sheet.inputs]  # fmt: skip
    if schema is None:
        return list(node.inputs)
    return list(_completed(node, schema))


def _completed(node: Drawn, schema: Schema) -> Iterator[Slot]:
    left = {slot.name: slot for slot in node.inputs}
    for one in sorted(schema.fields, key=lambda one: one.is_widget):
        known = left.pop(one.name, None)
        if known is not None:
            yield known
        elif one.is_widget:
            yield Slot(one.name, one.kind)
    yield from left.values()


def output_type(node: Drawn, schema: Schema | None, sheet: Sheet | None, slot: int) -> str | None:
    """None where the node has no such output; "*" where nobody says what its outputs are."""
    if sheet is not None:
        return sheet.outputs[slot].type if slot < len(sheet.outputs) else None
    if node.outputs is not None and slot < len(node.outputs):
        return node.outputs[slot].type
    if schema is not None and slot < len(schema.outputs):
        return schema.outputs[slot][1]
    return "*" if node.outputs is None and schema is None else None
