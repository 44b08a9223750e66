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
    """{shape, name, first, then, target, then_target} as names, saved as a new recipe. A chosen frame is put in by the
    name of the second preset's own input. Raises Invalid or NotFound for what does not exist or is missing."""
    name = " ".join(given.get("name", "").split())
    if not name:
        raise Invalid.of([Problem("recipe_name_missing", "error", "/name", "The recipe has no name.", "Give it one.")])
    shape = SHAPES.get(given.get("shape", ""))
    then = given.get("then", "") if shape is None or shape.presets > 1 else ""
    wish = Wish(name, given.get("first", ""), then, given.get("target", ""), given.get("then_target", ""))
    document = shaped(given.get("shape", ""), Wish(**{**vars(wish), "picture": _picture(project, then)}))
    return recipes.save(project, actor, document)


def _picture(project: Project, slug: str) -> str:
    if not slug:
        return "image"
    preset = projects.preset(project, slug)
    own = recipes.picture_inputs(project, slug, preset.head)
    return own[0] if own else "image"
