"""Rows as plain JSON values, the same wherever a program reads them. Times are ISO 8601 in UTC, money is text."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from presets_app.models import (
    Approval,
    AuditEvent,
    Check,
    Decision,
    InputSet,
    Item,
    Live,
    Manifest,
    Migration,
    Pair,
    Preset,
    Project,
    Release,
    Revision,
    Run,
    Snapshot,
    Target,
)
from presets_app.queries import progress

Row = dict[str, Any]


def of_preset(preset: Preset) -> Row:
    named = _fields(preset, "slug", "name", "family", "variant", "task")
    kept = _fields(preset, "head", "digest", "revisions", "changed_by")
    return {**named, **kept, "changed_at": _time(preset.changed_at)}


def of_revision(revision: Revision) -> Row:
    return {**_fields(revision, "number", "commit", "digest", "author", "message"), "at": _time(revision.at)}


def of_input_set(found: InputSet) -> Row:
    named = _fields(found, "slug", "name", "kind", "items", "local_only", "labels", "digest", "commit", "by")
    return {**named, "at": _time(found.at)}


def of_target(target: Target) -> Row:
    """Values are named, never shown."""
    values = sorted(target.secrets.values_list("name", flat=True))
    asked = {"probe": target.probe, "probed_at": _time(target.probed_at), "failure": target.probe_failure}
    return {**_fields(target, "slug", "name", "kind", "stand_in", "settings"), "values": values, **asked}


def of_manifest(manifest: Manifest) -> Row:
    pinned = _fields(manifest, "target", "digest", "document_digest", "commit", "unknown", "by")
    return {"preset": manifest.preset.slug, **pinned, "at": _time(manifest.at)}


def of_run(run: Run) -> Row:
    about = _fields(run, "id", "name", "kind", "state", "revision", "digest", "manifest")
    where = {
        "preset": run.preset.slug if run.preset else None,
        "target": run.target.slug,
        "inputs": run.input_set.slug if run.input_set else None,
    }
    counts = _fields(run, "total", "done", "failed", "cancelled")
    times = {"created_at": _time(run.created_at), "finished_at": _time(run.finished_at)}
    return {**about, **where, **counts, "spent": str(run.spent), "by": run.created_by, **times, "note": run.note}


def of_item(item: Item) -> Row:
    what = _fields(item, "id", "key", "labels", "preview", "state", "attempts")
    made = _fields(item, "request", "result", "video", "raw_frames", "raw_samples")
    return {**what, **made, **_fields(item, "seconds", "warm", "peak_memory", "failure")}


def of_check(check: Check) -> Row:
    about = _fields(check, "id", "kind", "state", "revision", "digest", "evidence", "note")
    judged = _fields(check, "verdict", "outcome", "undecided", "unticked", "sentence", "counts")
    judged |= _fields(check, "reasons", "requirements")
    sides = {"left": _side(check.left), "right": _side(check.right)}
    preset = check.preset.slug if check.preset else None
    times = {"created_at": _time(check.created_at), "judged_at": _time(check.judged_at)}
    return {**about, "preset": preset, **sides, **judged, "cause": check.cause or None, "plan": check.plan, **times}


def of_check_briefly(check: Check) -> Row:
    whole = of_check(check)
    names = ("id", "kind", "preset", "state", "verdict", "outcome", "undecided", "unticked", "sentence", "created_at")
    return {name: whole[name] for name in names}


def of_pair(pair: Pair) -> Row:
    named = {"key": pair.key, "class": pair.pair_class, "labels": pair.labels, "preview": pair.preview}
    judged = _fields(pair, "reasons", "primary", "severity", "needs_person", "decision")
    return {**named, **judged, "left": pair.left.video, "right": pair.right.video}


def of_decision(decision: Decision) -> Row:
    return {**_fields(decision, "number", "key", "choice", "reason", "by"), "at": _time(decision.at)}


def of_migration(migration: Migration) -> Row:
    about = _fields(migration, "id", "state", "revision", "digest", "manifests", "commit", "note")
    ways = {"preset": migration.preset.slug, "from": migration.from_target, "to": migration.to_target}
    opened = {"opened_by": migration.opened_by, "opened_at": _time(migration.opened_at)}
    closed = _fields(migration, "closed_by", "closed_reason")
    return {**about, **ways, "check": migration.check_id, "checklist": migration.checklist, **opened, **closed}


def of_approval(approval: Approval) -> Row:
    return {**_fields(approval, "number", "by", "reason", "digests"), "at": _time(approval.at)}


def of_live(live: Live) -> Row:
    pinned = _fields(live, "target", "revision", "digest", "manifest", "commit")
    return {"preset": live.preset.slug, **pinned, "since": _time(live.since)}


def of_release(release: Release) -> Row:
    about = {**_fields(release, "kind", "commit", "by", "reason"), "at": _time(release.at)}
    proofs = [_fields(proof, "target", "check_id", "problem") for proof in release.proofs.all()]
    from_where = {"migration": release.migration_id, "snapshot": release.snapshot_id}
    sides = {"before": release.before, "after": release.after, "proofs": proofs}
    return {"preset": release.preset.slug, **about, **from_where, **sides}


def of_snapshot(snapshot: Snapshot) -> Row:
    about = _fields(snapshot, "id", "note", "good", "automatic", "sides", "by", "commit")
    return {**about, "preset": snapshot.preset.slug, "at": _time(snapshot.at)}


def of_event(event: AuditEvent) -> Row:
    who = {"at": _time(event.at), **_fields(event, "verb", "by", "by_name")}
    return {**who, **_fields(event, "subject_kind", "subject", "subject_name", "reason", "detail", "commit")}


def of_project(project: Project) -> Row:
    return _fields(project, "slug", "name", "local_only", "demo", "indexed")


def pairs(check: Check) -> list[Row]:
    """Worst first."""
    return [of_pair(pair) for pair in check.pairs.select_related("left", "right").order_by("-severity", "position")]


def items(run: Run) -> list[Row]:
    """A run's items in order; `progress` is what a server tells of one that it has in hand."""
    served = run.target.is_served
    return [
        {**of_item(item), "progress": progress.of(item.id) if served and item.state == "running" else {}}
        for item in run.items.order_by("position")
    ]


def approvals(migration: Migration) -> list[Row]:
    return [of_approval(approval) for approval in migration.approvals.order_by("number")]


def decisions(check: Check) -> list[Row]:
    found = Decision.objects.filter(project_id=check.project_id, check_id=check.id)
    return [of_decision(decision) for decision in found.order_by("number")]


def _side(run: Run) -> Row:
    return {"target": run.target.slug, **_fields(run, "id", "state", "total", "done", "failed")}


def _fields(row: Any, *names: str) -> Row:
    return {name: getattr(row, name) for name in names}


def _time(at: datetime | None) -> str | None:
    return at.isoformat(timespec="seconds") if at else None
