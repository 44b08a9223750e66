"""What the preset pages show: the list, and one preset at one revision."""

from __future__ import annotations

import json
from typing import Any

from django.db.models import Q
from django.urls import reverse

from presets_app import wiring
from presets_app.core import diff
from presets_app.core.documents import to_json_bytes, to_yaml_bytes
from presets_app.core.errors import NotFound
from presets_app.core.lints import review
from presets_app.gitstore import Store, paths
from presets_app.models import Comment, Preset, Project, Revision
from presets_app.queries import live, people, preset_targets, projects
from presets_app.queries.paging import by_id, by_moment

TABS = ("document", "problems", "history", "diff", "targets")
PAGE = 25  # each row's document is read and reviewed: about 1 ms
COMPARABLE = 50  # older revisions offered to compare with
COMMENTS_SHOWN = 100
FAMILIES = [("", "Any family"), ("ltx-2", "LTX-2"), ("wan-2.2", "WAN 2.2")]
Document = dict[str, Any]


def listed(project: Project, asked: dict[str, str]) -> dict[str, Any]:
    """Presets of a project, newest change first. `asked` holds q, family and the place in the list."""
    rows = Preset.objects.filter(project=project)
    q, family = asked.get("q", ""), asked.get("family", "")
    if q:
        rows = rows.filter(Q(name__istartswith=q) | Q(family__iexact=q) | Q(task__iexact=q))
    if family:
        rows = rows.filter(family=family)
    found, pages = by_moment(rows, asked, "changed_at", size=PAGE)
    sides = live.of_presets(project, found)
    names = people.names({preset.changed_by for preset in found})
    with wiring.store(project.slug) as store:
        presets = [{**_row(store, preset), "person": names[preset.changed_by]} for preset in found]
    for row, preset in zip(presets, found, strict=True):
        held = sides.get(preset.pk, live.NOTHING)
        row |= {kind: side["state"] if side else "nothing" for kind, side in held.items()}
    return {"presets": presets, "pages": pages, "q": q, "family": family, "families": FAMILIES, "total": None}


def _row(store: Store, preset: Preset) -> dict[str, Any]:
    document = read(store, preset, preset.head)
    severities = [problem.severity for problem in review(document)]
    return {
        "slug": preset.slug,
        "name": preset.name,
        "family": preset.family,
        "variant": preset.variant,
        "task": preset.task,
        "size": size_of(document),
        "revision": preset.digest,
        "changed": preset.changed_at,
        "errors": severities.count("error"),
        "warnings": severities.count("warning"),
    }


def size_of(document: Document) -> str:
    """ "640 × 360 px, 121 frames", or what of it is stated."""
    sides = f"{document['width']} × {document['height']} px" if {"width", "height"} <= document.keys() else ""
    frames = f"{document['frames']} frames" if "frames" in document else ""
    return ", ".join(part for part in (sides, frames) if part)


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


def detail(project: Project, slug: str, asked: dict[str, str]) -> dict[str, Any]:
    """One preset at one revision, with what its tab shows. Raises NotFound for a name or revision that is not."""
    preset = projects.preset(project, slug)
    at = revision(preset, asked.get("revision", ""))
    tab = asked.get("tab", "") if asked.get("tab") in TABS else "document"
    here = reverse("presets.detail", kwargs={"project": project.slug, "preset": slug})
    with wiring.store(project.slug) as store:
        document = read(store, preset, at.commit)
        problems = review(document)
        shown: dict[str, Any] = {
            "tab": tab,
            "preset": {**_head(preset, at, here), "description": document.get("description", "")},
            "document": document,
            "live": live.of_presets(project, [preset]).get(preset.pk, live.NOTHING),
            "problems": problems,
            "counts": {"problems": len(problems), "history": preset.revisions},
        }
        if tab == "history":
            shown |= _history(preset, at, here, asked)
        elif tab == "diff":
            shown["diff"] = _diff(store, preset, at, asked.get("from", ""))
        elif tab == "targets":
            shown["targets"] = preset_targets.rows(store, preset, document)
        else:
            shown["comments"] = comments(project, "preset", slug)
    return shown


def _head(preset: Preset, at: Revision, here: str) -> dict[str, Any]:
    newest = at.commit == preset.head
    return {
        "slug": preset.slug,
        "name": preset.name,
        "revision": at.digest,
        "commit": at.commit,
        "number": at.number,
        "changed": at.at,
        "person": people.names({at.author})[at.author],
        "message": at.message,
        "is_newest": newest,
        "newest_url": here,
        "carry": "" if newest else f"&revision={at.commit}",
        "local_only": preset.project.local_only,
    }


def _history(preset: Preset, at: Revision, here: str, asked: dict[str, str]) -> dict[str, Any]:
    place = {key: value for key, value in asked.items() if key in ("before", "after") and value.isdecimal()}
    rows, pages = by_id(preset.history.all(), {**place, "tab": "history"})
    names = people.names({row.author for row in rows})
    held = live.of_presets(preset.project, [preset]).get(preset.pk, live.NOTHING)
    shown = [
        {
            "revision": row.digest,
            "commit": row.commit,
            "when": row.at,
            "person": names[row.author],
            "message": row.message,
            "url": f"{here}?revision={row.commit}",
            "diff_url": f"{here}?tab=diff&revision={row.commit}" if row.number > 1 else "",
            "here": row.commit == at.commit,
            "live": [kind for kind, side in held.items() if side and side["revision_url"].endswith(row.commit)],
        }
        for row in rows
    ]
    return {"history": shown, "pages": pages}


def _diff(store: Store, preset: Preset, at: Revision, wanted: str) -> dict[str, Any] | None:
    """The change from `wanted`, or from the revision before, to this one; None for the first without a choice."""
    others = list(preset.history.exclude(pk=at.pk).order_by("-number")[:COMPARABLE])
    before = next((row for row in others if row.number < at.number), None)
    origin = revision(preset, wanted) if wanted else before
    if origin is None:
        return None
    names = people.names({origin.author, at.author})
    return {
        "from": _end(origin, names),
        "to": _end(at, names),
        "changes": diff.changes(read(store, preset, origin.commit), read(store, preset, at.commit)),
        "from_options": [(row.commit, f"{row.digest[:8]} {row.message[:60]}") for row in others],
    }


def _end(row: Revision, names: dict[str, str]) -> dict[str, Any]:
    return {"revision": row.digest, "commit": row.commit, "when": row.at, "person": names[row.author]}


def comments(project: Project, kind: str, subject: str) -> list[dict[str, Any]]:
    """What people said about one thing, the newest hundred, oldest first."""
    rows = Comment.objects.filter(project=project, subject_kind=kind, subject=subject).order_by("-id")[:COMMENTS_SHOWN]
    return [{"person": row.by_name, "when": row.at, "text": row.text} for row in rows][::-1]


def editable(project: Project, slug: str) -> dict[str, Any]:
    """The newest revision as text to edit; `parent` is the digest that a save must still find there."""
    preset = projects.preset(project, slug)
    with wiring.store(project.slug) as store:
        text = to_yaml_bytes(read(store, preset, preset.head)).decode()
    return {
        "slug": slug,
        "name": preset.name,
        "revision": preset.digest,
        "text": text,
        "parent": preset.digest,
    }


def changed_since(project: Project, slug: str, digest: str) -> list[diff.Change]:
    """What others changed since the revision of that digest; nothing when there was no such revision."""
    preset = projects.preset(project, slug)
    base = preset.history.filter(digest=digest).order_by("-number").first()
    if base is None or base.digest == preset.digest:
        return []
    with wiring.store(project.slug) as store:
        return diff.changes(read(store, preset, base.commit), read(store, preset, preset.head))


def exported(project: Project, slug: str, commit: str, form: str) -> tuple[bytes, str]:
    """A revision as JSON or YAML bytes, and the file name it is kept under."""
    preset = projects.preset(project, slug)
    at = revision(preset, commit)
    with wiring.store(project.slug) as store:
        document = read(store, preset, at.commit)
    data = to_json_bytes(document) if form == "json" else to_yaml_bytes(document)
    return data, f"{slug}-{at.digest[:8]}.{form}"
