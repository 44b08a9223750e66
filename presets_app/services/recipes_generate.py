"""A step that renders: a run of what was not rendered before, and what came of every item."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db import transaction

from presets_app import wiring
from presets_app.artifacts import get_json
from presets_app.core import canonical
from presets_app.core.document_values import with_values
from presets_app.core.errors import Invalid
from presets_app.core.generation import GenerationResult
from presets_app.core.inputs import effective
from presets_app.core.problems import has_errors
from presets_app.core.recipes import kept, key_of, seeds
from presets_app.core.schema import validate
from presets_app.models import Item, Preset, RecipeOutput, RecipeStep, Target
from presets_app.queries import people, projects
from presets_app.services import inputs, manifests, presets, recipes_reuse, runs, servers
from presets_app.services.recipes_inputs import Taken, taken
from presets_app.services.requests import Input

SEEDS = 2**64  # a document's seeds lie below
_ASSET = ("sha256", "media_type", "local_only")


@dataclass(frozen=True)
class Wanted:
    """One input to render and the digest of all that decides what comes of it."""

    given: Input
    digest: str


@dataclass(frozen=True)
class _Side:
    """What all items of a step share."""

    preset: Preset
    target: Target
    document: dict[str, Any]
    parts: dict[str, str]


def begin(step: RecipeStep) -> None:
    """Take over what was rendered before, and start a run for the rest. Raises MatchframeError when it cannot be."""
    side = _side(step)
    wanted = _wanted(step, side)
    servers.made_sure(side.target, side.document)
    actor = people.actor_named(step.recipe_run.created_by, step.recipe_run.project)
    with transaction.atomic():
        if not RecipeStep.objects.filter(pk=step.pk, state="waiting").update(state="running"):
            return
        missing = _take_over(step, wanted)
        if missing:
            given = [each.given for each in missing.values()]
            note = f"Step {step.name} of {step.recipe_run.recipe.name}"[:300]
            work = runs.Work(side.preset, side.target, given, "recipe", step.revision, note=note)
            run = runs.start(work, actor, system=True)
            _attach(step, missing, list(run.items.order_by("position")))
            step.run = run
        step.state = "running"
        step.save(update_fields=["run", "parts", "key", "state"])


def parts_of(step: RecipeStep) -> dict[str, str]:
    """The digests of what decides the output of the whole step, its inputs beside them."""
    side, inputs_taken = _side(step), taken(step)
    names = {name for found in inputs_taken for name in found.parts}
    together = {name: canonical.digest([found.parts[name] for found in inputs_taken]) for name in names}
    return {**side.parts, **together, **_set_part(step)}


def _set_part(step: RecipeStep) -> dict[str, str]:
    if "input_set" not in step.document:
        return {}
    return {"item": projects.input_set(step.recipe_run.project, step.document["input_set"]).digest}


def _side(step: RecipeStep) -> _Side:
    project, document = step.recipe_run.project, step.document
    preset = projects.preset(project, document["preset"])
    target = projects.target(project, document["target"])
    whole = presets.load(project, preset.slug, step.revision)
    standing = manifests.standing(preset, target)
    plain = {name: value for name, value in whole.items() if name not in ("name", "description")}
    own = {name: document[name] for name in ("overrides", "items") if name in document}
    parts = {
        "preset": canonical.digest(plain),
        "step": canonical.digest(own),
        "target": f"{target.kind}/{target.slug}",
        "manifest": canonical.digest([standing["manifest"], standing["changes"]]),
    }
    return _Side(preset, target, whole, parts)


def _wanted(step: RecipeStep, side: _Side) -> list[Wanted]:
    found = taken(step)
    if len(found) < 2:
        single = found[0] if found else None
        return [_one(step, side, base, single) for base in _bases(step, side.document)]
    by_key = {each.key: each for each in found}
    bases = _bases(step, side.document) if "input_set" in step.document else [Input(key) for key in by_key]
    if {base.key for base in bases} != set(by_key):
        text = f"The input set of {step.name} has other items than the steps that it takes from."
        raise Invalid(text, code="recipe_items_differ", hint="Have them render the same input set.")
    return [_one(step, side, base, by_key[base.key]) for base in bases]


def _bases(step: RecipeStep, document: dict[str, Any]) -> list[Input]:
    """The items before anything of the steps before is put in: an input set, or the preset seed by seed."""
    if "input_set" in step.document:
        chosen = projects.input_set(step.recipe_run.project, step.document["input_set"])
        items = inputs.load(chosen.project, chosen.slug, chosen.commit)["items"]
        return [Input.of(item, preview=chosen.kind == "preview") for item in items]
    own = {name: value for name, value in (step.document.get("overrides") or {}).items() if name == "seed"}
    drawn = {stage["role"]: stage["seed"] for stage in effective(document, own)["stages"] if "seed" in stage}
    made = [Input("preset")]
    for number in range(1, step.document.get("items", 1)):
        raised = {role: (seed + number) % SEEDS for role, seed in drawn.items()}
        made.append(Input(f"seed-plus-{number}", {"seed": raised} if raised else {}))
    return made


def _one(step: RecipeStep, side: _Side, base: Input, got: Taken | None) -> Wanted:
    own = dict(step.document.get("overrides") or {})
    change = own.pop("set", {})
    overrides = {**own, **base.overrides}
    if got is not None:
        overrides, change = _with_inputs(overrides, change, got, side)
    given = Input(
        base.key,
        overrides,
        base.labels,
        base.preview,
        base.local_only or (got is not None and got.local_only),
        change,
    )
    _refuse_wrong(step, side.document, given)
    item = {"item": canonical.digest(base.overrides)} if base.overrides else {}
    return Wanted(given, key_of("generate", {**side.parts, **item, **(got.parts if got else {})}))


def _with_inputs(
    overrides: dict[str, Any], change: dict[str, Any], got: Taken, side: _Side
) -> tuple[dict[str, Any], dict[str, Any]]:
    made, changed = dict(overrides), dict(change)
    for name, value in got.values.items():
        if name == "seed":
            made["seed"] = kept(value, with_values(side.document, change)["stages"], got.sources[name])
        elif name in ("prompt", "negative_prompt"):
            made[name] = value["text"]
            if name == "prompt" and value.get("by"):
                told = {"source": value["source"], "by": value["by"][:200], "enabled": False}
                changed["/prompt_expansion"] = {**told, **({"seed": value["seed"]} if "seed" in value else {})}
        else:
            asset = {field: value[field] for field in _ASSET if field in value}
            made["assets"] = {**made.get("assets", {}), name: asset}
    return made, changed


def _refuse_wrong(step: RecipeStep, document: dict[str, Any], given: Input) -> None:
    """The document as it will be sent must be a preset still. Raises Invalid."""
    found = validate(with_values(effective(document, given.overrides), given.change))
    if has_errors(found):
        raise Invalid.of(found)


def _take_over(step: RecipeStep, wanted: list[Wanted]) -> dict[int, Wanted]:
    """Rows for what others made or are making; answers what is left to render, by its place. What this step has
    already stays, unless it is of inputs that are no longer meant."""
    own = {(output.key, output.digest): output for output in step.outputs.all()}
    places = {(each.given.key, each.digest): place for place, each in enumerate(wanted)}
    step.outputs.exclude(pk__in=[output.pk for name, output in own.items() if name in places]).delete()
    missing = {}
    for name, place in places.items():
        each = wanted[place]
        if name in own:
            continue
        other = recipes_reuse.found(step, each.digest)
        if other is None:
            missing[place] = each
            continue
        row = RecipeOutput(step=step, position=place, key=each.given.key, digest=each.digest)
        row.item, row.origin, row.values = other.item, other, other.values
        row.save()
    return missing


def _attach(step: RecipeStep, missing: dict[int, Wanted], items: list[Item]) -> None:
    for (place, each), item in zip(missing.items(), items, strict=True):
        RecipeOutput.objects.create(step=step, position=place, key=each.given.key, digest=each.digest, item=item)


def settle(output: RecipeOutput) -> None:
    """What became of one item, by its own state."""
    item = output.item
    if item is None:
        output.state = "done" if output.values else "cancelled"
    elif item.state == "done":
        output.values, output.state, output.failure = _values(item), "done", None
        output.made = item.video
    elif item.state in ("failed", "look", "cancelled"):
        output.state, output.failure = item.state, item.failure
    else:
        output.state = "running"
    output.save(update_fields=["values", "state", "failure", "made"])


def _values(item: Item) -> dict[str, Any]:
    """What later steps take from a rendered item."""
    document = get_json(wiring.artifacts(), item.request)["document"]
    result = GenerationResult.from_json(get_json(wiring.artifacts(), item.result))
    video: dict[str, Any] = {"sha256": item.video}
    video["media_type"] = result.video.media_type if result.video else "video/mp4"
    if item.local_only:
        video["local_only"] = True
    prompt = {"text": document.get("prompt", "")}
    expansion = document.get("prompt_expansion") or {}
    if expansion.get("by"):
        prompt |= {name: expansion[name] for name in ("source", "by", "seed") if name in expansion}
    return {
        "video": video,
        "seed": seeds.used(result.seeds, document.get("stages", [])),
        "prompt": prompt,
        "local_only": item.local_only,
        "frames": item.raw_frames,
    }
