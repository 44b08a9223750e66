"""The ladder on the page of a pair, and a rung tested by one click."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from presets_app import wiring
from presets_app.artifacts import get_json, put_json
from presets_app.models import Check, Item
from presets_app.services import manifests, parity, parity_flow
from tests.support import project as support
from tests.support.people import People
from tests.support.released import signed_in
from tests.support.rendered import clip, finish_all, judge

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.services]


@pytest.fixture
def check(project: Any, people: People, saved: Any, local: Any, cloud: Any, redis_url: str, tmp_path: Path) -> Check:
    """A judged check whose service used another seed than it was sent, and says so."""
    manifests.pin(saved, local, people.ada)
    batch = support.freeze(project, people.ada, 20)
    wish = parity.Wish(saved, local, cloud, batch, override=2, reason="Quick.", seed=3)
    judged = judge(parity.start(wish, people.grace), tmp_path, same=False)
    for item in judged.right.items.all():
        seeds = [{"stage": "all", "sent": 10, "returned": 77, "noise_device": None}]
        result = {**get_json(wiring.artifacts(), item.result), "seeds": seeds}
        Item.objects.filter(pk=item.pk).update(result=put_json(wiring.artifacts(), result))
    return judged


def address(check: Check, tail: str = "") -> str:
    return f"/p/studio/parity/{check.id}{tail}"


def test_a_rung_is_rendered_with_the_other_sides_value_and_says_what_it_explains(check: Check, tmp_path: Path) -> None:
    page = signed_in("ada").get(address(check)).content.decode()
    assert "Why do they differ?" in page
    assert "seed and noise device" in page
    given = {"path": "/ran/seeds/all", "pair": ""}
    assert signed_in("vic").post(address(check, "/try"), given).status_code == 403
    answer = signed_in("ada").post(address(check, "/try"), given)
    test = Check.objects.get(kind="trial")
    assert (answer.status_code, answer["Location"]) == (303, address(test))
    assert (test.right_id, test.left.target.slug, test.pairs.count()) == (check.right_id, "local", 2)
    sent = [get_json(wiring.artifacts(), item.request)["document"] for item in test.left.items.order_by("key")]
    was = [get_json(wiring.artifacts(), item.request)["document"] for item in check.left.items.order_by("key")]
    assert [document["stages"][0]["seed"] for document in sent] == [77, 77]
    assert [{**document, "stages": 0} for document in sent] == [{**document, "stages": 0} for document in was]
    finish_all(test.left, clip(tmp_path, seed=1), raw="b" * 64)
    parity_flow.judge(test.id)
    assert "it explains the difference" in signed_in("vic").get(address(check)).content.decode()


@pytest.mark.parametrize(
    ("path", "status", "words"),
    [("/runtime/offload", 409, "does not say what it used"), ("/nowhere", 422, "do not differ there")],
)
def test_what_cannot_be_tested_says_why(check: Check, path: str, status: int, words: str) -> None:
    answer = signed_in("ada").post(address(check, "/try"), {"path": path})
    assert (answer.status_code, words in answer.content.decode()) == (status, True)
    assert not Check.objects.filter(kind="trial").exists()
