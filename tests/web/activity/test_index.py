"""The list of everything anybody did: words, filters, pages."""

from __future__ import annotations

from typing import Any

import pytest

from presets_app.core.policy import DEFAULT
from presets_app.models import AuditEvent
from presets_app.services import audit, projects
from tests.support import project as support
from tests.support.pages import browser, queries
from tests.support.people import People

pytestmark = pytest.mark.django_db
HERE = "/p/studio/activity/"


def seen(address: str = HERE, username: str = "vic") -> str:
    answer = browser(username).get(address)
    assert answer.status_code == 200
    return str(answer.content.decode())


def many(project: Any, people: People, count: int) -> None:
    for number in range(count):
        audit.note(project, people.ada, "run.start", "run", f"gone-{number:03d}", name=f"Run number {number:03d}")


def test_a_save_is_told_with_its_person_and_leads_to_the_preset(saved: Any) -> None:
    page = seen()
    assert "Saved Puppet at dusk: Look" in page
    assert f'href="/p/studio/presets/{saved.slug}"' in page
    assert "Ada" in page


def test_what_the_product_does_is_told_as_done_by_itself(project: Any, people: People) -> None:
    page = seen()
    assert "Gave ada the role author" in page
    assert "by itself" in page


def test_a_thing_that_is_gone_is_named_without_a_link(project: Any, people: People) -> None:
    many(project, people, 1)
    page = seen()
    assert "Started to render Run number 000" in page
    assert "/runs/gone-000" not in page


def test_an_unknown_verb_is_told_in_its_own_words(project: Any, people: People) -> None:
    audit.note(project, people.ada, "moon.land", "moon", "../../etc", name="<b>Landed</b>")
    assert "&lt;b&gt;Landed&lt;/b&gt;" in seen()


def test_a_reason_stands_under_the_deed(project: Any, people: People) -> None:
    projects.change_policy(project, people.olu, {"standards": DEFAULT["standards"]}, "The team agreed on Monday.")
    assert "The team agreed on Monday." in seen()


def test_a_person_and_a_kind_narrow_the_list(project: Any, people: People, saved: Any) -> None:
    many(project, people, 1)
    assert "Saved Puppet" not in seen(f"{HERE}?kind=run")
    assert "Run number 000" in seen(f"{HERE}?kind=run&person=ada")
    assert "Nothing yet" in seen(f"{HERE}?kind=run&person=grace")
    assert "Made the project" in seen(f"{HERE}?person=matchframe")


def test_older_pages_keep_the_filter_and_lose_nothing(project: Any, people: People) -> None:
    many(project, people, 120)
    address: str | None = f"{HERE}?kind=run"
    found: list[int] = []
    while address:
        answer = browser("vic").get(address)
        found += [int(row["sentence"][-3:]) for row in answer.context["events"]]
        older = answer.context["pages"]["older"]
        address = f"{HERE}{older}" if older else None
    assert found == list(range(119, -1, -1))


def test_the_newer_page_is_the_one_come_from(project: Any, people: People) -> None:
    many(project, people, 120)
    first = browser("vic").get(HERE)
    second = browser("vic").get(HERE + first.context["pages"]["older"])
    back = browser("vic").get(HERE + second.context["pages"]["newer"])
    assert back.context["events"] == first.context["events"]


@pytest.mark.parametrize(
    "asked",
    [
        "before=abc",
        "before=-1",
        f"before={'9' * 400}",
        "after=%00",
        "before=²",
        "kind=nothing",
        "person=%00ada%27--",
        "person=" + "x" * 5000,
        "kind=run&kind=preset",
        "by=ada&subject_kind__startswith=r",
    ],
)
def test_any_question_is_answered(project: Any, people: People, asked: str) -> None:
    assert "Activity" in seen(f"{HERE}?{asked}")


def test_another_projects_events_stay_there(project: Any, people: People) -> None:
    other = projects.create("elsewhere", "Elsewhere", audit.MATCHFRAME)
    audit.note(other, people.ada, "run.start", "run", "x", name="A secret run")
    assert "A secret run" not in seen()


def test_the_number_of_queries_does_not_grow_with_events(project: Any, people: People) -> None:
    support.save(project, people.ada)
    many(project, people, 2)
    few = queries(browser("vic"), HERE)
    for number in range(4):
        support.save(project, people.ada, name=f"Look {number}")
    many(project, people, 40)
    assert AuditEvent.objects.filter(project=project).count() > 45
    assert queries(browser("vic"), HERE) == few
