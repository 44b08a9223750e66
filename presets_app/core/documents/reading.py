"""Bytes to a document, or to the value that another program's file holds: sniff, bound, parse, normalize."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import takewhile
from typing import Any, Literal

from presets_app.core.canonical import normalized
from presets_app.core.documents.json_text import read_json
from presets_app.core.documents.limits import (
    PRESET_LIMITS,
    WORKFLOW_LIMITS,
    Limits,
    Unreadable,
    too_large,
    too_large_for_yaml,
)
from presets_app.core.documents.sniffing import text_of
from presets_app.core.documents.yaml_text import read_yaml
from presets_app.core.pointers import joined
from presets_app.core.problems import Problem
from presets_app.core.secrets import unspeakable

Media = Literal["json", "yaml", "auto"]
# C0 but tab and line breaks, DEL, C1, halves of surrogate pairs
_ODD = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")
# What ComfyUI once wrote into the graph it embeds: the answer of a node that asks to be run each time.
_ALWAYS_CHANGED = re.compile(r'"is_changed":\s{0,4}\[\s{0,4}NaN\s{0,4}\]')


@dataclass(frozen=True)
class Parsed:
    """`document` is normalized and holds finite numbers and encodable text only; None when it could not be read,
    and then `problems` says why."""

    document: dict[str, Any] | None
    problems: list[Problem] = field(default_factory=list)


def parse(data: bytes, *, media: Media = "auto", limits: Limits = PRESET_LIMITS) -> Parsed:
    """Read one JSON or YAML object. `auto` takes a text that starts with { or [ as JSON and all else as YAML.

    Never raises on any bytes. Says nothing yet about whether the object is a valid preset.
    """
    try:
        value = _value(data, media, limits)
        if not isinstance(value, dict):
            raise Unreadable(
                "document_not_object",
                f"The document is {_kind(value)}, not an object of named fields.",
                'A preset starts with {"format": "matchframe/preset/1", ...}.',
            )
        _refuse_odd_text(value)
        return Parsed(normalized(value))
    except Unreadable as fault:
        return Parsed(None, [fault.problem])


@dataclass(frozen=True)
class Held:
    """`value` is what a file holds, None when it could not be read, and then `problems` says why."""

    value: Any
    problems: list[Problem] = field(default_factory=list)


def parse_foreign(data: bytes, *, limits: Limits = WORKFLOW_LIMITS) -> Held:
    """Read the JSON of another program: any value, as it is. Control characters, which a document may not hold, are
    taken out of its texts with a warning. Never raises on any bytes."""
    try:
        if len(data) > limits.size:
            raise too_large(len(data), limits)
        text = _ALWAYS_CHANGED.sub('"is_changed": [null]', text_of(data))
        return _without_odd_characters(read_json(text, limits))
    except Unreadable as fault:
        return Held(None, [fault.problem])


def _value(data: bytes, media: Media, limits: Limits) -> Any:
    if len(data) > limits.size:
        raise too_large(len(data), limits)
    text = text_of(data)
    as_json = media == "json" or (media == "auto" and text.lstrip()[0] in "{[")
    if as_json:
        return read_json(text, limits)
    if len(data) > limits.yaml_size:
        raise too_large_for_yaml(len(data), limits)
    return read_yaml(text, limits)


def _kind(value: Any) -> str:
    if isinstance(value, list):
        return "a list"
    return "text" if isinstance(value, str) else "a single value"


def _refuse_odd_text(value: Any) -> None:
    pending: list[tuple[tuple[str | int, ...], Any]] = [((), value)]
    while pending:
        path, inner = pending.pop()
        if isinstance(inner, str):
            _refuse_odd_characters(path, inner)
        elif isinstance(inner, dict):
            for key in inner:
                _refuse_odd_characters(path, key)
            pending.extend(((*path, key), below) for key, below in inner.items())
        elif isinstance(inner, list):
            pending.extend(((*path, index), below) for index, below in enumerate(inner))


def _refuse_odd_characters(path: tuple[str | int, ...], text: str) -> None:
    found = None if text.isprintable() else _ODD.search(text)
    if found:
        kind = "half of a surrogate pair" if found[0] >= "\ud800" else "a control character"
        where = joined(takewhile(lambda part: not unspeakable(part), path))
        words = f"The text at {where or 'the top'} holds U+{ord(found[0]):04X}, {kind}."
        raise Unreadable("character_invalid", words, "Remove that character.", where)


def _without_odd_characters(value: Any) -> Held:
    removed: list[int] = []

    def cleaned(text: str) -> str:
        plain, count = _ODD.subn("", text)
        removed.append(count)
        return plain

    result = _mended(value, cleaned)
    if not sum(removed):
        return Held(result)
    words = f"{sum(removed):,} control characters were taken out of the file's texts; they have no effect on a video."
    return Held(result, [Problem("character_removed", "note", "", words)])


def _mended(value: Any, cleaned: Callable[[str], str]) -> Any:
    """The same value with each text that cannot be printed through `cleaned`; containers are changed in place."""
    if isinstance(value, str):
        return value if value.isprintable() else cleaned(value)
    pending: list[Any] = [value] if isinstance(value, (dict, list)) else []
    while pending:
        inner = pending.pop()
        for key, below in list(inner.items() if isinstance(inner, dict) else enumerate(inner)):
            if isinstance(below, str) and not below.isprintable():
                inner[key] = cleaned(below)
            elif isinstance(below, (dict, list)):
                pending.append(below)
            if isinstance(key, str) and not key.isprintable() and _ODD.search(key):
                inner[cleaned(key)] = inner.pop(key)
    return value
