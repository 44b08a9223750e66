"""Walking two documents side by side."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from presets_app.core.canonical import canonical_bytes, normalized
from presets_app.core.diff.change import WITHHELD, Change
from presets_app.core.diff.wording import word_changes
from presets_app.core.labels import Part, phrase_of
from presets_app.core.pointers import joined
from presets_app.core.secrets import paths, shown, unspeakable

_IDENTITY = {"stages": "role", "loras": "file", "items": "key", "references": "sha256"}
_TEXTS = ("prompt", "negative_prompt", "description", "source")


@dataclass(frozen=True)
class _At:
    """Where the walk stands: a matched element may have another index on each side."""

    old: tuple[Part, ...] = ()
    new: tuple[Part, ...] = ()
    names: Mapping[tuple[Part, ...], str] | None = None

    def into(self, old: Part, new: Part, name: str | None = None) -> _At:
        at = replace(self, old=(*self.old, old), new=(*self.new, new))
        return at if name is None else replace(at, names={**(self.names or {}), at.old: name, at.new: name})


def changes(old: dict[str, Any], new: dict[str, Any], *, known: Collection[str] = ()) -> list[Change]:
    """Every change from `old` to `new`, in the order of the new document's sorted fields. `known` as in
    secrets.find."""
    old, new = normalized(old), normalized(new)
    return list(_Walk(old, new, known).compare(old, new, _At()))


class _Walk:
    def __init__(self, old: dict[str, Any], new: dict[str, Any], known: Collection[str]) -> None:
        self._known = known
        self._hidden = (paths(old, known=known), paths(new, known=known))
        self._one_stage = all(len(side.get("stages") or ()) == 1 for side in (old, new) if _has_stages(side))

    def compare(self, old: Any, new: Any, at: _At) -> Iterator[Change]:
        if canonical_bytes(old) == canonical_bytes(new):
            return
        if isinstance(old, dict) and isinstance(new, dict):
            yield from self._objects(old, new, at)
        elif isinstance(old, list) and isinstance(new, list):
            yield from self._lists(old, new, at)
        else:
            yield self._changed(old, new, at)

    def _objects(self, old: dict[str, Any], new: dict[str, Any], at: _At) -> Iterator[Change]:
        for key in sorted(old.keys() | new.keys()):
            if unspeakable(key, self._known):
                if canonical_bytes([old.get(key)]) != canonical_bytes([new.get(key)]) or (key in old) != (key in new):
                    yield Change(joined(at.new), "changed", "a field whose name is withheld", WITHHELD, WITHHELD)
                continue
            inner = at.into(key, key)
            if key not in new:
                yield self._removed(old[key], inner)
            elif key not in old:
                yield self._added(new[key], inner)
            else:
                yield from self.compare(old[key], new[key], inner)

    def _lists(self, old: list[Any], new: list[Any], at: _At) -> Iterator[Change]:
        field = str(at.new[-1]) if at.new else ""
        key = _IDENTITY.get(field, "")
        if _keyed(old, key) and _keyed(new, key):
            yield from self._matched(old, new, key, at)
        elif all(isinstance(entry, dict) for entry in (*old, *new)):
            yield from self._by_position(old, new, at)
        else:
            yield self._changed(old, new, at)

    def _matched(self, old: list[Any], new: list[Any], key: str, at: _At) -> Iterator[Change]:
        before = {entry[key]: index for index, entry in enumerate(old)}
        after = {entry[key]: index for index, entry in enumerate(new)}
        for identity, index in before.items():
            if identity not in after:
                yield self._removed(old[index], at.into(index, index, self._name(at, identity)))
        for identity, index in after.items():
            where = at.into(before.get(identity, index), index, self._name(at, identity))
            if identity in before:
                yield from self.compare(old[before[identity]], new[index], where)
            else:
                yield self._added(new[index], where)
        stayed = [identity for identity in before if identity in after]
        order = [identity for identity in after if identity in before]
        if stayed != order:
            label = f"order of {phrase_of(at.new, at.names or {})}"
            yield Change(joined(at.new), "changed", label, self._told(stayed), self._told(order))

    def _by_position(self, old: list[Any], new: list[Any], at: _At) -> Iterator[Change]:
        for index in range(max(len(old), len(new))):
            where = at.into(index, index)
            if index >= len(new):
                yield self._removed(old[index], where)
            elif index >= len(old):
                yield self._added(new[index], where)
            else:
                yield from self.compare(old[index], new[index], where)

    def _name(self, at: _At, identity: str) -> str:
        field, plain = at.new[-1], shown(identity).strip('"')
        if unspeakable(identity, self._known):
            plain = WITHHELD
        if field == "stages":
            return "" if self._one_stage else f"{plain} stage"
        return f"LoRA {plain}" if field == "loras" else f"{str(field).removesuffix('s')} {plain}"

    def _told(self, names: list[str]) -> list[str]:
        return [WITHHELD if unspeakable(name, self._known) else name for name in names]

    def _added(self, value: Any, at: _At) -> Change:
        return Change(joined(at.new), "added", self._label(at), None, self._shown(value, at.new, 1))

    def _removed(self, value: Any, at: _At) -> Change:
        return Change(joined(at.old), "removed", self._label(at), self._shown(value, at.old, 0), None)

    def _changed(self, old: Any, new: Any, at: _At) -> Change:
        before, after = self._shown(old, at.old, 0), self._shown(new, at.new, 1)
        is_text = isinstance(before, str) and isinstance(after, str) and at.new[-1:] and at.new[-1] in _TEXTS
        words = word_changes(before, after) if is_text and WITHHELD not in (before, after) else ()
        return Change(joined(at.new), "changed", self._label(at), before, after, words)

    def _label(self, at: _At) -> str:
        return phrase_of(at.new, at.names or {})

    def _shown(self, value: Any, parts: tuple[Part, ...], side: int) -> Any:
        path = joined(parts)
        inside = any(hidden == path or hidden.startswith(f"{path}/") for hidden in self._hidden[side])
        return WITHHELD if inside else value


def _has_stages(side: dict[str, Any]) -> bool:
    return isinstance(side.get("stages"), list)


def _keyed(entries: list[Any], key: str) -> bool:
    """Whether every entry is an object with a text of its own under `key`."""
    found = [entry.get(key) for entry in entries if isinstance(entry, dict)]
    texts = {identity for identity in found if isinstance(identity, str)}
    return bool(key) and len(texts) == len(entries)
