"""What a person does to a recipe while it runs: stop it, or have a step done again."""

from __future__ import annotations

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from presets_app import wiring
from presets_app.core.errors import Conflict, Invalid
from presets_app.core.lifecycle import FINISHED_RUN
from presets_app.core.permissions import Actor
from presets_app.models import RecipeOutput, RecipeRun, RecipeStep, Run
from presets_app.services import audit, recipes_work, runs
from presets_app.services.recipes_inputs import sources_of
from presets_app.services.recipes_waking import UNFINISHED_RECIPE, wake

_OPEN = ("waiting", "running", "choosing", "look")


def cancel(run: RecipeRun, actor: Actor, reason: str = "") -> None:
    """Stop what is not done yet. A render that another recipe waits for goes on; what a vendor took is collected."""
    actor.must("run.cancel")
    with transaction.atomic():
        locked = RecipeRun.objects.select_for_update().get(pk=run.pk)
        if locked.state not in UNFINISHED_RECIPE:
            text = f"This run of the recipe is {locked.state} already."
            raise Conflict(text, code="state_changed", hint="Load the page again.")
        for step in locked.steps.filter(state__in=_OPEN):
            _stop(step, actor, reason)
        locked.steps.filter(state__in=_OPEN).update(state="cancelled", finished_at=timezone.now())
        changes = {"state": "cancelled", "finished_at": timezone.now(), "version": F("version") + 1}
        RecipeRun.objects.filter(pk=run.pk).update(**changes)
        detail = {"run": run.id}
        audit.note(run.project, actor, "recipe.cancel", "recipe", run.recipe.slug, reason=reason, detail=detail)
    run.refresh_from_db()


def _stop(step: RecipeStep, actor: Actor, reason: str) -> None:
    if step.run is not None and step.run.state not in FINISHED_RUN and not _awaited_elsewhere(step.run, step):
        runs.cancel(step.run, actor, reason or f"The recipe {step.recipe_run.recipe.name} was cancelled")
    for output in step.outputs.filter(state="running").exclude(request=""):
        target = recipes_work.runner_of(step)
        if target is not None:
            client, name = wiring.step_client(target.settings.get("pool", "local")), recipes_work.name_of(output)
            transaction.on_commit(lambda client=client, name=name: client.cancel(name))  # type: ignore[misc]
    step.outputs.filter(state="running").update(state="cancelled")


def _awaited_elsewhere(run: Run, step: RecipeStep) -> bool:
    rows = RecipeOutput.objects.filter(item__run=run, state="running").exclude(step__recipe_run=step.recipe_run)
    return rows.filter(step__recipe_run__state__in=UNFINISHED_RECIPE).exists()


def again(step: RecipeStep, actor: Actor, reason: str = "") -> None:
    """Do a step again that did not finish, and what came after it. A render whose request may have been charged is
    only sent again with a reason. Raises Conflict for a step that is not in such a state."""
    actor.must("run.start")
    run = step.recipe_run
    if step.state not in ("failed", "cancelled", "skipped", "look"):
        text = f"The step {step.name} is {step.state}; only one that did not finish is done again."
        raise Conflict(text, code="state_changed", hint="Load the page again.")
    if step.state == "look" and not reason.strip():
        hint = "Look at the vendor's history first, then say what you saw."
        raise Invalid("Say why this may be sent again: it may be charged twice.", code="reason_missing", hint=hint)
    _refuse_without_sources(step)
    with transaction.atomic():
        _reset(step, actor)
        for later in run.steps.filter(position__gt=step.position, state__in=("skipped", "cancelled")):
            _reset(later, actor)
        RecipeRun.objects.filter(pk=run.pk).update(state="running", finished_at=None)
        detail = {"run": run.id, "step": step.name}
        audit.note(run.project, actor, "recipe.again", "recipe", run.recipe.slug, reason=reason, detail=detail)
        wake(run.id)


def _refuse_without_sources(step: RecipeStep) -> None:
    before = _first_open(step)
    if before is not None:
        text = f"The step {step.name} takes what {before.name} leads to, which is {before.state}."
        raise Conflict(text, code="recipe_step_early", hint=f"Do {before.name} again; what comes after it follows.")


def _first_open(step: RecipeStep) -> RecipeStep | None:
    """The earliest of the steps that this one hangs on and that is not done."""
    source = next((source for source in sources_of(step) if source.state != "done"), None)
    return None if source is None else _first_open(source) or source


def _reset(step: RecipeStep, actor: Actor) -> None:
    """What failed is tried again in its own run; what may be charged twice, or was cancelled, is begun anew."""
    for output in step.outputs.exclude(state="done").select_related("item__run__target"):
        if output.item is not None and output.item.state == "failed":
            runs.retry(output.item, actor)
            RecipeOutput.objects.filter(pk=output.pk).update(state="running", failure=None)
            continue
        if output.state == "look":
            step.facts = {**step.facts, "again": [*step.facts.get("again", []), output.digest]}
        output.delete()
    step.state, step.failure, step.finished_at = "waiting", None, None
    step.save(update_fields=["state", "failure", "finished_at", "facts"])
