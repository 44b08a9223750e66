"""Recipes and what became of them: found by name, and as plain JSON values for programs."""

from __future__ import annotations

from typing import Any

from django.db.models import Sum

from presets_app.core.errors import NotFound
from presets_app.core.ids import is_id
from presets_app.models import Project, Recipe, RecipeOutput, RecipeRun, RecipeStep, Run

Row = dict[str, Any]
STOPPED = ("done", "failed", "cancelled", "choosing", "look")  # nothing more happens by itself
MOST = 1000
_VALUES = ("video", "image", "seed", "prompt", "text", "sound", "picture", "language_model", "size")


def recipe(project: Project, slug: str) -> Recipe:
    found = Recipe.objects.select_related("project").filter(project=project, slug=slug).first()
    if found is None:
        raise NotFound(f"There is no recipe {slug[:80]}.", code="recipe_not_found")
    return found


def run(project: Project, number: str) -> RecipeRun:
    found = RecipeRun.objects.select_related("recipe", "project").filter(project=project, pk=number).first()
    if found is None:
        raise NotFound(f"There is no run {number[:40]} of a recipe.", code="recipe_run_not_found")
    return found


def step(found: RecipeRun, name: str) -> RecipeStep:
    row = found.steps.select_related("recipe_run__recipe", "recipe_run__project", "run").filter(name=name).first()
    if row is None:
        names = ", ".join(found.steps.order_by("position").values_list("name", flat=True))
        raise NotFound(f"It has no step {name[:40]!r}.", code="recipe_step_not_found", hint=f"Its steps: {names}.")
    return row


def newest_run(found: Recipe) -> RecipeRun | None:
    return found.runs.select_related("recipe", "project").order_by("-id").first()


def is_run(name: str) -> bool:
    """Whether a name on the command line is that of a run; a recipe's own name is a slug."""
    return is_id(name)


def listed(project: Project, limit: int) -> Row:
    size = max(1, min(limit, MOST))
    found = list(Recipe.objects.filter(project=project).order_by("-changed_at", "-id")[: size + 1])
    return {"recipes": [of_recipe(row) for row in found[:size]], "more": len(found) > size}


def runs_of(found: Recipe, limit: int) -> list[Row]:
    return [
        of_run_briefly(row) for row in found.runs.select_related("recipe").order_by("-id")[: max(1, min(limit, MOST))]
    ]


def of_recipe(row: Recipe) -> Row:
    newest = newest_run(row)
    return {
        "slug": row.slug,
        "name": row.name,
        "steps": row.kinds,
        "head": row.head,
        "digest": row.digest,
        "changed_by": row.changed_by,
        "changed_at": row.changed_at.isoformat(timespec="seconds"),
        "newest_run": of_run_briefly(newest) if newest else None,
    }


def of_run_briefly(row: RecipeRun) -> Row:
    return {
        "id": row.id,
        "recipe": row.recipe.slug,
        "state": row.state,
        "revision": row.revision,
        "digest": row.digest,
        "by": row.created_by,
        "note": row.note,
        "created_at": row.created_at.isoformat(timespec="seconds"),
        "finished_at": row.finished_at.isoformat(timespec="seconds") if row.finished_at else None,
    }


def of_run(row: RecipeRun) -> Row:
    """A run with its steps and their outputs; `spent` is what this run itself paid, reused work not counted."""
    steps = [of_step(found) for found in steps_of(row)]
    return {**of_run_briefly(row), "spent": str(spent(row)), "steps": steps}


def spent(row: RecipeRun) -> Any:
    return Run.objects.filter(recipe_steps__recipe_run=row).aggregate(total=Sum("spent"))["total"] or 0


def steps_of(row: RecipeRun) -> list[RecipeStep]:
    rows = row.steps.select_related("run", "recipe_run__recipe", "recipe_run__project").order_by("position")
    return list(rows.prefetch_related("outputs__item__run", "outputs__origin__step__recipe_run__recipe"))


def of_step(row: RecipeStep) -> Row:
    outputs = sorted(row.outputs.all(), key=lambda output: output.position)
    return {
        "name": row.name,
        "kind": row.kind,
        "state": row.state,
        "reused": bool(outputs) and all(output.origin_id for output in outputs),
        "why": row.why,
        "key": row.key,
        "parts": row.parts,
        "revision": row.revision,
        "run": row.run_id,
        "failure": row.failure,
        "choose_from": row.facts.get("clips", []) if row.state == "choosing" else [],
        "outputs": [of_output(output) for output in outputs],
    }


def of_output(row: RecipeOutput) -> Row:
    made = {name: row.values[name] for name in _VALUES if row.values.get(name)}
    origin = row.origin.step.recipe_run_id if row.origin else None
    item = {"run": row.item.run_id, "item": row.item_id, "raw_frames": row.item.raw_frames} if row.item else {}
    about = {"key": row.key, "state": row.state, "digest": row.digest, "reused_from": origin}
    return {**about, **item, **made, "failure": row.failure}
