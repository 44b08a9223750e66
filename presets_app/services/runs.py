"""Starting, stopping and following runs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from presets_app import wiring
from presets_app.core.errors import Conflict, Invalid, NotFound
from presets_app.core.ids import new_id, run_name
from presets_app.core.lifecycle import UNFINISHED_ITEM, must_move
from presets_app.core.permissions import Actor
from presets_app.models import InputSet, Item, Live, Manifest, Preset, Run, Target
from presets_app.services import audit, manifests, queue, recipes_waking, requests, servers
from presets_app.services.presets import known_secrets, load
from presets_app.services.requests import Input

MOVED_NOTED = 10  # changes since the pins that the audit line of a run's start names


@dataclass(frozen=True)
class Work:
    """What a run renders: a preset, the revision meant ("" is what is live on the target), and the inputs."""

    preset: Preset
    target: Target
    inputs: list[Input]
    kind: str = "preview"
    revision: str = ""
    input_set: InputSet | None = None
    note: str = ""


def start(work: Work, actor: Actor, *, system: bool = False) -> Run:
    """Create a run with all its items and requests in one transaction, then hand it to the queue.

    `system` is for runs that follow from an action already permitted, such as a restore proof.
    """
    if not system:
        actor.must("run.start")
    if not work.inputs:
        raise Invalid("A run needs at least one input.", code="no_inputs")
    if work.target.kind == "files":
        raise Invalid(f"{work.target.name} renders nothing.", code="target_renders_nothing")
    requests.refuse_what_must_stay(work.preset.project, work.target, work.inputs)
    revision = work.revision or live_revision(work.preset, work.target.slug)
    document = load(work.preset.project, work.preset.slug, revision)
    servers.made_sure(work.target, document)
    with transaction.atomic():
        run = _create(work, actor, revision)
        _create_items(run, work, document)
        detail = {"kind": work.kind, "items": len(work.inputs), "target": work.target.slug}
        detail["moved"] = manifests.standing(work.preset, work.target)["changes"][:MOVED_NOTED]
        audit.note(run.project, actor, "run.start", "run", run.id, name=run.name, detail=detail)
        send(run)
    return run


def live_revision(preset: Preset, target: str) -> str:
    """The revision live on a target. Raises NotFound, saying what to do, when nothing is."""
    row = Live.objects.filter(preset=preset, target=target).first()
    if row is None:
        hint = "Name a revision, or publish one first."
        raise NotFound(f"Nothing of {preset.name} is live on {target}.", code="nothing_live", hint=hint)
    return row.revision


def _create(work: Work, actor: Actor, revision: str) -> Run:
    preset, target = work.preset, work.target
    saved = preset.history.filter(commit=revision).first()
    if saved is None:
        raise NotFound(f"{preset.name} has no revision {revision[:8]}.", code="revision_not_found")
    pins = Manifest.objects.filter(preset=preset, target=target.slug).first()
    return Run.objects.create(
        id=new_id(),
        project=preset.project,
        name=run_name(timezone.now(), preset.slug, revision, target.slug),
        kind=work.kind,
        preset=preset,
        revision=revision,
        digest=saved.digest,
        manifest=pins.digest if pins else "",
        target=target,
        input_set=work.input_set,
        inputs_digest=work.input_set.digest if work.input_set else "",
        total=len(work.inputs),
        note=work.note,
        created_by=actor.username,
    )


def _create_items(run: Run, work: Work, document: dict[str, Any], first: int = 0) -> list[Item]:
    items = []
    known = known_secrets(run.project)
    for position, given in enumerate(work.inputs, start=first):
        item = Item(
            id=new_id(),
            run=run,
            position=position,
            key=given.key,
            labels=list(given.labels),
            preview=given.preview,
            local_only=given.local_only,
        )
        item.request = requests.compiled(run, work.preset, document, item, given, known)
        items.append(item)
    Item.objects.bulk_create(items)
    return items


def add_items(run: Run, work: Work) -> None:
    """More inputs for a run, for an extended sample; the run is unfinished again."""
    requests.refuse_what_must_stay(run.project, run.target, work.inputs)
    document = load(run.project, work.preset.slug, run.revision)
    with transaction.atomic():
        locked = Run.objects.select_for_update().get(pk=run.pk)
        _create_items(locked, work, document, first=locked.total)
        locked.total += len(work.inputs)
        locked.state, locked.finished_at = "running", None
        locked.version += 1
        locked.save(update_fields=["total", "state", "finished_at", "version"])
        send(locked)


def send(run: Run) -> None:
    """Hand what waits to the queue, once the transaction has committed. Safe to repeat."""
    if run.target.is_dispatched:
        queue.later(dispatch_job(run), run.id)
        return
    waiting = list(run.items.filter(state__in=("waiting", "queued")).order_by("position"))
    run.items.filter(state="waiting").update(state="queued", attempts=1)
    transaction.on_commit(lambda: _enqueue(run, waiting))


def dispatch_job(run: Run) -> queue.Job:
    """A team's own server renders for hours without a pause, so it does not share a worker with the cloud."""
    return queue.Job.SERVE if run.target.is_served else queue.Job.DISPATCH


def _enqueue(run: Run, items: list[Item]) -> None:
    client = wiring.local_client(run.target.settings.get("pool", "local"))
    for item in items:
        client.enqueue(item.id, max(item.attempts, 1), item.request)


def cancel(run: Run, actor: Actor, reason: str = "") -> None:
    """Stop what has not been rendered yet. What a vendor already took is still collected: it is paid for."""
    actor.must("run.cancel")
    with transaction.atomic():
        locked = Run.objects.select_for_update().select_related("target").get(pk=run.pk)
        must_move("run", locked.state, "cancelled")
        open_items = locked.items.filter(state__in=("waiting", "queued") if locked.target.is_cloud else UNFINISHED_ITEM)
        ids = list(open_items.values_list("id", flat=True))
        open_items.update(state="cancelled", finished_at=timezone.now())
        Run.objects.filter(pk=locked.pk).update(cancelled=F("cancelled") + len(ids), version=F("version") + 1)
        locked.refresh_from_db()
        locked.state, locked.finished_at = "cancelled", timezone.now()
        locked.save(update_fields=["state", "finished_at"])
        audit.note(locked.project, actor, "run.cancel", "run", locked.id, name=locked.name, reason=reason)
        recipes_waking.run_ended(locked)
        if locked.target.is_served:
            queue.later(dispatch_job(locked), locked.id)  # what runs there now is interrupted
        elif not locked.target.is_cloud:
            transaction.on_commit(lambda: _cancel_local(locked, ids))


def _cancel_local(run: Run, ids: list[str]) -> None:
    client = wiring.local_client(run.target.settings.get("pool", "local"))
    for item in ids:
        client.cancel(item)


def retry(item: Item, actor: Actor) -> None:
    """Try a failed item again as a new attempt. An item that may have been charged is looked at, not retried."""
    actor.must("run.start")
    with transaction.atomic():
        locked = Item.objects.select_for_update().select_related("run__target").get(pk=item.pk)
        if locked.state != "failed":
            raise Conflict(f"This item is {locked.state}; only a failed one is tried again.", code="state_changed")
        locked.state = "waiting" if locked.run.target.is_dispatched else "queued"
        locked.attempts += 1
        locked.failure, locked.finished_at = None, None
        locked.request = requests.again(locked.request, locked.attempts)
        locked.save(update_fields=["state", "attempts", "failure", "finished_at", "request"])
        Run.objects.filter(pk=locked.run_id).update(
            failed=F("failed") - 1, state="running", finished_at=None, version=F("version") + 1
        )
        audit.note(locked.run.project, actor, "run.retry", "item", locked.id, name=f"{locked.run.name} {locked.key}")
        send(locked.run)
