"""Turning a warning off on a preset's page, and on again."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.pages import browser
from tests.support.people import People

pytestmark = pytest.mark.django_db
WHY = "We like it that way"
NOTE = "harsh between 4 and 8 kHz"


def here(saved: Any, tail: str = "") -> str:
    return f"/p/studio/presets/{saved.slug}{tail}"


def seen(saved: Any, username: str = "grace", tab: str = "problems") -> str:
    answer = browser(username).get(here(saved), {"tab": tab})
    assert answer.status_code == 200
    return str(answer.content.decode())


def post(saved: Any, username: str = "grace", action: str = "/mute", **form: str) -> Any:
    return browser(username).post(here(saved, action), {"code": "audio_harsh", **form})


@pytest.mark.parametrize(("scope", "words"), [("preset", "for this preset"), ("project", "for the whole project")])
def test_grace_turns_a_note_off_and_everybody_reads_why(saved: Any, people: People, scope: str, words: str) -> None:
    answer = post(saved, reason=WHY, scope=scope)
    assert (answer.status_code, answer["Location"]) == (303, here(saved, "?tab=problems"))
    page = seen(saved, "vic")
    assert "1 turned off" in page
    assert f"Turned off by Grace {words}" in " ".join(page.split())
    assert WHY in page
    assert "Turn on again" not in page
    assert WHY in browser("vic").get("/p/studio/activity/").content.decode()


def test_it_is_turned_on_again(saved: Any, people: People) -> None:
    post(saved, reason=WHY, scope="project")
    assert "Turn on again" in seen(saved)
    assert post(saved, action="/unmute", scope="project").status_code == 303
    assert "turned off" not in seen(saved)
    assert post(saved, action="/unmute", scope="project").status_code == 422


@pytest.mark.parametrize("username", ["vic", "ada"])
def test_who_may_not_decide_sees_no_form_and_is_refused(saved: Any, people: People, username: str) -> None:
    assert NOTE in seen(saved, username)
    assert "Turn off here" not in seen(saved, username)
    assert post(saved, username, reason=WHY).status_code == 403


def test_a_refusal_keeps_the_reason_that_was_typed(saved: Any, people: People) -> None:
    long = "because " * 60
    answer = post(saved, reason=long, scope="project")
    assert answer.status_code == 422
    page = answer.content.decode()
    assert long.strip() in page
    assert "characters long" in page


@pytest.mark.parametrize(
    "form", [{"reason": ""}, {"reason": WHY, "code": "secret_found"}, {"reason": WHY, "code": "<b>\x00"}]
)
def test_a_form_that_makes_no_sense_is_refused_on_the_page(saved: Any, people: People, form: dict[str, str]) -> None:
    answer = post(saved, **form)
    assert answer.status_code == 422
    assert "<b>" not in answer.content.decode()


def test_a_secret_typed_as_a_reason_is_not_shown_again(saved: Any, people: People) -> None:
    token = "hf_abcdefghij0123456789KLMNOP"
    answer = post(saved, reason=token)
    assert answer.status_code == 422
    assert token not in answer.content.decode()
