"""Recipes ready to be filled in: a shape, its presets and its targets give a document."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from presets_app.core.errors import Invalid, NotFound
from presets_app.core.recipes.checking import RECIPE_FORMAT

Step = dict[str, Any]
PLACEHOLDER_MODEL = "Qwen/Qwen2.5-0.5B-Instruct"


@dataclass(frozen=True)
class Wish:
    """What a shape is filled with: slugs of presets and targets; "" where a shape needs none. `model` is the
    repository of a language model, `endpoint` the address of one that is served, `picture` the name of the second
    preset's input that a chosen frame becomes."""

    name: str
    first: str
    then: str = ""
    target: str = ""
    then_target: str = ""
    model: str = ""
    endpoint: str = ""
    picture: str = "image"

    @property
    def second_target(self) -> str:
        return self.then_target or self.target


@dataclass(frozen=True)
class Shape:
    """`presets` is how many presets it asks for; `words` say what the recipe is good for."""

    title: str
    words: str
    presets: int
    steps: Callable[[Wish], list[Step]]


def shaped(shape: str, wish: Wish) -> dict[str, Any]:
    """A whole recipe. Raises NotFound for a shape that is not known, Invalid when a preset or a target is not named."""
    found = SHAPES.get(shape)
    if found is None:
        hint = f"Shapes: {', '.join(SHAPES)}."
        raise NotFound(f"There is no ready-made shape {shape[:80]!r}.", code="recipe_shape_unknown", hint=hint)
    lacking = [name for name, given in _asked(found, wish).items() if not given]
    if lacking:
        text = f"The shape {shape} needs more than was named: {', '.join(lacking)}."
        raise Invalid(
            text,
            code="recipe_shape_incomplete",
            hint="Name what is missing; presets and targets are those of this project.",
        )
    return {"format": RECIPE_FORMAT, "name": wish.name, "description": found.words, "steps": found.steps(wish)}


def _asked(shape: Shape, wish: Wish) -> dict[str, str]:
    asked = {"a first preset": wish.first, "a target": wish.target}
    if shape.presets > 1:
        asked["a second preset"] = wish.then
    if wish.endpoint and shape.steps is _expanded:
        asked["the name of the served language model"] = wish.model
    return asked


def _render(name: str, preset: str, target: str, **inputs: str) -> Step:
    step = {"name": name, "kind": "generate", "preset": preset, "target": target}
    return {**step, "inputs": inputs} if inputs else step


def _draft_final(wish: Wish) -> list[Step]:
    return [
        _render("draft", wish.first, wish.target),
        _render("final", wish.then, wish.second_target, seed="draft.seed"),
    ]


def _preview_final(wish: Wish) -> list[Step]:
    return [
        _render("preview", wish.first, wish.target),
        _render("final", wish.then, wish.second_target, seed="preview.seed", prompt="preview.prompt"),
    ]


def _small_large(wish: Wish) -> list[Step]:
    larger = {"name": "large", "kind": "upscale", "target": wish.second_target, "scale": 2}
    return [_render("small", wish.first, wish.target), {**larger, "inputs": {"video": "small.video"}}]


def _keyframe_final(wish: Wish) -> list[Step]:
    return [
        _render("draft", wish.first, wish.target),
        {"name": "pick", "kind": "keyframe", "inputs": {"video": "draft.video"}},
        _render("final", wish.then, wish.second_target, **{wish.picture: "pick.image", "prompt": "pick.prompt"}),
    ]


def _expanded(wish: Wish) -> list[Step]:
    local = {"repository": wish.model or PLACEHOLDER_MODEL, "target": wish.target}
    served = {"endpoint": wish.endpoint, "name": wish.model}
    words = {"name": "words", "kind": "expand_prompt", "preset": wish.first}
    return [
        {**words, "model": served if wish.endpoint else local},
        _render("final", wish.first, wish.second_target, prompt="words.text"),
    ]


def _equalized(wish: Wish) -> list[Step]:
    return [
        _render("take", wish.first, wish.target),
        {"name": "sound", "kind": "equalize", "inputs": {"video": "take.video"}},
    ]


SHAPES: dict[str, Shape] = {
    "draft-final": Shape(
        "Draft to final",
        "A quick draft with the distilled model, then the full model with the same seed.",
        2,
        _draft_final,
    ),
    "preview-final": Shape(
        "Daily preview to final",
        "A preview with the small model, then the large one with the same prompt and seed.",
        2,
        _preview_final,
    ),
    "small-upscale": Shape(
        "Small render, enlarged",
        "A small render for a small card, enlarged afterwards.",
        1,
        _small_large,
    ),
    "keyframe-final": Shape(
        "Keyframe to final",
        "A draft, a frame of it that a person chooses, and an image-to-video render that starts from it.",
        2,
        _keyframe_final,
    ),
    "expand-final": Shape(
        "Expanded prompt",
        "A local language model writes the prompt out; its words are kept, so every render gets the same.",
        1,
        _expanded,
    ),
    "equalized": Shape(
        "Sound made softer",
        "A render whose sound is equalized between 4 and 8 kHz, measured before and after.",
        1,
        _equalized,
    ),
}
