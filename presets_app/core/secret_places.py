"""Where a secret can stand in JSON from anywhere: every text with its pointer and the name it goes by."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from presets_app.core.pointers import joined

_SECRET_NAME = re.compile(
    r"(?:.+[_.-]key|apikey|(?:.+[_.-])?(?:api_?key|secret|token|password|passwd|passphrase|authorization|credentials?))\Z"
)
_HARMLESS_KEY = re.compile(
    r"(?:.+[_.-])?(?:primary|foreign|sort|group|lookup|cache|map|index|object|dict|colou?r|chroma|luma|musical|hot|short"
    r"|camera|frame|image)[_.-]key\Z"
)
_NUMBERS_COUNT = re.compile(r"(?:.+[_.-])?(?:api_?key|secret|password|passwd|passphrase|pin)\Z")
_PAIR_NAME = re.compile(r"(?:.+[_.-])?(?:api_?key|password|passwd|passphrase|authorization|(?:auth|access)_token)\Z")
_TWO_NAMES = re.compile(r"[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+\Z")  # a list of variables is no pair of a name and its value
_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_CARRIERS = ("value", "text", "string", "content", "default", "data")
_OPAQUE = re.compile(r"(?=[^\s]*[0-9])(?!.*\.[A-Za-z]{2,12}\Z)[^\s]{8,}\Z")
_SMALLEST_NUMBER = 100_000  # a password of digits; smaller numbers are counts and identifiers of tokens


@dataclass(frozen=True)
class Place:
    """`name` is that of the field the text is the value of, "" where none says anything."""

    path: str
    text: str
    is_key: bool
    name: str


def places(value: Any, is_secret: Callable[[str], bool], unspeakable: Callable[[str], bool]) -> Iterator[Place]:
    """Every text; with a stack, because values from elsewhere may be nested deeply. Below a key that is itself a
    secret, every path ends at the object that holds the key."""
    pending: list[tuple[Any, str, str]] = [(value, "", "")]
    while pending:
        inner, path, name = pending.pop()
        if isinstance(inner, str):
            yield Place(path, inner, False, name)
        elif isinstance(inner, int) and not isinstance(inner, bool) and _is_number_password(inner, name):
            yield Place(path, str(inner)[:40], False, name)
        elif isinstance(inner, list):
            yield from _linked(value, inner, name)
            pending.extend(
                (below, joined((at,), path), _name_in(value, inner, at, name)) for at, below in enumerate(inner)
            )
        elif isinstance(inner, dict):
            yield from _widgets(inner, path)
            for key, below in inner.items():
                if is_secret(key):
                    yield Place(path, key, True, "")
                below_path = path if unspeakable(key) else joined((key,), path)
                pending.append((below, below_path, _name_of(inner, key, name)))


def names_a_secret(name: str) -> bool:
    plain = _plain(name)
    return bool(_SECRET_NAME.match(plain)) and not _HARMLESS_KEY.match(plain)


def _plain(name: str) -> str:
    return _HUMP.sub("_", name[-200:]).lower()


def _is_number_password(number: int, name: str) -> bool:
    return abs(number) >= _SMALLEST_NUMBER and bool(_NUMBERS_COUNT.match(_plain(name)))


def _name_of(holder: dict[str, Any], key: str, above: str) -> str:
    """The name a member goes by: {"token": {"value": ...}} and {"name": "token", "value": ...} both mean the token."""
    if key not in _CARRIERS:
        return key
    said = [holder.get("name"), holder.get("key"), above]
    return next((name for name in said if isinstance(name, str) and names_a_secret(name)), key)


def _name_in(root: Any, entries: list[Any], at: int, name: str) -> str:
    """["Authorization", "..."] is a pair; ["12", 0] is a link of a graph and no value."""
    if _link(root, entries) is not None:
        return ""
    if at != 1 or len(entries) != 2 or not all(isinstance(entry, str) for entry in entries):
        return name
    first, second = entries
    return first if _PAIR_NAME.match(_plain(first)) and not _TWO_NAMES.match(second) else name


def _link(root: Any, entries: list[Any]) -> dict[str, Any] | None:
    """The node that a link of a workflow in API form leads to."""
    if len(entries) != 2 or not isinstance(root, dict) or not isinstance(entries[1], int):
        return None
    node = root.get(entries[0]) if isinstance(entries[0], str) else None
    return node if isinstance(node, dict) and "class_type" in node else None


def _linked(root: Any, entries: list[Any], name: str) -> Iterator[Place]:
    """The texts of the node that a field named like a secret is linked to."""
    node = _link(root, entries) if names_a_secret(name) else None
    inputs = node.get("inputs") if node else None
    for key, text in inputs.items() if isinstance(inputs, dict) else ():
        if isinstance(text, str) and _OPAQUE.match(text) and len(key) <= 80:
            yield Place(joined((entries[0], "inputs", key)), text, False, name)


def _widgets(node: dict[str, Any], path: str) -> Iterator[Place]:
    """A workflow as it is drawn keeps the values of a node without their names; where one of its widgets is named like
    a secret, its texts that read like one are taken for it."""
    values, inputs = node.get("widgets_values"), node.get("inputs")
    if not isinstance(values, list) or not isinstance(inputs, list):
        return
    named = [entry["name"] for entry in inputs if isinstance(entry, dict) and isinstance(entry.get("name"), str)]
    name = next((name for name in named if names_a_secret(name)), "")
    for at, text in enumerate(values if name else ()):
        if isinstance(text, str) and _OPAQUE.match(text):
            yield Place(joined(("widgets_values", at), path), text, False, name)
