"""A check's verdict from its rows, and the rows' judgements from what was measured or not rendered."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from typing import Any

from presets_app.core import parity, parity_review
from presets_app.core.parity import PairJudgement
from presets_app.core.problems import Failure
from presets_app.models import Check, Item, Pair


def of(
    check: Check,
    pairs: list[Pair],
    rules: dict[str, Any],
    decisions: dict[str, str] | None = None,
    ticked: Collection[str] = (),
) -> dict[str, Any]:
    """{verdict, sentence, reasons, counts, requirements, bound, more} of the pairs as they were judged, and as people
    decided where `decisions` (input key to accept or reject) and `ticked` (areas) are given."""
    found = parity.judge([judgement(pair) for pair in pairs], check.plan, rules, decisions=decisions).as_json()
    found = parity_review.held(found, str(check.review.get("why", "")), ticked)
    return {**found, "sentence": found["sentence"][:1].upper() + found["sentence"][1:]}


def judgement(pair: Pair) -> PairJudgement:
    """The judgement that a row keeps."""
    reasons = tuple(pair.reasons)
    return PairJudgement(
        pair.key, pair.pair_class, reasons, pair.primary, pair.severity, pair.needs_person, pair.preview
    )


def unrendered(pair: Pair) -> PairJudgement:
    """A pair with a side that was not rendered: it cannot be measured, and its failures say why."""
    return parity.unrendered(
        [_failure(item) for item in (pair.left, pair.right) if item.state != "done"], key=pair.key, preview=pair.preview
    )


def _failure(item: Item) -> Failure:
    if item.failure:
        return Failure.from_json(item.failure)
    return Failure("unknown", f"item_{item.state}", "after_change", f"This side was not rendered: it is {item.state}.")


def cause(pairs: list[Pair]) -> str:
    """The commonest cause among failed renders, "" when every input was rendered."""
    kept = [item.failure["cause"] for pair in pairs for item in (pair.left, pair.right) if item.failure]
    found = Counter(kept).most_common(1)
    return str(found[0][0]) if found else ""
