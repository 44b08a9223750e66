"""Signing in: the right password, a wrong one, too many wrong ones, and where a person lands."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from presets_app.services import audit, projects
from tests.support.pages import browser
from tests.support.people import PASSWORD, People, settle

pytestmark = pytest.mark.django_db
ADA = {"username": "ada", "password": PASSWORD}


def test_the_right_password_leads_to_the_start(project: Any, people: People) -> None:
    client = Client()
    answer = client.post("/sign-in", ADA)
    assert (answer.status_code, answer["Location"]) == (303, "/")
    assert client.get("/").status_code == 302


def test_a_wrong_password_keeps_the_name_and_not_the_password(project: Any, people: People) -> None:
    answer = Client().post("/sign-in", {"username": "ada", "password": "wrong-password", "next": "/p/studio/runs/"})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert 'value="ada"' in page
    assert "wrong-password" not in page
    assert 'value="/p/studio/runs/"' in page
    assert "Name and password do not belong together." in page


def test_an_unknown_name_is_answered_like_a_wrong_password(project: Any, people: People) -> None:
    pages = [Client().post("/sign-in", {"username": name, "password": "no"}) for name in ("ada", "nobody")]
    texts = [page.content.decode().replace("nobody", "ada") for page in pages]
    assert [page.status_code for page in pages] == [422, 422]
    assert _without_token(texts[0]) == _without_token(texts[1])


def _without_token(page: str) -> str:
    return "".join(line for line in page.splitlines() if "csrfmiddlewaretoken" not in line)


@pytest.mark.parametrize(
    "elsewhere", ["https://evil.example/", "//evil.example/", "/\\evil.example", "javascript:alert(1)//", "runs"]
)
def test_nobody_is_sent_elsewhere_after_signing_in(project: Any, people: People, elsewhere: str) -> None:
    answer = Client().post("/sign-in", {**ADA, "next": elsewhere})
    assert (answer.status_code, answer["Location"]) == (303, "/")


def test_a_page_of_this_host_is_gone_back_to(project: Any, people: People) -> None:
    asked = Client().get("/p/studio/activity/?kind=run")
    client = Client()
    form = client.get(asked["Location"]).content.decode()
    assert 'value="/p/studio/activity/?kind=run"' in form
    answer = client.post("/sign-in", {**ADA, "next": "/p/studio/activity/?kind=run"})
    assert answer["Location"] == "/p/studio/activity/?kind=run"


def test_somebody_signed_in_is_not_asked_again(project: Any, people: People) -> None:
    answer = browser("ada").get("/sign-in?next=/p/studio/")
    assert (answer.status_code, answer["Location"]) == (303, "/p/studio/")


def test_too_many_wrong_passwords_pause_the_name_even_for_the_right_one(
    project: Any, people: People, settings: Any
) -> None:
    settings.AXES_FAILURE_LIMIT = 3
    client = Client()
    for _ in range(3):
        answer = client.post("/sign-in", {"username": "ada", "password": "wrong"})
    assert answer.status_code in (403, 429)
    assert "Sign-in is paused" in answer.content.decode()
    assert "Sign-in is paused" in client.post("/sign-in", ADA).content.decode()
    assert client.post("/sign-in", {"username": "grace", "password": PASSWORD}).status_code == 303


@pytest.mark.parametrize("given", [{}, {"username": "a\x00da", "password": "\x00"}, {"username": "a" * 5000}])
def test_any_input_is_answered_with_the_form(project: Any, people: People, given: dict[str, str]) -> None:
    assert Client().post("/sign-in", given).status_code == 422


def test_demo_people_are_named_only_where_there_is_a_demo(project: Any, people: People, places: Path) -> None:
    assert "People of the demo" not in Client().get("/sign-in").content.decode()
    (places / "demo_password").write_text("the-demo-password", encoding="ascii")
    settle(projects.create("demo", "Demo", audit.MATCHFRAME, demo=True))
    page = Client().get("/sign-in").content.decode()
    assert "People of the demo" in page
    assert "grace" in page
    assert "mallory" not in page
    assert "demo_password" in page
    assert "the-demo-password" not in page
