"""How a preset came to be: readable changes, who gave each field its value, and going back."""

from __future__ import annotations

from typing import Any

import pytest

from presets_app.services import presets
from tests.support import project as support
from tests.support.pages import browser, queries
from tests.support.people import People

pytestmark = pytest.mark.django_db(transaction=True)
BASE = "/p/studio/presets/puppet-at-dusk"


def seeded(seed: int, **changes: Any) -> dict[str, Any]:
    return support.document(stages=[{**support.document()["stages"][0], "seed": seed}], **changes)


@pytest.fixture
def grown(project: Any, people: People, saved: Any) -> Any:
    """Three revisions: Ada's first, Olu's seed 42, Ada's prompt."""
    for who, document in ((people.olu, seeded(42)), (people.ada, seeded(42, prompt="A puppet at dawn"))):
        presets.save(project, who, document, message=f"By {who.username}", slug=saved.slug, expected=saved.digest)
        saved.refresh_from_db()
    return saved


def restored(commit: str, parent: str, message: str = "Back", who: str = "ada") -> Any:
    return browser(who).post(f"{BASE}/restore", {"revision": commit, "parent": parent, "message": message})


def test_each_revision_says_what_it_changed(grown: Any) -> None:
    rows = browser("vic").get(f"{BASE}?tab=history").context["history"]
    assert [row["number"] for row in rows] == [3, 2, 1]
    assert rows[0]["changes"][0].startswith("prompt changed (")
    assert rows[1]["changes"] == ["seed 10 -> 42"]
    assert rows[2]["changes"] == []


def test_each_field_is_told_with_who_gave_it_its_value(grown: Any) -> None:
    rows = {row["path"]: row for row in browser("vic").get(f"{BASE}?tab=blame").context["blame"]}
    assert (rows["/stages/0/seed"]["number"], rows["/stages/0/seed"]["person"]) == (2, "Olu")
    assert (rows["/prompt"]["number"], rows["/prompt"]["person"]) == (3, "Ada")
    assert rows["/fps"]["number"] == 1 and not rows["/fps"]["older"]


def test_an_older_revision_is_blamed_as_it_stood(grown: Any) -> None:
    second = grown.history.get(number=2)
    rows = browser("vic").get(f"{BASE}?tab=blame&revision={second.commit}").context["blame"]
    assert {row["number"] for row in rows} == {1, 2}


def test_blame_reads_a_bounded_number_of_revisions(grown: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("presets_app.queries.preset_history.BLAMED", 2)
    page = browser("vic").get(f"{BASE}?tab=blame")
    rows = {row["path"]: row for row in page.context["blame"]}
    assert page.context["bound"] == 2
    assert rows["/fps"]["older"] and not rows["/prompt"]["older"]
    assert b"2 or before" in page.content


def test_the_number_of_queries_does_not_grow_with_the_history(project: Any, people: People, grown: Any) -> None:
    client = browser("ada")
    few = [queries(client, f"{BASE}?tab={tab}") for tab in ("history", "blame")]
    for seed in range(3):
        presets.save(project, people.ada, seeded(seed), message="x", slug=grown.slug, expected=grown.digest)
        grown.refresh_from_db()
    assert [queries(client, f"{BASE}?tab={tab}") for tab in ("history", "blame")] == few


def test_an_old_revision_is_restored_as_a_new_one_with_a_reason(project: Any, grown: Any) -> None:
    first = grown.history.get(number=1)
    page = browser("ada").get(f"{BASE}/restore?revision={first.commit}")
    assert {change.path for change in page.context["changes"]} == {"/prompt", "/stages/0/seed"}
    assert restored(first.commit, grown.digest, "The first look was better").status_code == 303
    grown.refresh_from_db()
    assert grown.revisions == 4 and grown.digest == first.digest
    assert grown.history.get(number=4).message == "The first look was better"
    assert presets.load(project, grown.slug, grown.head) == support.document()


def test_a_restore_needs_a_reason_and_keeps_what_was_typed(grown: Any) -> None:
    first = grown.history.get(number=1)
    answer = restored(first.commit, grown.digest, " ")
    assert answer.status_code == 422 and "message" in answer.context["refused"]["errors"]


def test_a_restore_on_top_of_what_nobody_looked_at_is_refused(grown: Any) -> None:
    first, second = grown.history.get(number=1), grown.history.get(number=2)
    answer = restored(first.commit, second.digest)
    assert answer.status_code == 409 and "after you opened" in answer.context["refused"]["message"]
    grown.refresh_from_db()
    assert grown.revisions == 3


def test_the_newest_revision_has_nothing_to_restore(grown: Any) -> None:
    page = browser("ada").get(f"{BASE}/restore?revision={grown.head}")
    assert b"says the same already" in page.content and b"Save as a new revision" not in page.content
    assert restored(grown.head, grown.digest).status_code == 409


@pytest.mark.parametrize("commit", ["x", "0" * 40, "--all", "a" * 9999])
def test_a_revision_that_is_not_there_is_not_found(grown: Any, commit: str) -> None:
    assert browser("ada").get(f"{BASE}/restore", {"revision": commit}).status_code == 404
    assert restored(commit, grown.digest).status_code == 404


def test_a_viewer_sees_what_would_change_and_cannot_restore(grown: Any) -> None:
    first = grown.history.get(number=1)
    page = browser("vic").get(f"{BASE}/restore?revision={first.commit}")
    assert page.status_code == 200 and b"Save as a new revision" not in page.content
    assert restored(first.commit, grown.digest, who="vic").status_code == 403


@pytest.mark.parametrize("commit", ["", "\x00"])
def test_no_revision_named_is_the_newest_which_has_nothing_to_restore(grown: Any, commit: str) -> None:
    page = browser("ada").get(f"{BASE}/restore", {"revision": commit})
    assert page.status_code == 200 and b"says the same already" in page.content
    assert restored(commit, grown.digest).status_code == 422
