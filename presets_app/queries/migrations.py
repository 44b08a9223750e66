"""What the migration pages show: the list, what one can be opened from, and one with all it rests on."""

from __future__ import annotations

from typing import Any

from django.db.models import Case, F, IntegerField, Value, When
from django.urls import reverse

from presets_app import wiring
from presets_app.core import checklist, diff
from presets_app.gitstore import Store
from presets_app.models import Approval, AuditEvent, Check, Live, Migration, Preset, Project, Revision, Target
from presets_app.queries import (
    activity,
    approvals,
    evidence,
    migration_evidence,
    migration_rows,
    people,
    preset_history,
    presets,
)
from presets_app.queries.paging import by_id
from presets_app.queries.projects import migration as named

__all__ = ["changes", "choices", "detail", "listed", "named"]
PAGE = 30
HISTORY_SHOWN = 50
OPEN = ("open", "approved")


def listed(project: Project, asked: dict[str, str]) -> dict[str, Any]:
    """The migrations of a project; on the first page those that are open come first."""
    first = Case(When(state__in=OPEN, then=Value(0)), default=Value(1), output_field=IntegerField())
    rows = Migration.objects.filter(project=project).select_related("preset", "project")
    page = by_id(rows.annotate(closed=first), asked, size=PAGE)
    found = sorted(page.rows, key=lambda row: row.closed) if not asked.get("before") else page.rows
    checks = Check.objects.in_bulk({row.check_id for row in found})
    targets = _targets(project)
    names = people.names({row.opened_by for row in found})
    void = _void(project, [row for row in found if row.state == "approved"])
    shown = [
        {
            **migration_rows.head(row, checks.get(row.check_id), void.get(row.id, ""), targets),
            "person": names[row.opened_by],
        }
        for row in found
    ]
    return {"migrations": shown, "pages": page.pages}


def _targets(project: Project) -> dict[str, Target]:
    return {target.slug: target for target in Target.objects.filter(project=project)}


def _void(project: Project, approved: list[Migration]) -> dict[str, str]:
    """{migration: why its newest approval no longer holds, or ""}; one git process, however many."""
    if not approved:
        return {}
    roles = people.roles(project)
    given: dict[str, list[Approval]] = {}
    for row in Approval.objects.filter(migration__in=approved):
        given.setdefault(row.migration_id, []).append(row)
    with wiring.store(project.slug) as store:
        now = approvals.digests_of(store, approved)
    newest = {key: migration_rows.newest(rows) for key, rows in given.items()}
    return {key: approvals.why_void_among(roles, row, now[key]) for key, row in newest.items() if row}


def publishable(project: Project) -> list[dict[str, Any]]:
    """Approved migrations whose approval still holds: [{url, title, sentence}]."""
    rows = Migration.objects.filter(project=project, state="approved").select_related("preset", "project")
    found = list(rows.order_by("-id")[:PAGE])
    void = _void(project, found)
    targets = _targets(project)
    page = reverse("releases.publish", kwargs={"project": project.slug})
    return [
        {
            "url": f"{page}?migration={row.id}",
            "title": f"{row.preset.name} to {migration_rows.side_of(row.to_target, targets)['label']}",
            "sentence": "Approved; nothing changed since.",
        }
        for row in found
        if not void.get(row.id)
    ]


def choices(project: Project, given: dict[str, str]) -> dict[str, Any]:
    """What a migration can be opened from; a check that is named fills the rest in."""
    check = evidence.check_of(project, given.get("check", ""))
    chosen = dict(given)
    if check is not None and check.preset is not None:
        sides = {"from": check.left.target.slug, "to": check.right.target.slug}
        filled = {"preset": check.preset.slug, **sides}
        chosen = {**filled, **{key: value for key, value in given.items() if value}}
    targets = [(row.slug, row.name) for row in _targets(project).values() if row.kind != "files"]
    if len(targets) > 1 and not chosen.get("to"):
        chosen["to"] = targets[1][0]
    return {
        "presets": [(row.slug, row.name) for row in Preset.objects.filter(project=project).order_by("name")],
        "targets": targets,
        "checks": [("", "None yet"), *_fitting(project, chosen)],
        "chosen": chosen,
    }


def _fitting(project: Project, chosen: dict[str, str]) -> list[tuple[str, str]]:
    """Checks of newest revisions (no other can be opened with): first those of the chosen preset and its two sides."""
    rows = evidence.offered(project, digest=F("preset__digest"))
    own = evidence.offered(project, digest=F("preset__digest"), preset__slug=chosen.get("preset", ""))
    first = evidence.between(own, project, {chosen.get("from", ""), chosen.get("to", "")})
    return list(dict.fromkeys([*first, *own, *rows]))


def detail(migration: Migration, *, tickable: bool) -> dict[str, Any]:
    """One migration: checklist, evidence, approvals, what changes on the target, history, comments."""
    project = migration.project
    targets = _targets(project)
    check = evidence.check_of(project, migration.check_id)
    given = sorted(migration.approvals.all(), key=lambda row: -row.number)
    with wiring.store(project.slug) as store:
        now = approvals.digests_of(store, [migration])[migration.id]
        difference = changes(store, migration)
    void = approvals.why_void(migration, given[0], now) if given else ""
    names = people.names(_people(migration, given))
    open_now = migration.state in OPEN
    return {
        "migration": {
            **migration_rows.head(migration, check, void, targets),
            "person": names[migration.opened_by],
            "closed": _closed(migration, names),
        },
        "groups": migration_rows.groups(migration, names, tickable=tickable and open_now),
        "check": evidence.of_check(check),
        "checks": _attachable(migration) if open_now else [],
        "digests": now,
        "bound": approvals.bound(now, {slug: target.name for slug, target in targets.items()}),
        "approvals": [_approval(row, given[0], void, names) for row in given],
        "changes": difference,
        "refillable": open_now and _refillable(migration, now),
        "history": _history(project, migration.id),
        "comments": presets.comments(project, "migration", migration.id),
    }


def _people(migration: Migration, given: list[Approval]) -> set[str]:
    ticked = {row["by"] for row in migration.checklist if row.get("by") not in ("", "evidence")}
    return {migration.opened_by, migration.closed_by, *ticked, *(row.by for row in given)} - {""}


def _closed(migration: Migration, names: dict[str, str]) -> str:
    word = migration_rows.CLOSED.get(migration.state)
    return f"{word} by {names[migration.closed_by]}: {migration.closed_reason}" if word and migration.closed_by else ""


def _approval(row: Approval, newest: Approval, void: str, names: dict[str, str]) -> dict[str, Any]:
    current = row.pk == newest.pk
    return {
        "state": "superseded" if not current else "void" if void else "approved",
        "person": names[row.by],
        "when": row.at,
        "reason": row.reason,
        "why_void": void[:1].upper() + void[1:] if current else "",
    }


def _attachable(migration: Migration) -> list[tuple[str, str]]:
    rows = evidence.offered(migration.project, preset=migration.preset, digest=migration.digest)
    others = [row for row in rows if row[0] != migration.check_id]
    return evidence.between(others, migration.project, {migration.from_target, migration.to_target})


def _refillable(migration: Migration, now: approvals.Digests) -> bool:
    """Whether evidence would fill the checklist otherwise than it is filled."""
    found = migration_evidence.sentences(migration.project, document_of(migration))
    rows = checklist.filled(migration.checklist, found)
    return bool(rows != migration.checklist or now["manifests"] != migration.manifests)


def document_of(migration: Migration) -> dict[str, Any]:
    """The fields of a migration that evidence is gathered for, from its row."""
    return {
        "preset": migration.preset.slug,
        "revision": migration.revision,
        "document_digest": migration.digest,
        "from": migration.from_target,
        "to": migration.to_target,
        "check": migration.check_id,
        "manifests": migration.manifests,
    }


def changes(store: Store, migration: Migration) -> list[diff.Change] | None:
    """What becomes of what is live on the target; None when nothing is live there."""
    preset = migration.preset
    live = Live.objects.filter(preset=preset, target=migration.to_target).first()
    if live is None:
        return None
    known = set(Revision.objects.filter(preset=preset).values_list("commit", flat=True))
    if live.revision not in known or migration.revision not in known:
        return []
    before, after = (preset_history.read(store, preset, commit) for commit in (live.revision, migration.revision))
    return diff.changes(before, after)


def _history(project: Project, number: str) -> list[dict[str, Any]]:
    events = AuditEvent.objects.filter(project=project, subject_kind="migration", subject=number).order_by("-id")
    return activity.rows(project, events[:HISTORY_SHOWN])
