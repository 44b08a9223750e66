"""What a check must show before it can carry an approval."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from presets_app.core.errors import Conflict
from presets_app.models import Check, Item
from presets_app.queries import parity_streak, waiting
from presets_app.services import approvals, decisions, parity, projects
from tests.support.people import People
from tests.support.released import Studio, signed_in, studio
from tests.support.rendered import judge

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.services]


@pytest.fixture
def made(project: Any, people: People, redis_url: str, tmp_path: Path) -> Studio:
    return studio(project, people, tmp_path)


def repeated(made: Studio, check: Check, **how: Any) -> Check:
    """The check once more, rendered by sides that were warm."""
    again = parity.again(check, made.people.grace, **how)
    judged = judge(again, made.folder)
    Item.objects.filter(run__in=(judged.left, judged.right)).update(warm=True)
    return judged


def test_two_passes_are_asked_for_and_the_same_seeds_again_are_none(made: Studio) -> None:
    made.project.refresh_from_db()
    projects.change_policy(made.project, made.people.olu, {"streak": 2}, "Two in a row from now on.")
    first = made.check()
    migration = made.migration(first)
    with pytest.raises(Conflict, match="1 of 2 passes") as refused:
        approvals.refuse_unready(migration, approvals.current_digests(migration))
    assert refused.value.code == "streak_short"
    assert "1 of 2 passes in a row." in signed_in("grace").get(f"/p/studio/migrations/{migration.id}").content.decode()
    assert [item["verb"] for item in waiting.items(made.project, made.people.grace)] == []
    assert "1 of 2 passes" in waiting.items(made.project, made.people.ada)[0]["sentence"]
    page = signed_in("ada").get(f"/p/studio/parity/{first.id}").content.decode()
    assert page.count("Again with new seeds") == 2
    same = repeated(made, first, fresh=False)
    assert set(same.left.items.values_list("seeds", flat=True)) == set(first.left.items.values_list("seeds", flat=True))
    assert parity_streak.of_check(same).count == 1
    other = repeated(made, first)
    row = parity_streak.of_check(other)
    assert (row.met, row.checks) == (True, (other.id, same.id))
    assert not set(other.left.items.values_list("seeds", flat=True)) & {"10"}
    with pytest.raises(Conflict) as superseded:
        approvals.refuse_unready(migration, approvals.current_digests(migration))
    assert superseded.value.code == "check_superseded"
    standing = made.migration(other)
    approvals.refuse_unready(standing, approvals.current_digests(standing))
    assert "Approve" in [item["verb"] for item in waiting.items(made.project, made.people.grace)]


def test_a_rejected_pair_asks_for_more_items_before_anything_is_approved(made: Studio) -> None:
    check = made.check()
    check.pairs.update(pair_class="other_take", verdict="inconclusive", needs_person=True, reasons=[])
    Check.objects.filter(pk=check.pk).update(verdict="inconclusive")
    for key, choice in zip(check.plan["drawn"], ("accept", "reject"), strict=True):
        check.refresh_from_db()
        decisions.decide(check, made.people.ada, key, choice, "Looked at it.")
    check.refresh_from_db()
    assert (check.outcome, check.undecided, check.standing["counts"]["rejected"]) == ("inconclusive", 0, 1)
    migration = made.migration(check)
    with pytest.raises(Conflict) as refused:
        approvals.refuse_unready(migration, approvals.current_digests(migration))
    assert (refused.value.code, "more items" in refused.value.problems[0].hint) == ("sample_open", True)
