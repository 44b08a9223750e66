"""A recipe's way from its first step to its last. Everything here may run twice, and after a killed process."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from presets_app.core.errors import MatchframeError
from presets_app.core.problems import Failure
from presets_app.core.recipes import key_of, why
from presets_app.models import RecipeOutput, RecipeRun, RecipeStep
from presets_app.services import audit, recipes_frames, recipes_generate, recipes_reuse, recipes_work
from presets_app.services.audit import MATCHFRAME
from presets_app.services.recipes_inputs import sources_of
from presets_app.services.speaking import speakable

FINISHED_STEP = ("done", "failed", "cancelled", "skipped")
FINISHED_RECIPE = ("done", "failed", "cancelled")


@dataclass(frozen=True)
class Doing:
    """How a kind of step is done: `parts` that decide its output, `begin` it, `settle` one output of it."""

    parts: Callable[[RecipeStep], dict[str, str]]
    begin: Callable[[RecipeStep], None]
    settle: Callable[[RecipeOutput], None]


DOING: dict[str, Doing] = {
    "generate": Doing(recipes_generate.parts_of, recipes_generate.begin, recipes_generate.settle),
    "keyframe": Doing(recipes_frames.parts_of, recipes_frames.begin, recipes_work.settle),
    **dict.fromkeys(
        ("expand_prompt", "upscale", "equalize"),
        Doing(recipes_work.parts_of, recipes_work.begin, recipes_work.settle),
    ),
}


def advance(recipe_run: str) -> None:
    """Look at every step in order, begin what can begin, and say how the whole stands."""
    run = RecipeRun.objects.select_related("recipe", "project").get(pk=recipe_run)
    if run.state in FINISHED_RECIPE:
        return
    for step in run.steps.order_by("position"):
        _look_at(step)
    _conclude(run)


def _look_at(step: RecipeStep) -> None:
    if step.state == "waiting":
        _begin_when_ready(step)
        step.refresh_from_db()
    if step.state in ("running", "look"):
        _settle(step)


def _begin_when_ready(step: RecipeStep) -> None:
    sources = sources_of(step)
    stopped = [source for source in sources if source.state in ("failed", "cancelled", "skipped", "look")]
    if any(source.state != "look" for source in stopped):
        sentence = f"{stopped[0].name} did not finish, so this was not begun."
        _end(step, "skipped", sentence=sentence)
        return
    if any(source.state != "done" for source in sources):
        return
    try:
        step.parts = DOING[step.kind].parts(step)
        step.key = key_of(step.kind, step.parts)
        earlier = recipes_reuse.before(step)
        step.why = why(step.parts, earlier.parts if earlier else None)[:400]
        step.started_at = timezone.now()
        step.save(update_fields=["parts", "key", "why", "started_at"])
        DOING[step.kind].begin(step)
        RecipeRun.objects.filter(pk=step.recipe_run_id).update(version=F("version") + 1)
    except MatchframeError as error:
        _end(step, "failed", failure=_failure(error))


def _failure(error: MatchframeError) -> Failure:
    first = error.problems[0]
    evidence = {"path": first.path} if first.path else {}
    return Failure("preset", error.code, "after_change", str(error), first.hint, evidence)


def _settle(step: RecipeStep) -> None:
    for output in step.outputs.exclude(state="done").select_related("item", "origin__step__recipe_run", "step"):
        DOING[step.kind].settle(output)
    states = list(step.outputs.values_list("state", flat=True))
    if not states or "running" in states:
        return
    if "look" in states:
        if step.state != "look":
            _end(step, "look", failure=_of_outputs(step, "look"))
    elif set(states) == {"done"}:
        _end(step, "done", sentence=_reused(step))
    else:
        _end(step, "failed", failure=_of_outputs(step, "failed") or _of_outputs(step, "cancelled"))


def _of_outputs(step: RecipeStep, state: str) -> Failure | None:
    output = step.outputs.filter(state=state).order_by("position").first()
    if output is None:
        return None
    if output.failure:
        return Failure.from_json(output.failure)
    text = f"{output.key} was cancelled before it was done."
    return Failure("ours", "recipe_item_cancelled", "now", text, "Do this step again.")


def _reused(step: RecipeStep) -> str:
    """The step's own sentence, or from where its outputs were taken over."""
    rows = list(step.outputs.select_related("origin__step__recipe_run"))
    origins = [row.origin for row in rows if row.origin is not None]
    if not origins:
        return step.why
    at = f"{origins[0].step.recipe_run.created_at:%Y-%m-%d %H:%M} UTC"
    if len(origins) == len(rows):
        return f"Taken over from the run of {at}: nothing that decides it has changed."
    return f"{len(origins)} of {len(rows)} taken over from the run of {at}. {step.why}".strip()


def _end(step: RecipeStep, state: str, *, failure: Failure | None = None, sentence: str | None = None) -> None:
    """Move a step that is still open; one that a person cancelled meanwhile stays as it is."""
    told = speakable(failure, step.recipe_run.project).as_json() if failure else None
    changes = {"state": state, "failure": told, "finished_at": timezone.now()}
    if sentence is not None:
        changes["why"] = sentence[:400]
    RecipeStep.objects.filter(pk=step.pk).exclude(state__in=FINISHED_STEP).update(**changes)
    RecipeRun.objects.filter(pk=step.recipe_run_id).update(version=F("version") + 1)
    step.refresh_from_db()


def _conclude(run: RecipeRun) -> None:
    """The state of the whole, from its steps."""
    states = set(run.steps.values_list("state", flat=True))
    if states & {"running"} or (states & {"waiting"} and not states & {"choosing", "look"}):
        state = "running"
    elif "choosing" in states:
        state = "choosing"
    elif "look" in states:
        state = "look"
    else:
        state = "done" if states == {"done"} else "failed"
    with transaction.atomic():
        locked = RecipeRun.objects.select_for_update().get(pk=run.pk)
        if locked.state in FINISHED_RECIPE or locked.state == state:
            return
        locked.state = state
        locked.version += 1
        locked.finished_at = timezone.now() if state in FINISHED_RECIPE else None
        locked.save(update_fields=["state", "version", "finished_at"])
        if state in FINISHED_RECIPE:
            detail = {"state": state, "steps": {step.name: step.state for step in run.steps.order_by("position")}}
            audit.note(run.project, MATCHFRAME, "recipe.finish", "recipe", run.recipe.slug, detail=detail)


def give_up(recipe_run: str) -> None:
    """Looking at it broke down: say so on the step in hand, so that nobody waits for it in vain."""
    run = RecipeRun.objects.get(pk=recipe_run)
    step = run.steps.exclude(state__in=(*FINISHED_STEP, "choosing")).order_by("position").first()
    if step is not None and run.state not in FINISHED_RECIPE:
        text = "This step broke down; the worker's log has the reason."
        _end(step, "failed", failure=Failure("ours", "recipe_broke", "later", text, "Do this step again."))
        advance(recipe_run)
