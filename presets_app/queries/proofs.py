"""After a rollback: is it back? The evidence's inputs are rendered again on each side and compared with it."""

from __future__ import annotations

from typing import Any

from django.urls import reverse

from presets_app import wiring
from presets_app.core.diff import Change
from presets_app.core.errors import NotFound
from presets_app.core.lifecycle import FINISHED_CHECK
from presets_app.gitstore import Store
from presets_app.models import Check, Project, Release, RestoreProof, Snapshot, Target
from presets_app.queries import drift, people, restoring
from presets_app.queries.migration_rows import side_of
from presets_app.queries.parity import state_of
from presets_app.queries.sides import honest
from presets_app.queries.snapshots import targets_of


def release_of(project: Project, commit: str) -> Release:
    """The rollback that this commit made. Raises NotFound."""
    rows = Release.objects.select_related("preset", "project").filter(project=project, commit=commit, kind="rollback")
    found = rows.first()
    if found is None:
        raise NotFound("There is no rollback of this number.", code="release_not_found")
    return found


def detail(release: Release) -> dict[str, Any]:
    """A rollback with the proof of each side it moved."""
    project = release.project
    targets = targets_of(project)
    rows = list(release.proofs.order_by("target"))
    checks = _checks(rows)
    snapshot = Snapshot.objects.select_related("preset").filter(pk=release.snapshot_id, project=project).first()
    left = _left(release, snapshot, targets)
    found = [_side(project, row, checks.get(row.check_id), targets, left.get(row.target, [])) for row in rows]
    sides = sorted(found, key=lambda side: side["kind"] == "cloud")
    return {
        "release": _head(release, snapshot, _only_on(release, rows, targets)),
        "sides": sides,
        "proof": _whole(sides, checks),
        "honest": honest(*(targets[row.target] for row in rows if row.target in targets)),
    }


def _checks(rows: list[RestoreProof]) -> dict[str, Check]:
    found = Check.objects.select_related("left", "right", "project").filter(pk__in={row.check_id for row in rows})
    return {check.id: check for check in found}


def _head(release: Release, snapshot: Snapshot | None, where: str) -> dict[str, Any]:
    moved = [side for target, side in release.after.items() if release.before.get(target) != side]
    return {
        "id": release.commit,
        "sentence": f"{release.preset.name} is back at {snapshot or 'an earlier snapshot'}{where}",
        "person": people.names({release.by})[release.by],
        "when": release.at,
        "reason": release.reason,
        "digest": moved[0]["digest"] if moved else "",
        "snapshot": {"id": snapshot.id, "name": str(snapshot)} if snapshot else None,
    }


def _only_on(release: Release, rows: list[RestoreProof], targets: dict[str, Target]) -> str:
    """Where it went back, when that was not asked of every side that is live."""
    names = [side_of(row.target, targets)["label"] for row in rows]
    return f", on {' and '.join(names)} only" if names and len(rows) < len(release.after) else ""


def _side(
    project: Project, row: RestoreProof, check: Check | None, targets: dict[str, Target], left: list[dict[str, Any]]
) -> dict[str, Any]:
    shown = {**side_of(row.target, targets), "left_for_person": left}
    if check is None:
        return {**shown, "state": "unproven", "sentence": row.problem or "It cannot be proven.", "finished": True}
    counts = check.counts
    return {
        **shown,
        "state": state_of(check),
        "finished": check.state in FINISHED_CHECK,
        "sentence": _sentence(check),
        "identical": counts.get("identical", 0),
        "same": counts.get("same", 0),
        "done": check.right.done + check.right.failed + check.right.cancelled,
        "total": check.right.total,
        "check_url": reverse("parity.detail", kwargs={"project": project.slug, "check": check.id}),
    }


def _sentence(check: Check) -> str:
    if check.state not in FINISHED_CHECK:
        return "Rendered again, and being measured." if check.state == "judging" else "It is being rendered again."
    counts = check.counts
    pairs, identical, same = (counts.get(key, 0) for key in ("pairs", "identical", "same"))
    if check.outcome == "pass" and pairs:
        rest = f", {same} the same within noise" if same else ""
        return f"The pictures are back: {identical} of {pairs} identical{rest}."
    return check.sentence or "It could not be measured."


def _whole(sides: list[dict[str, Any]], checks: dict[str, Check]) -> dict[str, Any]:
    finished = all(side["finished"] for side in sides)
    states = {side["state"] for side in sides}
    version = ".".join(f"{check.version}.{check.right.version}" for _, check in sorted(checks.items()))
    about = {"finished": finished, "version": version}
    if not sides:
        return {**about, "state": "unproven", "sentence": "No proof was started."}
    if not finished:
        return {**about, "state": "running", "sentence": "The evidence's inputs are being rendered again."}
    if states <= {"pass", "accepted"}:
        return {**about, "state": "pass", "sentence": "It is back: every side renders what the snapshot holds."}
    worst = next((word for word in ("fail", "error", "inconclusive", "unproven") if word in states), "inconclusive")
    return {**about, "state": worst, "sentence": "Not every side is proven to be back: look at each below."}


def _left(release: Release, snapshot: Snapshot | None, targets: dict[str, Target]) -> dict[str, list[dict[str, Any]]]:
    """{target: what a person had to set back on it, each done or not by what the target says of itself now}."""
    if snapshot is None:
        return {}
    found: dict[str, list[dict[str, Any]]] = {}
    own = [row for slug, row in targets.items() if slug in snapshot.sides and not row.is_cloud and row.kind != "files"]
    with wiring.store(release.project.slug) as store:
        for target, answer in drift.answers(own).values():
            found[target.slug] = _steps(store, release, snapshot, target, answer)
    return found


def _steps(
    store: Store, release: Release, snapshot: Snapshot, target: Target, answer: dict[str, Any] | None
) -> list[dict[str, Any]]:
    held = snapshot.sides[target.slug]
    before = release.before.get(target.slug, {})
    commits = restoring.release_commits(snapshot)
    pinned, replaced = (
        restoring.pinned_as(store, snapshot.preset.slug, target.slug, side.get("manifest", ""), [first, *commits])
        for side, first in ((held, held["manifest_commit"]), (before, release.commit))
    )
    if pinned is None or answer is None:
        return []
    open_now = restoring.known(drift.changes(pinned, target, answer))
    asked = restoring.known(drift.between(pinned, replaced, target)) if replaced else []
    paths = {change.path for change in open_now}
    done: list[Change] = [change for change in asked if change.path not in paths]
    rows = [(step, False) for step in restoring.steps(open_now, pinned, target)]
    rows += [(step, True) for step in restoring.steps(done, pinned, target)]
    return [
        {"what": f"{step['what']} {step['after']}", "commands": step["commands"], "done": is_done}
        for step, is_done in rows
    ]
