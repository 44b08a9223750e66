from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from presets_app.management import waiting
from presets_app.queries import projects
from presets_app.services import parity_flow
from tests.management.conftest import Answered, Manage
from tests.support.project import add_local, freeze
from tests.support.rendered import clip, fail, finish_all, judge

pytestmark = pytest.mark.django_db(transaction=True)
BECAUSE = ("--reason", "One is enough here")


@pytest.fixture
def sides(manage: Manage, saved: Any, local: Any, people: Any, redis_url: str) -> Any:
    """A preset pinned on two local targets, and a batch of 20."""
    add_local(saved.project, people.olu, slug="second")
    for target in ("local", "second"):
        assert manage("manifests", "capture", saved.slug, target, "--no-probe", "--as", "ada").code == 0
    freeze(saved.project, people.ada, 20)
    return saved


def start(manage: Manage, preset: Any, *more: str) -> Answered:
    sides = ("--left", "local", "--right", "second", "--inputs", "batch", "--seed", "5")
    return manage("parity", "check", preset.slug, *sides, *more)


def test_a_check_draws_what_the_standard_asks_for_and_the_same_seed_draws_the_same(manage: Manage, sides: Any):
    first, second = start(manage, sides), start(manage, sides)
    assert first.value["plan"]["n"] == 15
    assert (first.value["state"], first.value["left"]["total"], len(first.value["pairs"])) == ("rendering", 15, 15)
    assert first.value["plan"]["drawn"] == second.value["plan"]["drawn"]
    assert manage("parity", "list").value["checks"][0]["id"] == second.value["id"]


def test_the_minimum_is_overridden_by_a_named_approver_with_a_reason(manage: Manage, sides: Any):
    assert start(manage, sides, "--override", "1", *BECAUSE).codes == ["person_missing"]
    assert start(manage, sides, "--override", "1", *BECAUSE, "--as", "ada").codes == ["not_permitted"]
    assert start(manage, sides, "--override", "1", "--as", "grace").codes == ["override_unsigned"]
    given = start(manage, sides, "--override", "1", *BECAUSE, "--as", "grace")
    assert (given.code, given.value["plan"]["n"], given.value["plan"]["override_by"]) == (0, 1, "Grace")
    assert len(manage("runs", "list").value["runs"]) == 2


def test_a_target_is_not_compared_with_itself(manage: Manage, sides: Any):
    refused = manage("parity", "check", sides.slug, "--left", "local", "--right", "local", "--inputs", "batch")
    assert (refused.code, refused.codes) == (1, ["same_target"])


def test_the_same_frames_on_both_sides_pass_and_more_can_be_drawn(manage: Manage, sides: Any, tmp_path: Path):
    started = start(manage, sides, "--override", "1", *BECAUSE, "--as", "grace").value
    judge(projects.check(sides.project, started["id"]), tmp_path)
    shown = manage("parity", "show", started["id"]).value
    assert (shown["verdict"], shown["outcome"], shown["pairs"][0]["class"]) == ("pass", "pass", "identical")
    assert shown["evidence"]
    refused = manage("parity", "decide", started["id"], shown["pairs"][0]["key"], "accept", *BECAUSE, "--as", "ada")
    assert (refused.code, refused.codes) == (1, ["pair_is_clear"])
    more = manage("parity", "extend", started["id"], "2")
    assert (more.code, more.value["state"], len(more.value["pairs"])) == (0, "rendering", 3)
    judged = judge(projects.check(sides.project, started["id"]), tmp_path)
    assert judged.verdict == "pass"
    assert manage("parity", "extend", started["id"], "99").value["left"]["total"] == 20


def test_other_takes_wait_for_a_person_who_gives_a_reason(manage: Manage, sides: Any, tmp_path: Path):
    started = start(manage, sides, "--override", "1", *BECAUSE, "--as", "grace").value
    check = judge(projects.check(sides.project, started["id"]), tmp_path, same=False)
    pair = check.pairs.get()
    if not pair.needs_person:  # two drawn scenes may be too far apart to be takes of one shot
        type(pair).objects.filter(pk=pair.pk).update(needs_person=True, pair_class="other_take", reasons=[])
        type(check).objects.filter(pk=check.pk).update(verdict="inconclusive")
    decide = ("parity", "decide", check.id, pair.key)
    assert manage(*decide, "accept", "--as", "ada").codes == ["reason_missing"]
    assert manage(*decide, "accept", "--reason", "Same look", "--as", "vic").codes == ["not_permitted"]
    accepted = manage(*decide, "accept", "--reason", "Same look", "--as", "ada")
    assert (accepted.value["decision"], accepted.value["outcome"]) == ("accept", "accepted")
    undone = manage(*decide, "undo", "--reason", "Too fast", "--as", "ada")
    assert (undone.value["decision"], undone.value["outcome"]) == ("", "inconclusive")
    rejected = manage(*decide, "reject", "--reason", "Other hair", "--as", "grace")
    assert rejected.value["outcome"] == "inconclusive"  # one failure asks for more; it does not end the check
    assert manage("parity", "show", check.id).value["standing"]["more"] > 0
    told = [(row["choice"], row["by"]) for row in manage("parity", "show", check.id).value["decisions"]]
    assert told == [("accept", "ada"), ("undo", "ada"), ("reject", "grace")]


def test_a_service_that_fails_is_named_as_the_cause(manage: Manage, sides: Any, tmp_path: Path):
    started = start(manage, sides, "--override", "1", *BECAUSE, "--as", "grace").value
    check = projects.check(sides.project, started["id"])
    finish_all(check.left, clip(tmp_path))
    fail(check.right.items.get())
    told: list[str] = []

    def say(text: str) -> None:
        told.append(text)
        if text.startswith("judging"):
            parity_flow.judge(check.id)

    waiting.for_check(check, say, 20)
    assert told[-1].startswith("judged")
    shown = manage("parity", "show", check.id).value
    assert (shown["verdict"], shown["cause"]) == ("error", "service")
