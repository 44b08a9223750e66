"""What the recipe pages show."""

from __future__ import annotations

from typing import Any

from django.db.models import OuterRef, Subquery
from django.urls import reverse

from presets_app import wiring
from presets_app.core.recipes import FIRST, KINDS, SHAPES, Reference, references
from presets_app.core.recipes.kinds import Kind
from presets_app.core.recipes.shapes import Shape
from presets_app.models import Preset, Project, Recipe, RecipeOutput, RecipeRun, RecipeStep, Target
from presets_app.queries import people, recipe_progress, recipes
from presets_app.queries.paging import by_moment
from presets_app.queries.sides import honest, media_url, side, video_url

RUNS_SHOWN = 20
OUTPUTS_SHOWN = 24
Row = dict[str, Any]
_SENTENCES = {
    "running": "It goes on by itself; this page follows.",
    "choosing": "A person chooses a frame; then it goes on.",
    "look": "A request may have been charged: look at it before it is sent again.",
    "failed": "A step did not finish; the steps after it were not begun.",
    "cancelled": "It was stopped.",
}


def listed(project: Project, asked: dict[str, str]) -> Row:
    """The recipes of a project, newest change first, each with its newest run."""
    newest = RecipeRun.objects.filter(recipe=OuterRef("pk")).order_by("-id")
    rows = Recipe.objects.filter(project=project).annotate(
        run_state=Subquery(newest.values("state")[:1]), run_at=Subquery(newest.values("created_at")[:1])
    )
    found = by_moment(rows, asked, "changed_at")
    names = people.names(row.changed_by for row in found.rows)
    return {"recipes": [_listed(row, names) for row in found.rows], "pages": found.pages}


def _listed(row: Any, names: dict[str, str]) -> Row:
    words = [KINDS[kind].word for kind in row.kinds if kind in KINDS]
    about = {"slug": row.slug, "name": row.name, "steps": ", ".join(words), "digest": row.digest}
    return {
        **about,
        "changed": row.changed_at,
        "person": names[row.changed_by],
        "state": row.run_state,
        "ran": row.run_at,
    }


def choices(project: Project) -> Row:
    """What a recipe can be made of."""
    presets = Preset.objects.filter(project=project).order_by("name")
    targets = Target.objects.filter(project=project).exclude(kind="files")
    named = [("", "choose one"), *((preset.slug, preset.name) for preset in presets)]
    places = [(target.slug, target.name) for target in targets]
    served = [(address, address) for address in sorted(wiring.chat_endpoints())]
    return {
        "shapes": [{"name": name, **_explained(shape)} for name, shape in SHAPES.items()],
        "endpoints": [("", "by the first target itself"), *served],
        "presets": named[1:],
        "second_presets": named,
        "targets": places,
        "second_targets": [("", "the same"), *places],
    }


def _explained(shape: Shape) -> Row:
    return {"title": shape.title, "words": shape.words, "presets": shape.presets}


def kinds() -> list[Row]:
    """What a step of each kind takes from steps before it, and gives to those after it."""
    return [
        {"name": name, "word": kind.word, "takes": _taken(kind), "gives": ", ".join(kind.gives)}
        for name, kind in KINDS.items()
    ]


def _taken(kind: Kind) -> str:
    own = ("pictures by the preset's own names",) if kind.assets else ()
    return ", ".join((*kind.takes, *own)) or "nothing"


def shown_run(recipe: Recipe, chosen: str = "") -> RecipeRun | None:
    """The run of the recipe that is asked for, the newest when none is. Raises NotFound."""
    run = recipes.run(recipe.project, chosen) if chosen else recipes.newest_run(recipe)
    return run if run is None or run.recipe_id == recipe.pk else None


def detail(recipe: Recipe, document: Row, run: RecipeRun | None) -> Row:
    """One recipe with one of its runs, or with its steps as they are planned."""
    rows = recipes.steps_of(run) if run else []
    steps = [_step(recipe, row, rows) for row in rows] if run else _planned(recipe, document)
    history = list(recipe.runs.order_by("-id")[:RUNS_SHOWN])
    names = people.names([recipe.changed_by, *(row.created_by for row in history)])
    return {
        "recipe": _about(recipe, document, names),
        "run": {**_run(run, names), **_counted(steps)} if run else None,
        "steps": steps,
        "runs": [_past(recipe, row, run, names) for row in history],
        "now": now(run) if run else None,
    }


def now(run: RecipeRun) -> Row | None:
    """What the step in hand is doing; None when nothing goes on or nobody tells."""
    return recipe_progress.now(run) if run.state == "running" else None


def _about(recipe: Recipe, document: Row, names: dict[str, str]) -> Row:
    about = {"slug": recipe.slug, "name": recipe.name, "digest": recipe.digest, "changed": recipe.changed_at}
    return {**about, "person": names[recipe.changed_by], "description": document.get("description", "")}


def _run(run: RecipeRun, names: dict[str, str]) -> Row:
    cost = recipes.spent(run)
    return {
        "id": run.id,
        "state": run.state,
        "version": run.version,
        "going": run.state == "running" or _reads_frames(run),
        "open": run.state in ("running", "choosing", "look"),
        "sentence": _SENTENCES.get(run.state) or _done(run),
        "person": names.get(run.created_by) or people.names({run.created_by})[run.created_by],
        "started": run.created_at,
        "seconds": (run.finished_at - run.created_at).total_seconds() if run.finished_at else None,
        "spent_usd": float(cost) if cost else None,
        "older": run.digest != run.recipe.digest,
    }


def _counted(steps: list[Row]) -> Row:
    return {"done": sum(step["state"] in ("done", "reused") for step in steps), "total": len(steps)}


def _reads_frames(run: RecipeRun) -> bool:
    """Whether the pictures to choose from are still being made."""
    return run.state == "choosing" and any("clips" not in row.facts for row in run.steps.filter(state="choosing"))


def _done(run: RecipeRun) -> str:
    steps = list(run.steps.prefetch_related("outputs"))
    again = sum(bool(step.outputs.all()) and all(output.origin_id for output in step.outputs.all()) for step in steps)
    if again == len(steps):
        return "Everything was taken over from earlier runs: nothing that decides it has changed."
    return f"{again} of {len(steps)} steps were taken over from earlier runs." if again else "Every step is done."


def _past(recipe: Recipe, row: RecipeRun, shown: RecipeRun | None, names: dict[str, str]) -> Row:
    address = reverse("recipes.detail", kwargs={"project": recipe.project.slug, "recipe": recipe.slug})
    about = {"id": row.id, "state": row.state, "when": row.created_at, "note": row.note}
    here = shown is not None and row.pk == shown.pk
    return {**about, "person": names[row.created_by], "url": f"{address}?run={row.id}", "here": here}


def _planned(recipe: Recipe, document: Row) -> list[Row]:
    """The steps of a recipe that never ran."""
    rows = [RecipeStep(name=step["name"], kind=step["kind"], document=step) for step in document["steps"]]
    return [{**_facts(recipe, row), "state": "", "outputs": [], "clips": [], "failure": None} for row in rows]


def _step(recipe: Recipe, row: RecipeStep, rows: list[RecipeStep]) -> Row:
    outputs = sorted(row.outputs.all(), key=lambda output: output.position)
    reused = bool(outputs) and all(output.origin_id for output in outputs)
    return {
        **_facts(recipe, row),
        "state": "reused" if reused and row.state == "done" else row.state,
        "why": "" if row.why == FIRST else row.why,
        "failure": row.failure,
        "run_url": _address(recipe, "runs.detail", run=row.run_id) if row.run_id else None,
        "done": sum(output.state == "done" for output in outputs),
        "total": len(outputs),
        "outputs": [_output(recipe, output) for output in outputs[:OUTPUTS_SHOWN]],
        "more": max(0, len(outputs) - OUTPUTS_SHOWN),
        "clips": [_clip(recipe.project, clip) for clip in row.facts.get("clips", [])]
        if row.state == "choosing"
        else [],
        "chosen_by": _chooser(row),
        "ask": row.state == "done" and "chosen" in row.facts and row.document.get("frame") is None,
        "again": row.state in ("failed", "cancelled", "skipped", "look") and _has_all(row, rows),
        "may_cost": row.state == "look",
    }


def _has_all(row: RecipeStep, rows: list[RecipeStep]) -> bool:
    """Whether everything that the step takes is there, so that doing it again can succeed."""
    sources = {found.step for found in references(row.document)}
    return all(other.state == "done" for other in rows if other.name in sources)


def _chooser(row: RecipeStep) -> str:
    username = (row.facts.get("chosen") or {}).get("by", "")
    return people.names({username})[username] if username else ""


def _facts(recipe: Recipe, row: RecipeStep) -> Row:
    document = row.document
    slug = document.get("target") or document.get("model", {}).get("target")
    target = Target.objects.filter(project=recipe.project, slug=slug).first() if slug else None
    preset = Preset.objects.filter(project=recipe.project, slug=document.get("preset", "")).first()
    return {
        "name": row.name,
        "kind": row.kind,
        "words": KINDS[row.kind].word,
        "note": document.get("note", ""),
        "preset": {"slug": preset.slug, "name": preset.name} if preset else None,
        "target": side(target) if target else None,
        "honest": "; ".join(honest(target)) if target else "",
        "takes": [_reference(found) for found in references(document)],
        "model": _model(document.get("model") or {}),
        "why": "",
    }


def _reference(found: Reference) -> str:
    taken = f"{found.output} of {found.step}"
    return taken if found.name == found.output else f"{taken} as {found.name}"


def _model(named: Row) -> str:
    """The language model of a step, "" for a step without one."""
    if "endpoint" in named:
        return f"{named['name']} at {named['endpoint']}"
    revision = named.get("revision", "")[:8]
    return str(named.get("repository", "")) + (f" at {revision}" if revision else "")


def _address(held: Recipe, name: str, **names: Any) -> str:
    return reverse(name, kwargs={"project": held.project.slug, **names})


def _output(recipe: Recipe, row: RecipeOutput) -> Row:
    values = row.values
    origin = row.origin.step.recipe_run if row.origin else None
    here = _address(recipe, "recipes.detail", recipe=origin.recipe.slug) if origin else ""
    picture = values.get("picture")
    return {
        "key": row.key,
        "state": row.state,
        "video_url": video_url(recipe.project, values.get("video", {}).get("sha256", "")),
        "image_url": media_url(recipe.project, "frame", values.get("image", {}).get("sha256", "")),
        "digest": row.made,
        "seeds": ", ".join(f"{stage} {seed}" for stage, seed in values.get("seed", {}).items()),
        "text": values.get("text"),
        "sound": _sound(values.get("sound")),
        "size": values.get("size"),
        "picture": {**picture, "last": picture["frames"] - 1} if picture else None,
        "origin": {"when": origin.created_at, "url": f"{here}?run={origin.id}"} if origin else None,
        "failure": row.failure,
        "kept_here": bool(values.get("local_only")),
    }


def _sound(measured: Any) -> list[Row]:
    """Rows of before and after; the difference where both were measured."""
    if not measured:
        return []
    names = (("harshness_db", "4 to 8 kHz against the voice"), ("loudness_lufs", "Loudness"), ("peak_db", "Peak"))
    before, after = measured["before"], measured["after"]
    units = {"harshness_db": "dB", "loudness_lufs": "LUFS", "peak_db": "dB"}
    return [
        {"label": label, "unit": units[name], "before": before.get(name), "after": after.get(name)}
        for name, label in names
    ]


def _clip(project: Project, clip: Row) -> Row:
    shown = [{**frame, "url": media_url(project, "frame", frame["sha256"])} for frame in clip["shown"]]
    return {**clip, "shown": shown, "last": clip["frames"] - 1, "video_url": video_url(project, clip["video"])}
