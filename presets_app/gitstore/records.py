"""The values that the store hands out: people, commits, changed paths."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

ChangeKind = Literal["added", "modified", "deleted"]


@dataclass(frozen=True)
class Person:
    """Who acts. Any text is accepted; what Git cannot hold is taken out when the commit is written."""

    name: str
    email: str


@dataclass(frozen=True)
class CommitInfo:
    """One commit. `at` is the author's time in UTC; `trailers` are keyed as they were given."""

    sha: str
    parent: str | None
    author: Person
    at: datetime
    subject: str
    body: str
    trailers: dict[str, str]


@dataclass(frozen=True)
class PathChange:
    """One path that differs between two revisions, with the blob ids before and after."""

    path: str
    kind: ChangeKind
    old_blob: str | None
    new_blob: str | None
