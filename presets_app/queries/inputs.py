"""What the input pages show: frozen sets, lists still being made, and one of either."""

from __future__ import annotations

import json
from typing import Any

from presets_app import wiring
from presets_app.core.errors import NotFound
from presets_app.core.inputs import LABELS, validate_inputs
from presets_app.core.problems import Problem
from presets_app.gitstore import paths
from presets_app.models import InputDraft, InputSet, Project
from presets_app.queries import activity, people
from presets_app.queries.paging import by_moment

DRAFTS_SHOWN = 50
ITEMS_SHOWN = 100
KINDS = list(InputSet.KINDS)
KNOWN_LABELS = [label.replace(" ", "-") for label in LABELS]


def listed(project: Project, asked: dict[str, str]) -> dict[str, Any]:
    """Frozen sets, newest first; lists still being made stand before them on the first page."""
    frozen, pages = by_moment(InputSet.objects.filter(project=project), asked, "at")
    drafts = [] if asked.get("before") or asked.get("after") else _drafts(project)
    names = people.names({row.by for row in frozen} | {row.by for row in drafts})
    sets = [*(_draft_row(row, names) for row in drafts), *(_frozen_row(row, names) for row in frozen)]
    return {"sets": sets, "pages": pages}


def _drafts(project: Project) -> list[InputDraft]:
    taken = InputSet.objects.filter(project=project).values("slug")
    rows = InputDraft.objects.filter(project=project).exclude(slug__in=taken)
    return list(rows.order_by("-changed_at", "-pk")[:DRAFTS_SHOWN])


def _draft_row(row: InputDraft, names: dict[str, str]) -> dict[str, Any]:
    labels = dict.fromkeys(label for item in row.items for label in item.get("labels", ()))
    about = {"frozen": False, "digest": "", "items": len(row.items), "labels": list(labels), "changed": row.changed_at}
    return {**_named(row, names), **about, "local_only": row.local_only}


def _frozen_row(row: InputSet, names: dict[str, str]) -> dict[str, Any]:
    about = {"frozen": True, "digest": row.digest, "items": row.items, "labels": list(row.labels), "changed": row.at}
    return {**_named(row, names), **about, "local_only": row.local_only > 0}


def _named(row: InputDraft | InputSet, names: dict[str, str]) -> dict[str, Any]:
    return {"slug": row.slug, "name": row.name, "kind": row.kind, "person": names[row.by]}


def detail(project: Project, slug: str, asked: dict[str, str]) -> dict[str, Any]:
    """One set with a page of its items; frozen when there is a frozen one of that name. Raises NotFound."""
    frozen = InputSet.objects.filter(project=project, slug=slug).first()
    shown = _frozen(project, frozen) if frozen else _draft(project, slug)
    rows, pages = _page(shown.pop("listed"), asked)
    return {**shown, "items": rows, "pages": pages, "history": activity.about(project, "inputs", slug)}


def _frozen(project: Project, row: InputSet) -> dict[str, Any]:
    about = {**_frozen_row(row, people.names({row.by})), "parent": row.commit}
    return {"set": about, "listed": _frozen_items(project, row), "problems": []}


def _draft(project: Project, slug: str) -> dict[str, Any]:
    row = InputDraft.objects.filter(project=project, slug=slug).first()
    if row is None:
        raise NotFound(f"There is no input set {slug}.", code="inputs_not_found")
    about = {**_draft_row(row, people.names({row.by})), "parent": ""}
    return {"set": about, "listed": row.items, "problems": _advice(row)}


def _frozen_items(project: Project, row: InputSet) -> list[dict[str, Any]]:
    with wiring.store(project.slug) as store:
        data = store.read(row.commit, paths.inputs(row.slug))
    found: list[dict[str, Any]] = json.loads(data)["items"] if data else []
    return found


def _page(items: list[dict[str, Any]], asked: dict[str, str]) -> tuple[list[dict[str, Any]], dict[str, str | None]]:
    """A stretch of the list; `from` is the place of its first item, so that a link shows the same items again."""
    given = asked.get("from", "")
    first = min(int(given), len(items)) if given.isascii() and given.isdecimal() and len(given) < 9 else 1
    first = max(first, 1)
    shown = items[first - 1 : first - 1 + ITEMS_SHOWN]
    newer = f"?from={max(1, first - ITEMS_SHOWN)}" if first > 1 else None
    older = f"?from={first + ITEMS_SHOWN}" if first - 1 + ITEMS_SHOWN < len(items) else None
    return [_item(item, place) for place, item in enumerate(shown, start=first)], {"newer": newer, "older": older}


def _item(item: dict[str, Any], place: int) -> dict[str, Any]:
    return {
        "place": place,
        "id": item["key"],
        "prompt": item.get("prompt", ""),
        "labels": item.get("labels", []),
        "seed": _seed(item.get("seed")),
        "asset_url": None,
        "local_only": bool(item.get("local_only")),
    }


def _seed(value: Any) -> str | None:
    if isinstance(value, dict):
        return ", ".join(f"{role} {seed}" for role, seed in value.items())
    return None if value is None else str(value)


def _advice(row: InputDraft) -> list[Problem]:
    """What a set still lacks before it is frozen: how many items a preview has, labels nobody used."""
    document = {"format": "matchframe/inputs/1", "name": row.name, "kind": row.kind, "items": row.items}
    return [problem for problem in validate_inputs(document) if problem.path == "/items" or problem.severity == "note"]
