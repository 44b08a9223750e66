"""Publishing from the page: what moves, who may, and what stops it."""

from __future__ import annotations

import re
from typing import Any

import pytest

from presets_app.models import Migration, Release, Snapshot
from tests.support.released import Studio, signed_in

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.services]
ADDRESS = "/p/studio/releases/publish"
INDEX = "/p/studio/releases/"


def form_of(page: str) -> dict[str, str]:
    return dict(re.findall(r'name="(migration|expected|snapshot)" value="([^"]*)"', page))


def test_an_approved_migration_is_offered_shown_and_published(studio: Studio) -> None:
    migration, grace = studio.approved(), signed_in("grace")
    assert f"{ADDRESS}?migration={migration.id}" in grace.get(INDEX).content.decode()
    page = grace.get(f"{ADDRESS}?migration={migration.id}").content.decode()
    assert f'title="{migration.digest}"' in page
    answer = grace.post(ADDRESS, {**form_of(page), "reason": "All is well."})
    assert (answer.status_code, answer["Location"]) == (303, INDEX)
    assert studio.live() == {studio.preset.digest}
    shown = grace.get(INDEX).content.decode()
    assert "Published Puppet at dusk on Local runner" in shown
    assert "All is well." in shown
    assert f"{ADDRESS}?migration={migration.id}" not in shown


def test_a_second_submit_publishes_nothing_more(studio: Studio) -> None:
    migration, grace = studio.approved(), signed_in("grace")
    given = form_of(grace.get(f"{ADDRESS}?migration={migration.id}").content.decode())
    assert grace.post(ADDRESS, given).status_code == 303
    again = grace.post(ADDRESS, given)
    assert again.status_code == 409
    assert "It is published already." in again.content.decode()
    assert Release.objects.count() == 1


def test_what_was_live_has_moved_since_the_page_was_opened(studio: Studio) -> None:
    migration, grace = studio.approved(), signed_in("grace")
    given = {**form_of(grace.get(f"{ADDRESS}?migration={migration.id}").content.decode()), "expected": "0" * 64}
    answer = grace.post(ADDRESS, {**given, "reason": "Kept words."})
    assert answer.status_code == 409
    assert "What is live has changed since you looked." in answer.content.decode()
    assert "Kept words." in answer.content.decode()
    assert Release.objects.count() == 0


def test_an_approval_that_no_longer_holds_stops_it(studio: Studio) -> None:
    migration, grace = studio.approved(), signed_in("grace")
    given = form_of(grace.get(f"{ADDRESS}?migration={migration.id}").content.decode())
    studio.revise("Another prompt")
    answer = grace.post(ADDRESS, given)
    assert answer.status_code == 409
    assert "No longer approved: the preset" in answer.content.decode()
    assert studio.live() == set()
    assert f"{ADDRESS}?migration={migration.id}" not in grace.get(INDEX).content.decode()


def test_what_nobody_approved_is_not_published(studio: Studio) -> None:
    migration, grace = studio.migration(), signed_in("grace")
    page = grace.get(f"{ADDRESS}?migration={migration.id}").content.decode()
    assert "Nobody has approved it yet." in page
    assert grace.post(ADDRESS, {"migration": migration.id}).status_code == 409


def test_a_migration_that_is_not_there_is_not_found(project: Any, people: Any) -> None:
    grace = signed_in("grace")
    for number in ("", "nothing", "%00", "\x00", "0" * 500):
        assert grace.post(ADDRESS, {"migration": number}).status_code == 404
        assert grace.get(ADDRESS, {"migration": number}).status_code == 404


def test_an_author_reads_the_page_and_does_not_publish(studio: Studio) -> None:
    migration = studio.approved()
    assert b"does not publish" in signed_in("ada").get(f"{ADDRESS}?migration={migration.id}").content
    assert signed_in("ada").post(ADDRESS, {"migration": migration.id}).status_code == 403
    assert signed_in("mallory").post(ADDRESS, {"migration": migration.id}).status_code == 404


def test_a_key_in_the_reason_is_refused_and_not_shown_again(studio: Studio) -> None:
    migration, key = studio.approved(), "hf_" + "a1B2" * 9
    answer = signed_in("grace").post(ADDRESS, {"migration": migration.id, "reason": f"with {key}"})
    assert answer.status_code == 422
    assert key not in answer.content.decode()
    assert Release.objects.count() == 0


def test_what_is_replaced_is_kept_as_a_snapshot(studio: Studio) -> None:
    studio.published()
    assert Snapshot.objects.count() == 0
    before = studio.live()
    studio.revise("Another prompt")
    migration = studio.approved()
    signed_in("grace").post(ADDRESS, {"migration": migration.id})
    kept = Snapshot.objects.get()
    assert {side["digest"] for side in kept.sides.values()} == before
    assert (kept.good, kept.automatic) == (True, True)
    assert Migration.objects.get(pk=migration.id).state == "published"
