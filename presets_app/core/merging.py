"""Two people's changes to one document, brought together field by field.

A field that one of them changed is taken from them; a field that both changed to different values is a conflict, and
a person chooses. Stages are matched by role, LoRAs by file and references by their SHA-256, so that a stage that was
moved is not taken for one that was removed and another that came.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final, Literal

from presets_app.core.canonical import canonical_bytes, normalized
from presets_app.core.labels import Part, phrase_of
from presets_app.core.pointers import joined

Side = Literal["mine", "theirs"]
IDENTITY: Final = {"stages": "role", "loras": "file", "references": "sha256"}
_ORDER: Final = "order"  # what a conflict about a list's order is keyed by, below the list


class _Nothing:
    def __init__(self, word: str) -> None:
        self._word = word

    def __repr__(self) -> str:
        return self._word


ABSENT: Final = _Nothing("absent")
UNKNOWN: Final = _Nothing("unknown")  # what both began from cannot be told any more


@dataclass(frozen=True)
class Meeting:
    """A field where the two documents differ. `key` names it for a choice: a pointer in which elements of lists stand
    by what they are matched by. `path` points into the merged document. Values are None where there is none, and
    `absent` lists those of "base", "mine" and "theirs" that have none. `side` says whose it became."""

    key: str
    path: str
    label: str
    base: Any
    mine: Any
    theirs: Any
    absent: frozenset[str]
    side: Side
    chosen: bool = False


@dataclass(frozen=True)
class Merged:
    """`conflicts` are fields that both changed, the chosen ones among them; where nobody chose, `document` has theirs.
    `taken` are the fields that only one of them changed."""

    document: dict[str, Any]
    conflicts: list[Meeting] = field(default_factory=list)
    taken: list[Meeting] = field(default_factory=list)

    @property
    def open(self) -> list[Meeting]:
        """The conflicts that nobody has decided yet."""
        return [conflict for conflict in self.conflicts if not conflict.chosen]


def merge(
    base: dict[str, Any] | None,
    mine: dict[str, Any],
    theirs: dict[str, Any],
    choices: Mapping[str, str] | None = None,
) -> Merged:
    """`base` is what both began from; without it every difference is a conflict. `choices` decides conflicts by their
    key: "mine" or "theirs"; any other word decides nothing."""
    walk = _Walk(choices or {})
    start = UNKNOWN if base is None else normalized(base)
    found = walk.objects(start, normalized(mine), normalized(theirs), _At())
    return Merged(found, walk.conflicts, walk.taken)


@dataclass(frozen=True)
class _At:
    key: tuple[str, ...] = ()
    path: tuple[Part, ...] = ()
    names: Mapping[tuple[Part, ...], str] = field(default_factory=dict)

    def into(self, key: str, part: Part, name: str = "") -> _At:
        path = (*self.path, part)
        return _At((*self.key, key), path, {**self.names, path: name} if name else self.names)


class _Walk:
    def __init__(self, choices: Mapping[str, str]) -> None:
        self._choices = choices
        self.conflicts: list[Meeting] = []
        self.taken: list[Meeting] = []

    def objects(self, base: Any, mine: dict[str, Any], theirs: dict[str, Any], at: _At) -> dict[str, Any]:
        found = {}
        for name in sorted(mine.keys() | theirs.keys() | (base.keys() if isinstance(base, dict) else set())):
            values = (_inside(base, name), mine.get(name, ABSENT), theirs.get(name, ABSENT))
            value = self._one(*values, at.into(name, name))
            if value is not ABSENT:
                found[name] = value
        return found

    def _one(self, base: Any, mine: Any, theirs: Any, at: _At) -> Any:
        if _equal(mine, theirs):
            return theirs
        if isinstance(mine, dict) and isinstance(theirs, dict):
            return self.objects(base, mine, theirs, at)
        key = IDENTITY.get(str(at.path[-1]), "")
        if all(_keyed(side, key) for side in (mine, theirs, _listed(base))):
            return self._lists(_listed(base), mine, theirs, at, known=base is not UNKNOWN)
        if _equal(base, mine):
            return self._take("theirs", base, mine, theirs, at)
        if _equal(base, theirs):
            return self._take("mine", base, mine, theirs, at)
        return self._conflict(base, mine, theirs, at)

    def _lists(self, base: list[Any], mine: list[Any], theirs: list[Any], at: _At, *, known: bool) -> list[Any]:
        key = IDENTITY[str(at.path[-1])]
        before, ours, other = ({entry[key]: entry for entry in side} for side in (base, mine, theirs))
        found: list[Any] = []
        for identity in self._order(list(before), list(ours), list(other), at, known=known):
            was = before.get(identity, ABSENT) if known else UNKNOWN
            inner = at.into(identity, len(found), _named(str(at.path[-1]), identity))
            value = self._one(was, ours.get(identity, ABSENT), other.get(identity, ABSENT), inner)
            if value is not ABSENT:
                found.append(value)
        return found

    def _order(self, base: list[str], mine: list[str], theirs: list[str], at: _At, *, known: bool) -> list[str]:
        """All identities: in the order of whoever changed it, in theirs unless a person chose when both did."""
        common = set(mine) & set(theirs)
        ours, other = ([name for name in side if name in common] for side in (mine, theirs))
        before = [name for name in base if name in common]
        side: Side = "mine" if known and other == before else "theirs"
        if ours != other:
            label = f"order of {phrase_of(at.path, at.names)}"
            key = joined((*at.key, _ORDER))
            said = self._choice(key) if before not in (ours, other) or not known else None
            side = said or side
            found = Meeting(key, joined(at.path), label, before or None, ours, other, frozenset(), side, bool(said))
            (self.taken if known and before in (ours, other) else self.conflicts).append(found)
        return _woven(mine, [*theirs, *base]) if side == "mine" else _woven(theirs, [*mine, *base])

    def _take(self, side: Side, base: Any, mine: Any, theirs: Any, at: _At) -> Any:
        self.taken.append(_meeting(joined(at.key), side, base, mine, theirs, at))
        return mine if side == "mine" else theirs

    def _conflict(self, base: Any, mine: Any, theirs: Any, at: _At) -> Any:
        key = joined(at.key)
        side = self._choice(key)
        self.conflicts.append(_with_choice(_meeting(key, side or "theirs", base, mine, theirs, at), side))
        return mine if side == "mine" else theirs

    def _choice(self, key: str) -> Side | None:
        said = self._choices.get(key)
        return "mine" if said == "mine" else "theirs" if said == "theirs" else None


def _meeting(key: str, side: Side, base: Any, mine: Any, theirs: Any, at: _At) -> Meeting:
    values = {"base": base, "mine": mine, "theirs": theirs}
    absent = frozenset(name for name, value in values.items() if isinstance(value, _Nothing))
    told = [None if name in absent else value for name, value in values.items()]
    label = phrase_of(at.path, at.names)
    return Meeting(key, joined(at.path), label, told[0], told[1], told[2], absent=absent, side=side)


def _with_choice(meeting: Meeting, side: Side | None) -> Meeting:
    return meeting if side is None else replace(meeting, chosen=True)


def _named(field_name: str, identity: str) -> str:
    if field_name == "stages":
        return f"{identity} stage"
    return f"LoRA {identity}" if field_name == "loras" else f"reference {identity[:8]}"


def _inside(base: Any, name: str) -> Any:
    if base is UNKNOWN:
        return UNKNOWN
    return base.get(name, ABSENT) if isinstance(base, dict) else ABSENT


def _listed(base: Any) -> Any:
    """A list to match by; what was no list before, or is not known, has no elements."""
    return [] if isinstance(base, _Nothing) else base


def _equal(one: Any, other: Any) -> bool:
    if isinstance(one, _Nothing) or isinstance(other, _Nothing):
        return one is other and one is ABSENT
    return canonical_bytes(one) == canonical_bytes(other)


def _keyed(value: Any, key: str) -> bool:
    """Whether it is a list of objects, each with a text of its own under `key`."""
    if not key or not isinstance(value, list):
        return False
    found = [entry.get(key) if isinstance(entry, dict) else None for entry in value]
    return all(isinstance(identity, str) for identity in found) and len(set(found)) == len(found)


def _woven(lead: Sequence[str], others: Sequence[str]) -> list[str]:
    """The names of `lead`, and those of `others` that it lacks, each after the one it stood after there."""
    found = list(lead)
    for place, name in enumerate(others):
        if name not in found:
            before = next((other for other in reversed(others[:place]) if other in found), None)
            found.insert(found.index(before) + 1 if before is not None else 0, name)
    return found
