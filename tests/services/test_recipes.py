"""A recipe from its first step to its last, with renders that end as a runner's do."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from presets_app import wiring
from presets_app.artifacts import get_json
from presets_app.core.errors import Conflict, Invalid
from presets_app.models import AuditEvent, RecipeRun, RecipeStep
from presets_app.services import manifests, recipes, recipes_acting, recipes_flow
from tests.support.people import People
from tests.support.project import answer, document, save, save_again, tell
from tests.support.rendered import clip, fail, finish_all

pytestmark = pytest.mark.django_db(transaction=True)
DRAFT, FINAL = "draft-puppet", "final-puppet"


def render(name: str, preset: str, **more: Any) -> dict[str, Any]:
    return {"name": name, "kind": "generate", "preset": preset, "target": "local", **more}


def recipe(*steps: dict[str, Any], name: str = "Draft to final") -> dict[str, Any]:
    return {"format": "matchframe/recipe/1", "name": name, "steps": list(steps)}


DRAFT_FINAL = recipe(render("draft", DRAFT), render("final", FINAL, inputs={"seed": "draft.seed"}))


@pytest.fixture
def studio(project: Any, people: People, local: Any, redis_url: str) -> Any:
    """A project with a draft and a final preset, both pinned on a local target."""
    stages = [{"role": "base", "seed": 4242, "steps": 2, "guidance": 1.0}]
    for preset in (
        save(project, people.ada, name="Draft puppet", stages=stages),
        save(project, people.ada, name="Final puppet"),
    ):
        manifests.pin(preset, local, people.ada)
    return project


def started(project: Any, people: People, document: dict[str, Any]) -> RecipeRun:
    """Save a recipe as it stands and begin it."""
    found = recipes.Recipe.objects.filter(project=project, name=document["name"]).first()
    if found is None or found.digest != recipes.recipe_digest(document):
        found = recipes.save(project, people.ada, document, slug=found.slug if found else "")
    run = recipes.start(found, people.ada)
    return advanced(run)


def advanced(run: RecipeRun) -> RecipeRun:
    recipes_flow.advance(run.id)
    run.refresh_from_db()
    return run


def step(run: RecipeRun, name: str) -> RecipeStep:
    return RecipeStep.objects.select_related("run").get(recipe_run=run, name=name)


def rendered(run: RecipeRun, name: str, folder: Path) -> RecipeRun:
    """What a runner does with the step's run, and what the queue does then."""
    made = step(run, name).run
    assert made is not None
    finish_all(made, clip(folder, seed=step(run, name).position), raw="a" * 64)
    return advanced(run)


def states(run: RecipeRun) -> dict[str, str]:
    return dict(run.steps.order_by("position").values_list("name", "state"))


def sent(made: Any) -> dict[str, Any]:
    """The document that was sent for the only item of a run."""
    return dict(get_json(wiring.artifacts(), made.items.get().request)["document"])


def test_the_final_is_rendered_with_the_seed_of_its_draft(studio: Any, people: People, tmp_path: Path):
    run = started(studio, people, DRAFT_FINAL)
    assert (run.state, states(run)) == ("running", {"draft": "running", "final": "waiting"})
    rendered(run, "draft", tmp_path)
    assert states(run) == {"draft": "done", "final": "running"}
    final = step(run, "final").run
    assert final is not None
    assert (final.kind, sent(final)["stages"][0]["seed"]) == ("recipe", 4242)
    assert sent(final)["stages"][0]["steps"] == document()["stages"][0]["steps"]
    rendered(run, "final", tmp_path)
    assert (run.state, run.finished_at is not None) == ("done", True)
    assert AuditEvent.objects.filter(verb="recipe.finish").count() == 1


def test_a_second_time_renders_nothing_and_says_so(studio: Any, people: People, tmp_path: Path):
    first = rendered(rendered(started(studio, people, DRAFT_FINAL), "draft", tmp_path), "final", tmp_path)
    second = started(studio, people, DRAFT_FINAL)
    assert (second.state, [step(second, name).run for name in ("draft", "final")]) == ("done", [None, None])
    assert step(second, "final").outputs.get().values == step(first, "final").outputs.get().values
    assert "nothing that decides it has changed" in step(second, "draft").why


def test_it_starts_again_at_the_first_step_that_changed(studio: Any, people: People, tmp_path: Path):
    rendered(rendered(started(studio, people, DRAFT_FINAL), "draft", tmp_path), "final", tmp_path)
    changed = save_again(studio, people.ada, name="Final puppet", prompt="A paper boat at dawn")
    second = started(studio, people, DRAFT_FINAL)
    assert states(second) == {"draft": "done", "final": "running"}
    assert (step(second, "draft").run, step(second, "final").why) == (None, "The preset changed.")
    final = step(second, "final").run
    assert final is not None
    assert (sent(final)["prompt"], final.revision) == ("A paper boat at dawn", changed.head)


def test_another_driver_on_the_target_is_a_change(studio: Any, people: People, local: Any, tmp_path: Path):
    rendered(rendered(started(studio, people, DRAFT_FINAL), "draft", tmp_path), "final", tmp_path)
    tell(local, answer(torch="2.99.0"))
    second = started(studio, people, DRAFT_FINAL)
    assert states(second) == {"draft": "running", "final": "waiting"}
    assert step(second, "draft").why == "What the target renders with changed."


def test_what_is_being_rendered_is_waited_for_and_not_sent_twice(studio: Any, people: People, tmp_path: Path):
    first, second = started(studio, people, DRAFT_FINAL), started(studio, people, DRAFT_FINAL)
    assert (step(second, "draft").state, step(second, "draft").run) == ("running", None)
    recipes_acting.cancel(first, people.ada, "Changed my mind")
    made = step(first, "draft").run
    assert made is not None
    assert made.state in {"running", "waiting"}
    finish_all(made, clip(tmp_path), raw="a" * 64)
    assert states(advanced(second)) == {"draft": "done", "final": "running"}


def test_only_what_failed_is_tried_again(studio: Any, people: People, tmp_path: Path):
    three = recipe(render("draft", DRAFT, items=3), name="Three")
    run = started(studio, people, three)
    made = step(run, "draft").run
    assert made is not None
    items = list(made.items.order_by("position"))
    fail(items[1])
    finish_all(made, clip(tmp_path), raw="a" * 64)
    assert (advanced(run).state, step(run, "draft").failure["code"]) == ("failed", "out_of_order")
    recipes_acting.again(step(run, "draft"), people.ada)
    assert advanced(run).state == "running"
    assert [item.attempts for item in made.items.order_by("position")] == [1, 2, 1]
    finish_all(made, clip(tmp_path), raw="a" * 64)
    assert advanced(run).state == "done"
    seeds = [output.values["seed"]["base"] for output in step(run, "draft").outputs.order_by("position")]
    assert seeds == [4242, 4243, 4244]


def test_what_may_have_been_charged_waits_for_a_person_and_a_reason(studio: Any, people: People, tmp_path: Path):
    run = started(studio, people, DRAFT_FINAL)
    made = step(run, "draft").run
    assert made is not None
    made.items.update(state="look")
    assert (advanced(run).state, states(run)) == ("look", {"draft": "look", "final": "waiting"})
    second = started(studio, people, DRAFT_FINAL)
    assert (second.state, step(second, "draft").run) == ("look", None)
    with pytest.raises(Invalid, match="charged twice"):
        recipes_acting.again(step(second, "draft"), people.ada)
    recipes_acting.again(step(second, "draft"), people.ada, "The vendor's history has no such request")
    assert states(advanced(second)) == {"draft": "running", "final": "waiting"}
    assert step(second, "draft").run not in (None, made)


def test_a_step_after_one_that_failed_is_not_begun(studio: Any, people: People):
    run = started(studio, people, DRAFT_FINAL)
    made = step(run, "draft").run
    assert made is not None
    fail(made.items.get())
    assert (advanced(run).state, states(run)) == ("failed", {"draft": "failed", "final": "skipped"})
    with pytest.raises(Conflict, match="failed already"):
        recipes_acting.cancel(run, people.ada)


def test_what_the_project_lacks_is_said_before_anything_is_started(studio: Any, people: People):
    odd = recipe(render("draft", "nobody"), render("final", FINAL, target="moon"), name="Odd")
    found = recipes.save(studio, people.ada, odd)
    with pytest.raises(Invalid) as refused:
        recipes.start(found, people.ada)
    assert [(problem.code, problem.path) for problem in refused.value.problems] == [
        ("preset_not_found", "/steps/0"),
        ("target_not_found", "/steps/1"),
    ]
    assert not RecipeRun.objects.exists()


@pytest.mark.parametrize(
    ("overrides", "named"),
    [
        ({"set": {"/frames": -3}}, "a fault at /frames"),
        ({"set": {"/frames/0": 3}}, "draft would render"),
        ({"seed": {"moon": 3}}, "draft would render"),
    ],
)
def test_an_override_that_makes_no_preset_is_said_before_anything_is_started(
    studio: Any, people: People, overrides: dict[str, Any], named: str
):
    odd = recipes.save(studio, people.ada, recipe(render("draft", DRAFT, overrides=overrides), name="Odd"))
    with pytest.raises(Invalid, match=named) as refused:
        recipes.start(odd, people.ada)
    assert [problem.path for problem in refused.value.problems] == ["/steps/0/overrides"]
    assert not RecipeRun.objects.exists()
