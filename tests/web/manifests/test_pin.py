"""Pinning a preset to what a target is now, from its page."""

from __future__ import annotations

from typing import Any

import pytest

from presets_app.models import Manifest
from presets_app.services import targets
from tests.support.pages import browser
from tests.support.people import People

pytestmark = pytest.mark.django_db(transaction=True)
PIN = "/p/studio/presets/puppet-at-dusk/pin"


def test_a_target_is_pinned_and_the_page_shows_it(saved: Any, local: Any) -> None:
    answer = browser("ada").post(PIN, {"target": "local"})
    assert answer.status_code == 303
    assert answer["Location"] == "/p/studio/presets/puppet-at-dusk?tab=targets"
    shown = browser("vic").get(answer["Location"]).context["targets"][0]["manifest"]
    assert shown["digest"] == Manifest.objects.get().digest
    assert shown["person"] == "Ada"
    told = {row["label"]: (row["section"], row["value"], row["status"]) for row in shown["rows"]}
    assert told["torch"] == ("driver", "2.13.0", "captured")


def test_pinning_twice_leaves_one_commit(saved: Any, local: Any) -> None:
    commits = [browser("ada").post(PIN, {"target": "local"}) and Manifest.objects.get().commit for _ in range(2)]
    assert commits[0] == commits[1]


def test_a_target_that_was_never_asked_is_refused_on_the_same_page(project: Any, people: People, saved: Any) -> None:
    targets.add(project, people.olu, "new", name="New", kind="local", options={"pool": "new"})
    answer = browser("ada").post(PIN, {"target": "new"})
    assert answer.status_code == 503
    assert answer.context["tab"] == "targets"
    assert "has not been asked" in answer.context["refused"]["message"]


def test_weights_that_are_not_there_are_named(project: Any, people: People, local: Any) -> None:
    from tests.support.project import save

    save(project, people.ada, models={"transformer": ["matchframe/other"]})
    answer = browser("ada").post(PIN, {"target": "local"})
    assert answer.status_code == 422
    assert "matchframe/other" in answer.context["refused"]["message"]


@pytest.mark.parametrize("target", ["", "nope", "\x00", "../local", "x" * 5000])
def test_a_target_that_is_not_is_refused(saved: Any, target: str) -> None:
    answer = browser("ada").post(PIN, {"target": target})
    assert answer.status_code in (404, 422)
    assert not Manifest.objects.exists()
