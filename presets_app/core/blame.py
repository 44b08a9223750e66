"""Who last changed each field: walking back through revisions until every field has one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from presets_app.core.canonical import canonical_bytes
from presets_app.core.labels import Part, phrase_of
from presets_app.core.merging import IDENTITY
from presets_app.core.pointers import joined

Document = dict[str, Any]
Ref = TypeVar("Ref")
Key = tuple[str, ...]


@dataclass(frozen=True)
class Blamed(Generic[Ref]):
    """`by` is the revision that gave the field its value; with `older`, the value is older than all that was read, and
    `by` is the oldest of it."""

    path: str
    label: str
    value: Any
    by: Ref
    older: bool = False


def blame(revisions: Iterable[tuple[Ref, Document]], *, whole: bool = True) -> list[Blamed[Ref]]:
    """Each field of the first document with the revision that gave it its value, in the document's order of names.

    `revisions` come newest first, and are read only as far as needed. `whole` says that they end with the very first
    one; otherwise what is as old as the last of them is marked `older`.
    """
    walk = iter(revisions)
    newest = next(walk, None)
    if newest is None:
        return []
    ref, document = newest
    fields = {key: (path, label, value) for key, path, label, value in _fields(document)}
    waiting = {key: canonical_bytes(value) for key, (_, _, value) in fields.items()}
    found: dict[Key, Ref] = {}
    for below, older in walk:
        values = {key: canonical_bytes(value) for key, _, _, value in _fields(older)}
        for key in [key for key, value in waiting.items() if values.get(key) != value]:
            found[key] = ref
            del waiting[key]
        ref = below
        if not waiting:
            break
    return [
        Blamed(path, label, value, found.get(key, ref), older=key in waiting and not whole)
        for key, (path, label, value) in fields.items()
    ]


def _fields(document: Document) -> Iterator[tuple[Key, str, str, Any]]:
    """(key, pointer, label, value) of every field: objects are walked, and lists whose elements have names of their
    own; a stage that moved has the same key."""
    names: dict[tuple[Part, ...], str] = {}
    pending: list[tuple[Key, tuple[Part, ...], Any]] = [((), (), document)]
    while pending:
        key, path, value = pending.pop()
        below = _below(value, path)
        if below is None:
            yield key, joined(path), phrase_of(path, names), value
            continue
        for part, name, inner in reversed(below):
            where = (*path, part)
            if isinstance(part, int):
                names[where] = f"{name} stage" if path[-1] == "stages" else f"LoRA {name}"
            pending.append(((*key, name), where, inner))


def _below(value: Any, path: tuple[Part, ...]) -> list[tuple[Part, str, Any]] | None:
    if isinstance(value, dict) and value:
        return [(name, name, value[name]) for name in sorted(value)]
    identity = IDENTITY.get(str(path[-1]), "") if path else ""
    if not isinstance(value, list) or not value or not identity or path[-1] == "references":
        return None
    named = [entry.get(identity) if isinstance(entry, dict) else None for entry in value]
    if not all(isinstance(name, str) for name in named) or len(set(named)) != len(named):
        return None
    return [(index, str(name), entry) for index, (name, entry) in enumerate(zip(named, value, strict=True))]
