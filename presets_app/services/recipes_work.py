"""Steps that are done without rendering: by a runner (enlarging, a language model), or here (sound, a frame).

What is to be done is stored by digest before anybody is asked, so that it can be asked again after a killed process.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from presets_app import wiring
from presets_app.artifacts import get_json, put_json
from presets_app.core import canonical
from presets_app.core.errors import Invalid, MatchframeError
from presets_app.core.problems import Failure
from presets_app.core.recipes import expanding, key_of
from presets_app.models import RecipeOutput, RecipeStep, Target
from presets_app.queries import projects
from presets_app.services import presets, queue, recipes_here, recipes_reuse
from presets_app.services.recipes_inputs import Taken, file_of, taken
from presets_app.services.recipes_waking import wake
from presets_app.services.speaking import speakable

REQUEST_FORMAT = "matchframe/recipe-work/1"
TOOLS = {"upscale": "matchframe/upscale/1", "equalize": "matchframe/equalize/1", "expand_prompt": "matchframe/expand/1"}
BANDS = [{"hz": 5600.0, "gain_db": -4.0, "octaves": 1.0}]  # the middle of 4 to 8 kHz on a scale of octaves
_OWN: dict[str, dict[str, Any]] = {
    "upscale": {"scale": 2, "method": "lanczos"},
    "equalize": {"bands": BANDS},
    "expand_prompt": {"instruction": expanding.INSTRUCTION, "seed": 0, "temperature": 0, "max_tokens": 220},
}


@dataclass(frozen=True)
class Unit:
    """One thing to do: what it is called, what decides it, and what to do."""

    key: str
    parts: Mapping[str, str]
    todo: Mapping[str, Any]
    local_only: bool = False


def parts_of(step: RecipeStep) -> dict[str, str]:
    units = _units(step)
    names = {name for unit in units for name in unit.parts}
    return {name: _together([unit.parts[name] for unit in units]) for name in names}


def _together(values: list[str]) -> str:
    return values[0] if len(set(values)) == 1 else canonical.digest(values)


def begin(step: RecipeStep) -> None:
    """Take over what was done before and ask for the rest. Raises MatchframeError when it cannot be asked for."""
    units = _units(step)
    with transaction.atomic():
        if not RecipeStep.objects.filter(pk=step.pk, state="waiting").update(state="running"):
            return
        wanted = [(unit.key, key_of(step.kind, unit.parts)) for unit in units]
        for output in step.outputs.all():
            if (output.key, output.digest) not in wanted:
                output.delete()
        for place, unit in enumerate(units):
            add(step, unit, place)
    step.refresh_from_db()


def add(step: RecipeStep, unit: Unit, place: int = 0) -> None:
    """A row for one thing to do, which is asked for unless it was done before. Call it in a transaction."""
    digest = key_of(step.kind, unit.parts)
    if step.outputs.filter(key=unit.key, digest=digest).exists():
        return
    other = recipes_reuse.found(step, digest)
    row = RecipeOutput(step=step, position=place, key=unit.key, digest=digest)
    if other is not None:
        row.state, row.values, row.origin, row.made = "done", other.values, other, other.made
        row.save()
        return
    row.save()
    ask(row, unit.todo, local_only=unit.local_only)


def ask(row: RecipeOutput, todo: Mapping[str, Any], *, local_only: bool) -> None:
    """Store what is to be done and have it done once the transaction has committed."""
    row.attempts += 1
    body = {"format": REQUEST_FORMAT, "work": name_of(row), "attempt": row.attempts, "local_only": local_only, **todo}
    row.request, row.state, row.failure = put_json(wiring.artifacts(), body), "running", None
    row.save(update_fields=["attempts", "request", "state", "failure"])
    send(row)


def send(row: RecipeOutput) -> None:
    """Safe to repeat: a job's id is made of the work and its attempt."""
    target = runner_of(row.step)
    if target is None:
        queue.later(queue.Job.RECIPE_WORK, str(row.pk), str(row.attempts))
        return
    client = wiring.step_client(target.settings.get("pool", "local"))
    work, attempt, request = name_of(row), row.attempts, row.request
    transaction.on_commit(lambda: client.enqueue(work, attempt, request))


def name_of(row: RecipeOutput) -> str:
    return f"recipe-{row.pk}"


def runner_of(step: RecipeStep) -> Target | None:
    """The target whose runner does such a step; None for what is done on this side. Raises Invalid for a target that
    has no runner."""
    document = step.document
    slug = document.get("target") or document.get("model", {}).get("target")
    if step.kind not in ("upscale", "expand_prompt") or not slug:
        return None
    target = projects.target(step.recipe_run.project, slug)
    if target.kind != "local":
        text = f"{target.name} has no runner of Matchframe, so it cannot do the step {step.name}."
        raise Invalid(text, code="recipe_needs_runner", hint="Name a local target.")
    return target


def _units(step: RecipeStep) -> list[Unit]:
    own = {**_OWN[step.kind], **{name: step.document[name] for name in _OWN[step.kind] if name in step.document}}
    target = runner_of(step)
    shared = {"step": canonical.digest(own), "tool": TOOLS[step.kind], "target": target.slug if target else "here"}
    if step.kind == "expand_prompt":
        return [_words(step, own, shared)]
    return [_video(step, own, shared, found) for found in taken(step)]


def _video(step: RecipeStep, own: dict[str, Any], shared: dict[str, str], found: Taken) -> Unit:
    todo = {"kind": step.kind, "video": found.values["video"]["sha256"], **own}
    return Unit(found.key, {**shared, **found.parts}, todo, found.local_only)


def _words(step: RecipeStep, own: dict[str, Any], shared: dict[str, str]) -> Unit:
    found = taken(step)
    text, parts = _source(step, found)
    model = step.document["model"]
    todo = {"kind": step.kind, "model": model, "text": text, **own}
    known = {**shared, **parts, "model": canonical.digest(model)}
    return Unit("preset", known, todo, any(each.local_only for each in found))


def _source(step: RecipeStep, found: list[Taken]) -> tuple[str, dict[str, str]]:
    """The prompt to begin with, and what decides it."""
    if found:
        return found[0].values["text"]["text"], dict(found[0].parts)
    if "text" in step.document:
        text = str(step.document["text"])
        return text, {"item": canonical.digest(text)}
    preset = projects.preset(step.recipe_run.project, step.document["preset"])
    text = str(presets.load(preset.project, preset.slug, step.revision).get("prompt", ""))
    return text, {"preset": canonical.digest(text)}


def settle(output: RecipeOutput) -> None:
    """Nothing to look at: whoever does the work says what came of it."""


def work(output_id: int) -> None:
    """Do one thing on this side; a repeat does nothing new."""
    row = RecipeOutput.objects.select_related("step__recipe_run__project").get(pk=output_id)
    if row.state != "running":
        return
    try:
        finish(row, recipes_here.done(get_json(wiring.artifacts(), row.request)), None)
    except MatchframeError as error:
        finish(row, {}, _failure(error))


def _failure(error: MatchframeError) -> Failure:
    own = getattr(error, "failure", None)  # a backend's error says whose fault it is
    if isinstance(own, Failure):
        return own
    return Failure("preset", error.code, "after_change", str(error), error.problems[0].hint)


def stepped(work_id: str, attempt: int, result: str) -> None:
    """A runner's result, by its digest."""
    row = RecipeOutput.objects.select_related("step__recipe_run__project").filter(pk=_number(work_id)).first()
    if row is None or row.state != "running" or row.attempts != attempt:
        return
    told = get_json(wiring.artifacts(), result)
    failure = Failure.from_json(told["failure"]) if told.get("failure") else None
    if told["status"] == "cancelled":
        failure = Failure("ours", "recipe_item_cancelled", "now", f"{row.key} was cancelled.", "Do this step again.")
    if failure is not None or told["status"] != "done":
        finish(row, {}, failure or _broken(row))
        return
    try:
        finish(row, _accepted(row, told.get("values") or {}), None)
    except MatchframeError as error:
        finish(row, {}, _failure(error))


def _accepted(row: RecipeOutput, values: dict[str, Any]) -> dict[str, Any]:
    """What a runner made, in the form in which it is kept."""
    if row.step.kind != "expand_prompt":
        return values
    model = values["model"]
    by = f"{model['repository']}@{model['revision'][:12]}"
    request = get_json(wiring.artifacts(), row.request)
    return {**recipes_here.words(request, str(values["answer"]), by), "language_model": model}


def _number(work_id: str) -> int:
    digits = work_id.removeprefix("recipe-")
    return int(digits) if digits.isdecimal() else -1


def finish(row: RecipeOutput, values: dict[str, Any], failure: Failure | None) -> None:
    """Keep what came of it, once, and have the recipe go on."""
    request = get_json(wiring.artifacts(), row.request)
    told = speakable(failure, row.step.recipe_run.project).as_json() if failure else None
    kept = {**request.get("carried", {}), **values, "local_only": request["local_only"]}
    if request["local_only"]:
        kept = {name: _marked(value) for name, value in kept.items()}
    changes = (
        {"state": "failed", "failure": told} if failure else {"state": "done", "values": kept, "made": file_of(kept)}
    )
    with transaction.atomic():
        if RecipeOutput.objects.filter(pk=row.pk, state="running").update(**changes):
            wake(row.step.recipe_run_id)


def _marked(value: Any) -> Any:
    """A file that stays here says so itself, wherever it is put."""
    return {**value, "local_only": True} if isinstance(value, dict) and "sha256" in value else value


def give_up(output_id: int) -> None:
    """The work itself broke down."""
    row = RecipeOutput.objects.select_related("step__recipe_run__project").get(pk=output_id)
    finish(row, {}, _broken(row))


def _broken(row: RecipeOutput) -> Failure:
    text = f"The step {row.step.name} broke down; the worker's log has the reason."
    return Failure("ours", "recipe_broke", "later", text, "Do this step again.")
