"""Passes in a row: what counts as another observation."""

from __future__ import annotations

from typing import Any

from presets_app.core.parity_streak import Observed, streak


def seen(check: str, outcome: str = "pass", *, seeds: str = "10", pins: str = "a", cold: bool = False) -> Observed:
    drawn = frozenset((f"shot-{number}", seeds) for number in range(3))
    return Observed(check, outcome, (pins, pins), drawn, cold)


def row(*newest_first: Observed, needed: int = 2) -> Any:
    return streak(newest_first, needed)


def test_a_second_pass_counts_with_new_seeds_or_from_a_cold_start() -> None:
    assert row(seen("2", seeds="11"), seen("1")).checks == ("2", "1")
    assert row(seen("2", cold=True), seen("1")).met
    assert row(seen("2", "accepted", seeds="11"), seen("1")).met


def test_the_same_seeds_on_warm_sides_are_one_observation() -> None:
    again = row(seen("2"), seen("1", cold=True))
    assert (again.count, again.met) == (1, False)
    assert "same seeds" in again.text
    assert row(seen("3", seeds="11"), seen("2"), seen("1"), needed=3).count == 2


def test_a_check_that_did_not_pass_ends_the_row_and_one_that_was_not_measured_does_not() -> None:
    for outcome in ("fail", "inconclusive"):
        ended = row(seen("3"), seen("2", outcome), seen("1", seeds="11"))
        assert (ended.count, "check 2" in ended.text) == (1, True)
    assert row(seen("3"), seen("2", "error"), seen("1", seeds="11")).checks == ("3", "1")
    assert row(seen("2", "fail"), seen("1")).count == 0


def test_passes_with_other_pins_are_another_row() -> None:
    assert row(seen("2", seeds="11", pins="b"), seen("1")).count == 1


def test_one_pass_is_enough_where_the_policy_says_so() -> None:
    assert row(seen("1"), needed=1).met
    assert not row(needed=1).met
