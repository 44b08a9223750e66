"""A recipe of a ready-made shape, as a form asks for it."""

from __future__ import annotations

from collections.abc import Mapping

from presets_app.core.errors import Invalid
from presets_app.core.permissions import Actor
from presets_app.core.problems import Problem
from presets_app.core.recipes import SHAPES, shaped
from presets_app.core.recipes.shapes import Wish
from presets_app.models import Project, Recipe
from presets_app.queries import projects
from presets_app.services import recipes


def make(project: Project, actor: Actor, given: Mapping[str, str]) -> Recipe:
    """{shape, name, first, then, target, then_target, model, endpoint} as text, saved as a new recipe. A chosen frame
    is put in by the name of the second preset's own input. Raises Invalid or NotFound for what does not exist or is
    missing."""
    name = " ".join(given.get("name", "").split())
    if not name:
        raise Invalid.of([Problem("recipe_name_missing", "error", "/name", "The recipe has no name.", "Give it one.")])
    shape = SHAPES.get(given.get("shape", ""))
    then = given.get("then", "") if shape is None or shape.presets > 1 else ""
    named = {field: given.get(field, "").strip() for field in ("first", "target", "then_target", "model", "endpoint")}
    _refuse_unknown(project, named)
    wish = Wish(name, then=then, picture=_picture(project, then), **named)
    return recipes.save(project, actor, shaped(given.get("shape", ""), wish))


def _refuse_unknown(project: Project, named: Mapping[str, str]) -> None:
    if named["first"]:
        projects.preset(project, named["first"])
    for slug in (named["target"], named["then_target"]):
        if slug:
            projects.target(project, slug)


def _picture(project: Project, slug: str) -> str:
    if not slug:
        return "image"
    preset = projects.preset(project, slug)
    own = recipes.picture_inputs(project, slug, preset.head)
    return own[0] if own else "image"
