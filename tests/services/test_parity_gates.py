"""A gate on trial says what it would do, and decides once it has been judged on enough pairs."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from presets_app.core.gates import FIRST
from presets_app.core.parity import CODES
from presets_app.queries import parity_gates
from presets_app.services import projects
from tests.support.people import People
from tests.support.released import Studio, signed_in, studio

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.services]


@pytest.fixture
def made(project: Any, people: People, redis_url: str, tmp_path: Path) -> Studio:
    return studio(project, people, tmp_path)


def test_every_gate_of_this_release_decides_from_the_beginning() -> None:
    assert set(CODES) <= FIRST


def test_it_decides_only_after_enough_pairs(made: Studio) -> None:
    policy = {"dry_run": ["content_differs"], "trial_pairs": 2}
    projects.change_policy(made.project, made.people.olu, policy, "A new gate.")
    made.project.refresh_from_db()
    dry = made.check(same=False)
    said = {reason["severity"] for pair in dry.pairs.all() for reason in pair.reasons}
    assert "fail" not in said
    assert dry.rules["on_trial"] == ["content_differs"]
    assert "dry run" in signed_in("vic").get(f"/p/studio/parity/{dry.id}").content.decode()
    (trial,) = parity_gates.trials(made.project)
    assert (trial.judged, trial.needed, trial.over) == (2, 2, True)
    decided = made.check(same=False)
    assert decided.rules["on_trial"] == []
    assert {"fail", "ask"} & {reason["severity"] for pair in decided.pairs.all() for reason in pair.reasons}


def test_a_policy_takes_error_rates_that_are_some_and_no_others() -> None:
    from presets_app.core import policy

    assert policy.problems({"sequential": {"p0": 0.05, "p1": 0.2}, "trial_pairs": 5}) == []
    for wrong in ({"p0": 0.3, "p1": 0.2}, {"alpha": 0.7}, {"other": 0.1}, {"p0": "x"}, 3):
        assert [fault.code for fault in policy.problems({"sequential": wrong})] == ["policy_value_invalid"]
