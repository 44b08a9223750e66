"""Values behind the names of variables, on a target's page: names and people are shown, values never."""

from __future__ import annotations

from typing import Any

import pytest

from presets_app.models import TargetSecret
from presets_app.services import targets
from tests.support import project as support
from tests.support.pages import browser
from tests.support.people import People

pytestmark = pytest.mark.django_db
HERE = "/p/studio/targets/local"
VALUE = "q7Zr19xkPw83mNvT"


def post(username: str, tail: str = "", **form: str) -> Any:
    return browser(username).post(f"{HERE}/values{tail}", form)


def seen(username: str = "olu") -> str:
    return str(browser(username).get(HERE).content.decode())


def test_an_owner_keeps_a_value_and_the_page_tells_name_and_person_only(local: Any, people: People) -> None:
    answer = post("olu", name="RENDER_TOKEN", value=f" {VALUE}\n")
    assert (answer.status_code, answer["Location"]) == (303, HERE)
    page = seen()
    assert "RENDER_TOKEN" in page
    assert "Olu" in page
    assert VALUE not in page
    assert VALUE not in browser("olu").get("/p/studio/activity/").content.decode()
    (row,) = TargetSecret.objects.filter(target=local)
    assert VALUE.encode() not in bytes(row.token)


def test_a_value_is_taken_back(local: Any, people: People) -> None:
    post("olu", name="RENDER_TOKEN", value=VALUE)
    assert post("olu", "/remove", name="RENDER_TOKEN").status_code == 303
    assert not TargetSecret.objects.filter(target=local).exists()
    gone = post("olu", "/remove", name="RENDER_TOKEN")
    assert gone.status_code == 422
    assert "no value of that name" in gone.content.decode()


@pytest.mark.parametrize("username", ["vic", "ada", "grace"])
def test_only_an_owner_sees_the_form_and_may_use_it(local: Any, people: People, username: str) -> None:
    targets.set_value(local, people.olu, "RENDER_TOKEN", VALUE)
    page = seen(username)
    assert "RENDER_TOKEN" in page
    assert "Keep the value" not in page
    assert post(username, name="X", value="y").status_code == 403
    assert post(username, "/remove", name="RENDER_TOKEN").status_code == 403
    assert TargetSecret.objects.filter(target=local).count() == 1


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("", VALUE),
        ("path", VALUE),
        (VALUE, VALUE),
        ("A" * 129, VALUE),
        ("X", ""),
        ("X", "  "),
        ("X", "a" * 20_000),
        ("X", "a\x00b"),
    ],
)
def test_a_refused_value_is_not_repeated(local: Any, people: People, name: str, value: str) -> None:
    answer = post("olu", name=name, value=value)
    assert answer.status_code == 422
    assert VALUE not in answer.content.decode()
    assert not TargetSecret.objects.exists()


def test_the_fields_ask_browsers_to_remember_nothing(local: Any, people: People) -> None:
    page = seen()
    assert 'autocomplete="new-password"' in page
    assert 'type="password"' in page


def test_a_preset_is_told_which_names_a_target_lacks(local: Any, cloud: Any, people: People, project: Any) -> None:
    preset = support.save(project, people.ada, environment=["WAVESPEED_API_KEY", "RENDER_TOKEN"])
    tab = f"/p/studio/presets/{preset.slug}?tab=targets"
    said = browser("ada").get(tab).content.decode()
    assert said.count("has no value for RENDER_TOKEN") == 2
    assert "has no value for WAVESPEED_API_KEY" not in said
    for target in (local, cloud):
        targets.set_value(target, people.olu, "RENDER_TOKEN", VALUE)
    assert "has no value for" not in browser("ada").get(tab).content.decode()
