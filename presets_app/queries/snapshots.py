"""What the snapshot page shows: what was kept, and which of it is a last known good."""

from __future__ import annotations

from typing import Any

from django.urls import reverse

from presets_app.core import known_good
from presets_app.models import Preset, Project, Snapshot, Target
from presets_app.queries import people
from presets_app.queries.migration_rows import side_of
from presets_app.queries.paging import by_id
from presets_app.queries.releases import LiveSides, is_current, live_sides

PAGE = 30
OFFERED = 100


def listed(project: Project, asked: dict[str, str]) -> dict[str, Any]:
    """The snapshots of a project, newest first, and the presets one can be taken of."""
    page = by_id(Snapshot.objects.filter(project=project).select_related("preset"), asked, size=PAGE)
    targets = targets_of(project)
    live = live_sides(page.rows)
    names = people.names({row.by for row in page.rows})
    found = Preset.objects.filter(project=project, live__isnull=False).distinct().order_by("name")
    presets = [(preset.slug, preset.name) for preset in found[:OFFERED]]
    return {
        "snapshots": [_row(project, row, targets, live, names) for row in page.rows],
        "pages": page.pages,
        "presets": [("", "Every preset that is live"), *presets] if len(presets) > 1 else presets,
    }


def targets_of(project: Project) -> dict[str, Target]:
    return {target.slug: target for target in Target.objects.filter(project=project)}


def head(row: Snapshot, targets: dict[str, Target], names: dict[str, str]) -> dict[str, Any]:
    return {
        "id": row.id,
        "name": str(row),
        "when": row.at,
        "person": None if row.automatic else names.get(row.by, row.by),
        "good": row.good,
        "why_not_good": why_not_good(row, targets),
        "preset": {"slug": row.preset.slug, "name": row.preset.name},
    }


def why_not_good(row: Snapshot, targets: dict[str, Target]) -> str:
    lacking = [side_of(target, targets)["label"] for target in known_good.lacks(row.sides)]
    return f"No passing evidence for {' and '.join(lacking)}." if lacking else ""


def _row(
    project: Project, row: Snapshot, targets: dict[str, Target], live: LiveSides, names: dict[str, str]
) -> dict[str, Any]:
    return {**head(row, targets, names), "current": is_current(row, live), **_sides(project, row, targets)}


def _sides(project: Project, row: Snapshot, targets: dict[str, Target]) -> dict[str, Any]:
    """A side in each of the two columns; two of one kind take one each."""
    found: dict[str, Any] = {"local": None, "cloud": None}
    for target, held in sorted(row.sides.items()):
        kind = side_of(target, targets)["kind"]
        column = kind if found[kind] is None else "cloud" if kind == "local" else "local"
        found[column] = _side(project, held)
    return found


def _side(project: Project, held: dict[str, Any]) -> dict[str, Any]:
    evidence = held.get("evidence") or {}
    check = evidence.get("check")
    address = reverse("parity.detail", kwargs={"project": project.slug, "check": check}) if check else ""
    return {"state": evidence.get("verdict") or "unproven", "revision": held["digest"], "evidence_url": address}


def choices(project: Project) -> list[tuple[str, str]]:
    """(id, label) of what one can go back to, last known good first, each newest first."""
    rows = Snapshot.objects.filter(project=project).select_related("preset").order_by("-id")
    good, others = list(rows.filter(good=True)[:OFFERED]), list(rows.filter(good=False)[:OFFERED])
    live = live_sides([*good, *others])
    words = {True: "last known good", False: "not proven"}
    return [
        (row.id, f"{row.preset.name}: {row} ({words[row.good]})")
        for row in [*good, *others]
        if not is_current(row, live)
    ]
