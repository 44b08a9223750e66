"""The page of one migration: checklist, evidence, who may do what, and closing it."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from presets_app.core import checklist
from presets_app.models import Comment, Migration
from tests.support.released import Studio, signed_in

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.services]


def address(migration: Migration, tail: str = "") -> str:
    return f"/p/studio/migrations/{migration.id}{tail}"


def test_it_shows_what_evidence_filled_and_what_a_person_must_tick(studio: Studio) -> None:
    migration = studio.migration(ticked=False)
    page = signed_in("ada").get(address(migration)).content.decode()
    assert "9 of 11 done" in page
    assert "2 rows of the checklist to do" in page
    assert page.count('name="row"') == 2
    assert page.count('name="done"') == 0
    assert studio.check().sentence in page


def test_a_row_is_ticked_with_a_name_and_can_be_taken_back(studio: Studio) -> None:
    migration, ada = studio.opened(), signed_in("ada")
    answer = ada.post(address(migration, "/tick"), {"row": "hardware", "note": "24 GiB on both"})
    assert (answer.status_code, answer["Location"]) == (303, address(migration))
    page = ada.get(address(migration)).content.decode()
    assert "24 GiB on both" in page
    assert "ticked by Ada" in page
    ada.post(address(migration, "/tick"), {"row": "hardware", "done": "no"})
    migration.refresh_from_db()
    assert "hardware" in {row.key for row in checklist.missing(migration.checklist)}


def test_only_rows_of_a_person_are_ticked(studio: Studio) -> None:
    migration, ada = studio.opened(), signed_in("ada")
    before = len(checklist.missing(migration.checklist))
    for row in ("sample", "nothing", "", "../x", "x" * 5000):
        assert ada.post(address(migration, "/tick"), {"row": row, "note": "x"}).status_code == 422
    migration.refresh_from_db()
    assert len(checklist.missing(migration.checklist)) == before


def test_a_key_in_a_note_is_refused_and_not_shown_again(studio: Studio) -> None:
    migration, key = studio.opened(), "hf_" + "a1B2" * 9
    answer = signed_in("ada").post(address(migration, "/tick"), {"row": "hardware", "note": f"with {key}"})
    assert answer.status_code == 422
    assert key not in answer.content.decode()


def test_an_approver_is_shown_the_way_and_the_author_is_not(studio: Studio) -> None:
    migration = studio.migration()
    assert b"Review and approve" in signed_in("grace").get(address(migration)).content
    assert b"Review and approve" not in signed_in("ada").get(address(migration)).content
    assert b"Review and approve" not in signed_in("vic").get(address(migration)).content


def test_what_is_newer_makes_it_stale(studio: Studio) -> None:
    migration = studio.migration()
    studio.revise("Another prompt")
    page = signed_in("grace").get(address(migration)).content.decode()
    assert "newer revision than this migration" in page
    assert "Review and approve" not in page


def test_an_approval_is_shown_as_void_with_what_changed(studio: Studio) -> None:
    migration = studio.approved()
    assert b"Approved, and not live yet." in signed_in("vic").get(address(migration)).content
    studio.revise("Another prompt")
    page = signed_in("vic").get(address(migration)).content.decode()
    assert "No longer approved: the preset and a manifest changed after grace approved." in page


def test_a_check_is_taken_as_evidence_later(studio: Studio) -> None:
    migration = studio.opened()
    check, ada = studio.check(), signed_in("ada")
    assert check.id in ada.get(address(migration)).content.decode()
    assert ada.post(address(migration, "/attach"), {"check": "nothing"}).status_code == 422
    assert ada.post(address(migration, "/attach"), {"check": check.id}).status_code == 303
    migration.refresh_from_db()
    assert migration.check_id == check.id


def test_the_checklist_is_filled_anew_when_evidence_has_changed(studio: Studio) -> None:
    migration = studio.opened()
    ada = signed_in("ada")
    assert b"has changed since this was filled" not in ada.get(address(migration)).content
    studio.check()
    assert b"has changed since this was filled" in ada.get(address(migration)).content
    assert ada.post(address(migration, "/fill")).status_code == 303
    assert b"has changed since this was filled" not in ada.get(address(migration)).content


@pytest.mark.parametrize(("verb", "state"), [("reject", "rejected"), ("withdraw", "withdrawn")])
def test_it_is_closed_with_a_reason_and_once(studio: Studio, verb: str, state: str) -> None:
    migration, grace = studio.opened(), signed_in("grace")
    assert grace.post(address(migration, f"/{verb}"), {"reason": " "}).status_code == 422
    assert grace.post(address(migration, f"/{verb}"), {"reason": "x" * 3000}).status_code == 422
    assert grace.post(address(migration, f"/{verb}"), {"reason": "Not this one."}).status_code == 303
    migration.refresh_from_db()
    assert migration.state == state
    again = grace.post(address(migration, f"/{verb}"), {"reason": "Typed again."})
    assert again.status_code == 409
    page = grace.get(address(migration)).content.decode()
    assert f"{state.capitalize()} by Grace: Not this one." in page
    assert 'name="row"' not in page


def test_a_refused_closing_keeps_what_was_typed(studio: Studio) -> None:
    migration = studio.opened()
    page = signed_in("grace").post(address(migration, "/reject"), {"reason": "Too long. " * 300}).content.decode()
    assert "Too long. Too long." in page
    assert "3000 characters" in page or "2999 characters" in page


def test_who_may_not_is_refused(studio: Studio) -> None:
    migration = studio.opened()
    for verb in ("tick", "attach", "reject", "withdraw", "fill"):
        assert signed_in("vic").post(address(migration, f"/{verb}"), {"reason": "x"}).status_code == 403
        assert signed_in("mallory").post(address(migration, f"/{verb}")).status_code == 404
        assert Client().post(address(migration, f"/{verb}")).status_code == 302
    assert signed_in("ada").post(address(migration, "/reject"), {"reason": "x"}).status_code == 403


def test_everybody_comments(studio: Studio) -> None:
    migration, vic = studio.opened(), signed_in("vic")
    assert vic.post(address(migration, "/comment"), {"text": ""}).status_code == 422
    answer = vic.post(address(migration, "/comment"), {"text": "Looks <b>fine</b>"})
    assert answer["Location"].endswith("#comments")
    assert "Looks &lt;b&gt;fine&lt;/b&gt;" in vic.get(address(migration)).content.decode()
    assert Comment.objects.get().subject == migration.id


def test_the_list_says_how_far_each_is_with_few_queries(studio: Studio, django_assert_max_num_queries: Any) -> None:
    one = studio.migration(ticked=False)
    many = [studio.opened() for _ in range(3)]
    vic = signed_in("vic")
    with django_assert_max_num_queries(20):
        page = vic.get("/p/studio/migrations/").content.decode()
    assert all(address(row) in page for row in [one, *many])
    assert vic.get("/p/studio/migrations/?before=%00&after='").status_code == 200


def test_one_that_is_not_there_is_not_found(studio: Studio) -> None:
    ada = signed_in("ada")
    for number in ("nothing", "%00", "..%2f..", "0" * 300):
        assert ada.get(f"/p/studio/migrations/{number}").status_code == 404
        assert ada.post(f"/p/studio/migrations/{number}/tick", {"row": "who"}).status_code == 404
