"""Proof that a rollback brought the pictures back: the evidence's inputs rendered again, side by side with it."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from presets_app.core import policy
from presets_app.core.errors import MatchframeError
from presets_app.core.permissions import Actor
from presets_app.models import Check, InputSet, Item, Preset, Release, RestoreProof, Run, Snapshot, Target
from presets_app.services import inputs, parity, runs
from presets_app.services.requests import Input


def prove(release: Release, snapshot: Snapshot, actor: Actor, targets: list[str]) -> list[RestoreProof]:
    """Start a proof for each of these sides. A side that cannot be proven says why; a rollback is never held up by
    its proof."""
    return [_prove_side(release, snapshot, target, snapshot.sides[target], actor) for target in targets]


def _prove_side(release: Release, snapshot: Snapshot, slug: str, side: dict[str, Any], actor: Actor) -> RestoreProof:
    try:
        with transaction.atomic():
            check = _start(snapshot, slug, side, actor)
            return RestoreProof.objects.create(release=release, target=slug, check_id=check.id)
    except MatchframeError as error:
        # A queue that does not answer says so after the proof was kept; it is sent as soon as the queue is back.
        why = {"problem": str(error)[:300]}
        return RestoreProof.objects.get_or_create(release=release, target=slug, defaults=why)[0]


def _start(snapshot: Snapshot, slug: str, side: dict[str, Any], actor: Actor) -> Check:
    preset, evidence = snapshot.preset, side.get("evidence")
    if not evidence:
        raise MatchframeError("The snapshot holds no evidence for this side, so there is nothing to compare with.")
    kept = Run.objects.select_related("input_set").get(pk=evidence["run"])
    items = _chosen(kept, int(policy.merged(preset.project.policy)["restore_proof_items"]))
    given = _inputs(preset, kept, Check.objects.get(pk=evidence["check"]), items)
    target = Target.objects.get(project=preset.project, slug=slug)
    work = runs.Work(
        preset, target, given, "restore", side["revision"], kept.input_set, f"restore proof: {snapshot.note}"[:300]
    )
    again = runs.start(work, actor, system=True)
    plan = {"n": len(items), "batch": len(items), "drawn": [item.key for item in items], "restore_of": snapshot.id}
    return parity.create_check(
        preset.project, preset, side["revision"], (kept, again), plan, actor=actor, kind="restore", note=snapshot.note
    )


def _chosen(run: Run, most: int) -> list[Item]:
    """The preview set's items where the evidence holds them, else its first items."""
    good = run.items.filter(state="done").order_by("position")
    return list(good.filter(preview=True)[:most]) or list(good[:most])


def _inputs(preset: Preset, run: Run, check: Check, items: list[Item]) -> list[Input]:
    """The same overrides as were rendered then, read from the sets that the evidence used."""
    sets = [
        run.input_set,
        InputSet.objects.filter(project=preset.project, slug=check.plan.get("preview_set", "")).first(),
    ]
    known: dict[str, dict[str, Any]] = {}
    for held in sets:
        if held is not None:
            known.update({item["key"]: item for item in inputs.load(preset.project, held.slug, held.commit)["items"]})
    return [Input.of(known[item.key], preview=item.preview) for item in items if item.key in known]
