"""YAML from strangers: built from the event stream, so that limits stop it before anything large exists.

Scalars follow the YAML 1.2 core schema only: a date stays text, and `yes` is a word. Tags, directives, merge keys
and further documents in the same text are refused; aliases are counted with all that they stand for.
"""

from __future__ import annotations

import re
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.events import (
    AliasEvent,
    CollectionStartEvent,
    DocumentStartEvent,
    Event,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)
from ruamel.yaml.events import MappingEndEvent as _MappingEnd

from presets_app.core.documents.json_text import bounded_int, duplicate_key, finite, not_finite
from presets_app.core.documents.limits import Limits, Unreadable, too_deep, too_many_nodes

_INT = re.compile(r"[-+]?[0-9]+\Z")
_BASED = re.compile(r"0o[0-7]+\Z|0x[0-9a-fA-F]+\Z")
_FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?\Z")
_NOT_FINITE = re.compile(r"(?:[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN))\Z")
_WORDS: dict[str, Any] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL")),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}


def read_yaml(text: str, limits: Limits) -> Any:
    """The value. Raises Unreadable."""
    builder = _Builder(limits)
    try:
        for event in YAML(typ="safe", pure=True).parse(text):
            builder.take(event)
    except MarkedYAMLError as fault:
        raise _broken(fault) from None
    except (YAMLError, RecursionError, ValueError) as fault:
        raise Unreadable("yaml_invalid", f"The YAML cannot be read ({type(fault).__name__}).", _CHECK) from None
    return builder.value


_CHECK = "Check indentation, quotes and colons just before that place, or send the preset as JSON."


def _broken(fault: MarkedYAMLError) -> Unreadable:
    mark = fault.problem_mark or fault.context_mark
    where = f" at line {mark.line + 1}, column {mark.column + 1}" if mark else ""
    return Unreadable("yaml_invalid", f"The YAML cannot be read{where}.", _CHECK)


class _Open:
    """A list or object still being read: `base` is the node count before it, `key` the key waiting for a value."""

    def __init__(self, value: list[Any] | dict[str, Any], anchor: str | None, base: int) -> None:
        self.value, self.anchor, self.base = value, anchor, base
        self.key: str | None = None


class _Builder:
    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self.value: Any = None
        self._open: list[_Open] = []
        self._anchors: dict[str, tuple[Any, int]] = {}
        self._nodes = self._aliases = self._documents = 0

    def take(self, event: Event) -> None:
        if isinstance(event, DocumentStartEvent):
            self._start_document(event)
        elif isinstance(event, AliasEvent):
            self._alias(event)
        elif isinstance(event, ScalarEvent):
            self._scalar(event)
        elif isinstance(event, CollectionStartEvent):
            self._start(event)
        elif isinstance(event, (SequenceEndEvent, _MappingEnd)):
            self._end()

    def _start_document(self, event: DocumentStartEvent) -> None:
        self._documents += 1
        if self._documents > 1:
            raise Unreadable("yaml_feature_refused", f"A second document starts {_at(event)}.", "Send one at a time.")
        if event.version or event.tags:
            raise Unreadable("yaml_feature_refused", f"A % directive stands {_at(event)}.", "Remove the directive.")

    def _count(self, event: Event, nodes: int) -> None:
        self._nodes += nodes
        if self._nodes > self.limits.nodes:
            raise too_many_nodes(_at(event).removeprefix("at "), self.limits)

    def _alias(self, event: AliasEvent) -> None:
        self._aliases += 1
        if self._aliases > self.limits.aliases:
            raise Unreadable(
                "yaml_aliases",
                f"More than {self.limits.aliases} aliases (*name) are used; reading stopped {_at(event)}.",
                "Write the repeated values out.",
            )
        if event.anchor not in self._anchors:
            raise Unreadable(
                "yaml_aliases", f"An alias {_at(event)} names no finished value.", "Write the value out there."
            )
        value, nodes = self._anchors[event.anchor]
        self._count(event, nodes)
        self._put(event, value)

    def _scalar(self, event: ScalarEvent) -> None:
        _refuse_tag(event)
        inside = self._open[-1] if self._open else None
        is_key = inside is not None and isinstance(inside.value, dict) and inside.key is None
        if not is_key:
            self._count(event, 1)
        value = event.value if event.style else self._plain(event)
        if event.anchor:
            self._anchors[event.anchor] = (value, 1)
        if event.value == "<<" and not event.style and is_key:
            raise Unreadable("yaml_feature_refused", f"A merge key (<<) stands {_at(event)}.", "Write its fields out.")
        self._put(event, value)

    def _plain(self, event: ScalarEvent) -> Any:
        text: str = event.value
        if text in _WORDS:
            return _WORDS[text]
        if _INT.match(text):
            return bounded_int(text, self.limits)
        if _BASED.match(text) and len(text) <= self.limits.number:
            return int(text, 0)
        if _FLOAT.match(text):
            return finite(text)
        if _NOT_FINITE.match(text):
            raise not_finite(f"{text} {_at(event)}")
        return text

    def _start(self, event: CollectionStartEvent) -> None:
        _refuse_tag(event)
        if len(self._open) >= self.limits.depth:
            raise too_deep(_at(event).removeprefix("at "), self.limits)
        if self._open and isinstance(self._open[-1].value, dict) and self._open[-1].key is None:
            raise _key_not_text(event)
        self._count(event, 1)
        value: list[Any] | dict[str, Any] = [] if isinstance(event, SequenceStartEvent) else {}
        if isinstance(event, (SequenceStartEvent, MappingStartEvent)):
            self._put(event, value)
            self._open.append(_Open(value, event.anchor, self._nodes - 1))

    def _end(self) -> None:
        done = self._open.pop()
        if done.anchor:
            self._anchors[done.anchor] = (done.value, self._nodes - done.base)

    def _put(self, event: Event, value: Any) -> None:
        if not self._open:
            self.value = value
            return
        inside = self._open[-1]
        if isinstance(inside.value, list):
            inside.value.append(value)
        elif inside.key is None:
            inside.key = self._key(event, inside.value, value)
        else:
            inside.value[inside.key] = value
            inside.key = None

    def _key(self, event: Event, inside: dict[str, Any], value: Any) -> str:
        if not isinstance(value, str):
            raise _key_not_text(event)
        if value in inside:
            raise duplicate_key(value, f", {_at(event)}")
        return value


def _key_not_text(event: Event) -> Unreadable:
    return Unreadable("key_not_text", f"A key {_at(event)} is not text.", "Put the key in quotes.")


def _refuse_tag(event: Any) -> None:
    if event.tag:
        raise Unreadable(
            "yaml_feature_refused", f"A tag (!...) stands {_at(event)}.", "Remove it: plain values need no tag."
        )


def _at(event: Event) -> str:
    return f"at line {event.start_mark.line + 1}, column {event.start_mark.column + 1}"
