"""The page of a manifest: pins, what differs, stating what a target does not tell, taking the environment out."""

from __future__ import annotations

from typing import Any

import pytest

from presets_app.models import Manifest
from presets_app.services import manifests
from tests.support import project as support
from tests.support.pages import browser
from tests.support.people import People

pytestmark = pytest.mark.django_db(transaction=True)
HERE = "/p/studio/presets/puppet-at-dusk/pins/local"


@pytest.fixture
def pinned(saved: Any, local: Any, people: People) -> Any:
    return manifests.pin(saved, local, people.ada)


def test_the_page_shows_every_pin_in_its_section_and_why_some_are_unknown(pinned: Any) -> None:
    page = browser("vic").get(HERE)
    assert list(dict.fromkeys(row["section"] for row in page.context["pins"])) == ["model", "driver", "seeds"]
    known = {row["label"]: row for row in page.context["pins"]}
    assert (known["OS"]["status"], known["OS"]["note"]) == ("unknown", "the target did not report it")
    assert b"The target did not report it" in page.content
    lists = {held["name"]: [(row["name"], row["value"]) for row in held["rows"]] for held in page.context["lists"]}
    assert lists["files"] == [("transformer/model.safetensors", "b" * 64)]
    assert lists["packages"] == [("torch", "2.13.0")]
    assert lists["flags"] == [("deterministic", "yes")]
    assert page.context["diff"] is None and page.context["can"] == {"pin": False, "declare": False}


def test_an_update_is_told_as_drift_and_after_pinning_again_as_a_difference(pinned: Any, local: Any) -> None:
    support.tell(local, support.answer(torch="2.14.0"))
    drift = browser("vic").get(HERE).context["drift"]
    assert [(change.label, change.before, change.after) for change in drift] == [("torch", "2.13.0", "2.14.0")]
    again = browser("ada").post("/p/studio/presets/puppet-at-dusk/pin", {"target": "local", "page": "manifest"})
    assert (again.status_code, again["Location"]) == (303, HERE)
    page = browser("vic").get(HERE)
    assert page.context["drift"] == []
    assert [change.label for change in page.context["diff"]["changes"]] == ["torch"]
    older = page.context["history"][1]["url"]
    assert browser("vic").get(older).context["manifest"]["newest"] is False


def test_an_author_states_what_the_target_does_not_tell_under_their_name(pinned: Any) -> None:
    answer = browser("ada").post(f"{HERE}/declare", {"name": "driver.driver", "value": "570.12"})
    assert (answer.status_code, answer["Location"]) == (303, HERE)
    page = browser("vic").get(HERE)
    rows = {row["label"]: row for row in page.context["pins"]}
    assert (rows["driver"]["value"], rows["driver"]["status"]) == ("570.12, declared by Ada", "declared")
    assert page.context["manifest"]["declared"] == 1


@pytest.mark.parametrize(
    ("name", "value", "status"),
    [
        ("driver.python", "3", 409),
        ("driver.os", "", 422),
        ("nonsense", "x", 422),
        ("driver.key", "hf_" + "Q7" * 15, 422),
    ],
)
def test_what_cannot_be_stated_is_refused_on_the_page_and_nothing_is_written(
    pinned: Any, name: str, value: str, status: int
) -> None:
    answer = browser("ada").post(f"{HERE}/declare", {"name": name, "value": value})
    assert answer.status_code == status
    assert "Q7Q7" not in answer.content.decode()
    assert Manifest.objects.get().digest == pinned.digest


def test_the_environment_is_downloaded_and_what_is_not_known_is_refused(pinned: Any) -> None:
    page = browser("vic").get(HERE)
    assert page.context["exports"] == [("pip", "pip constraints")]
    made = browser("vic").get(f"{HERE}/export", {"as": "pip"})
    assert made["Content-Disposition"] == 'attachment; filename="puppet-at-dusk-local-constraints.txt"'
    assert "torch==2.13.0\n" in made.content.decode()
    refused = browser("vic").get(f"{HERE}/export", {"as": "container"})
    assert (refused.status_code, refused.context["refused"]["code"]) == (422, "environment_unknown")


@pytest.mark.parametrize("query", [{"commit": "0" * 40}, {"from": "../x"}, {"commit": "\x00x"}])
def test_pins_that_never_were_are_not_found(pinned: Any, query: dict[str, str]) -> None:
    assert browser("vic").get(HERE, query).status_code == 404
    assert browser("vic").get(f"{HERE}/export", {"as": "tar"}).status_code == 404


def test_a_side_that_was_never_pinned_has_no_page(saved: Any, local: Any) -> None:
    assert browser("vic").get(HERE).status_code == 404
