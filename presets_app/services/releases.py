"""Publishing and going back: each one forward commit that moves both sides, with a snapshot of what was live."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from presets_app.core.errors import Conflict, Invalid
from presets_app.core.lifecycle import must_move
from presets_app.core.permissions import Actor
from presets_app.gitstore import Store, paths
from presets_app.models import Live, Manifest, Migration, Preset, Release, Snapshot
from presets_app.services import approvals, restoring, snapshots
from presets_app.services.recording import Deed, must_read, read_json, record

FORMAT = "matchframe/live/1"
Sides = dict[str, dict[str, str]]


def publish(migration: Migration, actor: Actor, *, reason: str = "") -> Release:
    """Make the approved revision live on both sides of the migration. What was live is kept as a snapshot in the
    same commit. Raises Conflict when the approval no longer holds."""
    actor.must("release.publish")
    migration.refresh_from_db()
    must_move("migration", migration.state, "published")
    preset, seen = migration.preset, migration.commit
    after = {**sides(preset), **_sides_of(migration)}
    keep = _automatic(preset, actor, f"before publishing {migration.digest[:8]}")

    def build(store: Store, head: str | None) -> dict[str, Any]:
        # Asked inside the compare-and-swap: whatever changed since then changes the head, and this runs again.
        approvals.standing(migration)
        document = must_read(store, head, paths.migration(migration.id), "migration of this number")
        if document["state"] != "approved" or migration.commit != seen:
            raise Conflict("Somebody changed this migration at the same moment.", code="state_changed")
        release = {"kind": "publish", "by": actor.username, "reason": reason.strip(), "migration": migration.id}
        kept = {paths.snapshot(keep["id"]): keep} if keep else {}
        published = {paths.migration(migration.id): {**document, "state": "published"}}
        snapshot = {"snapshot": keep["id"]} if keep else {}
        return {**kept, **published, **_live(preset, after, {**release, **snapshot})}

    title = f"Publish {preset.name} {migration.revision[:8]} on {migration.from_target} and {migration.to_target}"
    commit = record(preset.project, actor, Deed("release.publish", "preset", preset.slug, title, reason), build)
    return Release.objects.get(preset=preset, commit=commit)


def roll_back(snapshot: Snapshot, actor: Actor, reason: str, *, expected: Sides | None = None) -> Release:
    """Go back to a snapshot on every side it holds: one forward commit, then a restore proof is started. `expected`
    is what was live when the person looked; Conflict when somebody moved it since."""
    actor.must("release.roll_back")
    if not reason.strip():
        raise Invalid("Going back needs a reason.", code="reason_missing", hint="A few words are enough.")
    preset = snapshot.preset
    if expected is not None and expected != sides(preset):
        raise Conflict("What is live has changed since you looked.", code="live_changed", hint="Load the page again.")
    goal = {target: _plain(side) for target, side in snapshot.sides.items()}
    if sides(preset) == {**sides(preset), **goal}:
        raise Conflict("This is what is live already.", code="nothing_changed")
    keep = _automatic(preset, actor, f"before rolling back to {snapshot.note}")

    def build(store: Store, head: str | None) -> dict[str, Any]:
        current = read_json(store, head, paths.live(preset.slug)) or {"targets": {}}
        release = {"kind": "rollback", "by": actor.username, "reason": reason.strip(), "snapshot": snapshot.id}
        kept = {paths.snapshot(keep["id"]): keep} if keep else {}
        return {**kept, **_live(preset, {**current["targets"], **goal}, release)}

    title = f"Roll back {preset.name} to {snapshot.at:%Y-%m-%d} {snapshot.note}"
    commit = record(preset.project, actor, Deed("release.roll_back", "preset", preset.slug, title, reason), build)
    release = Release.objects.get(preset=preset, commit=commit)
    restoring.prove(release, snapshot, actor)
    return release


def sides(preset: Preset) -> Sides:
    """What is live now: {target: {revision, digest, manifest}}."""
    rows = Live.objects.filter(preset=preset)
    return {row.target: {"revision": row.revision, "digest": row.digest, "manifest": row.manifest} for row in rows}


def _sides_of(migration: Migration) -> Sides:
    held = dict(Manifest.objects.filter(preset=migration.preset).values_list("target", "digest"))
    targets = (migration.from_target, migration.to_target)
    return {
        target: {"revision": migration.revision, "digest": migration.digest, "manifest": held.get(target, "")}
        for target in targets
    }


def _plain(side: dict[str, Any]) -> dict[str, str]:
    return {key: side[key] for key in ("revision", "digest", "manifest")}


def _automatic(preset: Preset, actor: Actor, note: str) -> dict[str, Any] | None:
    if not Live.objects.filter(preset=preset).exists():
        return None
    return snapshots.compose(preset, actor, note[: snapshots.LONGEST_NOTE], automatic=True)


def _live(preset: Preset, after: Sides, release: dict[str, str]) -> dict[str, Any]:
    at = timezone.now().isoformat()
    record_of = {**release, "at": at, "before": sides(preset)}
    return {paths.live(preset.slug): {"format": FORMAT, "preset": preset.slug, "targets": after, "release": record_of}}
