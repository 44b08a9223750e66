"""Where a person lands after signing in."""

from __future__ import annotations

from typing import Any

import pytest

from presets_app.services import audit, projects
from tests.support.pages import browser, queries
from tests.support.people import People, settle

pytestmark = pytest.mark.django_db


def test_who_is_in_one_project_lands_in_it(project: Any, people: People) -> None:
    answer = browser("vic").get("/")
    assert (answer.status_code, answer["Location"]) == (302, "/p/studio/")


def test_who_is_in_several_chooses_and_sees_their_role(project: Any, people: People) -> None:
    settle(projects.create("second", "Second studio", audit.MATCHFRAME, local_only=True))
    page = browser("grace").get("/").content.decode()
    assert 'href="/p/studio/"' in page
    assert 'href="/p/second/"' in page
    assert "approver" in page
    assert "local only" in page


def test_who_is_in_none_is_told_whom_to_ask(project: Any, people: People) -> None:
    projects.create("hidden", "Hidden studio", audit.MATCHFRAME)
    answer = browser("mallory").get("/")
    assert answer.status_code == 200
    assert "You are in no project yet" in answer.content.decode()
    assert "Hidden studio" not in answer.content.decode()


def test_who_is_not_signed_in_is_asked_to(db: None) -> None:
    assert browser(None).get("/")["Location"] == "/sign-in?next=/"


def test_the_number_of_queries_does_not_grow_with_projects(project: Any, people: People) -> None:
    settle(projects.create("second", "Second", audit.MATCHFRAME))
    few = queries(browser("grace"), "/")
    for number in range(3):
        settle(projects.create(f"more-{number}", f"More {number}", audit.MATCHFRAME))
    assert queries(browser("grace"), "/") == few
