"""A document without its secrets, for showing to the person who has to take them out."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from presets_app.core import secrets
from presets_app.core.pointers import joined

WITHHELD = "(withheld)"


def without_secrets(document: dict[str, Any], *, known: Collection[str] = ()) -> dict[str, Any]:
    """The same document with each text that looks like a secret replaced, and objects that hold one as a key replaced
    whole; {} when that is the document itself. `known` as in secrets.find."""
    hidden = secrets.paths(document, known=known)
    if not hidden:
        return document
    cleaned = _cleaned(document, "", hidden, known)
    return cleaned if isinstance(cleaned, dict) else {}


def _cleaned(value: Any, path: str, hidden: frozenset[str], known: Collection[str]) -> Any:
    """Paths are built as secrets.find builds them: what lies below an unspeakable key has the path of its object."""
    if path in hidden:
        return WITHHELD
    if isinstance(value, dict):
        return {
            key: _cleaned(inner, path if secrets.unspeakable(key, known) else joined((key,), path), hidden, known)
            for key, inner in value.items()
        }
    if isinstance(value, list):
        return [_cleaned(inner, joined((index,), path), hidden, known) for index, inner in enumerate(value)]
    return value
