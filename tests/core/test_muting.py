from __future__ import annotations

from typing import Any

import pytest

from presets_app.core import muting, policy
from presets_app.core.problems import Problem

ABOUT = {"reason": "chosen on purpose", "by": "grace", "at": "2026-11-20T10:00:00+00:00"}
WARNING = Problem("flow_shift", "warning", "/stages/0/shift", "x")
NOTE = Problem("audio_harsh", "note", "/audio/generate", "x")


def codes(problems: list[Problem]) -> list[str]:
    return [problem.code for problem in problems]


def test_a_code_is_turned_off_for_the_project_or_for_one_preset():
    held = {"muted": {"flow_shift": ABOUT, "audio_harsh@harbour": ABOUT}}
    shown, off = muting.parted([WARNING, NOTE], held, "harbour")
    assert shown == []
    assert [(entry.problem.code, entry.mute.preset) for entry in off] == [
        ("flow_shift", ""),
        ("audio_harsh", "harbour"),
    ]
    assert codes(muting.parted([WARNING, NOTE], held, "puppet")[0]) == ["audio_harsh"]


@pytest.mark.parametrize("code", ["frames_rule", "secret_found", "secret_in_environment", "schema_type"])
def test_an_error_and_a_secret_are_always_shown(code: str):
    problem = Problem(code, "error", "/x", "x")
    assert muting.parted([problem], {"muted": {code: ABOUT}}) == ([problem], [])


@pytest.mark.parametrize(
    "code", ["secret_found", "secret_x", "schema_type", "json_invalid", "", "Flow Shift", "a@b", "x" * 90]
)
def test_what_cannot_be_turned_off_is_known_by_its_code(code: str):
    assert not muting.can_be_muted(code)
    assert muting.mutes({"muted": {code: ABOUT}}) == [] or "@" in code


@pytest.mark.parametrize(
    "held", [{}, {"muted": None}, {"muted": []}, {"muted": {"flow_shift": "x", "a@": {}}}, {"muted": {"": {}}}]
)
def test_a_policy_of_another_shape_turns_nothing_off(held: Any):
    assert codes(muting.parted([WARNING], held)[0]) == ["flow_shift"]


def test_what_is_turned_off_is_no_part_of_what_approvals_bind_to():
    assert policy.version({**policy.DEFAULT, "muted": {"flow_shift": ABOUT}}) == policy.version(None)
    assert policy.version({**policy.DEFAULT, "streak": 3}) != policy.version(None)
    assert [problem.code for problem in policy.problems({"muted": {}})] == ["policy_unknown_setting"]
