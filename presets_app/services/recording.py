"""The one way a decision is written: Git first by compare-and-swap, then index and audit in one transaction.

A crash after the commit loses nothing: the commit's trailers say who did what and why, and the next refresh (at
start, before any write, or by `check_store`) indexes it and writes its audit line.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from presets_app import wiring
from presets_app.core.canonical import readable_bytes
from presets_app.core.errors import Conflict, NotFound
from presets_app.core.permissions import Actor
from presets_app.gitstore import Person, StaleParent, Store
from presets_app.models import Project
from presets_app.services import indexing

ATTEMPTS = 5
Build = Callable[[Store, str | None], Mapping[str, Any]]


@dataclass(frozen=True)
class Deed:
    """What is being done, for the commit and the audit line. `title` is the commit's first line."""

    verb: str
    subject_kind: str
    subject: str
    title: str
    reason: str = ""


def record(project: Project, actor: Actor, deed: Deed, build: Build) -> str:
    """Commit what `build(store, head)` answers ({path: JSON value or None to delete}) and index it; returns the
    commit. `build` reads at `head`, checks, and raises to refuse; it runs again when somebody else was faster.
    Raises Conflict when that happens too often."""
    trailers = {
        "Matchframe-Verb": deed.verb,
        "Matchframe-Subject": f"{deed.subject_kind}/{deed.subject}",
        "Matchframe-Actor": actor.username,
    }
    with wiring.store(project.slug) as store:
        for attempt in range(1, ATTEMPTS + 1):
            head = store.head()
            _catch_up(project, store, head)
            changes = {path: encoded(value) for path, value in build(store, head).items()}
            try:
                commit = store.commit(
                    changes,
                    author=Person(actor.name, actor.email),
                    subject=deed.title,
                    body=deed.reason,
                    trailers=trailers,
                    parent=head,
                )
                break
            except StaleParent as error:
                if attempt == ATTEMPTS:
                    raise Conflict(
                        "Others were saving at the same moment; nothing of yours was written.",
                        code="busy",
                        hint="Try again.",
                    ) from error
        indexing.refresh(project, store)
    return commit


def _catch_up(project: Project, store: Store, head: str | None) -> None:
    """Index what others committed meanwhile, so that a `build` that asks the tables is told what stands at `head`."""
    if not Project.objects.filter(pk=project.pk, indexed=head or "").exists():
        indexing.refresh(project, store)


def encoded(value: Any) -> bytes | None:
    return None if value is None else readable_bytes(value)


def read_json(store: Store, revision: str | None, path: str) -> Any:
    """A JSON document at a revision, or None when it is not there."""
    data = store.read(revision, path) if revision else None
    return None if data is None else json.loads(data)


def must_read(store: Store, revision: str | None, path: str, what: str) -> Any:
    value = read_json(store, revision, path)
    if value is None:
        raise NotFound(f"There is no {what}.", code="not_found")
    return value
