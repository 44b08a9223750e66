"""What a signed-in person does about themselves."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from tests.support.pages import FRAGMENT, browser
from tests.support.people import People

pytestmark = pytest.mark.django_db


def test_a_theme_is_kept_for_the_person(project: Any, people: People) -> None:
    ada = browser("ada")
    back = "http://testserver/p/studio/activity/"
    answer = ada.post("/theme", {"theme": "dark"}, headers={"referer": back})
    assert (answer.status_code, answer["Location"]) == (303, back)
    assert 'data-theme="dark"' in ada.get("/p/studio/").content.decode()
    assert 'data-theme="auto"' in browser("grace").get("/p/studio/").content.decode()


def test_a_theme_chosen_by_script_swaps_nothing(project: Any, people: People) -> None:
    answer = browser("ada").post("/theme", {"theme": "light"}, headers=FRAGMENT)
    assert (answer.status_code, answer.content) == (204, b"")


@pytest.mark.parametrize("word", ["", "neon", "x" * 5000])
def test_a_word_that_is_no_theme_changes_nothing(project: Any, people: People, word: str) -> None:
    ada = browser("ada")
    ada.post("/theme", {"theme": "light"})
    assert ada.post("/theme", {"theme": word}).status_code < 500
    assert 'data-theme="light"' in ada.get("/p/studio/").content.decode()


def test_a_foreign_page_is_not_gone_back_to(project: Any, people: People) -> None:
    answer = browser("ada").post("/theme", {"theme": "dark"}, headers={"referer": "https://evil.example/"})
    assert answer["Location"] == "/"


def test_signing_out_ends_the_session_and_a_link_cannot_do_it(project: Any, people: People) -> None:
    ada = browser("ada")
    assert ada.get("/sign-out").status_code == 405
    assert ada.get("/p/studio/").status_code == 200
    answer = ada.post("/sign-out")
    assert (answer.status_code, answer["Location"]) == (303, "/sign-in")
    assert ada.get("/p/studio/").status_code == 302


def test_nobody_signs_out_and_chooses_themes_without_harm(db: None) -> None:
    assert Client().post("/sign-out").status_code == 303
    assert Client().post("/theme", {"theme": "dark"}).status_code in (302, 303)
