"""Bytes to a document: sniff, bound, parse, normalize."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import takewhile
from typing import Any, Literal

from presets_app.core.canonical import normalized
from presets_app.core.documents.json_text import read_json
from presets_app.core.documents.limits import PRESET_LIMITS, Limits, Unreadable, too_large, too_large_for_yaml
from presets_app.core.documents.sniffing import text_of
from presets_app.core.documents.yaml_text import read_yaml
from presets_app.core.pointers import joined
from presets_app.core.problems import Problem
from presets_app.core.secrets import unspeakable

Media = Literal["json", "yaml", "auto"]
_ALLOWED_CONTROLS = "\t\n\r"


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
    if text.isprintable():
        return
    for character in text:
        point = ord(character)
        control = point < 0x20 or 0x7F <= point < 0xA0  # C0, DEL, C1
        if (control and character not in _ALLOWED_CONTROLS) or 0xD800 <= point <= 0xDFFF:
            kind = "half of a surrogate pair" if point >= 0xD800 else "a control character"
            where = joined(takewhile(lambda part: not unspeakable(part), path))
            words = f"The text at {where or 'the top'} holds U+{point:04X}, {kind}."
            raise Unreadable("character_invalid", words, "Remove that character.", where)
