"""What a recipe may say, what decides a step, and the seed that is kept."""

from __future__ import annotations

from typing import Any

import pytest

from presets_app.core import recipes
from presets_app.core.errors import Invalid
from presets_app.core.generation import SeedUsed
from presets_app.core.recipes import seeds
from presets_app.core.recipes.shapes import Wish


def render(name: str, **more: Any) -> dict[str, Any]:
    return {"name": name, "kind": "generate", "preset": "puppet", "target": "local", **more}


def recipe(*steps: dict[str, Any]) -> dict[str, Any]:
    return {"format": recipes.RECIPE_FORMAT, "name": "Draft to final", "steps": list(steps)}


def codes(*steps: dict[str, Any]) -> list[tuple[str, str]]:
    return [(problem.code, problem.path) for problem in recipes.review(recipe(*steps))]


def test_every_ready_made_shape_is_a_recipe_without_problems():
    wish = Wish("One", "puppet", "puppet-full", "local", "cloud")
    for name in recipes.SHAPES:
        assert recipes.review(recipes.shaped(name, wish)) == []


def test_a_shape_names_what_it_was_not_given():
    with pytest.raises(Invalid, match="a second preset"):
        recipes.shaped("draft-final", Wish("One", "puppet", target="local"))


@pytest.mark.parametrize(
    ("steps", "found"),
    [
        ([render("a"), render("a")], [("recipe_step_twice", "/steps/1/name")]),
        ([render("a", inputs={"seed": "b.seed"})], [("recipe_step_unknown", "/steps/0/inputs/seed")]),
        ([render("a", inputs={"seed": "a.seed"})], [("recipe_step_unknown", "/steps/0/inputs/seed")]),
        (
            [render("a"), render("b", inputs={"seed": "a.image"})],
            [("recipe_output_unknown", "/steps/1/inputs/seed")],
        ),
        (
            [render("a"), render("b", inputs={"prompt": "a.seed"})],
            [("recipe_input_type", "/steps/1/inputs/prompt")],
        ),
        (
            [render("a"), {"name": "b", "kind": "keyframe", "inputs": {"sound": "a.video"}}],
            [("recipe_input_missing", "/steps/1/inputs"), ("recipe_input_unknown", "/steps/1/inputs/sound")],
        ),
        (
            [render("a"), render("b", inputs={"seed": "a.seed"}, overrides={"seed": 3})],
            [("recipe_input_twice", "/steps/1/overrides/seed")],
        ),
        ([{"name": "a", "kind": "dance"}], [("schema_choice", "/steps/0/kind")]),
        ([{"name": "a"}], [("schema_required", "/steps/0/kind")]),
        ([render("a", scale=2)], [("schema_unknown_field", "/steps/0/scale")]),
        ([render("a", inputs={"seed": "a"})], [("schema_pattern", "/steps/0/inputs/seed")]),
        (
            [{"name": "a", "kind": "expand_prompt", "model": {"endpoint": "http://127.0.0.1:1/v1", "name": "q"}}],
            [("recipe_prompt_missing", "/steps/0")],
        ),
    ],
)
def test_what_does_not_fit_is_named_with_its_place(steps: list[dict[str, Any]], found: list[tuple[str, str]]):
    assert codes(*steps) == found


@pytest.mark.parametrize("value", [None, [], "text", {}, {"format": "matchframe/recipe/1", "steps": [None]}])
def test_anything_else_gets_problems_and_no_exception(value: Any):
    assert recipes.review(value)


def test_a_secret_in_a_recipe_is_found():
    step = render("a", overrides={"prompt": "use the key sesame-sesame-sesame"})
    found = recipes.review(recipe(step), known=["sesame-sesame-sesame"])
    assert any(problem.code.startswith("secret") for problem in found)
    assert not any("sesame" in problem.message for problem in found)


def test_the_first_noise_of_another_model_gets_the_drafts_seed():
    draft = seeds.used([SeedUsed("base", 7, None)], [{"role": "base", "seed": 7}])
    a14b = [{"role": "high_noise", "seed": 1}, {"role": "low_noise"}]
    assert recipes.kept(draft, a14b, "draft") == {"high_noise": 7}
    two_stage = [{"role": "base", "seed": 1}, {"role": "refine", "seed": 2}]
    assert recipes.kept(draft, two_stage, "draft") == {"base": 7, "refine": 7}


def test_what_a_service_returned_wins_over_what_it_was_sent():
    stages = [{"role": "base", "seed": 7}]
    assert seeds.used([SeedUsed("all", 7, 99)], stages) == {"all": 99}
    assert recipes.kept({"all": 99}, stages, "draft") == {"base": 99}
    with pytest.raises(Invalid, match="not known which seed"):
        recipes.kept({}, stages, "draft")


def test_a_step_says_which_of_its_parts_moved():
    before = {"preset": "a", "target": "local", "input:seed": "b"}
    assert recipes.why(before, None) == recipes.FIRST
    assert recipes.why(before, before) == ""
    now = {**before, "preset": "c", "input:seed": "d"}
    assert recipes.why(now, before) == "Its input seed changed, and the preset changed."
    assert recipes.key_of("generate", now) != recipes.key_of("generate", before)


def test_what_cannot_be_read_is_told_about_a_recipe():
    for text in (b"", b"[1]", b"\x00"):
        document, problems = recipes.read(text)
        assert (document, "preset" in problems[0].hint) == (None, False)
    wrong = recipes.review(recipe(render("a"), render("b", inputs={"seed": "a"})))
    assert ("STEP.OUTPUT" in wrong[0].hint, wrong[0].path) == (True, "/steps/1/inputs/seed")


def test_a_recipe_is_written_in_the_order_in_which_it_is_read():
    given = recipe({"target": "local", "preset": "puppet", "kind": "generate", "overrides": {"seed": 3}, "name": "a"})
    text = recipes.written({"steps": given["steps"], "name": "One", "format": recipes.RECIPE_FORMAT})
    assert recipes.read(text.encode())[0] == {**given, "name": "One"}
    places = [text.index(f'"{name}"') for name in ("format", "steps", "kind", "preset", "target", "overrides")]
    assert places == sorted(places)


def test_a_served_language_model_needs_its_name():
    wish = Wish("One", "puppet", target="local", endpoint="http://127.0.0.1:9/v1")
    with pytest.raises(Invalid, match="name of the served language model"):
        recipes.shaped("expand-final", wish)
    assert recipes.shaped("equalized", wish)["steps"][0]["name"] == "take"
