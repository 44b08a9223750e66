"""Approving: what exactly, by whom, and what happens when it is no longer that."""

from __future__ import annotations

import html
import re
from typing import Any

import pytest
from django.test import Client

from presets_app.models import Approval, Check, Migration
from presets_app.services import approvals, decisions, preset_migrations
from tests.support.released import Studio, signed_in

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.services]


def address(migration: Migration) -> str:
    return f"/p/studio/migrations/{migration.id}/approve"


def binding(page: str) -> str:
    found = re.search(r'name="binding" value="([^"]*)"', page)
    assert found
    return html.unescape(found[1])


def shown(client: Client, migration: Migration) -> str:
    return client.get(address(migration)).content.decode()


def test_every_digest_is_named_and_the_yes_is_bound_to_them(studio: Studio) -> None:
    migration, grace = studio.migration(), signed_in("grace")
    page = shown(grace, migration)
    now = approvals.current_digests(migration)
    for value in (now["document"], now["evidence"], now["policy"], *now["manifests"].values()):
        assert f'title="{value}"' in page
    answer = grace.post(address(migration), {"binding": binding(page), "reason": "I looked."})
    assert (answer.status_code, answer["Location"]) == (303, f"/p/studio/migrations/{migration.id}")
    given = Approval.objects.get()
    assert (given.by, given.reason, given.digests) == ("grace", "I looked.", now)


def test_a_change_after_the_page_was_opened_is_told_and_nothing_is_approved(studio: Studio) -> None:
    migration, grace = studio.migration(), signed_in("grace")
    old = binding(shown(grace, migration))
    before = studio.preset.digest
    studio.revise("Changed behind her back")
    answer = grace.post(address(migration), {"binding": old, "reason": "I looked."})
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "your approval was not recorded" in page
    assert f'title="{before}"' in page
    assert f'title="{studio.preset.digest}"' in page
    assert "newer revision than this migration" in page
    assert Approval.objects.count() == 0


def test_after_new_pins_the_page_names_them_and_the_second_yes_counts(studio: Studio) -> None:
    from presets_app.services import manifests
    from tests.support import project as support

    migration, grace = studio.migration(), signed_in("grace")
    old = binding(shown(grace, migration))
    support.tell(studio.left, support.answer(torch="2.14.0"))
    manifests.pin(studio.preset, studio.left, studio.people.ada)
    answer = grace.post(address(migration), {"binding": old, "reason": "Kept words."})
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "pins, Local runner" in page
    assert "Kept words." in page
    assert grace.post(address(migration), {"binding": binding(page), "reason": "Again."}).status_code == 303


def test_a_form_without_what_was_seen_approves_nothing(studio: Studio) -> None:
    migration, grace = studio.migration(), signed_in("grace")
    unread = (
        "",
        "{",
        "[]",
        "null",
        '{"manifests": 3}',
        "[" * 9000,
        "\x00",
        "{}",
        '{"document": {"a": []}}',
        "9" * 5000,
    )
    for carried in unread:
        assert grace.post(address(migration), {"binding": carried, "reason": "x"}).status_code == 409
    assert Approval.objects.count() == 0


def test_the_author_cannot_and_neither_can_who_opened_it(studio: Studio) -> None:
    migration = studio.migration()
    page = shown(signed_in("ada"), migration)
    assert "<textarea" not in page.split("What you approve")[1]
    given = {"binding": binding(page), "reason": "Mine."}
    assert signed_in("ada").post(address(migration), given).status_code == 403
    Migration.objects.filter(pk=migration.pk).update(opened_by="grace")
    refused = signed_in("grace").post(address(migration), given)
    assert refused.status_code == 403
    assert b"Whoever made the change cannot approve it" in refused.content
    assert Approval.objects.count() == 0


def test_the_same_yes_is_given_once(studio: Studio) -> None:
    migration, grace = studio.migration(), signed_in("grace")
    given = {"binding": binding(shown(grace, migration)), "reason": "Yes."}
    assert grace.post(address(migration), given).status_code == 303
    assert grace.post(address(migration), given).status_code == 409
    assert Approval.objects.count() == 1


def test_a_closed_migration_has_nothing_left_to_approve(studio: Studio) -> None:
    migration, grace = studio.opened(), signed_in("grace")
    carried = binding(shown(grace, migration))
    preset_migrations.withdraw(migration, studio.people.ada, "Not now.")
    assert "This migration is withdrawn: there is nothing left to approve." in shown(grace, migration)
    answer = grace.post(address(migration), {"binding": carried, "reason": "Yes."})
    assert answer.status_code == 409
    assert Approval.objects.count() == 0


def test_an_unfinished_checklist_is_not_approved(studio: Studio) -> None:
    migration, grace = studio.migration(ticked=False), signed_in("grace")
    page = shown(grace, migration)
    assert "Checklist rows that are not done" in page
    answer = grace.post(address(migration), {"binding": binding(page)})
    assert answer.status_code == 409
    assert b"The checklist is not finished" in answer.content


@pytest.fixture
def undecided(studio: Studio) -> Check:
    """A check whose numbers do not settle it, decided by Ada."""
    check = studio.check(same=False)
    check.pairs.update(pair_class="other_take", verdict="inconclusive", needs_person=True)
    Check.objects.filter(pk=check.pk).update(verdict="inconclusive", outcome="inconclusive", undecided=2)
    check.refresh_from_db()
    decisions.decide_all(check, studio.people.ada, "accept", "Another take of the same shot.", expected=2)
    check.refresh_from_db()
    return check


def test_what_the_numbers_do_not_settle_takes_a_written_reason(studio: Studio, undecided: Check) -> None:
    migration, grace = studio.migration(undecided), signed_in("grace")
    page = shown(grace, migration)
    assert "although the numbers do not settle it" in page
    seen = {"binding": binding(page)}
    for given in ({}, {"override": "on"}, {"reason": "It is fine."}, {"override": "on", "reason": " "}):
        answer = grace.post(address(migration), {**seen, **given})
        assert answer.status_code == 422
        assert given.get("reason", "") in answer.content.decode()
    assert Approval.objects.count() == 0
    assert grace.post(address(migration), {**seen, "override": "on", "reason": "It is fine."}).status_code == 303
    assert Approval.objects.get().reason == "It is fine."


def test_a_decision_after_the_page_was_opened_is_a_change(studio: Studio, undecided: Check) -> None:
    migration, grace = studio.migration(undecided), signed_in("grace")
    old = binding(shown(grace, migration))
    pair = undecided.pairs.order_by("position")[0]
    decisions.decide(undecided, studio.people.ada, pair.key, "reject", "On second thought.")
    answer = grace.post(address(migration), {"binding": old, "reason": "Fine.", "override": "on"})
    assert answer.status_code == 409
    assert b"decisions on pairs" in answer.content


def test_the_queries_are_bounded(studio: Studio, django_assert_max_num_queries: Any) -> None:
    migration, grace = studio.migration(), signed_in("grace")
    with django_assert_max_num_queries(60):
        grace.get(address(migration))
