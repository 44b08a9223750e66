"""Keeps the tables that index Git in step with it: forward after each commit, or all over again by `rebuild`.

Both walk the same commits through the same handlers, so a rebuilt index equals the one it replaces.
"""

from __future__ import annotations

import json
from typing import Any

from django.db import transaction

from presets_app import wiring
from presets_app.core.canonical import digest
from presets_app.gitstore import CommitInfo, PathChange, Store, paths
from presets_app.models import AuditEvent, Project
from presets_app.services.indexing_rows import HANDLERS, empty, forget_stale, settle_checks


def refresh(project: Project, store: Store | None = None) -> int:
    """Index the commits that are not yet; returns how many. Safe to repeat and to run side by side."""
    if store is None:
        with wiring.store(project.slug) as own:
            return refresh(project, own)
    with transaction.atomic():
        locked = Project.objects.select_for_update().get(pk=project.pk)
        head = store.head()
        if head is None or head == locked.indexed:
            return 0
        count = _replay(locked, store, locked.indexed or None, head)
        locked.indexed = head
        locked.save(update_fields=["indexed"])
    project.refresh_from_db()
    return count


def rebuild(project: Project) -> int:
    """Replay the whole history over the tables and drop rows that Git does not know; returns the commits read."""
    with wiring.store(project.slug) as store, transaction.atomic():
        locked = Project.objects.select_for_update().get(pk=project.pk)
        head = store.head()
        seen: set[tuple[str, str]] = set()
        empty(locked)
        count = _replay(locked, store, None, head, seen) if head else 0
        forget_stale(locked, seen)
        settle_checks(locked)
        locked.indexed = head or ""
        locked.save(update_fields=["indexed"])
    project.refresh_from_db()
    return count


def _replay(
    project: Project, store: Store, since: str | None, until: str, seen: set[tuple[str, str]] | None = None
) -> int:
    count = 0
    for info, changes in store.replay(since, until):
        count += 1
        for change in changes:
            _index(project, store, info, change, seen)
        _audit(project, info)
    return count


def _index(
    project: Project, store: Store, info: CommitInfo, change: PathChange, seen: set[tuple[str, str]] | None
) -> None:
    located = paths.parse(change.path)
    if located is None or located.kind not in HANDLERS or change.new_blob is None:
        return
    document = json.loads(store.read_blob(change.new_blob))
    HANDLERS[located.kind](project, info, located, document)
    if seen is not None:
        seen.add((located.kind, change.path))
        if located.kind == "live":
            seen.add(("release", info.sha))


def _audit(project: Project, info: CommitInfo) -> None:
    kind, _, subject = info.trailers.get("Matchframe-Subject", "project/").partition("/")
    AuditEvent.objects.get_or_create(
        project=project,
        commit=info.sha,
        defaults={
            "verb": info.trailers.get("Matchframe-Verb", "commit"),
            "subject_kind": kind,
            "subject": subject,
            "subject_name": info.subject[:200],
            "by": info.trailers.get("Matchframe-Actor", info.author.email),
            "by_name": info.author.name,
            "reason": info.body,
            "at": info.at,
        },
    )


def policy_digest(document: Any) -> str:
    return digest(document)
