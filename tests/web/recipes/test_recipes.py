"""The recipe pages: making one, watching it, choosing a frame, and what a refused form keeps."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from presets_app.models import Recipe, RecipeRun
from presets_app.services import recipes_acting, recipes_frames, recipes_waking
from tests.services.test_recipe_kinds import TO_FRAME
from tests.services.test_recipes import rendered, started, states, step
from tests.services.test_recipes import studio as studio  # noqa: PLC0414 - the fixture
from tests.support.pages import FRAGMENT, browser, queries
from tests.support.people import People

pytestmark = pytest.mark.django_db(transaction=True)
PLACE = "/p/studio/recipes/"
FORM = {"shape": "draft-final", "name": "Quick look", "first": "draft-puppet", "target": "local"}


def test_a_recipe_is_made_from_a_shape_and_run(studio: Any, people: People):
    ada = browser("ada")
    assert "No recipes yet" in ada.get(PLACE).content.decode()
    refused = ada.post(f"{PLACE}new", FORM)
    assert (refused.status_code, b"a second preset" in refused.content) == (422, True)
    assert b'value="Quick look"' in refused.content
    made = ada.post(f"{PLACE}new", {**FORM, "then": "final-puppet"})
    assert (made.status_code, made["Location"]) == (303, f"{PLACE}quick-look")
    assert "Not run yet" in ada.get(made["Location"]).content.decode()
    going = ada.post(f"{PLACE}quick-look/start")
    run = RecipeRun.objects.get()
    assert going["Location"] == f"{PLACE}quick-look?run={run.id}"
    page = ada.get(going["Location"]).content.decode()
    assert f"seen={run.version}" in page
    same = browser("vic").get(f"{going['Location']}&seen={run.version}", headers=FRAGMENT)
    assert same.status_code == 204


def test_a_frame_is_chosen_on_the_page(studio: Any, people: People, tmp_path: Path):
    run = rendered(started(studio, people, TO_FRAME), "draft", tmp_path)
    place = f"{PLACE}draft-to-frame"
    assert "The frames are being read" in browser("ada").get(place).content.decode()
    recipes_frames.prepare(step(run, "pick").pk)
    page = browser("ada").get(place).content.decode()
    assert page.count('type="radio"') == 8
    assert "draft-to-frame?run=" in browser("ada").get("/p/studio/").content.decode()
    assert 'type="radio"' not in browser("vic").get(place).content.decode()
    refused = browser("ada").post(f"{place}/{run.id}/pick/choose", {"item": "preset"})
    assert (refused.status_code, b"No frame is chosen" in refused.content) == (422, True)
    chosen = browser("ada").post(f"{place}/{run.id}/pick/choose", {"place": "preset@5", "item": "preset"})
    assert (chosen.status_code, step(run, "pick").facts["chosen"]["frame"]) == (303, 5)


def test_an_edit_keeps_what_was_typed_and_refuses_a_stale_one(studio: Any, people: People):
    started(studio, people, TO_FRAME)
    held = Recipe.objects.get()
    ada, place = browser("ada"), f"{PLACE}draft-to-frame/edit"
    wrong = ada.post(place, {"text": '{"format": "matchframe/recipe/1"', "base": held.digest})
    assert (wrong.status_code, b"matchframe/recipe/1" in wrong.content) == (422, True)
    document = '{"format": "matchframe/recipe/1", "name": "Draft to frame", "steps": [%s]}'
    text = document % '{"name": "a", "kind": "generate", "preset": "draft-puppet", "target": "local"}'
    assert ada.post(place, {"text": text, "base": "0" * 64}).status_code == 409
    assert ada.post(place, {"text": text, "base": held.digest}).status_code == 303
    assert Recipe.objects.get().kinds == ["generate"]


def test_a_stopped_run_offers_its_steps_again(studio: Any, people: People):
    run = started(studio, people, TO_FRAME)
    place = f"{PLACE}draft-to-frame"
    assert browser("ada").post(f"{place}/{run.id}/cancel", {"reason": "Wrong"}).status_code == 303
    run.refresh_from_db()
    assert (run.state, set(states(run).values())) == ("cancelled", {"cancelled"})
    page = browser("ada").get(place).content.decode()
    assert page.count("Do this step again") == 1
    early = browser("ada").post(f"{place}/{run.id}/final/again")
    assert (early.status_code, b"Do draft again" in early.content) == (409, True)
    assert browser("ada").post(f"{place}/{run.id}/draft/again").status_code == 303
    assert b"Do this step again" not in browser("ada").get(place).content
    assert browser("ada").post(f"{place}/{run.id}/nothing/again").status_code == 404


def test_between_two_steps_only_the_line_about_the_one_in_hand_moves(studio: Any, people: People):
    run = started(studio, people, TO_FRAME)
    ada, place = browser("ada"), f"{PLACE}draft-to-frame?run={run.id}"
    line = ada.get(f"{place}&seen={run.version}", headers=FRAGMENT)
    assert (line.status_code, line["HX-Retarget"]) == (200, "#now")
    assert "draft: waiting for the runner" in line.content.decode()
    assert "<ol" not in line.content.decode()
    moved = ada.get(f"{place}&seen=0", headers=FRAGMENT).content.decode()
    assert "Run it again" not in moved
    recipes_acting.cancel(run, people.ada)
    over = ada.get(f"{place}&seen={run.version}", headers=FRAGMENT)
    moved = ada.get(f"{place}&seen=0", headers=FRAGMENT).content.decode()
    assert over.status_code == 204
    assert ('id="stop" hx-swap-oob="delete"' in moved, "Run it again" in moved) == (True, True)


def test_a_page_asks_no_more_for_more_runs(studio: Any, people: People, tmp_path: Path):
    run = rendered(started(studio, people, TO_FRAME), "draft", tmp_path)
    ada = browser("ada")
    first = queries(ada, f"{PLACE}draft-to-frame")
    started(studio, people, TO_FRAME)
    started(studio, people, TO_FRAME)
    recipes_waking.wake(run.id)
    assert queries(ada, f"{PLACE}draft-to-frame?run={run.id}") <= first + 1
