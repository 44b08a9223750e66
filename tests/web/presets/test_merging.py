"""Two people save one preset: the second one sees both, field by field, and decides."""

from __future__ import annotations

import json
from typing import Any

import pytest

from presets_app.models import PresetDraft
from presets_app.services import presets
from tests.support import project as support
from tests.support.pages import browser
from tests.support.people import People

pytestmark = pytest.mark.django_db(transaction=True)
BASE = "/p/studio/presets/puppet-at-dusk"
KEY = "hf_" + "a1B2" * 8


def seeded(seed: int, **changes: Any) -> dict[str, Any]:
    return support.document(stages=[{**support.document()["stages"][0], "seed": seed}], **changes)


def meanwhile(project: Any, people: People, saved: Any, document: dict[str, Any]) -> str:
    """Olu saves; answers the digest that stood before."""
    old = str(saved.digest)
    presets.save(project, people.olu, document, message="Olu was here", slug=saved.slug, expected=old)
    saved.refresh_from_db()
    return old


def second(old: str, document: dict[str, Any], message: str = "Mine") -> Any:
    fields = {"text": json.dumps(document), "view": "json", "parent": old, "message": message}
    return browser("ada").post(f"{BASE}/edit", fields)


def decided(page: Any, who: str = "ada", **fields: str) -> Any:
    sent = {"mine": page.context["mine"], "base": page.context["base_digest"], "message": page.context["message"]}
    return browser(who).post(f"{BASE}/merge", {**sent, "theirs": page.context["preset"]["digest"], **fields})


def stands(project: Any, saved: Any) -> dict[str, Any]:
    saved.refresh_from_db()
    return presets.load(project, saved.slug, saved.head)


def test_changes_to_different_fields_are_brought_together_and_saved(project: Any, people: People, saved: Any) -> None:
    page = second(meanwhile(project, people, saved, support.document(fps=25)), seeded(42))
    assert page.status_code == 409 and not page.context["conflicts"]
    assert [change.path for change in page.context["from_theirs"]] == ["/fps"]
    assert [change.path for change in page.context["from_mine"]] == ["/stages/0/seed"]
    assert page.context["message"] == "Mine"
    assert decided(page).status_code == 303
    assert stands(project, saved) == seeded(42, fps=25)
    assert saved.revisions == 3 and saved.history.get(number=3).message == "Mine"
    assert not PresetDraft.objects.exists()


@pytest.mark.parametrize(("choice", "seed"), [("mine", 42), ("theirs", 2**64 - 1)])
def test_a_field_of_both_is_chosen(project: Any, people: People, saved: Any, choice: str, seed: int) -> None:
    page = second(meanwhile(project, people, saved, seeded(2**64 - 1)), seeded(42, fps=25))
    (conflict,) = page.context["conflicts"]
    assert (conflict.base, conflict.mine, conflict.theirs) == (10, 42, 2**64 - 1)
    assert str(2**64 - 1).encode() in page.content
    assert decided(page, **{f"choice:{conflict.key}": choice}).status_code == 303
    assert stands(project, saved) == seeded(seed, fps=25)


def test_an_undecided_field_is_refused_and_the_choices_made_stay(project: Any, people: People, saved: Any) -> None:
    page = second(meanwhile(project, people, saved, seeded(1, prompt="Theirs")), seeded(2, prompt="Mine"))
    again = decided(page, **{"choice:/prompt": "mine"})
    assert again.status_code == 422 and "not decided" in again.context["refused"]["message"]
    assert [(one.key, one.chosen) for one in again.context["conflicts"]] == [
        ("/prompt", True),
        ("/stages/base/seed", False),
    ]
    saved.refresh_from_db()
    assert saved.revisions == 2


def test_a_reason_is_needed(project: Any, people: People, saved: Any) -> None:
    page = second(meanwhile(project, people, saved, support.document(fps=25)), seeded(42))
    answer = decided(page, message=" ")
    assert answer.status_code == 422 and "message" in answer.context["refused"]["errors"]


def test_who_saves_while_the_second_one_decides_is_met_as_well(project: Any, people: People, saved: Any) -> None:
    page = second(meanwhile(project, people, saved, support.document(fps=25)), seeded(42))
    meanwhile(project, people, saved, support.document(fps=25, prompt="Olu again"))
    again = decided(page)
    assert again.status_code == 409 and "again" in str(again.context["refused"]["message"])
    assert {change.path for change in again.context["from_theirs"]} == {"/fps", "/prompt"}
    assert decided(again).status_code == 303
    assert stands(project, saved) == seeded(42, fps=25, prompt="Olu again")


def test_what_both_make_together_may_be_wrong_and_is_said(project: Any, people: People, saved: Any) -> None:
    old = meanwhile(project, people, saved, support.document(output={"fps": 30}))
    page = second(old, support.document(fps=25))
    assert "fps_of_output" in {problem.code for problem in page.context["problems"]}


def test_the_second_one_may_leave_come_back_and_go_on_editing(project: Any, people: People, saved: Any) -> None:
    second(meanwhile(project, people, saved, support.document(fps=25)), seeded(42))
    client = browser("ada")
    assert b"after you began" in client.get(f"{BASE}/edit").content
    page = client.get(f"{BASE}/merge")
    assert page.status_code == 200
    answer = decided(page, do="edit")
    assert answer.status_code == 303 and answer["Location"].endswith("/edit")
    opened = client.get(f"{BASE}/edit")
    assert json.loads(opened.context["draft_json"]) == seeded(42, fps=25)
    assert opened.context["preset"]["parent"] == saved.digest and opened.context["since"] is None


def test_without_a_draft_there_is_nothing_to_bring_together(saved: Any) -> None:
    assert browser("ada").get(f"{BASE}/merge")["Location"].endswith("/edit")


@pytest.mark.parametrize("base", ["", "x", "0" * 64, "\x00"])
def test_without_a_known_beginning_every_difference_is_asked(project: Any, saved: Any, base: str) -> None:
    page = second(base, seeded(42, fps=25))
    assert page.status_code == 409
    assert {one.key for one in page.context["conflicts"]} == {"/fps", "/stages/base/seed"}


@pytest.mark.parametrize("mine", ["", "{", "[1]", "\x00", '{"stages": 1}', '{"name": "' + KEY + '"}'])
def test_changes_that_did_not_arrive_whole_change_nothing(project: Any, saved: Any, mine: str) -> None:
    for do in ("save", "edit", "look", "x"):
        fields = {"mine": mine, "base": saved.digest, "theirs": saved.digest, "message": "x", "do": do}
        answer = browser("ada").post(f"{BASE}/merge", fields)
        assert answer.status_code in (200, 303, 409, 422)
        assert KEY.encode() not in answer.content
    assert stands(project, saved) == support.document()
    assert not any(KEY in draft.text for draft in PresetDraft.objects.all())
