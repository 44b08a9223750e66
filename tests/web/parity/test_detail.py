"""The page of one check: what it shows, who may decide, what a refused decision keeps."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.test import Client

from presets_app.models import Check, Item
from presets_app.services import parity
from tests.support import project as support
from tests.support.people import People
from tests.support.rendered import judge

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.services]


def signed_in(username: str) -> Client:
    client = Client()
    user = get_user_model().objects.get(username=username)
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.fixture
def check(project: Any, people: People, saved: Any, local: Any, cloud: Any, redis_url: str, tmp_path: Path) -> Check:
    """A judged check of two inputs whose sides are other takes of a scene."""
    from presets_app.services import manifests

    manifests.pin(saved, local, people.ada)
    batch = support.freeze(project, people.ada, 20)
    wish = parity.Wish(saved, local, cloud, batch, override=2, reason="Quick.", seed=3)
    return judge(parity.start(wish, people.grace), tmp_path, same=False)


def asked(check: Check) -> None:
    """Make every pair one that a person is asked about, whatever these clips measure as."""
    check.pairs.update(pair_class="other_take", verdict="inconclusive", needs_person=True)
    Check.objects.filter(pk=check.pk).update(verdict="inconclusive", outcome="inconclusive", undecided=2)


def address(check: Check, tail: str = "") -> str:
    return f"/p/studio/parity/{check.id}{tail}"


def test_it_shows_verdict_pairs_and_both_videos(check: Check) -> None:
    page = signed_in("vic").get(address(check)).content.decode()
    assert check.sentence in page
    assert page.count("<video") == 2
    assert all(pair.key in page for pair in check.pairs.all())


def test_a_viewer_is_told_that_their_role_does_not_decide(check: Check) -> None:
    asked(check)
    page = signed_in("vic").get(address(check)).content.decode()
    assert "Your role in this project does not decide pairs" in page
    pair = check.pairs.first()
    assert pair is not None
    answer = signed_in("vic").post(address(check, f"/{pair.pk}/decide"), {"decision": "accepted", "reason": "x"})
    assert answer.status_code == 403


@pytest.mark.parametrize("username", ["mallory", None])
def test_nobody_else_finds_it(check: Check, username: str | None) -> None:
    client = signed_in(username) if username else Client()
    answer = client.get(address(check))
    assert answer.status_code == (404 if username else 302)


def test_a_decision_is_kept_with_its_reason_and_leads_to_the_next(check: Check) -> None:
    asked(check)
    ada, pair = signed_in("ada"), check.pairs.order_by("position")[0]
    answer = ada.post(address(check, f"/{pair.pk}/decide"), {"decision": "accepted", "reason": "The same shot."})
    assert (answer.status_code, answer["Location"]) == (303, address(check))
    pair.refresh_from_db()
    check.refresh_from_db()
    assert (pair.decision, check.undecided, check.outcome) == ("accept", 1, "inconclusive")
    assert "The same shot." in ada.get(address(check, f"?pair={pair.pk}")).content.decode()


def test_all_that_wait_are_decided_in_one_commit(check: Check) -> None:
    asked(check)
    answer = signed_in("ada").post(
        address(check, "/decide-all"), {"decision": "accepted", "reason": "Both fine.", "expected": "2"}
    )
    check.refresh_from_db()
    assert (answer.status_code, check.outcome) == (303, "accepted")


def test_deciding_all_is_refused_when_another_number_waits(check: Check) -> None:
    asked(check)
    answer = signed_in("ada").post(
        address(check, "/decide-all"), {"decision": "accepted", "reason": "Both fine.", "expected": "3"}
    )
    assert answer.status_code == 409
    assert "Both fine." in answer.content.decode()


@pytest.mark.parametrize(
    ("given", "status"),
    [
        ({"decision": "accepted", "reason": ""}, 422),
        ({"decision": "perhaps", "reason": "A thought."}, 422),
        ({"reason": "A thought."}, 422),
        ({"decision": "accepted", "reason": "x" * 5000}, 422),
        ({"decision": "accepted", "reason": "The key is hf_" + "a1B2" * 9}, 422),
    ],
)
def test_a_refused_decision_says_why_and_decides_nothing(check: Check, given: dict[str, str], status: int) -> None:
    asked(check)
    pair = check.pairs.order_by("position")[0]
    answer = signed_in("ada").post(address(check, f"/{pair.pk}/decide"), given)
    pair.refresh_from_db()
    assert (answer.status_code, pair.decision) == (status, "")


def test_a_refused_decision_keeps_what_was_typed(check: Check) -> None:
    asked(check)
    pair = check.pairs.order_by("position")[0]
    given = {"decision": "perhaps", "reason": "A long thought."}
    page = signed_in("ada").post(address(check, f"/{pair.pk}/decide"), given).content.decode()
    assert "A long thought." in page


@pytest.mark.parametrize("tail", ["/x/decide", "/99999999/decide", "/99999999999999999999/comment", "/-1/decide"])
def test_a_pair_that_is_not_there_is_not_found(check: Check, tail: str) -> None:
    assert signed_in("ada").post(address(check, tail), {"decision": "accepted", "reason": "x"}).status_code == 404


def test_a_poll_of_what_was_seen_is_answered_with_nothing(check: Check) -> None:
    grace = signed_in("grace")
    check.refresh_from_db()
    version = f"{check.version}.{check.left.version}.{check.right.version}"
    assert grace.get(address(check, f"?seen={version}"), HTTP_HX_REQUEST="true").status_code == 204
    assert grace.get(address(check, "?seen=0"), HTTP_HX_REQUEST="true").status_code == 200


def test_its_videos_are_served_in_ranges_to_members_only(check: Check) -> None:
    item = Item.objects.filter(run=check.left).first()
    assert item is not None
    place = f"/p/studio/media/video/{item.video}"
    part = signed_in("vic").get(place, HTTP_RANGE="bytes=4-7")
    assert (part.status_code, b"".join(part), part["Content-Type"]) == (206, b"ftyp", "video/mp4")
    assert part["X-Content-Type-Options"] == "nosniff"
    assert signed_in("vic").get(place, HTTP_RANGE="bytes=99999999-").status_code == 416
    assert signed_in("mallory").get(place).status_code == 404
    assert signed_in("vic").get(f"/p/studio/media/video/{'0' * 64}").status_code == 404
    assert signed_in("vic").get(f"/p/studio/media/heat/{item.video}").status_code == 404


def test_the_queries_do_not_grow_with_the_pairs(check: Check, django_assert_max_num_queries: Any) -> None:
    grace = signed_in("grace")
    with django_assert_max_num_queries(30):
        grace.get(address(check))
