"""The exact bound and the sequential test, against published tables and their own error rates."""

from __future__ import annotations

import random
from fractions import Fraction
from math import comb

import pytest

from presets_app.core.parity import Sequential, items_needed, max_bad, sentence


@pytest.mark.parametrize(
    ("batch", "sample", "failed", "expected"),
    [
        (100, 1, 0, 94),
        (100, 5, 0, 44),
        (100, 5, 1, 64),
        (200, 2, 0, 154),
        (200, 10, 0, 50),
        (200, 10, 1, 77),
        (500, 5, 0, 224),
        (500, 25, 0, 55),
        (500, 25, 1, 86),
        (1000, 10, 0, 257),
        (1000, 50, 0, 56),
        (1000, 50, 1, 89),
        (2000, 20, 0, 276),
        (2000, 100, 0, 57),
        (2000, 100, 1, 91),
        (5000, 50, 0, 289),
        (5000, 250, 0, 58),
        (5000, 250, 1, 92),
    ],
)
def test_the_bound_equals_the_hypergeometric_table(batch: int, sample: int, failed: int, expected: int) -> None:
    assert max_bad(batch, sample, failed) == expected


@pytest.mark.parametrize(
    ("batch", "needed"),
    [
        (100, (23, 39, 63)),
        (200, (26, 47, 90)),
        (500, (28, 54, 119)),
        (1000, (28, 56, 132)),
        (5000, (29, 58, 145)),
    ],
)
def test_the_sample_that_a_claim_needs_equals_the_table(batch: int, needed: tuple[int, int, int]) -> None:
    assert tuple(items_needed(batch, batch * percent // 100) for percent in (10, 5, 2)) == needed


def test_the_bound_is_the_last_that_is_not_rarer_than_five_percent() -> None:
    for batch, sample, failed in ((60, 15, 2), (37, 11, 0), (200, 59, 3)):
        worst = max_bad(batch, sample, failed)
        chances = [
            Fraction(sum(comb(bad, k) * comb(batch - bad, sample - k) for k in range(failed + 1)), comb(batch, sample))
            for bad in (worst, worst + 1)
        ]
        assert chances[0] > Fraction(1, 20) >= chances[1]


def test_the_sentence_says_what_could_still_be_bad() -> None:
    said = sentence(200, 10, 0)
    assert said.text == "0 of 10 failed: up to 50 of 200 could still be bad (95%)"
    assert said.as_json() == {
        "batch": 200,
        "sample": 10,
        "failed": 0,
        "max_bad": 50,
        "confidence": 0.95,
        "sentence": said.text,
    }


def test_a_whole_batch_leaves_no_doubt_and_no_sample_leaves_all() -> None:
    assert sentence(20, 20, 1).max_bad == 1
    assert sentence(20, 20, 1).text == "1 of 20 failed: the whole batch was compared"
    assert sentence(20, 0, 0).max_bad == 20
    assert "all 20 could be bad" in sentence(20, 0, 0).text


@pytest.mark.parametrize("numbers", [(10, 11, 0), (10, 5, 6), (0, 0, 0), (10, 5, -1)])
def test_numbers_that_contradict_each_other_are_refused(numbers: tuple[int, int, int]) -> None:
    with pytest.raises(ValueError, match="needed"):
        max_bad(*numbers)


def test_sequential_boundaries_equal_the_computed_ones() -> None:
    preset, watch = Sequential(), Sequential(p0=0.05, p1=0.20)
    assert [preset.accepts_at(failed) for failed in range(4)] == [16, 31, 47, 62]
    assert [preset.rejects_up_to(failed) for failed in range(1, 5)] == [0, 10, 25, 40]
    assert [watch.accepts_at(failed) for failed in range(4)] == [14, 23, 32, 41]
    assert [watch.rejects_up_to(failed) for failed in range(3, 6)] == [10, 19, 28]


@pytest.mark.parametrize(("share", "least", "most"), [(0.02, 0.95, 1.0), (0.15, 0.0, 0.12)])
def test_the_sequential_test_keeps_its_error_rates(share: float, least: float, most: float) -> None:
    """alpha .05 of refusing a 2% batch, beta .10 of accepting a 15% one, in 2,000 simulated checks."""
    dice, test = random.Random(20), Sequential()  # noqa: S311 - a repeatable simulation
    accepted = sum(_simulated(dice, test, share) == "accept" for _ in range(2000)) / 2000
    assert least <= accepted <= most


def _simulated(dice: random.Random, test: Sequential, share: float) -> str:
    sample = failed = 0
    while (said := test.decide(sample, failed)) == "continue":
        sample += 1
        failed += dice.random() < share
    return said
