"""Paired non-inferiority: exact p values, and error rates as stated."""

from __future__ import annotations

import random

import pytest

from presets_app.core.parity_paired import MARGINS, non_inferior, sentence, signed_rank


def test_exact_p_values_equal_the_published_table() -> None:
    """Five of five in one direction: 1 / 32. Of Wilcoxon's table: n = 10, W = 10 at 0.042; n = 8, W = 5 at 0.039."""
    assert signed_rank([1, 2, 3, 4, 5]) == pytest.approx(1 / 32)
    assert signed_rank([-1, -2, -3, -4, 5, 6, 7, 8, 9, 10]) == pytest.approx(0.0420, abs=0.0002)
    assert signed_rank([-5, 1, 2, 3, 4, 6, 7, 8]) == pytest.approx(0.0391, abs=0.0002)
    assert signed_rank([0.0]) == 1.0


def test_many_pairs_and_ties_agree_with_the_exact_answer() -> None:
    dice = random.Random(3)  # noqa: S311 - a repeatable simulation
    values = [dice.gauss(0.3, 1) for _ in range(24)]
    twice = signed_rank([*values, *(value + 1e-9 for value in values)])
    assert 0 < twice < signed_rank(values)
    assert signed_rank([1.0] * 10) < 0.01


def test_a_side_exactly_as_bad_as_the_margin_is_let_through_no_oftener_than_stated() -> None:
    dice = random.Random(9)  # noqa: S311 - a repeatable simulation
    checks, let_through = 600, 0
    for _ in range(checks):
        found = non_inferior(
            "sharpness_ratio", [MARGINS["sharpness_ratio"] * 1.1 ** dice.gauss(0, 1) for _ in range(15)]
        )
        let_through += found is not None and found.word == "not worse"
    assert let_through / checks <= 0.05 + 3 * (0.05 * 0.95 / checks) ** 0.5


def test_an_equal_side_is_shown_not_to_be_worse_and_a_dull_one_to_be() -> None:
    dice = random.Random(4)  # noqa: S311 - a repeatable simulation
    equal, dull = ([level * 1.03 ** dice.gauss(0, 1) for _ in range(15)] for level in (1.0, 0.6))
    assert non_inferior("sharpness_ratio", equal).word == "not worse"
    assert non_inferior("sharpness_ratio", dull).word == "worse"


def test_too_few_pairs_show_nothing_and_it_says_so() -> None:
    found = non_inferior("motion_ratio", [1.0, 1.01, 0.99])
    assert found.word == "not shown"
    assert sentence([found]) == "That the right side is not worse in motion is not shown over 3 pairs."
    assert non_inferior("motion_ratio", [0.0, float("nan")]) is None
    assert sentence([]) == ""
