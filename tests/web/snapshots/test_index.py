"""Snapshots: the list and taking one by hand."""

from __future__ import annotations

from typing import Any

import pytest

from presets_app.models import Check, Snapshot
from tests.support.released import Studio, signed_in

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.services]
INDEX = "/p/studio/snapshots/"
TAKE = "/p/studio/snapshots/take"


def test_one_is_taken_before_an_update_and_is_known_good(studio: Studio) -> None:
    studio.published()
    ada = signed_in("ada")
    answer = ada.post(TAKE, {"note": "pre-CUDA update", "preset": studio.preset.slug})
    assert (answer.status_code, answer["Location"]) == (303, INDEX)
    kept = Snapshot.objects.get()
    assert (kept.note, kept.by, kept.automatic, kept.good) == ("pre-CUDA update", "ada", False, True)
    page = ada.get(INDEX).content.decode()
    assert "pre-CUDA update" in page
    assert "last known good" in page
    assert "live now" in page
    assert "/releases/rollback?to=" not in page


def test_without_a_preset_everything_live_is_kept(studio: Studio) -> None:
    studio.published()
    assert signed_in("ada").post(TAKE, {"note": "before the move", "preset": ""}).status_code == 303
    assert Snapshot.objects.count() == 1


def test_without_passing_evidence_it_is_no_known_good_and_says_why(studio: Studio) -> None:
    studio.published()
    Check.objects.update(outcome="inconclusive")
    signed_in("ada").post(TAKE, {"note": "unsure", "preset": studio.preset.slug})
    page = signed_in("vic").get(INDEX).content.decode()
    assert "not proven" in page
    assert "No passing evidence for Local runner and Local runner." in page


@pytest.mark.parametrize(
    ("given", "status"),
    [
        ({}, 422),
        ({"note": " "}, 422),
        ({"note": "x" * 300}, 422),
        ({"note": "token hf_" + "a1B2" * 9}, 422),
        ({"note": "fine", "preset": "nothing"}, 422),
        ({"note": "fine", "preset": "\x00"}, 422),
        ({"note": "nothing is live", "preset": "puppet-at-dusk"}, 422),
    ],
)
def test_what_cannot_be_kept_is_refused(studio: Studio, given: dict[str, str], status: int) -> None:
    answer = signed_in("ada").post(TAKE, given)
    assert answer.status_code == status
    assert "hf_" not in answer.content.decode()
    assert Snapshot.objects.count() == 0


def test_a_viewer_takes_none(studio: Studio) -> None:
    assert signed_in("vic").post(TAKE, {"note": "x"}).status_code == 403
    assert b"Take a snapshot" not in signed_in("vic").get(INDEX).content
    assert signed_in("mallory").get(INDEX).status_code == 404


def test_the_list_answers_without_growing(studio: Studio, django_assert_max_num_queries: Any) -> None:
    studio.published()
    for number in range(5):
        signed_in("ada").post(TAKE, {"note": f"number {number}"})
    vic = signed_in("vic")
    with django_assert_max_num_queries(12):
        page = vic.get(INDEX).content.decode()
    assert page.count("live now") == 5
    assert vic.get(f"{INDEX}?before=%00&after=%ff").status_code == 200
