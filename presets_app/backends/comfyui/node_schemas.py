"""What is known about node classes: their inputs in order, which of these are widgets, and their outputs.

nodes.json holds the facts that come with the project; a live server's /object_info says the same for its own nodes.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

DYNAMIC_COMBO = "COMFY_DYNAMICCOMBO_V3"
WIDGET_KINDS = frozenset(
    ("INT", "FLOAT", "STRING", "BOOLEAN", "COMBO", "COLOR", "AUDIO_RECORD", "BOUNDING_BOX", "CURVE", DYNAMIC_COMBO)
)
_SEEDS = ("seed", "noise_seed")  # these have a control beside them even where the schema does not say so
_UPLOADS = ("image_upload", "audio_upload", "video_upload", "file_upload")
_DEEPEST = 8  # dynamic combos inside dynamic combos
_LONGEST_LIST = 64  # longer lists of options are files, which differ from server to server


@dataclass(frozen=True, slots=True)
class Field:
    """One input of a class. `kind` is a widget type or the type of what is linked to it. `default` is None where
    nobody says. `control` means that a value such as "randomize" stands beside it in a file. `choices` holds the
    further inputs that each option of a dynamic combo brings. `editor_values` means that the editor keeps values of its
    own behind those of the class, such as an upload button's. `dynamic` texts are expanded before they are sent."""

    name: str
    kind: str
    default: Any = None
    minimum: float | None = None
    maximum: float | None = None
    optional: bool = False
    control: bool = False
    socket: bool = False
    editor_values: bool = False
    dynamic: bool = False
    options: tuple[Any, ...] = ()
    choices: Mapping[str, tuple[Field, ...]] = field(default_factory=dict)

    @property
    def is_widget(self) -> bool:
        return not self.socket and self.kind in WIDGET_KINDS

    @property
    def starts_as(self) -> Any:
        """What the editor puts into a new node: the default, else the first option; None where neither is known."""
        if self.default is not None:
            return self.default
        listed = self.options or tuple(self.choices)
        return listed[0] if listed else None


@dataclass(frozen=True, slots=True)
class Schema:
    """`outputs` are (name, type) in order; `title` is what the node is called when the file gives it no title."""

    class_type: str
    title: str
    fields: tuple[Field, ...]
    outputs: tuple[tuple[str, str], ...]

    def field(self, name: str) -> Field | None:
        """The input of that name; those of a dynamic combo are named `combo.input`."""
        level: Iterable[Field] = self.fields
        for depth in range(1, name.count(".") + 2):
            head = ".".join(name.split(".")[:depth])
            found = next((one for one in level if one.name == head), None)
            if found is None or head == name:
                return found
            level = (inner for fields in found.choices.values() for inner in fields)
        return None


class NodeSchemas(Mapping[str, Schema]):
    def __init__(self, schemas: Mapping[str, Schema]) -> None:
        self._schemas = dict(schemas)

    def __getitem__(self, class_type: str) -> Schema:
        return self._schemas[class_type]

    def __iter__(self) -> Iterator[str]:
        return iter(self._schemas)

    def __len__(self) -> int:
        return len(self._schemas)

    @classmethod
    def from_object_info(cls, reply: Mapping[str, Any]) -> NodeSchemas:
        """From a server's /object_info: options in place of the type (older nodes) and ["COMBO", {...}] alike.
        Classes that are not described as expected are left out."""
        found = {name: _from_info(name, info) for name, info in reply.items() if isinstance(info, Mapping)}
        return cls({name: schema for name, schema in found.items() if schema is not None})

    def or_built_in(self) -> NodeSchemas:
        """These, and the project's own facts for classes that these do not have."""
        return NodeSchemas({**built_in(), **self})


@cache
def built_in() -> NodeSchemas:
    facts = json.loads((Path(__file__).parent / "nodes.json").read_text(encoding="utf-8"))
    return NodeSchemas({name: _from_fact(name, fact) for name, fact in facts.items()})


def _from_fact(name: str, fact: Mapping[str, Any]) -> Schema:
    outputs = tuple((pair[0], pair[-1]) for pair in fact.get("outputs", ()))
    return Schema(name, fact.get("title", name), tuple(_field_from_fact(one) for one in fact["inputs"]), outputs)


def _field_from_fact(fact: list[Any]) -> Field:
    name, kind, *rest = fact
    more = dict(rest[0]) if rest else {}
    choices = {key: tuple(_field_from_fact(one) for one in inner) for key, inner in more.pop("choices", {}).items()}
    options = tuple(more.pop("options", ()))
    return Field(name, kind, minimum=more.pop("min", None), maximum=more.pop("max", None), options=options,
                 choices=choices, **more)  # fmt: skip


def _from_info(name: str, info: Mapping[str, Any]) -> Schema | None:
    sections = info.get("input")
    if not isinstance(sections, Mapping):
        return None
    fields = tuple(_fields(sections, "", 0))
    types = info.get("output")
    types = types if isinstance(types, list) else []
    names = info.get("output_name")
    names = names if isinstance(names, list) and len(names) == len(types) else types
    outputs = tuple((str(one), _kind_text(kind)) for one, kind in zip(names, types, strict=True))
    return Schema(name, str(info.get("display_name") or name), fields, outputs)


def _fields(sections: Mapping[str, Any], prefix: str, depth: int) -> Iterator[Field]:
    for section in ("required", "optional"):
        inputs = sections.get(section)
        for name, stated in inputs.items() if isinstance(inputs, Mapping) else ():
            yield _field(f"{prefix}{name}", stated, section == "optional", depth)


def _field(name: str, stated: Any, optional: bool, depth: int) -> Field:
    parts = stated if isinstance(stated, list | tuple) and stated else ["*"]
    more = parts[1] if len(parts) > 1 and isinstance(parts[1], Mapping) else {}
    options = parts[0] if isinstance(parts[0], list) else more.get("options")
    kind = "COMBO" if isinstance(parts[0], list) else str(parts[0])
    if more.get("widgetType") in WIDGET_KINDS:
        kind = str(more["widgetType"])
    control = bool(more.get("control_after_generate")) or (kind == "INT" and name.rpartition(".")[2] in _SEEDS)
    return Field(
        name, kind, default=more.get("default"), minimum=more.get("min"), maximum=more.get("max"), optional=optional,
        control=control, socket=bool(more.get("forceInput")), editor_values=any(more.get(flag) for flag in _UPLOADS),
        dynamic=bool(more.get("dynamicPrompts")), choices=_choices(name, kind, options, depth),
        options=_kept_options(kind, options),
    )  # fmt: skip


def _choices(name: str, kind: str, options: Any, depth: int) -> dict[str, tuple[Field, ...]]:
    if kind != DYNAMIC_COMBO or not isinstance(options, list) or depth > _DEEPEST:
        return {}
    known = [option for option in options if isinstance(option, Mapping) and isinstance(option.get("inputs"), Mapping)]
    return {str(one.get("key")): tuple(_fields(one["inputs"], f"{name}.", depth + 1)) for one in known}


def _kept_options(kind: str, options: Any) -> tuple[Any, ...]:
    if kind != "COMBO" or not isinstance(options, list) or len(options) > _LONGEST_LIST:
        return ()
    plain = all(isinstance(one, str | int | float) for one in options)
    return tuple(options) if plain and not any("." in str(one) for one in options if isinstance(one, str)) else ()


def _kind_text(kind: Any) -> str:
    return "COMBO" if isinstance(kind, list) else str(kind)
