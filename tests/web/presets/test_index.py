"""The list of presets: found by name, in pages, in a fixed number of queries."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support import project as support
from tests.support.pages import browser, queries
from tests.support.people import People

pytestmark = pytest.mark.django_db(transaction=True)
INDEX = "/p/studio/presets/"


def slugs(answer: Any) -> list[str]:
    return [row["slug"] for row in answer.context["presets"]]


def test_an_empty_project_says_how_to_begin(project: Any, people: People) -> None:
    assert b"No presets yet" in browser("vic").get(INDEX).content


def test_a_row_says_size_problems_and_what_is_live(project: Any, people: People, saved: Any) -> None:
    row = browser("vic").get(INDEX).context["presets"][0]
    assert row["size"] == "96 × 64 px, 17 frames"
    assert (row["errors"], row["warnings"], row["local"], row["cloud"]) == (0, 0, "nothing", "nothing")
    assert row["person"] == "Ada"


def test_names_are_found_by_their_beginning_and_families_exactly(project: Any, people: People, saved: Any) -> None:
    support.save(project, people.ada, name="Fox in snow")
    vic = browser("vic")
    assert slugs(vic.get(INDEX, {"q": "puppet"})) == ["puppet-at-dusk"]
    assert slugs(vic.get(INDEX, {"q": "at dusk"})) == []
    assert len(slugs(vic.get(INDEX, {"q": "LTX-2"}))) == 2
    assert b"No preset matches" in vic.get(INDEX, {"family": "wan-2.2"}).content


@pytest.mark.parametrize("q", ["%", "_", "'; --", "\x00", "x" * 100_000, "é" * 300])
def test_an_odd_search_finds_nothing_and_breaks_nothing(project: Any, people: People, saved: Any, q: str) -> None:
    answer = browser("vic").get(INDEX, {"q": q})
    assert answer.status_code == 200
    assert slugs(answer) == (["puppet-at-dusk"] if q == "\x00" else [])


ODD_PLACES = ["x", "x_y", "_", "2026-01-01_1", f"2026-01-01T00:00:00+00:00_{2**70}"]
ENDS_OF_TIME = ["0001-01-01T00:00:00+23:59_1", "9999-12-31T23:59:59-23:59_1"]


@pytest.mark.parametrize("place", [*ODD_PLACES, *ENDS_OF_TIME])
def test_a_place_in_the_list_that_cannot_be_read_is_the_first_page(
    project: Any, people: People, saved: Any, place: str
) -> None:
    for word in ("before", "after"):
        assert slugs(browser("vic").get(INDEX, {word: place})) == ["puppet-at-dusk"]


def test_pages_go_on_and_back_without_losing_or_repeating_a_preset(
    project: Any, people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("presets_app.queries.presets.PAGE", 2)
    for number in range(5):
        support.save(project, people.ada, name=f"Preset {number}")
    vic = browser("vic")
    first = vic.get(INDEX, {"family": "ltx-2"})
    second = vic.get(INDEX + first.context["pages"]["older"])
    third = vic.get(INDEX + second.context["pages"]["older"])
    assert slugs(first) + slugs(second) + slugs(third) == [f"preset-{number}" for number in (4, 3, 2, 1, 0)]
    assert third.context["pages"]["older"] is None
    assert first.context["pages"]["newer"] is None
    assert "family=ltx-2" in first.context["pages"]["older"]
    back = vic.get(INDEX + third.context["pages"]["newer"])
    assert slugs(back) == slugs(second)


def test_more_presets_take_no_more_queries(project: Any, people: People, saved: Any) -> None:
    vic = browser("vic")
    few = queries(vic, INDEX)
    for number in range(6):
        support.save(project, people.ada, name=f"Preset {number}")
    assert queries(vic, INDEX) == few
