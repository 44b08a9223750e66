"""Recipes after a killed process: work whose result was lost is collected or asked for again, and each run goes on."""

from __future__ import annotations

from django.db import transaction

from presets_app import wiring
from presets_app.models import RecipeOutput, RecipeRun, RecipeStep
from presets_app.services import queue, recipes_work
from presets_app.services.recipes_waking import UNFINISHED_RECIPE, wake


def heal() -> int:
    """How many runs of recipes were woken. Safe to repeat."""
    open_runs = list(RecipeRun.objects.filter(state__in=UNFINISHED_RECIPE))
    for run in open_runs:
        for step in run.steps.filter(state__in=("running", "choosing")).select_related("recipe_run__project"):
            _heal(step)
        with transaction.atomic():
            wake(run.id)
    return len(open_runs)


def _heal(step: RecipeStep) -> None:
    if step.state == "choosing":
        with transaction.atomic():
            queue.later(queue.Job.RECIPE_FRAMES, str(step.pk))
        return
    for output in step.outputs.filter(state="running").exclude(request=""):
        if not _collected(output):
            with transaction.atomic():
                recipes_work.send(output)


def _collected(output: RecipeOutput) -> bool:
    """Whether a runner's result was there already, or the reason why there will be none."""
    target = recipes_work.runner_of(output.step)
    if target is None:
        return False
    client, work = wiring.step_client(target.settings.get("pool", "local")), recipes_work.name_of(output)
    result = client.result(work, output.attempts)
    if result:
        recipes_work.stepped(work, output.attempts, result)
        return True
    failure = client.lost(work, output.attempts)
    if failure:
        recipes_work.finish(output, {}, failure)
    return failure is not None
