"""What a form is made of."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

Kind = Literal["line", "prose", "whole", "number", "rate", "choice", "switch", "numbers", "lines", "pairs"]
_UNFIT = re.compile(r"[^A-Za-z0-9_]")


def id_of(path: str) -> str:
    """A pointer as an id of the page; two pointers never share one."""
    spelled = _UNFIT.sub(lambda sign: "-" if sign[0] == "/" else f".{ord(sign[0]):x}.", path)
    return f"f{spelled}"


@dataclass(frozen=True)
class Field:
    """`path` points into the document and is the control's name; `text` is the value as it stands in the control, ""
    when it is not stated; `usual` is what to expect there, "" when nobody says; `source` is where help and usual come
    from. A `choice` lists its `options` as (value, word)."""

    path: str
    label: str
    kind: Kind
    text: str
    help: str = ""
    unit: str = ""
    usual: str = ""
    source: str = ""
    options: tuple[tuple[str, str], ...] = ()
    required: bool = False

    @property
    def id(self) -> str:
        return id_of(self.path)

    @property
    def wide(self) -> bool:
        return self.kind in ("prose", "lines", "pairs", "numbers")

    @property
    def rows(self) -> int:
        least = 4 if self.kind == "prose" else 2
        return max(least, min(12, self.text.count("\n") + 1, 12), min(8, len(self.text) // 90 + 1))


@dataclass(frozen=True)
class Element:
    """One stage, LoRA, shot or reference; `more` are fields that its family does not usually state."""

    path: str
    title: str
    fields: tuple[Field, ...]
    more: tuple[Field, ...] = ()
    lists: tuple[Listing, ...] = ()
    first: bool = False
    last: bool = False

    @property
    def id(self) -> str:
        return id_of(self.path)

    def every(self) -> Iterator[Field]:
        yield from self.fields
        yield from self.more
        for listing in self.lists:
            yield from listing.every()


@dataclass(frozen=True)
class Listing:
    """Elements in an order that matters. `fault` says why they cannot be shown, "" when they can."""

    path: str
    title: str
    one: str
    elements: tuple[Element, ...] = ()
    fault: str = ""

    @property
    def id(self) -> str:
        return id_of(self.path)

    def every(self) -> Iterator[Field]:
        for element in self.elements:
            yield from element.every()


@dataclass(frozen=True)
class Group:
    """Fields of one matter. `names` is the pointer below which fields of new names may be added, "" for none."""

    key: str
    title: str
    fields: tuple[Field, ...] = ()
    more: tuple[Field, ...] = ()
    lists: tuple[Listing, ...] = ()
    help: str = ""
    names: str = ""

    def every(self) -> Iterator[Field]:
        yield from self.fields
        yield from self.more
        for listing in self.lists:
            yield from listing.every()


@dataclass(frozen=True)
class Form:
    """`kept` are pointers of values that no field shows; they stay as they are."""

    groups: tuple[Group, ...]
    kept: tuple[str, ...] = ()

    def every(self) -> Iterator[Field]:
        for group in self.groups:
            yield from group.every()
