"""A minute of the calibration: the suite runs, plants what it says, and the comparison holds its promises."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

import pytest

pytestmark = [pytest.mark.journey, pytest.mark.timeout(900), pytest.mark.xdist_group("calibration")]
COMMAND = [sys.executable, "-m", "tests.calibration", "--quick", "--json"]


@pytest.fixture(scope="module")
def quick() -> dict[str, Any]:
    ended = subprocess.run(COMMAND, capture_output=True, check=False, timeout=800)
    assert ended.returncode in {0, 1}, ended.stderr.decode()[-2000:]
    result: dict[str, Any] = json.loads(ended.stdout)
    return result


def test_no_benign_change_fails(quick: dict[str, Any]) -> None:
    failed = [case for case in quick["cases"] if case["kind"] == "benign" and case["outcome"] == "failed"]
    assert [(case["base"], case["change"], case["said"]) for case in failed] == []


def test_hardly_a_harmful_change_passes(quick: dict[str, Any]) -> None:
    """All are to be caught; the full run tells which are not yet."""
    harmful = [case for case in quick["cases"] if case["kind"] == "harmful"]
    missed = [(case["base"], case["change"]) for case in harmful if case["outcome"] == "missed"]
    assert len(missed) <= 0.05 * len(harmful), missed


def test_most_harmful_changes_get_their_own_code(quick: dict[str, Any]) -> None:
    harmful = [case for case in quick["cases"] if case["kind"] == "harmful"]
    misnamed = [(case["base"], case["change"], case["said"]) for case in harmful if case["outcome"] == "other_code"]
    assert len(misnamed) <= 0.05 * len(harmful), misnamed


def test_both_sets_and_both_kinds_are_planted(quick: dict[str, Any]) -> None:
    planted = {(case["set"], case["kind"]) for case in quick["cases"]}
    assert planted >= {(set_, kind) for set_ in ("tuning", "held-out") for kind in ("benign", "harmful")}


def test_the_sets_share_no_clip() -> None:
    from tests.calibration.bases import BASES

    scenes = {set_: {base.scene for base in BASES if base.set == set_} for set_ in ("tuning", "held-out")}
    assert not scenes["tuning"] & scenes["held-out"]
    assert len({(base.set, base.name) for base in BASES}) == len(BASES)
