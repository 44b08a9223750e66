"""Snapshots: what is live on every side with its pins and evidence, named by date and note."""

from __future__ import annotations

from typing import Any

from presets_app.core.errors import Invalid
from presets_app.core.ids import new_id
from presets_app.core.permissions import Actor
from presets_app.gitstore import paths
from presets_app.models import Check, Live, Preset, Project, Run, Snapshot
from presets_app.services import reasons
from presets_app.services.recording import Deed, record

FORMAT = "matchframe/snapshot/1"
LONGEST_NOTE = 200  # characters


def take(preset: Preset, actor: Actor, note: str) -> Snapshot:
    """Keep what is live now, by hand: before a driver update, say. Raises Invalid when nothing is live."""
    actor.must("snapshot.take")
    note = reasons.checked(
        preset.project,
        note,
        needed="A snapshot needs a note: what it was taken before.",
        field="note",
        most=LONGEST_NOTE,
    )
    document = compose(preset, actor, note, automatic=False)
    deed = Deed("snapshot.take", "snapshot", document["id"], f"Snapshot of {preset.name}: {note}")
    record(preset.project, actor, deed, lambda store, head: {paths.snapshot(document["id"]): document})
    return Snapshot.objects.get(pk=document["id"])


def take_all(project: Project, actor: Actor, note: str) -> list[Snapshot]:
    """The same for every preset that is live somewhere, a snapshot each. Raises Invalid when none is."""
    actor.must("snapshot.take")
    presets = Preset.objects.filter(project=project, live__isnull=False).distinct().order_by("pk")
    found = [take(preset, actor, note) for preset in presets.select_related("project")]
    if not found:
        hint = "Publish an approved migration first."
        raise Invalid("Nothing is live yet, so there is nothing to keep.", code="nothing_live", hint=hint)
    return found


def compose(preset: Preset, actor: Actor, note: str, *, automatic: bool) -> dict[str, Any]:
    """The document of a snapshot of what is live now; the caller commits it. Raises Invalid when nothing is."""
    sides = {row.target: _side(preset, row) for row in Live.objects.filter(preset=preset)}
    if not sides:
        raise Invalid(f"Nothing of {preset.name} is live, so there is nothing to keep.", code="nothing_live")
    return {
        "format": FORMAT,
        "id": new_id(),
        "preset": preset.slug,
        "note": note,
        "automatic": automatic,
        "by": actor.username,
        "sides": sides,
    }


def _side(preset: Preset, live: Live) -> dict[str, Any]:
    found = {
        "revision": live.revision,
        "digest": live.digest,
        "manifest": live.manifest,
        "manifest_commit": live.commit,
    }
    return {**found, "evidence": _evidence(preset, live)}


def _evidence(preset: Preset, live: Live) -> dict[str, Any] | None:
    """The newest judged check of exactly this document with a side on this target, and that side's run."""
    checks = Check.objects.filter(preset=preset, digest=live.digest, kind="parity", state="judged").order_by("-id")
    for check in checks.select_related("left__target", "right__target"):
        run = _run_on(check, live.target)
        if run is not None:
            found = {"check": check.id, "digest": check.evidence, "verdict": check.outcome, "run": run.id}
            return {**found, "manifest": run.manifest}
    return None


def _run_on(check: Check, target: str) -> Run | None:
    return next((run for run in (check.left, check.right) if run.target.slug == target), None)
