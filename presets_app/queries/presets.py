"""What the preset pages show: the list, and one preset at one revision."""

from __future__ import annotations

from typing import Any

from django.db.models import Q
from django.urls import reverse

from presets_app import wiring
from presets_app.core import muting as turned_off
from presets_app.core.lints import review
from presets_app.gitstore import Store
from presets_app.models import Comment, Preset, Project, Revision
from presets_app.queries import (
    live,
    memory_plans,
    muting,
    people,
    preset_history,
    preset_targets,
    projects,
    reference_pictures,
)
from presets_app.queries.paging import by_moment
from presets_app.queries.preset_history import read, revision

TABS = ("document", "problems", "history", "diff", "blame", "targets")
PAGE = 25  # each row's document is read and reviewed: about 1 ms
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
        presets = [{**_row(store, preset, project.policy), "person": names[preset.changed_by]} for preset in found]
    for row, preset in zip(presets, found, strict=True):
        held = sides.get(preset.pk, live.NOTHING)
        row |= {kind: side["state"] if side else "nothing" for kind, side in held.items()}
    return {"presets": presets, "pages": pages, "q": q, "family": family, "families": FAMILIES, "total": None}


def _row(store: Store, preset: Preset, policy: dict[str, Any]) -> dict[str, Any]:
    document = read(store, preset, preset.head)
    told, _ = turned_off.parted(review(document), policy, preset.slug)
    severities = [problem.severity for problem in told]
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


def detail(project: Project, slug: str, asked: dict[str, str]) -> dict[str, Any]:
    """One preset at one revision, with what its tab shows. Raises NotFound for a name or revision that is not."""
    preset = projects.preset(project, slug)
    at = revision(preset, asked.get("revision", ""))
    tab = asked.get("tab", "") if asked.get("tab") in TABS else "document"
    here = reverse("presets.detail", kwargs={"project": project.slug, "preset": slug})
    with wiring.store(project.slug) as store:
        document = read(store, preset, at.commit)
        problems, off = muting.parted(project, [*review(document), *reference_pictures.problems(document)], slug)
        shown: dict[str, Any] = {
            "tab": tab,
            "preset": {**_head(preset, at, here), "description": document.get("description", "")},
            "document": document,
            "live": live.of_presets(project, [preset]).get(preset.pk, live.NOTHING),
            "problems": problems,
            "turned_off": off,
            "counts": {"problems": len(problems), "history": preset.revisions},
        }
        if tab == "history":
            shown |= preset_history.history(store, preset, at, asked)
        elif tab == "diff":
            shown["diff"] = preset_history.difference(store, preset, at, asked.get("from", ""))
        elif tab == "blame":
            shown |= preset_history.blamed(store, preset, at)
        elif tab == "targets":
            shown["targets"] = preset_targets.rows(store, preset, document)
        else:
            shown["memory"] = memory_plans.of(project, document)
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


def comments(project: Project, kind: str, subject: str) -> list[dict[str, Any]]:
    """What people said about one thing, the newest hundred, oldest first."""
    rows = Comment.objects.filter(project=project, subject_kind=kind, subject=subject).order_by("-id")[:COMMENTS_SHOWN]
    return [{"person": row.by_name, "when": row.at, "text": row.text} for row in rows][::-1]
