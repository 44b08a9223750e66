"""Saving a new revision from its raw text."""

from __future__ import annotations

import json
from typing import Any

import pytest

from presets_app.core.documents import parse
from tests.support import project as support
from tests.support.pages import browser

pytestmark = pytest.mark.django_db(transaction=True)
EDIT = "/p/studio/presets/puppet-at-dusk/edit"
KEY = "hf_" + "a1B2" * 8


def edited(who: str, parent: str, message: str = "Why", **changes: Any) -> Any:
    fields = {"text": json.dumps(support.document(**changes)), "message": message, "parent": parent}
    return browser(who).post(EDIT, fields)


def test_the_form_holds_the_newest_document_and_its_digest(saved: Any) -> None:
    found = browser("ada").get(EDIT).context
    assert found["preset"]["parent"] == saved.digest
    assert parse(found["draft_json"].encode()).document == support.document()


def test_a_change_becomes_a_new_revision_with_its_reason(saved: Any) -> None:
    answer = edited("ada", saved.digest, frames=25)
    assert answer.status_code == 303
    saved.refresh_from_db()
    assert saved.revisions == 2
    assert saved.history.get(number=2).message == "Why"


def test_a_renamed_preset_keeps_its_address(saved: Any) -> None:
    assert edited("ada", saved.digest, name="Puppet at dawn").status_code == 303
    saved.refresh_from_db()
    assert (saved.slug, saved.name) == ("puppet-at-dusk", "Puppet at dawn")


@pytest.mark.parametrize("parent", ["", "x", "0" * 64, "\x00", "a" * 9999])
def test_a_save_that_does_not_say_what_it_was_made_from_is_refused(saved: Any, parent: str) -> None:
    assert edited("ada", parent, prompt="Mine").status_code == 409
    saved.refresh_from_db()
    assert saved.revisions == 1


def test_saving_without_a_change_says_so(saved: Any) -> None:
    answer = edited("ada", saved.digest)
    assert answer.status_code == 409
    assert "Nothing changed" in answer.context["refused"]["message"]


def test_a_fault_is_named_and_what_was_typed_stays(saved: Any) -> None:
    answer = edited("ada", saved.digest, message="Longer", frames=122)
    assert answer.status_code == 422
    refusal = answer.context["refused"]
    assert "122" in refusal["message"]
    assert "122" in answer.context["text"]
    assert answer.context["message"] == "Longer"
    assert answer.context["preset"]["parent"] == saved.digest


def test_a_secret_is_refused_and_the_rest_of_the_text_stays(saved: Any) -> None:
    answer = edited("ada", saved.digest, description=f"with {KEY}", prompt="Mine")
    assert answer.status_code == 422
    assert KEY.encode() not in answer.content
    assert "Mine" in answer.context["text"]


@pytest.mark.parametrize("text", ["", "\x00", "a: [", "[]", "name: &a [*a]"])
def test_a_text_that_is_no_document_is_refused_at_its_field(saved: Any, text: str) -> None:
    answer = browser("ada").post(EDIT, {"text": text, "message": "x", "parent": saved.digest})
    assert answer.status_code == 422
    assert "text" in answer.context["refused"]["errors"]


def test_who_may_only_look_is_told_why_there_is_no_form(saved: Any) -> None:
    page = browser("vic").get(EDIT)
    assert b"does not change them" in page.content
    assert b"<textarea" not in page.content.split(b"<main")[1]
