"""Publishing and going back: each one forward commit that moves both sides, with a snapshot of what was live.

After a rollback the preset is held: nothing of it is published until a person lets it through again, with a reason.
"""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from presets_app.core.errors import Conflict, Invalid
from presets_app.core.lifecycle import must_move
from presets_app.core.permissions import Actor
from presets_app.gitstore import Store, paths
from presets_app.models import Live, Manifest, Migration, Preset, Release, Snapshot
from presets_app.queries.releases import Sides, sides, version
from presets_app.services import approvals, reasons, restoring, snapshots
from presets_app.services.recording import Deed, must_read, read_json, record

__all__ = ["lift", "publish", "roll_back", "sides"]
FORMAT = "matchframe/live/1"
Document = dict[str, Any]


def publish(migration: Migration, actor: Actor, *, reason: str = "", expected: str = "") -> Release:
    """Make the approved revision live on both sides of the migration. What was live is kept as a snapshot in the
    same commit. `expected` is the `version` of what was live when the person looked. Raises Conflict when it has moved
    since, when the approval no longer holds, and when the preset is held."""
    actor.must("release.publish")
    reason = reasons.checked(migration.project, reason)
    migration.refresh_from_db()
    must_move("migration", migration.state, "published")
    preset, seen = migration.preset, migration.commit

    def build(store: Store, head: str | None) -> Document:
        # Asked inside the compare-and-swap: whatever changed since then changes the head, and this runs again.
        current = _current(store, head, preset)
        refuse_held(current)
        approvals.standing(migration)
        document = must_read(store, head, paths.migration(migration.id), "migration of this number")
        if document["state"] != "approved" or migration.commit != seen:
            raise Conflict("Somebody changed this migration at the same moment.", code="state_changed")
        _refuse_moved(current["targets"], expected)
        kept, snapshot = _keep(preset, actor, f"before publishing {migration.digest[:8]}")
        release = {"kind": "publish", "by": actor.username, "reason": reason, "migration": migration.id, **snapshot}
        published = {paths.migration(migration.id): {**document, "state": "published"}}
        after = {**current["targets"], **_sides_of(migration)}
        return {**kept, **published, **_live(preset, current["targets"], after, release)}

    title = f"Publish {preset.name} {migration.revision[:8]} on {migration.from_target} and {migration.to_target}"
    commit = record(preset.project, actor, Deed("release.publish", "preset", preset.slug, title, reason), build)
    return Release.objects.get(preset=preset, commit=commit)


def roll_back(snapshot: Snapshot, actor: Actor, reason: str, *, only: str | None = None, expected: str = "") -> Release:
    """Go back to a snapshot on every side it holds, or on the target `only`: one forward commit, then a restore proof
    is started, and the preset is held. `expected` as for `publish`."""
    actor.must("release.roll_back")
    preset = snapshot.preset
    reason = reasons.checked(preset.project, reason, needed="Going back needs a reason.")
    goal = _goal(snapshot, only)

    def build(store: Store, head: str | None) -> Document:
        current = _current(store, head, preset)["targets"]
        _refuse_moved(current, expected)
        if current == {**current, **goal}:
            raise Conflict("This is what is live already.", code="nothing_changed")
        goes_to = next(iter(goal.values()))["digest"][:8] if snapshot.automatic else snapshot.note
        kept, _ = _keep(preset, actor, f"before rolling back to {goes_to}")
        release = {"kind": "rollback", "by": actor.username, "reason": reason, "snapshot": snapshot.id}
        return {**kept, **_live(preset, current, {**current, **goal}, release, held=_said(actor, reason))}

    where = f" on {only}" if only else ""
    title = f"Roll back {preset.name}{where} to {snapshot.at:%Y-%m-%d} {snapshot.note}"
    commit = record(preset.project, actor, Deed("release.roll_back", "preset", preset.slug, title, reason), build)
    release = Release.objects.get(preset=preset, commit=commit)
    restoring.prove(release, snapshot, actor, sorted(goal))
    return release


def lift(preset: Preset, actor: Actor, reason: str) -> None:
    """Let new revisions of a preset through again. Raises Conflict when it is not held."""
    actor.must("release.publish")
    reason = reasons.checked(preset.project, reason, needed="Letting updates through again needs a reason.")

    def build(store: Store, head: str | None) -> Document:
        current = _current(store, head, preset)
        if not current.get("held"):
            raise Conflict(f"Nothing of {preset.name} is held.", code="lane_open")
        rest = {key: value for key, value in current.items() if key != "held"}
        return {paths.live(preset.slug): {**rest, "lifted": _said(actor, reason)}}

    title = f"Let updates of {preset.name} through again"
    record(preset.project, actor, Deed("release.lift", "preset", preset.slug, title, reason), build)
    preset.refresh_from_db()


def refuse_held(live: Document) -> None:
    """Raise Conflict while a document of `live/` says that the preset is held."""
    held = live.get("held")
    if held:
        hint = "Somebody who may publish lets updates through again on the releases page, with a reason."
        text = f"Updates of this preset are held since {held['by']} rolled it back."
        raise Conflict(text, code="lane_held", hint=hint)


def _current(store: Store, head: str | None, preset: Preset) -> Document:
    found: Document | None = read_json(store, head, paths.live(preset.slug))
    return found or {"targets": {}}


def _refuse_moved(live: Sides, expected: str) -> None:
    if expected and expected != version(live):
        hint = "Load the page again and look at what would move."
        raise Conflict("What is live has changed since you looked.", code="live_changed", hint=hint)


def _said(actor: Actor, reason: str) -> dict[str, str]:
    return {"by": actor.username, "at": timezone.now().isoformat(), "reason": reason}


def _goal(snapshot: Snapshot, only: str | None) -> Sides:
    found = {target: side for target, side in snapshot.sides.items() if only in (None, target)}
    if not found:
        raise Invalid(f"The snapshot holds nothing for {only}.", code="side_not_held", hint="Choose a side it holds.")
    return {target: {key: side[key] for key in ("revision", "digest", "manifest")} for target, side in found.items()}


def _sides_of(migration: Migration) -> Sides:
    held = dict(Manifest.objects.filter(preset=migration.preset).values_list("target", "digest"))
    targets = (migration.from_target, migration.to_target)
    return {
        target: {"revision": migration.revision, "digest": migration.digest, "manifest": held.get(target, "")}
        for target in targets
    }


def _keep(preset: Preset, actor: Actor, note: str) -> tuple[Document, dict[str, str]]:
    """({path: document}, {"snapshot": id}) of a snapshot of what is live; both empty when nothing is."""
    if not Live.objects.filter(preset=preset).exists():
        return {}, {}
    document = snapshots.compose(preset, actor, note[: snapshots.LONGEST_NOTE], automatic=True)
    return {paths.snapshot(document["id"]): document}, {"snapshot": document["id"]}


def _live(preset: Preset, before: Sides, after: Sides, release: Document, **more: Document) -> Document:
    record_of = {**release, "at": timezone.now().isoformat(), "before": before}
    whole = {"format": FORMAT, "preset": preset.slug, "targets": after, "release": record_of, **more}
    return {paths.live(preset.slug): whole}
