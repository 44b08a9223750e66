"""One input set: changed while it is a draft, frozen once, read in pages afterwards."""

from __future__ import annotations

from typing import Any

import pytest

from presets_app.models import InputDraft, InputSet
from presets_app.services import input_drafts
from tests.support import project as support
from tests.support.pages import browser, queries
from tests.support.people import People

pytestmark = pytest.mark.django_db(transaction=True)
INDEX, HERE = "/p/studio/inputs/", "/p/studio/inputs/hard-ones"
KEY = "hf_" + "a1B2" * 8


@pytest.fixture
def draft(project: Any, people: People) -> InputDraft:
    return input_drafts.begin(project, people.ada, name="Hard ones", kind="preview", lines="A fox\nA bird #hands")


def test_a_draft_says_what_it_lacks_before_it_is_frozen(draft: InputDraft) -> None:
    page = browser("ada").get(HERE)
    assert {problem.code for problem in page.context["problems"]} == {"preview_size", "preview_labels"}
    assert b"Freeze this set" in page.content


def test_an_input_is_added_at_the_end_and_taken_out_again(draft: InputDraft) -> None:
    ada = browser("ada")
    added = ada.post(f"{HERE}/add", {"prompt": "A third", "labels": "hands, small text", "seed": "7"})
    assert added.status_code == 303
    draft.refresh_from_db()
    assert draft.items[-1] == {"key": "item-003", "prompt": "A third", "labels": ["hands", "small text"], "seed": 7}
    assert ada.post(f"{HERE}/remove", {"item": "item-002"}).status_code == 303
    assert ada.post(f"{HERE}/add", {}).status_code == 303
    draft.refresh_from_db()
    assert [item["key"] for item in draft.items] == ["item-001", "item-003", "item-004"]


@pytest.mark.parametrize("seed", ["-1", "1.5", "ten", str(2**64), "9" * 5000, "٣"])
def test_a_seed_that_is_none_is_refused_and_the_rest_stays(draft: InputDraft, seed: str) -> None:
    answer = browser("ada").post(f"{HERE}/add", {"prompt": "A third", "labels": "hands", "seed": seed})
    assert answer.status_code == 422
    assert "seed" in answer.context["refused"]["errors"]
    assert answer.context["refused"]["values"]["prompt"] == "A third"


def test_a_secret_in_an_input_is_refused_and_not_shown(draft: InputDraft) -> None:
    for field in ("prompt", "labels"):
        answer = browser("ada").post(f"{HERE}/add", {field: f"x {KEY}"})
        assert answer.status_code == 422
        assert KEY.encode() not in answer.content


@pytest.mark.parametrize("item", ["", "nope", "\x00", "item-001'--"])
def test_removing_what_is_not_there_changes_nothing(draft: InputDraft, item: str) -> None:
    assert browser("ada").post(f"{HERE}/remove", {"item": item}).status_code in (404, 422)
    draft.refresh_from_db()
    assert len(draft.items) == 2


def test_freezing_commits_the_set_with_its_reason_and_ends_the_draft(project: Any, draft: InputDraft) -> None:
    answer = browser("ada").post(f"{HERE}/freeze", {"reason": "All edge cases are in"})
    assert answer.status_code == 303
    frozen = InputSet.objects.get(project=project)
    assert (frozen.slug, frozen.items, frozen.kind, frozen.local_only) == ("hard-ones", 2, "preview", 0)
    assert not InputDraft.objects.exists()
    page = browser("vic").get(HERE)
    assert page.context["set"]["digest"] == frozen.digest
    assert page.context["history"][0]["reason"] == "All edge cases are in"


def test_a_local_only_set_freezes_with_every_item_local_only(project: Any, people: People) -> None:
    made = {"name": "Hard ones", "kind": "batch", "items": "A fox\nA bird", "local_only": "on"}
    browser("ada").post("/p/studio/inputs/new", made)
    browser("ada").post(f"{HERE}/freeze", {"reason": "x"})
    assert InputSet.objects.get().local_only == 2


def test_freezing_needs_a_reason_and_an_input(draft: InputDraft) -> None:
    ada = browser("ada")
    answer = ada.post(f"{HERE}/freeze", {"reason": " "})
    assert answer.status_code == 422
    assert "reason" in answer.context["refused"]["errors"]
    InputDraft.objects.update(items=[])
    answer = ada.post(f"{HERE}/freeze", {"reason": "x"})
    assert answer.status_code == 422
    assert answer.context["refused"]["code"] == "inputs_empty"
    assert InputDraft.objects.exists()


def test_a_secret_in_the_reason_never_reaches_git(draft: InputDraft) -> None:
    answer = browser("ada").post(f"{HERE}/freeze", {"reason": f"with {KEY}"})
    assert answer.status_code == 422
    assert KEY.encode() not in answer.content
    assert not InputSet.objects.exists()


def test_a_frozen_set_is_never_changed(project: Any, people: People, draft: InputDraft) -> None:
    input_drafts.freeze(project, people.ada, "hard-ones", "x")
    ada = browser("ada")
    for action, fields in (("add", {"prompt": "x"}), ("remove", {"item": "item-001"}), ("freeze", {"reason": "x"})):
        answer = ada.post(f"{HERE}/{action}", fields)
        assert answer.status_code == 409
        assert answer.context["refused"]["code"] == "inputs_frozen"
    assert InputSet.objects.get().items == 2


def test_a_set_frozen_elsewhere_meanwhile_wins_and_hides_the_draft(
    project: Any, people: People, draft: InputDraft
) -> None:
    support.freeze(project, people.olu, 3, name="Hard ones")
    assert browser("ada").get(HERE).context["set"]["frozen"]
    assert [row["frozen"] for row in browser("ada").get(INDEX).context["sets"]] == [True]


def test_a_long_frozen_set_is_read_in_pages(project: Any, people: People) -> None:
    support.freeze(project, people.ada, 250, name="Hard ones")
    vic = browser("vic")
    first = vic.get(HERE)
    second = vic.get(HERE + first.context["pages"]["older"])
    third = vic.get(HERE + second.context["pages"]["older"])
    assert [page.context["items"][0]["place"] for page in (first, second, third)] == [1, 101, 201]
    assert len(third.context["items"]) == 50
    assert third.context["pages"] == {"newer": "?from=101", "older": None}


@pytest.mark.parametrize("place", ["0", "-5", "x", "٣", "9" * 30, "99999", "\x00"])
def test_an_odd_place_in_a_set_is_answered(project: Any, people: People, place: str) -> None:
    support.freeze(project, people.ada, 3, name="Hard ones")
    assert browser("vic").get(HERE, {"from": place}).status_code == 200


def test_drafts_stand_before_frozen_sets_and_nobody_but_makers_sees_forms(
    project: Any, people: People, draft: InputDraft
) -> None:
    support.freeze(project, people.ada, 2, name="Batch")
    vic = browser("vic")
    page = vic.get(INDEX)
    assert [(row["slug"], row["frozen"]) for row in page.context["sets"]] == [("hard-ones", False), ("batch", True)]
    assert b"Make an input set" not in page.content
    assert b"Freeze this set" not in vic.get(HERE).content


def test_more_sets_take_no_more_queries(project: Any, people: People, draft: InputDraft) -> None:
    vic = browser("vic")
    few = queries(vic, INDEX)
    for number in range(4):
        support.freeze(project, people.ada, 2, name=f"Batch {number}")
        input_drafts.begin(project, people.ada, name=f"Draft {number}", kind="batch", lines="A fox")
    assert queries(vic, INDEX) == few
