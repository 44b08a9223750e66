"""One check's verdict from its pairs, a person's decisions and the sample."""

from __future__ import annotations

from typing import Any

import pytest

from presets_app.core.parity import PairJudgement, Verdict, judge, unrendered
from presets_app.core.problems import Failure
from presets_app.core.sampling import plan

LATE = {"code": "time_shift", "severity": "fail", "message": "The right side is 1 frame late.", "place": None}
UNSURE = {"code": "content_differs", "severity": "ask", "message": "A person decides.", "place": None}


def good(key: str, **more: Any) -> PairJudgement:
    return PairJudgement(key, "same", (), {}, 0.02, False, **more)


def bad(key: str, **more: Any) -> PairJudgement:
    return PairJudgement(key, "different", (LATE,), {}, 3.1, False, **more)


def unsure(key: str) -> PairJudgement:
    return PairJudgement(key, "other_take", (UNSURE,), {}, 2.5, True)


def lost(key: str) -> PairJudgement:
    return unrendered([Failure("service", "upstream_500", "later", "The service answered 500.")], key=key)


def check(*groups: list[PairJudgement], batch: int = 200, n: int = 30, **more: Any) -> Verdict:
    signed = {"override": n, "override_by": "Ada", "override_reason": "a test"}
    return judge([pair for group in groups for pair in group], plan(batch, 5, **signed), **more)


def many(make: Any, count: int, prefix: str = "a") -> list[PairJudgement]:
    return [make(f"{prefix}{number}") for number in range(count)]


def codes(verdict: Verdict) -> list[str]:
    return [reason["code"] for reason in verdict.reasons]


def test_enough_good_pairs_pass_with_the_honest_sentence() -> None:
    said = check(many(good, 30))
    assert (said.verdict, said.sentence) == ("pass", "0 of 30 failed: up to 17 of 200 could still be bad (95%)")
    assert all(rule["met"] for rule in said.requirements)


def test_too_few_measured_pairs_are_inconclusive_and_say_how_many_more() -> None:
    said = check(many(good, 25))
    assert (said.verdict, said.more, codes(said)) == ("inconclusive", 5, ["sample_short"])


def test_one_failure_extends_the_sample_instead_of_ending_it() -> None:
    said = check(many(good, 29), [bad("b")])
    assert (said.verdict, said.more) == ("inconclusive", 1)
    assert codes(said) == ["extend_sample", "time_shift"]
    assert check(many(good, 30), [bad("b")], n=31).verdict == "pass"


def test_two_failures_of_ten_refuse_the_batch() -> None:
    said = check(many(good, 8), many(bad, 2, "b"), n=10)
    assert (said.verdict, codes(said)) == ("fail", ["time_shift"])
    assert said.reasons[0]["pairs"] == 2
    assert said.reasons[0]["keys"] == ["b0", "b1"]


def test_a_failure_in_a_batch_that_was_compared_whole_fails() -> None:
    assert check(many(good, 11), [bad("b")], batch=12, n=12).verdict == "fail"


def test_other_takes_wait_for_a_person_and_count_once_accepted() -> None:
    pairs = many(unsure, 4)
    waiting = check(pairs, n=4)
    assert (waiting.verdict, codes(waiting)) == ("inconclusive", ["waiting_for_person", "content_differs"])
    assert waiting.sentence == "nothing is shown yet about the 200; 4 pairs wait for a person"
    accepted = check(pairs, n=4, decisions={pair.key: "accept" for pair in pairs})
    assert (accepted.verdict, accepted.counts["accepted"], codes(accepted)) == ("pass", 4, [])
    rejected = check(pairs, n=4, decisions={"a0": "reject", "a1": "reject", "a2": "accept", "a3": "accept"})
    assert (rejected.verdict, rejected.counts["rejected"]) == ("fail", 2)


def test_nobody_can_accept_a_fault() -> None:
    assert check(many(bad, 3), n=3, decisions={"a0": "accept", "a1": "accept", "a2": "accept"}).verdict == "fail"


def test_errors_are_counted_apart_and_too_many_of_them_are_an_error() -> None:
    few = check(many(good, 30), [lost("x")], n=30)
    assert (few.verdict, few.counts["errors"], few.counts["sample"]) == ("pass", 1, 30)
    assert few.sentence.endswith("; 1 could not be measured")
    many_lost = check(many(good, 20), many(lost, 10, "x"))
    assert (many_lost.verdict, codes(many_lost)[0]) == ("error", "too_many_errors")
    assert check(many(lost, 3, "x"), n=3).verdict == "error"


def test_the_policy_says_how_many_errors_are_allowed() -> None:
    assert check(many(good, 30), many(lost, 5, "x"), n=30, policy={"error_share": 0.5}).verdict == "pass"


def test_preview_pairs_support_no_bound_and_must_not_fail() -> None:
    shown = [good("p", preview=True)]
    assert check(many(good, 30), shown).counts["sample"] == 30
    assert check(many(good, 29), shown).verdict == "inconclusive"
    spoiled = check(many(good, 30), [bad("p", preview=True)])
    assert (spoiled.verdict, codes(spoiled)[0]) == ("fail", "preview_failed")


def test_a_plan_that_names_its_pairs_counts_exactly_those() -> None:
    said = judge([good("a", preview=True), good("b", preview=True)], {"batch": 2, "n": 2, "drawn": ["a", "b"]})
    assert (said.verdict, said.sentence) == ("pass", "0 of 2 failed: the whole batch was compared")


def test_an_override_below_the_standard_is_shown_with_its_person() -> None:
    rule = next(rule for rule in check(many(good, 5), n=5).requirements if rule["name"] == "standard")
    assert (rule["met"], rule["text"]) == (False, "Ada set 5 instead of 30: a test")


@pytest.mark.parametrize("count", [0, 1, 5])
def test_nothing_but_errors_never_passes(count: int) -> None:
    assert check(many(lost, count), n=5).verdict == "error"
