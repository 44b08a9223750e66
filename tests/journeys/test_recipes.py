"""Recipes on a real runner and a stand-in cloud: every kind of step, a rerun, and a process killed on the way."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from presets_app.models import Attempt, RecipeRun
from presets_app.services import healing, manifests, recipes
from tests.journeys.test_killed_processes import crew as crew  # noqa: PLC0414 - the fixture
from tests.journeys.test_killed_processes import doomed as doomed  # noqa: PLC0414 - the fixture
from tests.journeys.test_killed_processes import shared_database as shared_database  # noqa: PLC0414 - the fixture
from tests.journeys.test_killed_processes import studio as studio  # noqa: PLC0414 - the fixture
from tests.journeys.test_killed_processes import submits
from tests.support import project as support
from tests.support.people import People
from tests.support.stack import Stack

pytestmark = [
    pytest.mark.journey,
    pytest.mark.django_db(transaction=True),
    pytest.mark.services,
    pytest.mark.xdist_group("stack"),
]
STAGE = {"role": "base", "seed": 4242, "steps": 8, "guidance": 1.0}
DISTILLED = {"models": {"transformer": ["matchframe/tiny-ltx-2-distilled"]}, "variant": "distilled", "stages": [STAGE]}


def recipe(*steps: dict[str, Any]) -> dict[str, Any]:
    return {"format": "matchframe/recipe/1", "name": "All kinds", "steps": list(steps)}


def render(name: str, preset: str, target: str = "local", **inputs: str) -> dict[str, Any]:
    return {"name": name, "kind": "generate", "preset": preset, "target": target, "inputs": inputs}


ALL_KINDS = recipe(
    {
        "name": "words",
        "kind": "expand_prompt",
        "preset": "draft-puppet",
        "max_tokens": 16,
        "model": {"repository": "matchframe/tiny-qwen-2.5", "target": "local"},
    },
    render("draft", "draft-puppet", prompt="words.text"),
    {"name": "pick", "kind": "keyframe", "inputs": {"video": "draft.video"}, "frame": -1},
    render("final", "final-puppet", seed="draft.seed", first_image="pick.image"),
    {"name": "soft", "kind": "equalize", "inputs": {"video": "final.video"}},
    {"name": "large", "kind": "upscale", "target": "local", "scale": 2, "inputs": {"video": "soft.video"}},
)


def ended(stack: Stack, run: RecipeRun) -> RecipeRun:
    def over() -> bool:
        run.refresh_from_db()
        return run.state not in ("running",)

    stack.until(over, "the recipe")
    return run


def test_every_kind_of_step_is_done_once_and_then_taken_over(stack: Stack, project: Any, people: People) -> None:
    local = support.add_local(project, people.olu)
    final = {"name": "Final puppet", "task": "i2v", "inputs": {"first_image": {"sha256": "0" * 64}}}
    saved = (
        support.save(project, people.ada, name="Draft puppet", **DISTILLED),
        support.save(project, people.ada, **final),
    )
    stack.ask(local)
    for preset in saved:
        manifests.pin(preset, local, people.ada)
    found = recipes.save(project, people.ada, ALL_KINDS)
    run = ended(stack, recipes.start(found, people.ada))
    told = {step.name: (step.state, step.failure) for step in run.steps.all()}
    assert told == dict.fromkeys(told, ("done", None)), told
    values = {step.name: step.outputs.get().values for step in run.steps.all()}
    assert values["draft"]["prompt"]["text"] == values["words"]["text"]["text"]
    assert values["final"]["seed"] == values["draft"]["seed"]
    assert values["soft"]["sound"]["before"] != values["soft"]["sound"]["after"]
    assert (values["large"]["size"]["width"], values["pick"]["picture"]["frame"]) == (192, 16)
    again = ended(stack, recipes.start(found, people.ada))
    assert again.state == "done"
    assert not again.steps.exclude(run=None).exists()
    assert {step.name: step.outputs.get().values for step in again.steps.all()} == values


def test_a_paid_step_whose_process_died_before_the_queue_is_sent_exactly_once(
    studio: Any, crew: People, stack: Stack, stand_in_with: Callable[..., str], doomed: Callable[[str, str], None]
) -> None:
    address = stand_in_with()
    cloud = support.add_cloud(studio, crew.olu, address)
    manifests.pin(support.save(studio, crew.ada), cloud, crew.ada)
    document = recipe(render("draft", "puppet-at-dusk", "cloud"))
    run = recipes.start(recipes.save(studio, crew.ada, document), crew.ada)
    before = submits(address)
    doomed("recipe-before-the-queue", run.id)
    assert run.steps.get().run is not None
    for _ in range(2):
        healing.heal()
    assert ended(stack, run).state == "done"
    assert (submits(address), Attempt.objects.count()) == (before + 1, 1)
    second = ended(stack, recipes.start(run.recipe, crew.ada))
    assert (second.state, submits(address)) == ("done", before + 1)
