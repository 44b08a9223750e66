"""How a preset came to be what it is: its revisions with what each changed, and who gave each field its value."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from django.urls import reverse

from presets_app.core import diff
from presets_app.core.blame import blame
from presets_app.core.errors import NotFound
from presets_app.gitstore import Store, paths
from presets_app.models import Preset, Revision
from presets_app.queries import live, people
from presets_app.queries.paging import by_id

PAGE = 25  # each row's document is read and compared with the one before: about 1 ms
TOLD = 3  # changes named in a row of the history
COMPARABLE = 50  # older revisions offered to compare with
BLAMED = 100  # revisions looked through for who changed a field
Document = dict[str, Any]


def read(store: Store, preset: Preset, commit: str) -> Document:
    """The document of a preset as a commit holds it. Raises NotFound."""
    data = store.read(commit, paths.preset(preset.slug))
    if data is None:
        raise NotFound(f"There is no {preset.name} at {commit[:8]}.", code="revision_not_found")
    document: Document = json.loads(data)
    return document


def revision(preset: Preset, commit: str) -> Revision:
    """The revision saved by a commit, the newest for "". Raises NotFound."""
    found = preset.history.filter(commit=commit or preset.head).first()
    if found is None:
        hint = "Its history lists every revision."
        raise NotFound(f"{preset.name} has no such revision.", code="revision_not_found", hint=hint)
    return found


def history(store: Store, preset: Preset, at: Revision, asked: dict[str, str]) -> dict[str, Any]:
    """A page of revisions, newest first, each with the first few of its changes in words."""
    place = {key: value for key, value in asked.items() if key in ("before", "after") and value.isdecimal()}
    rows, pages = by_id(preset.history.all(), {**place, "tab": "history"}, size=PAGE)
    names = people.names({row.author for row in rows})
    held = live.of_presets(preset.project, [preset]).get(preset.pk, live.NOTHING)
    changed = _changes(store, preset, rows)
    here = reverse("presets.detail", kwargs={"project": preset.project.slug, "preset": preset.slug})
    shown = [
        {
            "number": row.number,
            "revision": row.digest,
            "commit": row.commit,
            "when": row.at,
            "person": names[row.author],
            "message": row.message,
            "changes": changed[row.pk][:TOLD],
            "more": max(0, len(changed[row.pk]) - TOLD),
            "url": f"{here}?revision={row.commit}",
            "diff_url": f"{here}?tab=diff&revision={row.commit}" if row.number > 1 else "",
            "restorable": row.commit != preset.head,
            "here": row.commit == at.commit,
            "live": [kind for kind, side in held.items() if side and side["revision_url"].endswith(row.commit)],
        }
        for row in rows
    ]
    return {"history": shown, "pages": pages}


def _changes(store: Store, preset: Preset, rows: list[Revision]) -> dict[int, list[str]]:
    """{revision: what it changed, one sentence each}; nothing for the first."""
    if not rows:
        return {}
    older = list(preset.history.filter(number__lt=rows[-1].number).order_by("-number")[:1])
    documents = [read(store, preset, row.commit) for row in [*rows, *older]]
    found: dict[int, list[str]] = {row.pk: [] for row in rows}
    for row, new, old in zip(rows, documents, documents[1:], strict=False):
        found[row.pk] = [diff.sentence(change) for change in diff.changes(old, new)]
    return found


def difference(store: Store, preset: Preset, at: Revision, wanted: str) -> dict[str, Any] | None:
    """The change from `wanted`, or from the revision before, to this one; None for the first without a choice."""
    others = list(preset.history.exclude(pk=at.pk).order_by("-number")[:COMPARABLE])
    before = next((row for row in others if row.number < at.number), None)
    origin = revision(preset, wanted) if wanted else before
    if origin is None:
        return None
    names = people.names({origin.author, at.author})
    return {
        "from": end(origin, names),
        "to": end(at, names),
        "changes": diff.changes(read(store, preset, origin.commit), read(store, preset, at.commit)),
        "from_options": [(row.commit, f"{row.number}: {row.digest[:8]} {row.message[:60]}") for row in others],
    }


def end(row: Revision, names: dict[str, str]) -> dict[str, Any]:
    """One side of a comparison. `names` as people.names answers them."""
    return {
        "revision": row.digest,
        "commit": row.commit,
        "number": row.number,
        "when": row.at,
        "person": names[row.author],
        "message": row.message,
    }


def blamed(store: Store, preset: Preset, at: Revision) -> dict[str, Any]:
    """Who gave each field of a revision its value, grouped as the document is read; `bound` revisions were read."""
    rows = list(preset.history.filter(number__lte=at.number).order_by("-number")[:BLAMED])
    names = people.names({row.author for row in rows})
    here = reverse("presets.detail", kwargs={"project": preset.project.slug, "preset": preset.slug})
    found = blame(_documents(store, preset, rows), whole=bool(rows) and rows[-1].number == 1)
    shown = [
        {
            "path": field.path,
            "section": field.path.split("/")[1] if field.path else "",
            "label": field.label,
            "value": field.value,
            "older": field.older,
            "url": f"{here}?tab=diff&revision={field.by.commit}" if field.by.number > 1 else _first(here, field.by),
            **end(field.by, names),
        }
        for field in found
    ]
    return {"blame": shown, "bound": len(rows)}


def _first(here: str, row: Revision) -> str:
    return f"{here}?revision={row.commit}"


def _documents(store: Store, preset: Preset, rows: list[Revision]) -> Iterator[tuple[Revision, Document]]:
    for row in rows:
        yield row, read(store, preset, row.commit)
