"""The step in which a person chooses a frame: pictures to choose from, and the frame that was chosen."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from presets_app import measure, wiring
from presets_app.core import canonical
from presets_app.core.errors import Conflict, Invalid
from presets_app.core.permissions import Actor
from presets_app.models import RecipeRun, RecipeStep
from presets_app.services import audit, queue, recipes_work
from presets_app.services.recipes_inputs import Taken, taken
from presets_app.services.recipes_waking import wake

CANDIDATES = 8
TOOL = "matchframe/keyframe/1"


def parts_of(step: RecipeStep) -> dict[str, str]:
    found = taken(step)
    videos = canonical.digest([each.parts["input:video"] for each in found])
    choice = {name: step.document[name] for name in ("frame", "item") if name in step.document}
    return {"input:video": videos, "step": canonical.digest(choice), "tool": TOOL}


def begin(step: RecipeStep) -> None:
    """Take the frame that the recipe names, or the one that was chosen from the same clips in this recipe before,
    unless a person wants to choose anew; else wait for a person and get the pictures ready."""
    if "frame" in step.document:
        _take(step, step.document.get("item", ""), step.document["frame"])
        return
    earlier = None if step.facts.get("ask") else _chosen_before(step)
    if earlier is not None:
        _take(step, earlier.facts["chosen"]["item"], earlier.facts["chosen"]["frame"], earlier.facts["chosen"])
        return
    with transaction.atomic():
        if RecipeStep.objects.filter(pk=step.pk, state="waiting").update(state="choosing"):
            queue.later(queue.Job.RECIPE_FRAMES, str(step.pk))
    step.refresh_from_db()


def _chosen_before(step: RecipeStep) -> RecipeStep | None:
    rows = RecipeStep.objects.filter(key=step.key, kind="keyframe", state="done").exclude(pk=step.pk)
    same = rows.filter(recipe_run__recipe=step.recipe_run.recipe_id, facts__has_key="chosen")
    return same.order_by("-recipe_run_id").first()


def prepare(step_id: int) -> None:
    """Store pictures to choose from, evenly over each clip."""
    step = RecipeStep.objects.select_related("recipe_run__project").get(pk=step_id)
    if step.state != "choosing" or step.facts.get("clips"):
        return
    wanted = int(step.document.get("candidates", CANDIDATES))
    clips = [_pictures(found, wanted) for found in taken(step)]
    pictures = "\n".join(shown["sha256"] for clip in clips for shown in clip["shown"])
    changes = {"facts": {**step.facts, "clips": clips}, "pictures": pictures}
    RecipeStep.objects.filter(pk=step.pk, state="choosing").update(**changes)
    RecipeRun.objects.filter(pk=step.recipe_run_id).update(version=F("version") + 1)


def _pictures(found: Taken, wanted: int) -> dict[str, Any]:
    video = found.values["video"]["sha256"]
    with tempfile.TemporaryDirectory(prefix="matchframe-frames-") as folder:
        answer = measure.take_frames(wiring.artifact_path(video), Path(folder), count=wanted)
        frames = [
            {"frame": still["frame"], "sha256": wiring.artifacts().put_file(Path(folder) / still["file"])}
            for still in answer.get("stills", [])
        ]
    problem = next((told["message"] for told in answer.get("problems", [])), "")
    return {"key": found.key, "video": video, "frames": answer.get("frames") or 0, "shown": frames, "problem": problem}


def choose(step: RecipeStep, actor: Actor, item: str, frame: int) -> None:
    """A person's choice. Raises Conflict when nobody is asked any more, Invalid for a frame that is not there."""
    actor.must("recipe.choose")
    if step.state != "choosing":
        text = f"The step {step.name} is {step.state}; no frame is asked for."
        raise Conflict(text, code="state_changed", hint="Load the page again.")
    _take(step, item, frame, {"item": item, "frame": frame, "by": actor.username, "at": timezone.now().isoformat()})
    project = step.recipe_run.project
    detail = {"run": step.recipe_run_id, "step": step.name, "item": item, "frame": frame}
    audit.note(project, actor, "recipe.choose", "recipe", step.recipe_run.recipe.slug, detail=detail)


def _take(step: RecipeStep, item: str, frame: int, chosen: dict[str, Any] | None = None) -> None:
    clip = _clip(step, item)
    known = next((each for each in step.facts.get("clips", []) if each["key"] == clip.key), None)
    if known and known["frames"] and not -1 <= frame < known["frames"]:
        name = f"The clip {clip.key}" if len(step.facts["clips"]) > 1 else "The clip"
        text = f"{name} has frames 0 to {known['frames'] - 1}; {frame} is not one of them."
        raise Invalid(text, code="frame_not_there", hint="Choose one of these; -1 is the last.")
    parts = {"input:video": clip.parts["input:video"], "choice": str(frame), "tool": TOOL}
    source = step.recipe_run.steps.get(name=clip.sources["video"]).outputs.get(key=clip.key)
    todo = {
        "kind": "keyframe",
        "video": clip.values["video"]["sha256"],
        "frame": frame,
        "carried": {name: source.values[name] for name in ("seed", "prompt") if source.values.get(name)},
    }
    with transaction.atomic():
        if not RecipeStep.objects.filter(pk=step.pk, state=step.state).update(state="running"):
            raise Conflict("Somebody else has chosen a frame.", code="state_changed", hint="Look again.")
        facts = {**step.facts, "chosen": chosen} if chosen else step.facts
        RecipeStep.objects.filter(pk=step.pk).update(facts=facts)
        step.refresh_from_db()
        recipes_work.add(step, recipes_work.Unit(clip.key, parts, todo, clip.local_only))
        RecipeRun.objects.filter(pk=step.recipe_run_id, state="choosing").update(state="running")
        wake(step.recipe_run_id)


def _clip(step: RecipeStep, item: str) -> Taken:
    found = taken(step)
    for each in found:
        if each.key == item or (not item and len(found) == 1):
            return each
    hint = f"Clips: {', '.join(each.key for each in found[:10])}."
    raise Invalid(f"The step {step.name} has no clip {item[:80]!r}.", code="recipe_item_unknown", hint=hint)
