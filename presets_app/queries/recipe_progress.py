"""What the step of a recipe in hand is doing, as far as its runner or server tells."""

from __future__ import annotations

from typing import Any

from presets_app import wiring
from presets_app.core.errors import MatchframeError
from presets_app.models import Item, RecipeOutput, RecipeRun, RecipeStep, Target
from presets_app.queries import phases, progress

Row = dict[str, Any]
_QUEUED = ("queued", "scheduled", "deferred")


def now(run: RecipeRun) -> Row | None:
    """{step, phase (words), number, of, warm, ahead, done, total (items)} of the first step that is being done; None
    when nobody tells."""
    step = run.steps.filter(state="running").select_related("run", "recipe_run").order_by("position").first()
    told = _told(step) if step is not None else {}
    phase = phases.words(told.get("phase"))
    if phase is None and told.get("status") in _QUEUED:
        phase = "waiting for the runner"
    if step is None or phase is None:
        return None
    steps = {"number": told.get("step"), "of": told.get("steps")}
    items = {"done": step.run.done, "total": step.run.total} if step.run else {}
    about = {"step": step.name, "phase": phase, "warm": told.get("warm"), "ahead": told.get("position")}
    return {**about, **steps, **items}


def _told(step: RecipeStep) -> Row:
    rows = step.outputs.filter(state="running").select_related("item__run__target").order_by("position")
    output = rows.filter(item__state="running").first() or rows.first()
    try:
        if output is None:
            return {}
        return _of_item(output.item) if output.item is not None else _of_work(step, output)
    except MatchframeError:  # the queue does not answer; the page says so elsewhere
        return {}


def _of_item(item: Item) -> Row:
    target = item.run.target
    if target.is_cloud:
        return {}
    if target.is_served:
        return progress.of(item.id)
    return wiring.local_client(target.settings.get("pool", "local")).progress(item.id, max(item.attempts, 1))


def _of_work(step: RecipeStep, output: RecipeOutput) -> Row:
    document = step.document
    slug = document.get("target") or document.get("model", {}).get("target")
    target = Target.objects.filter(project=step.recipe_run.project_id, slug=slug).first() if slug else None
    if target is None:
        return {}
    return wiring.step_client(target.settings.get("pool", "local")).progress(f"recipe-{output.pk}", output.attempts)
