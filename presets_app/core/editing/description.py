"""From a document, however incomplete, to the form for it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from presets_app.core.editing import families
from presets_app.core.editing.facts import FACTS, TASKS, Fact
from presets_app.core.editing.parts import Element, Field, Form, Group, Listing
from presets_app.core.editing.shapes import is_required, kind_of, names_below, node_at
from presets_app.core.editing.values import text_of
from presets_app.core.families import rules_of
from presets_app.core.pointers import joined, value_at
from presets_app.core.secrets import unspeakable

Document = dict[str, Any]
_ONE = {"stages": "stage", "loras": "LoRA", "shots": "shot", "references": "reference"}
_TITLES = {"stages": "Stages", "loras": "LoRAs", "shots": "Shots", "references": "References"}
_SECTIONS = ("output", "runtime", "hardware")
LONGEST = 40  # elements of one list that a form shows; the format allows 32


def describe(document: Document) -> Form:
    """The groups of fields that the document's family and task have, and what it states beyond them."""
    groups = (
        Group("what", "What it is", _plain(document, "name", "description", "family", "variant", "task")),
        _prompt(document),
        Group("size", "Size and time", _plain(document, "width", "height", "frames", "fps"), _ratio(document)),
        _named(document, "models", "Models", families.model_names(document)),
        Group("stages", "Stages", lists=(_listing(document, ("stages",)),), help=_STAGES),
        _inputs(document),
        _section(document, "audio", main=families.has_sound(document)),
        *(_section(document, name) for name in _SECTIONS),
        Group("environment", "Environment", _plain(document, "environment")),
    )
    form = Form(tuple(group for group in groups if group.fields or group.more or group.lists or group.names))
    return Form(form.groups, _kept(document, form))


_STAGES = "The samplers, in the order they run."


def _field(document: Document, parts: tuple[str, ...], star: tuple[str, ...], stage: Any = None) -> Field:
    node, path = node_at(star), joined(parts)
    kind = kind_of(node)
    fact = FACTS.get(joined(star)) or Fact()
    if parts != star and joined(parts) in FACTS:
        fact = FACTS[joined(parts)]
    text = text_of(kind, value_at(document, path))
    return Field(
        path,
        fact.label or parts[-1].replace("_", " ").capitalize(),
        kind,
        text,
        help=fact.help,
        unit=fact.unit,
        usual=families.usual(document, star, stage),
        source=fact.source or _source(document, star),
        options=_options(node, parts, text, kind),
        required=is_required(star),
    )


def _source(document: Document, star: tuple[str, ...]) -> str:
    rules = rules_of(document)
    return rules.source if rules and star in (("width",), ("height",), ("frames",), ("fps",)) else ""


def _options(node: dict[str, Any], parts: tuple[str, ...], text: str, kind: str) -> tuple[tuple[str, str], ...]:
    if kind == "switch":
        choices = [("", "not stated"), ("yes", "yes"), ("no", "no")]
    elif kind == "choice":
        words = TASKS if parts == ("task",) else {}
        choices = [(str(value), _worded(str(value), words)) for value in node["enum"]]
        choices = choices if text and is_required(parts) else [("", "not stated"), *choices]
    else:
        return ()
    known = {value for value, _ in choices}
    return tuple(choices if text in known else [*choices, (text, f"{text[:40]} (not one of these)")])


def _worded(value: str, words: Any) -> str:
    return f"{value}: {words[value]}" if value in words else value


def _plain(document: Document, *names: str) -> tuple[Field, ...]:
    return tuple(_field(document, (name,), (name,)) for name in names)


def _ratio(document: Document) -> tuple[Field, ...]:
    return _plain(document, "aspect_ratio")


def _prompt(document: Document) -> Group:
    expansion = tuple(
        _field(document, ("prompt_expansion", name), ("prompt_expansion", name))
        for name in names_below(("prompt_expansion",))
    )
    shots = _listing(document, ("shots",))
    shown = families.has_shots(document) or "shots" in document
    fields = _plain(document, "prompt", "negative_prompt")
    return Group("prompt", "Prompt", fields, expansion, (shots,) if shown else ())


def _named(document: Document, section: str, title: str, usual: Iterable[str]) -> Group:
    held = document.get(section)
    names = dict.fromkeys([*usual, *(held if isinstance(held, dict) else ())])
    fields = [
        field
        for name in names
        if not unspeakable(name)
        for field in _named_fields(document, section, name, held.get(name) if isinstance(held, dict) else None)
    ]
    return Group(section, title, tuple(fields), names=f"/{section}")


def _named_fields(document: Document, section: str, name: str, value: Any) -> list[Field]:
    if section == "inputs" and isinstance(value, dict):
        return [_of_asset(document, (section, name), (section, "*"), inner) for inner in names_below((section, "*"))]
    return [_field(document, (section, name), (section, "*"))]


def _of_asset(document: Document, parts: tuple[str, ...], star: tuple[str, ...], name: str) -> Field:
    found = _field(document, (*parts, name), (*star, name))
    label = f"{parts[-1].replace('_', ' ')} {name.replace('_', ' ')}".capitalize() if parts[0] == "inputs" else ""
    return replace(found, label=label or found.label)


def _inputs(document: Document) -> Group:
    named = _named(document, "inputs", "Inputs", families.input_names(document))
    references = _listing(document, ("references",))
    shown = "references" in document or document.get("task") in ("r2v", "vace-ref2v")
    lists = (references,) if shown else ()
    return Group(named.key, named.title, named.fields, lists=lists, names=named.names)


def _section(document: Document, name: str, *, main: bool = False) -> Group:
    """Fields of one object: those that are stated, and the rest folded away unless `main`."""
    found = [_field(document, (name, inner), (name, inner)) for inner in names_below((name,))]
    stated = tuple(field for field in found if main or field.text)
    return Group(name, name.capitalize(), stated, tuple(field for field in found if field not in stated))


def _listing(document: Document, parts: tuple[str, ...], stage: Any = None) -> Listing:
    name, path = parts[-1], joined(parts)
    title, one = _TITLES[name], _ONE[name]
    held = value_at(document, path)
    if held is None:
        return Listing(path, title, one)
    whole = isinstance(held, list) and all(isinstance(entry, dict) or name == "references" for entry in held)
    if not whole:
        return Listing(path, title, one, fault="This is not a list of named fields. It can be mended in the raw view.")
    if len(held) > LONGEST:
        return Listing(path, title, one, fault=f"{len(held)} are more than a form shows. The raw view holds them all.")
    elements = tuple(_element(document, (*parts, str(index)), entry, len(held)) for index, entry in enumerate(held))
    return Listing(path, title, one, elements)


def _element(document: Document, parts: tuple[str, ...], entry: Any, count: int) -> Element:
    name, index = parts[-2], int(parts[-1])
    star = tuple("*" if part.isdecimal() else part for part in parts)
    stage = entry if name == "stages" else None
    every = _names(star, entry)
    main = families.stage_fields(document, entry) if name == "stages" else every
    if every:
        fields = [_field(document, (*parts, inner), (*star, inner), stage) for inner in every]
    else:
        fields = [_field(document, parts, star)]
    shown = tuple(field for field in fields if field.text or not every or field.path.rsplit("/", 1)[1] in main)
    lists = (_listing(document, (*parts, "loras")),) if name == "stages" else ()
    rest = tuple(field for field in fields if field not in shown)
    title = _title(entry, name, index)
    return Element(joined(parts), title, shown, rest, lists, first=index == 0, last=index == count - 1)


def _names(star: tuple[str, ...], entry: Any) -> list[str]:
    """The fields of an element, in the schema's order; none for a reference that is one text."""
    return [name for name in names_below(star) if name != "loras"] if isinstance(entry, dict) else []


def _title(entry: Any, name: str, index: int) -> str:
    one = _ONE[name]
    said = entry.get("role") if isinstance(entry, dict) and name == "stages" else None
    plain = f"{one[0].upper()}{one[1:]} {index + 1}"
    return f"{plain}: {said.replace('_', ' ')}" if isinstance(said, str) and said and not unspeakable(said) else plain


def _kept(document: Document, form: Form) -> tuple[str, ...]:
    """Values that no field shows, by their own pointers, "format" aside."""
    shown = {field.path for field in form.every()} | {"/format"}
    faulty = {found.path for group in form.groups for found in group.lists if found.fault}
    kept: list[str] = []
    pending: list[tuple[str, Any]] = [("", document)]
    while pending and len(kept) < LONGEST:
        path, value = pending.pop()
        if path in shown or path in faulty:
            continue
        below = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else None
        if below is None or (path and not value and not _is_place(path)):
            kept.append(path)
        else:
            pending.extend((joined((key,), path), inner) for key, inner in below if not unspeakable(key))
    return tuple(sorted(kept))


def _is_place(path: str) -> bool:
    """An empty object or list that the form has a place for."""
    return path.rsplit("/", 1)[-1] in (*_ONE, "models", "inputs", "audio", "prompt_expansion", *_SECTIONS)
