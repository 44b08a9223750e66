"""What the pages that move `live/` show before anything moves: publishing, and going back."""

from __future__ import annotations

from typing import Any

from presets_app import wiring
from presets_app.core import policy
from presets_app.core.permissions import Actor
from presets_app.models import Migration, Project, Snapshot
from presets_app.queries import approvals, migration_rows, migrations, people, releases, restoring, snapshots
from presets_app.queries.sides import honest


def publishing(migration: Migration, actor: Actor) -> dict[str, Any]:
    """What publishing a migration would move, and whether it may be."""
    targets = snapshots.targets_of(migration.project)
    live = releases.sides(migration.preset)
    newest = migration_rows.newest(list(migration.approvals.all()))
    with wiring.store(migration.project.slug) as store:
        now = approvals.digests_of(store, [migration])[migration.id]
        changes = migrations.changes(store, migration)
    void = approvals.why_void(migration, newest, now) if newest else ""
    head = migration_rows.head(migration, None, void, targets)
    held = releases.hold_of(migration.preset, actor)
    why = _why_not_published(actor, head["state"], head["sentence"])
    return {
        "migration": head,
        "expected": releases.version(live),
        "moves": [_move(side, live, migration) for side in (head["from"], head["to"])],
        "changes": changes,
        "bound": approvals.bound(newest.digests, {slug: row.name for slug, row in targets.items()}) if newest else [],
        "held": held,
        "allowed": not why and not held,
        "why_not": why,
    }


def _move(side: dict[str, Any], live: releases.Sides, migration: Migration) -> dict[str, Any]:
    return {**side, "before": live.get(side["slug"], {}).get("digest"), "after": migration.digest}


def _why_not_published(actor: Actor, state: str, sentence: str) -> str:
    if not actor.may("release.publish"):
        return "Your role in this project does not publish: an approver or owner does."
    if state == "void":
        return sentence
    words = {"published": "It is published already.", "approved": ""}
    return words.get(state, "Nobody has approved it yet." if state in ("open", "ready", "stale") else f"It is {state}.")


def going_back(project: Project, actor: Actor, snapshot: Snapshot | None) -> dict[str, Any]:
    """What going back to a snapshot would do on each side; without one, what there is to choose from."""
    shown: dict[str, Any] = {"snapshots": snapshots.choices(project), "to": None, "sides": []}
    if snapshot is None:
        return shown
    targets = snapshots.targets_of(project)
    live = releases.sides(snapshot.preset)
    with wiring.store(project.slug) as store:
        plans = restoring.plans(store, snapshot, live, targets)
    names = people.names({snapshot.by})
    current = releases.is_current(snapshot, {snapshot.preset_id: live})
    why = _why_not_back(actor, current=current)
    stood_in = honest(*(targets[slug] for slug in snapshot.sides if slug in targets))
    return {
        **shown,
        "to": snapshots.head(snapshot, targets, names),
        "sides": plans,
        "expected": releases.version(live),
        "allowed": not why,
        "why_not": why,
        "proof": _proof(project, stood_in),
    }


def _why_not_back(actor: Actor, *, current: bool) -> str:
    if current:
        return "This is what is live already."
    if not actor.may("release.roll_back"):
        return "Your role in this project does not roll back: an approver or owner does."
    return ""


def _proof(project: Project, stood_in: list[str]) -> str:
    most = policy.merged(project.policy)["restore_proof_items"]
    words = (
        f"Afterwards up to {most} inputs of the snapshot's evidence are rendered again and compared with it; updates"
    )
    text = f"{words} are held until somebody lets them through."
    return " ".join([text, *(f"Rendered by {name}." for name in stood_in)])
