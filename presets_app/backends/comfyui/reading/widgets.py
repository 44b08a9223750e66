"""Gives the values of one drawn node their names: by the class's schema, or by what the file itself says."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from presets_app.backends.comfyui.node_schemas import Field, Schema
from presets_app.backends.comfyui.reading.findings import shortened
from presets_app.backends.comfyui.reading.literals import Stated, is_sound
from presets_app.backends.comfyui.reading.prompts import expanded
from presets_app.backends.comfyui.reading.sheets import Drawn
from presets_app.core.pointers import joined
from presets_app.core.problems import Severity

CONTROLS = frozenset(("fixed", "increment", "decrement", "randomize", "increment-wrap"))
_NOT_INPUTS = frozenset(
    ("control_after_generate", "control_filter_list", "upload", "videopreview", "audioUI", "choose video to upload")
)
_ASK_SERVER = "Import it with a target whose ComfyUI has this node installed, or export it in API format."
_NUMBERS = ("INT", "FLOAT")


@dataclass
class Named:
    """`values` by input name; `extras` are values that are no input's, by pointer; `remarks` are (code, severity, what
    is said of the node, hint). `unset` are widgets without a value in the file."""

    values: dict[str, Stated] = field(default_factory=dict)
    extras: dict[str, Any] = field(default_factory=dict)
    remarks: list[tuple[str, Severity, str, str]] = field(default_factory=list)
    unset: dict[str, Field] = field(default_factory=dict)


def named_values(node: Drawn, schema: Schema | None) -> Named:
    found = Named()
    if isinstance(node.values, Mapping):
        _by_key(_placed(node.values, f"{node.pointer}/widgets_values"), schema, found)
    elif schema is not None and not (node.named and node.values is None):
        _by_schema(node, schema, found)
    elif node.named:
        _by_names(node, found)
    else:
        _by_own_inputs(node, found)
    _drop_unsound(found)
    if schema is not None:
        _expand_prompts(schema, found)
    return found


def _by_names(node: Drawn, found: Named) -> None:
    """By widgets_values_named, which newer files hold beside the list of the same values."""
    listed = node.values if isinstance(node.values, list) else []
    places = _placed(node.named, f"{node.pointer}/widgets_values_named")
    if len(listed) == len(node.named):
        pairs = zip(node.named, enumerate(listed), strict=True)
        places = {name: Stated(value, f"{node.pointer}/widgets_values/{place}") for name, (place, value) in pairs}
    else:
        found.extras.update({f"{node.pointer}/widgets_values/{place}": value for place, value in enumerate(listed)})
    _by_key(places, None, found)


def _placed(values: Mapping[str, Any], pointer: str) -> dict[str, Stated]:
    return {str(name): Stated(value, joined([name], pointer)) for name, value in values.items()}


def _by_key(values: Mapping[str, Stated], schema: Schema | None, found: Named) -> None:
    for name, stated in values.items():
        if name in _NOT_INPUTS or isinstance(stated.value, Mapping):
            found.extras[stated.pointer] = stated.value
        elif stated.value is not None:
            found.values[name] = stated
    known = _widgets_of(schema.fields, found) if schema is not None else ()
    found.unset = {one.name: one for one in known if one.name not in found.values}


def _widgets_of(fields: tuple[Field, ...], found: Named) -> Iterator[Field]:
    """The widgets in order, those that the chosen option of a dynamic combo brings right behind it."""
    waiting = list(reversed(fields))
    while waiting:
        one = waiting.pop()
        if one.is_widget:
            yield one
            chosen = found.values.get(one.name)
            waiting.extend(reversed(one.choices.get(str(chosen.value), ()) if chosen else ()))


def _by_schema(node: Drawn, schema: Schema, found: Named) -> None:
    values = node.values if isinstance(node.values, list) else []
    strange = _take_in_order(values, f"{node.pointer}/widgets_values", schema.fields, found)
    if not strange:
        return
    own = Named()
    if node.named:
        _by_names(node, own)
    if node.named or _by_own_order(node, values, own):
        _replace(found, own, schema)
        return
    name, value = strange[0]
    said = f"holds {shortened(repr(value))} where its class has `{name}`, so its values may have been given other names"
    found.remarks.append(("graph_value_unfit", "warning", said, "Compare the values with those shown in ComfyUI."))


def _replace(found: Named, own: Named, schema: Schema) -> None:
    """The names that the file gives in place of the schema's; those that the class does not have are left out."""
    unknown = [name for name in own.values if schema.field(name) is None]
    found.extras = {**own.extras, **{own.values[name].pointer: own.values[name].value for name in unknown}}
    found.values = {name: stated for name, stated in own.values.items() if name not in unknown}
    found.unset, found.remarks = {}, []
    if unknown:
        said = f"has values for inputs its class does not have, first `{shortened(unknown[0])}`; they are left out"
        found.remarks.append(("graph_value_extra", "note", said, _ASK_SERVER))


def _take_in_order(values: list[Any], pointer: str, fields: tuple[Field, ...], found: Named) -> list[tuple[str, Any]]:
    """Names value after value; returns those whose kind does not fit."""
    strange, index = [], 0
    for one in _widgets_of(fields, found):
        if index >= len(values):
            found.unset[one.name] = one
            continue
        index += _take_controls(values, index, one, pointer, found)
        if index >= len(values) or values[index] is None:
            found.unset[one.name] = one
        else:
            found.values[one.name] = Stated(values[index], f"{pointer}/{index}")
            if not _fits(one, values[index]):
                strange.append((one.name, values[index]))
        index += 1
        if one.control and index < len(values) and _is_control(values[index]):
            found.extras[f"{pointer}/{index}"] = values[index]
            index += 1
    _keep_rest(values, index, pointer, any(one.editor_values for one in fields), found)
    return strange


def _take_controls(values: list[Any], index: int, one: Field, pointer: str, found: Named) -> int:
    """How many control values stand before this widget that the schema does not know of."""
    if index and one.kind not in {"STRING", "COMBO"} and not one.choices and _is_control(values[index]):
        found.extras[f"{pointer}/{index}"] = values[index]
        return 1
    return 0


def _keep_rest(values: list[Any], index: int, pointer: str, expected: bool, found: Named) -> None:
    rest = {f"{pointer}/{place}": value for place, value in enumerate(values) if place >= index}
    found.extras.update(rest)
    unnamed = [value for value in rest.values() if value not in (None, "") and not _is_control(value)]
    if unnamed and not expected:
        said = f"has {len(unnamed)} more values than its class has inputs, from {shortened(repr(unnamed[0]))} on"
        found.remarks.append(("graph_value_extra", "note", f"{said}; they are left out", _ASK_SERVER))


def _is_control(value: Any) -> bool:
    return isinstance(value, str) and value in CONTROLS


def _fits(one: Field, value: Any) -> bool:
    if one.kind in _NUMBERS:
        return isinstance(value, int | float) and not isinstance(value, bool)
    if one.kind == "BOOLEAN":
        return isinstance(value, bool | int)
    if one.kind == "STRING":
        return isinstance(value, str)
    return True


def _by_own_inputs(node: Drawn, found: Named) -> None:
    values = node.values if isinstance(node.values, list) else []
    if not values or _by_own_order(node, values, found):
        return
    found.extras.update({f"{node.pointer}/widgets_values/{place}": value for place, value in enumerate(values)})
    said = f"is of a class that is not known here, so its {len(values)} values cannot be given names"
    found.remarks.append(("graph_values_unnamed", "warning", said, _ASK_SERVER))


def _by_own_order(node: Drawn, values: list[Any], found: Named) -> bool:
    """Whether the node's own inputs name all its values; newer files list every widget among the inputs, in order."""
    names = [slot.widget for slot in node.inputs if slot.widget]
    kept = [place for place, value in enumerate(values) if not (place and _is_control(value))]
    kept = kept if len(kept) == len(names) else list(range(len(values)))
    if not names or len(kept) != len(names):
        return False
    pointer = f"{node.pointer}/widgets_values"
    for place in set(range(len(values))) - set(kept):
        found.extras[f"{pointer}/{place}"] = values[place]
    for name, place in zip(names, kept, strict=True):
        if values[place] is not None:
            found.values[name] = Stated(values[place], f"{pointer}/{place}")
    return True


def _drop_unsound(found: Named) -> None:
    for name, stated in list(found.values.items()):
        if not is_sound(stated.value):
            del found.values[name]
            said = f"has a value of `{name}` that other programs cannot read (NaN, infinity or endless digits)"
            found.remarks.append(("graph_number_invalid", "warning", said, "Type the value anew in ComfyUI."))
    for place in [place for place, value in found.extras.items() if not is_sound(value)]:
        del found.extras[place]


def _expand_prompts(schema: Schema, found: Named) -> None:
    for one in schema.fields:
        stated = found.values.get(one.name)
        if not one.dynamic or stated is None or not isinstance(stated.value, str):
            continue
        text = expanded(stated.value)
        if text is None:
            said = (
                f"has alternatives in `{one.name}`, of which ComfyUI draws one for each run; which is not in the file"
            )
            hint = "Write the prompt that was meant, without {...|...}."
            found.remarks.append(("graph_prompt_random", "warning", said, hint))
        else:
            found.values[one.name] = Stated(text, stated.pointer)
