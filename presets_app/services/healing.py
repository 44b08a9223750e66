"""Putting right what a crash left between Git, database and queue. Everything here is safe to repeat."""

from __future__ import annotations

from django.db import transaction

from presets_app import gitstore, wiring
from presets_app.core.generation import GenerationResult
from presets_app.core.lifecycle import FINISHED_RUN
from presets_app.core.problems import Problem
from presets_app.models import Check, Item, Project, Run
from presets_app.services import finishing, indexing, parity_flow, queue, recipes_healing, runs


def heal() -> dict[str, int]:
    """Index commits that are not yet, send work that was never sent, wake what waits for nothing; counts by kind."""
    done = {"commits": 0, "runs": 0, "checks": 0}
    for project in Project.objects.all():
        gitstore.create(wiring.store_path(project.slug))
        done["commits"] += indexing.refresh(project)
    for run in Run.objects.filter(state__in=("waiting", "running")).select_related("target", "project"):
        done["runs"] += _resume(run)
    for check in Check.objects.filter(state__in=("rendering", "judging")).select_related("left", "right"):
        done["checks"] += _wake(check)
    done["recipes"] = recipes_healing.heal()
    return done


def _resume(run: Run) -> int:
    if run.target.is_dispatched:
        if queue.is_alive(runs.dispatch_job(run), run.id):
            return 0
    else:
        _collect_lost(run)
    with transaction.atomic():
        runs.send(run)
    return 1


def _collect_lost(run: Run) -> None:
    """Attempts that ended in the queue without us: keep the result that the runner stored, or the queue's own reason
    why there is none."""
    client = wiring.local_client(run.target.settings.get("pool", "local"))
    for item in Item.objects.filter(run=run, state__in=("queued", "running")):
        attempt = max(item.attempts, 1)
        result = client.result(item.id, attempt)
        if result:
            finishing.finish_from_store(item.id, attempt, result)
        elif failure := client.lost(item.id, attempt):
            finishing.finish(GenerationResult(item.id, attempt, "failed", failure=failure))


def _wake(check: Check) -> int:
    if check.state == "judging" and queue.is_alive(queue.Job.JUDGE, check.pk):
        return 0
    if check.state == "rendering" and not all(run.state in FINISHED_RUN for run in (check.left, check.right)):
        return 0
    with transaction.atomic():
        parity_flow.send_to_judge(check)
    return 1


def examine(project: Project) -> list[Problem]:
    """What is wrong with a project's repository, by name."""
    with wiring.store(project.slug) as store:
        return store.verify()
