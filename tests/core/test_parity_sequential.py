"""A whole check, drawn, failed, extended and judged again, many times over: the stated error rates hold."""

from __future__ import annotations

import random
from functools import cache

import pytest

from presets_app.core.parity import PairJudgement, Verdict, judge

CHECKS, BATCH, FIRST = 300, 400, 30
LATE = {"code": "time_shift", "severity": "fail", "message": "Late.", "place": None}


@cache
def pair(key: str, bad: bool) -> PairJudgement:
    return PairJudgement(key, "different" if bad else "same", (LATE,) if bad else (), {}, 3.0 if bad else 0.0, False)


def worked_off(dice: random.Random, share: float) -> tuple[Verdict, int]:
    """One check followed until it says pass or fail, taking as many more items as it asks for; and how many it took."""
    order = dice.sample(range(BATCH), BATCH)
    bad, taken = round(share * BATCH), FIRST
    while True:
        pairs = [pair(str(number), number < bad) for number in order[:taken]]
        said = judge(pairs, {"batch": BATCH, "n": taken, "drawn": [found.key for found in pairs]})
        if said.verdict != "inconclusive":
            return said, taken
        assert said.more > 0, "a check that cannot decide says how many more it needs"
        taken += said.more


@pytest.mark.parametrize(
    ("share", "wrong", "rate"), [(0.02, "fail", 0.05), (0.15, "pass", 0.10)], ids=["a fine batch", "a bad batch"]
)
def test_a_check_keeps_its_stated_error_rates(share: float, wrong: str, rate: float) -> None:
    """alpha of refusing a batch with 2 % bad items, beta of accepting one with 15 %; three standard errors of room."""
    dice = random.Random(20)  # noqa: S311 - a repeatable simulation
    ended = [worked_off(dice, share) for _ in range(CHECKS)]
    mistaken = sum(said.verdict == wrong for said, _ in ended) / CHECKS
    assert mistaken <= rate + 3 * (rate * (1 - rate) / CHECKS) ** 0.5
    assert sum(taken for _, taken in ended) / CHECKS < 60


def test_one_failure_sends_a_fine_batch_back_far_less_often_than_zero_failures_allowed_would() -> None:
    """With zero allowed in 30, 45 % of checks of a batch with 2 % bad items would fail: 0.98 ** 30 = 0.545."""
    dice = random.Random(7)  # noqa: S311 - a repeatable simulation
    passed = sum(worked_off(dice, 0.02)[0].verdict == "pass" for _ in range(60)) / 60
    assert passed > 0.9
