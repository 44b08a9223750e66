"""Recipes: named steps that take what earlier steps made, from a draft to a final or from words to a picture.

Everything here is pure: what a recipe may say, what decides a step's output, and why a step is done again.
"""

from __future__ import annotations

from presets_app.core.recipes.checking import RECIPE_FORMAT, read, recipe_digest, review
from presets_app.core.recipes.kinds import KINDS, Reference, reference, references
from presets_app.core.recipes.parts import FIRST, key_of, why
from presets_app.core.recipes.seeds import kept
from presets_app.core.recipes.shapes import SHAPES, shaped
from presets_app.core.recipes.writing import written

__all__ = [
    "FIRST",
    "KINDS",
    "RECIPE_FORMAT",
    "SHAPES",
    "Reference",
    "kept",
    "key_of",
    "read",
    "recipe_digest",
    "reference",
    "references",
    "review",
    "shaped",
    "why",
    "written",
]
