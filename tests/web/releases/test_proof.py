"""After a rollback: the page that says whether the pictures are back."""

from __future__ import annotations

from typing import Any

import pytest

from presets_app.models import Check, Release, Snapshot
from presets_app.services import releases
from tests.support import project as support
from tests.support.pages import FRAGMENT, browser
from tests.support.people import People
from tests.support.released import Studio
from tests.support.rendered import judge

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.services]


@pytest.fixture
def snapshot(studio: Studio) -> Snapshot:
    """Of the first of two releases."""
    studio.published()
    studio.revise("A fox in the snow")
    studio.published()
    return Snapshot.objects.get()


@pytest.fixture
def back(studio: Studio, snapshot: Snapshot) -> Release:
    return releases.roll_back(snapshot, studio.people.grace, "The look broke.")


def address(release: Release) -> str:
    return f"/p/studio/releases/{release.commit}"


def judged(studio: Studio, release: Release, *, same: bool = True) -> None:
    for proof in release.proofs.order_by("target"):
        judge(Check.objects.get(pk=proof.check_id), studio.folder, same=same)


def test_while_it_renders_it_says_so_and_polls(back: Release) -> None:
    page = browser("vic").get(address(back))
    assert page.context["proof"]["state"] == "running"
    assert not page.context["proof"]["finished"]
    assert b"hx-get" in page.content
    assert page.context["release"]["reason"] == "The look broke."


def test_a_poll_of_what_was_seen_is_answered_with_nothing(back: Release) -> None:
    vic = browser("vic")
    seen = vic.get(address(back)).context["proof"]["version"]
    assert vic.get(address(back), {"seen": seen}, headers=FRAGMENT).status_code == 204
    part = vic.get(address(back), {"seen": "0"}, headers=FRAGMENT)
    assert part.status_code == 200
    assert b"<html" not in part.content


def test_when_the_pictures_are_back_it_says_so_and_polls_no_more(studio: Studio, back: Release) -> None:
    judged(studio, back)
    page = browser("vic").get(address(back))
    assert page.context["proof"]["state"] == "pass"
    assert {side["sentence"] for side in page.context["sides"]} == {"The pictures are back: 2 of 2 identical."}
    assert b"hx-get" not in page.content


def test_pictures_that_are_not_back_are_not_called_so(studio: Studio, back: Release) -> None:
    one, other = back.proofs.order_by("target")
    judge(Check.objects.get(pk=one.check_id), studio.folder)
    moved = Check.objects.get(pk=other.check_id)
    moved.left.items.update(video="", state="queued")
    judge(moved, studio.folder, same=False)
    page = browser("vic").get(address(back))
    assert page.context["proof"]["state"] != "pass"
    assert "Not every side is proven" in page.context["proof"]["sentence"]


def test_a_side_that_cannot_be_proven_says_why(studio: Studio, snapshot: Snapshot) -> None:
    snapshot.sides["local"]["evidence"] = None
    snapshot.save()
    page = browser("vic").get(address(releases.roll_back(snapshot, studio.people.grace, "Why not.")))
    sides = {side["slug"]: side for side in page.context["sides"]}
    assert sides["local"]["state"] == "unproven"
    assert "no evidence" in sides["local"]["sentence"]


def test_when_one_side_went_back_the_headline_names_it(studio: Studio, snapshot: Snapshot) -> None:
    studio.left.name = "Machine under the desk"
    studio.left.save()
    release = releases.roll_back(snapshot, studio.people.grace, "The sound.", only="local")
    page = browser("vic").get(address(release))
    assert page.context["release"]["sentence"].endswith(", on Machine under the desk only")


def test_what_a_person_must_set_back_is_listed_until_it_is(studio: Studio, snapshot: Snapshot) -> None:
    support.tell(studio.left, support.answer(torch="2.14.0"))
    release = releases.roll_back(snapshot, studio.people.grace, "The look broke.")

    def left() -> Any:
        sides = browser("vic").get(address(release)).context["sides"]
        return next(side["left_for_person"] for side in sides if side["slug"] == "local")

    assert left() == [{"what": "torch 2.13.0", "commands": ["pip install torch==2.13.0"], "done": False}]
    support.tell(studio.left, support.answer())
    assert [step for step in left() if not step["done"]] == []


@pytest.mark.parametrize("commit", ["nothing", "0" * 40, "%00", "x" * 3000])
def test_a_release_that_is_not_there_is_not_found(project: Any, people: People, commit: str) -> None:
    assert browser("vic").get(f"/p/studio/releases/{commit}").status_code == 404


def test_a_publish_has_no_proof_page(studio: Studio) -> None:
    assert browser("vic").get(address(studio.published())).status_code == 404


def test_nobody_outside_finds_it(back: Release) -> None:
    assert browser("mallory").get(address(back)).status_code == 404
    assert browser(None).get(address(back)).status_code == 302
