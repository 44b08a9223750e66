"""Recipes as documents in Git, and running one: fixed to a revision, step by step."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from django.db import transaction

from presets_app import wiring
from presets_app.core.document_values import with_values
from presets_app.core.documents import slug_of
from presets_app.core.errors import Conflict, Invalid, MatchframeError, NotFound
from presets_app.core.ids import new_id
from presets_app.core.inputs import effective
from presets_app.core.permissions import Actor
from presets_app.core.problems import Problem, has_errors
from presets_app.core.recipes import KINDS, recipe_digest, references, review
from presets_app.core.schema import validate
from presets_app.gitstore import Store, paths
from presets_app.models import Manifest, Preset, Project, Recipe, RecipeRun, RecipeStep, Target
from presets_app.queries import projects
from presets_app.services import audit, recipes_here, runs
from presets_app.services.presets import known_secrets
from presets_app.services.recipes_waking import wake
from presets_app.services.recording import Deed, read_json, record
from presets_app.services.starting import full_revision

Document = dict[str, Any]


def save(
    project: Project,
    actor: Actor,
    document: Document,
    *,
    message: str = "",
    slug: str = "",
    expected: str | None = None,
) -> Recipe:
    """Commit a new revision. `slug` names the recipe when it is not new; `expected` is the digest that the person had
    before them. Raises Invalid with every problem, Conflict when somebody was faster or nothing changed."""
    actor.must("recipe.save")
    problems = review(document, known=known_secrets(project))
    if has_errors(problems):
        raise Invalid.of(problems)
    place = slug or slug_of(document["name"])

    def build(store: Store, head: str | None) -> Document:
        _refuse_lost_update(read_json(store, head, paths.recipe(place)), document, expected, known=bool(slug))
        return {paths.recipe(place): document}

    title = " ".join(message.split())[:200] or f"Save the recipe {document['name']}"
    record(project, actor, Deed("recipe.save", "recipe", place, title), build)
    return Recipe.objects.get(project=project, slug=place)


def _refuse_lost_update(current: Any, document: Document, expected: str | None, *, known: bool) -> None:
    if current is None:
        return
    if expected is None and not known:
        hint = "Open it and save it there, or give this one another name."
        raise Conflict(f"There is a recipe named {current['name']} already.", code="recipe_exists", hint=hint)
    digest = recipe_digest(current)
    if digest == recipe_digest(document):
        raise Conflict("Nothing changed: this is what is saved already.", code="nothing_changed")
    if expected is not None and expected != digest:
        text = "Somebody saved this recipe after you opened it."
        raise Conflict(text, code="recipe_changed", hint="Look at theirs, bring it into yours, then save again.")


def load(project: Project, slug: str, revision: str) -> Document:
    """The document of a recipe as a commit holds it."""
    with wiring.store(project.slug) as store:
        data = store.read(revision, paths.recipe(slug))
    if data is None:
        raise NotFound(f"There is no recipe {slug} at {revision[:8]}.", code="revision_not_found")
    document: Document = json.loads(data)
    return document


def check(project: Project, document: Document) -> list[Problem]:
    """What is wrong with a recipe by itself, and in this project: presets, revisions, targets and pins that its steps
    name and that are not there."""
    found = review(document, known=known_secrets(project))
    if has_errors(found):
        return found
    for index, step in enumerate(document["steps"]):
        found += _in_project(project, step, f"/steps/{index}")
    return [*found, *_notes(project, document["steps"])]


def _in_project(project: Project, step: Document, place: str) -> Iterator[Problem]:
    try:
        fixed(project, step)
        slug = step.get("target") or step.get("model", {}).get("target")
        target = projects.target(project, slug) if slug else None
        if "input_set" in step:
            projects.input_set(project, step["input_set"])
        if "endpoint" in step.get("model", {}):
            recipes_here.refuse_endpoint(step["model"]["endpoint"])
    except MatchframeError as error:
        yield Problem(error.code, "error", place, f"{step['name']}: {error}", error.problems[0].hint)
        return
    yield from _assets(project, step, place)
    yield from _overridden(project, step, place)
    if target is not None:
        yield from _of_target(project, step, target, place)


def _assets(project: Project, step: Document, place: str) -> Iterator[Problem]:
    """Pictures are put in by the names of the preset's own inputs; under another one they would stand beside them."""
    if step["kind"] != "generate":
        return
    own = picture_inputs(project, step["preset"], fixed(project, step))
    for found in references(step):
        if found.name not in KINDS["generate"].takes and own and found.name not in own:
            text = f"The preset of {step['name']} has no input named {found.name}."
            yield Problem(
                "recipe_asset_unknown", "error", f"{place}/inputs/{found.name}", text, f"Use: {', '.join(own)}."
            )


def _overridden(project: Project, step: Document, place: str) -> Iterator[Problem]:
    """What the step's own fields make of the preset must be a preset still."""
    own = dict(step.get("overrides") or {})
    if not own:
        return
    change = own.pop("set", {})
    with wiring.store(project.slug) as store:
        document = read_json(store, fixed(project, step), paths.preset(step["preset"])) or {}
    try:
        found = validate(with_values(effective(document, own), change))
    except MatchframeError as error:
        found = list(error.problems)
    for problem in found:
        if problem.severity == "error":
            text = f"{step['name']} would render a document with a fault at {problem.path}: {problem.message}"
            yield Problem(problem.code, "error", f"{place}/overrides", text, problem.hint)


def picture_inputs(project: Project, slug: str, commit: str) -> list[str]:
    """The names of a preset's own inputs, the first frame's before others."""
    with wiring.store(project.slug) as store:
        document = read_json(store, commit, paths.preset(slug)) or {}
    return sorted(document.get("inputs", {}), key=lambda name: (name not in ("image", "first"), name))


def _of_target(project: Project, step: Document, target: Target, place: str) -> Iterator[Problem]:
    path = f"{place}/target"
    if target.kind == "files":
        yield Problem(
            "target_renders_nothing", "error", path, f"{target.name} renders nothing.", "Name another target."
        )
    elif step["kind"] != "generate" and target.kind != "local":
        text = f"{target.name} has no runner of Matchframe, so it cannot do the step {step['name']}."
        yield Problem("recipe_needs_runner", "error", path, text, "Name a local target.")
    elif project.local_only and target.is_outside:
        text = f"{project.name} is local-only; nothing of it may reach {target.name}."
        yield Problem("local_only", "error", path, text, "Name a target of your own.")
    elif step["kind"] == "generate" and target.kind == "local":
        preset = projects.preset(project, step["preset"])
        if not Manifest.objects.filter(preset=preset, target=target.slug).exists():
            hint = "Pin it first: on the preset's page, or with `manage.py manifests capture`."
            yield Problem("not_pinned", "error", path, f"{preset.name} is not pinned on {target.name}.", hint)


def fixed(project: Project, step: Document) -> str:
    """The commit of the preset that a step means now; "" for a step without one. Raises NotFound."""
    if "preset" not in step:
        return ""
    preset: Preset = projects.preset(project, step["preset"])
    named = step.get("revision", "newest")
    if named == "live":
        return runs.live_revision(preset, step.get("target", ""))
    return full_revision(preset, named)


def _notes(project: Project, steps: list[Document]) -> Iterator[Problem]:
    """What is allowed and may surprise: a seed that cannot carry the shot, a language model that may change."""
    by_name = {step["name"]: step for step in steps}
    for index, step in enumerate(steps):
        source = by_name.get(str((step.get("inputs") or {}).get("seed", "")).partition(".")[0])
        if source is not None and source["kind"] == "generate":
            yield from _seed_note(project, source, step, f"/steps/{index}/inputs/seed")
        model = step.get("model", {})
        if "repository" in model and "revision" not in model:
            text = f"{step['name']} uses whatever revision of {model['repository']} lies on the target."
            hint = "Name its 40 hex digits as revision; the words that were written are kept either way."
            yield Problem("recipe_model_unpinned", "note", f"/steps/{index}/model", text, hint)


def _seed_note(project: Project, source: Document, step: Document, path: str) -> Iterator[Problem]:
    first, then = (_shape(project, each) for each in (source, step))
    names = [name for name in first if first[name] != then[name]]
    if names:
        text = f"{step['name']} keeps the seed of {source['name']}, and differs from it in {', '.join(names)}."
        hint = "The noise has another shape then, so the shot may differ; the prompt is what carries over."
        yield Problem("recipe_seed_other_noise", "note", path, text, hint)


def _shape(project: Project, step: Document) -> dict[str, Any]:
    preset = projects.preset(project, step["preset"])
    with wiring.store(project.slug) as store:
        document = read_json(store, fixed(project, step), paths.preset(preset.slug))
    asked = {**document, **{key[1:]: value for key, value in (step.get("overrides") or {}).get("set", {}).items()}}
    latents = (preset.family, "5b" in preset.variant.lower())  # WAN 2.2's 5B has a VAE of its own
    return {"model family": latents, **{name: asked.get(name) for name in _SHAPE}}


_SHAPE = ("width", "height", "frames")


def start(recipe: Recipe, actor: Actor, *, note: str = "", ask: str = "") -> RecipeRun:
    """Fix every preset to its revision, make a row a step, and have the queue go on from there. `ask` names a step
    whose frame is to be chosen anew. Raises Invalid with every problem when it could not be done to its end."""
    actor.must("run.start")
    document = load(recipe.project, recipe.slug, recipe.head)
    _refuse_asking(document, ask)
    problems = check(recipe.project, document)
    if has_errors(problems):
        raise Invalid.of([problem for problem in problems if problem.severity == "error"])
    with transaction.atomic():
        run = RecipeRun.objects.create(
            id=new_id(),
            project=recipe.project,
            recipe=recipe,
            revision=recipe.head,
            digest=recipe.digest,
            note=note[:300],
            created_by=actor.username,
        )
        rows = [_row(run, position, step, ask) for position, step in enumerate(document["steps"])]
        RecipeStep.objects.bulk_create(rows)
        detail = {"run": run.id, "steps": len(rows)}
        audit.note(recipe.project, actor, "recipe.run", "recipe", recipe.slug, name=recipe.name, detail=detail)
        wake(run.id)
    run.refresh_from_db()
    return run


def _refuse_asking(document: Document, ask: str) -> None:
    asked = [step for step in document["steps"] if step["name"] == ask and step["kind"] == "keyframe"]
    if ask and (not asked or "frame" in asked[0]):
        text = f"The recipe asks nobody for a frame in a step named {ask[:40]}."
        raise Invalid(
            text, code="recipe_asks_nothing", hint="Name a step of the kind keyframe without a frame of its own."
        )


def _row(run: RecipeRun, position: int, step: Document, ask: str) -> RecipeStep:
    return RecipeStep(
        recipe_run=run,
        position=position,
        name=step["name"],
        kind=step["kind"],
        document=step,
        revision=fixed(run.project, step),
        facts={"ask": True} if step["name"] == ask else {},
    )
