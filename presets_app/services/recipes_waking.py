"""Wakes the recipes that wait for something that has just ended. Every wake is a job of its own, so that none is lost
to one that runs already."""

from __future__ import annotations

from django.db.models import F

from presets_app.models import RecipeRun, RecipeStep, Run
from presets_app.services import queue

UNFINISHED_RECIPE = ("running", "choosing", "look")


def wake(recipe_run: str) -> None:
    """Have the recipe looked at again, once the surrounding transaction has committed."""
    RecipeRun.objects.filter(pk=recipe_run).update(version=F("version") + 1)
    version = RecipeRun.objects.values_list("version", flat=True).get(pk=recipe_run)
    queue.later(queue.Job.RECIPE, recipe_run, str(version))


def run_ended(run: Run) -> None:
    """Wake the recipes with a step that renders in this run; call it in the run's transaction."""
    for recipe_run in _waiting_for(run):
        wake(recipe_run)


def _waiting_for(run: Run) -> list[str]:
    """Both the recipe that started the run and those that wait for single items of it."""
    open_steps = RecipeStep.objects.filter(state__in=("running", "look"), recipe_run__state__in=UNFINISHED_RECIPE)
    found = open_steps.filter(outputs__item__run=run).values_list("recipe_run_id", flat=True)
    return sorted(set(found))
