"""What came of an attempt: kept once, however often it is told."""

from __future__ import annotations

from dataclasses import replace

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from presets_app import wiring
from presets_app.artifacts import get_json, put_json
from presets_app.core.errors import NotFound
from presets_app.core.generation import GenerationResult
from presets_app.core.lifecycle import FINISHED_ITEM
from presets_app.models import Attempt, Item, Run
from presets_app.services import audit, baselines, parity_flow, recipes_waking
from presets_app.services.audit import MATCHFRAME
from presets_app.services.speaking import speakable


def finish_from_store(item_id: str, attempt: int, result: str) -> None:
    """A runner's result, by its digest."""
    finish(GenerationResult.from_json(get_json(wiring.artifacts(), result)), digest=result)


def finish(result: GenerationResult, *, digest: str = "") -> None:
    """Keep a result with its item and count it on the run; a repeat, or a result of an older attempt, is ignored."""
    with transaction.atomic():
        item = Item.objects.select_for_update().select_related("run__project").filter(pk=result.item).first()
        if item is None:
            raise NotFound(f"There is no item {result.item}.", code="item_not_found")
        if result.failure is not None:
            result = replace(result, failure=speakable(result.failure, item.run.project))
        digest = digest or put_json(wiring.artifacts(), result.as_json())
        if item.state in FINISHED_ITEM or result.attempt != max(item.attempts, 1):
            return
        _fill(item, result, digest)
        failure = result.failure.as_json() if result.failure else None
        Attempt.objects.update_or_create(
            item=item,
            number=max(item.attempts, 1),
            defaults={"state": result.status, "failure": failure, "ended_at": timezone.now()},
        )
        count_finished(item.run_id, result.status)


def _fill(item: Item, result: GenerationResult, digest: str) -> None:
    item.state = result.status
    item.result = digest
    item.finished_at = timezone.now()
    item.failure = result.failure.as_json() if result.failure else None
    item.video = result.video.sha256 if result.video else ""
    item.raw_frames = result.digests.frames if result.digests else ""
    item.raw_samples = (result.digests.samples or "") if result.digests else ""
    item.seconds = result.timings.get("total", sum(result.timings.values())) if result.timings else None
    item.warm = result.warm
    item.peak_memory = result.peak_memory
    item.save()


def count_finished(run_id: str, status: str) -> None:
    """One more item of a run is over; the last one ends the run and wakes what waited for it."""
    column = {"done": "done", "failed": "failed"}.get(status, "cancelled")
    Run.objects.filter(pk=run_id).update(**{column: F(column) + 1}, version=F("version") + 1)
    run = Run.objects.select_for_update().select_related("project").get(pk=run_id)
    if run.started_at is None:
        run.started_at = timezone.now()
    if run.done + run.failed + run.cancelled >= run.total and run.state != "cancelled":
        run.state = "failed" if run.failed and not run.done else "done"
        run.finished_at = timezone.now()
        detail = {"done": run.done, "failed": run.failed, "cancelled": run.cancelled}
        audit.note(run.project, MATCHFRAME, "run.finish", "run", run.id, name=run.name, detail=detail)
        parity_flow.run_ended(run)
    elif run.state == "waiting":
        run.state = "running"
    run.save(update_fields=["state", "started_at", "finished_at"])
    if run.done + run.failed + run.cancelled >= run.total:
        recipes_waking.run_ended(run)  # also for a cancelled one, whose last paid output has come
    baselines.keep_first(run)


def mark_running(item_id: str) -> None:
    """The item's work has begun somewhere."""
    with transaction.atomic():
        moved = Item.objects.filter(pk=item_id, state__in=("waiting", "queued")).update(state="running")
        if moved:
            run_id = Item.objects.values_list("run_id", flat=True).get(pk=item_id)
            Run.objects.filter(pk=run_id, state="waiting").update(state="running", started_at=timezone.now())
            Run.objects.filter(pk=run_id).update(version=F("version") + 1)
