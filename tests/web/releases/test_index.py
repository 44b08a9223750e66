"""The releases page: what is live, what made it so, and letting updates through again after a rollback."""

from __future__ import annotations

from typing import Any

import pytest

from presets_app.models import Release, Snapshot
from presets_app.services import releases
from tests.support.pages import browser, queries
from tests.support.people import People
from tests.support.released import Studio

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.services]
PAGE = "/p/studio/releases/"
LIFT = f"{PAGE}lift"


@pytest.fixture
def replaced(studio: Studio) -> Snapshot:
    """Two releases; the snapshot of the first."""
    studio.published()
    studio.revise("A fox in the snow")
    studio.published()
    return Snapshot.objects.get()


@pytest.fixture
def held(studio: Studio, replaced: Snapshot) -> Studio:
    """Rolled back on both sides by Grace."""
    releases.roll_back(replaced, studio.people.grace, "The look broke.")
    studio.preset.refresh_from_db()
    return studio


def lifted(who: str | None, **fields: str) -> Any:
    return browser(who).post(LIFT, {"preset": "puppet-at-dusk", "reason": "Mended.", **fields})


def test_before_anything_is_published_it_says_what_comes_first(project: Any, people: People) -> None:
    page = browser("vic").get(PAGE)
    assert page.status_code == 200
    assert page.context["live"] == []
    assert page.context["holds"] == []


def test_what_was_released_stands_there_with_who_and_a_way_back(replaced: Snapshot) -> None:
    second = Release.objects.order_by("-id")[0]
    page = browser("grace").get(PAGE)
    rows = page.context["releases"]
    assert [row["state"] for row in rows] == ["published", "published"]
    assert rows[0]["person"] == "Grace"
    assert rows[0]["digest"] == second.after["local"]["digest"]
    assert rows[0]["action"] is None
    assert rows[1]["action"]["url"].endswith(f"?to={replaced.id}")
    assert [row["action"] for row in browser("vic").get(PAGE).context["releases"]] == [None, None]


def test_a_rollback_holds_the_preset_and_the_page_says_since_whom_and_why(held: Studio) -> None:
    page = browser("vic").get(PAGE)
    (shown,) = page.context["holds"]
    assert shown["sentence"] == "Puppet at dusk was rolled back by Grace: updates are held"
    assert shown["reason"] == "The look broke."
    assert not shown["can_lift"]
    assert LIFT.encode() not in page.content
    proof = browser("vic").get(shown["url"])
    assert proof.status_code == 200


def test_it_can_be_let_through_once(held: Studio) -> None:
    lifted("grace")
    answer = lifted("grace")
    assert answer.status_code == 409
    assert "is held" in answer.context["refused"]["message"]


def test_an_owner_may_let_updates_through_and_who_only_makes_or_looks_may_not(held: Studio) -> None:
    refused = [("vic", 403), ("ada", 403), ("mallory", 404), (None, 302)]
    assert [(who, lifted(who).status_code) for who, _ in refused] == refused
    held.preset.refresh_from_db()
    assert held.preset.held
    assert lifted("olu").status_code == 303


def test_without_a_fit_reason_it_stays_held_and_its_form_says_why(held: Studio) -> None:
    for reason in ("", " ", "\x00", "x" * 2001, "The key is hf_" + "a1B2" * 9):
        answer = lifted("grace", reason=reason)
        assert answer.status_code == 422, reason
        assert answer.context["refused"]["form"] == "lift-puppet-at-dusk"
        assert b"a1B2a1B2" not in answer.content
    held.preset.refresh_from_db()
    assert held.preset.held["by"] == "grace"


@pytest.mark.parametrize("preset", ["", "nothing", "\x00", "../x", "x" * 9999])
def test_a_preset_that_is_not_there_is_not_found(project: Any, people: People, preset: str) -> None:
    assert lifted("grace", preset=preset).status_code == 404


@pytest.mark.parametrize("query", ["before=x", "before=99999999999999999999", "after=-1", "before=%00", "after=1"])
def test_any_place_in_the_list_answers(studio: Studio, query: str) -> None:
    assert browser("vic").get(f"{PAGE}?{query}").status_code == 200


def test_the_queries_do_not_grow_with_the_releases(replaced: Snapshot) -> None:
    few = queries(browser("grace"), PAGE)
    row = Release.objects.order_by("id")[0]
    for number in range(10):
        row.pk, row.commit = None, f"{number:040x}"
        row.save()
    assert queries(browser("grace"), PAGE) <= few
