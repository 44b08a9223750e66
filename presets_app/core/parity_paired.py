"""Whether one side is worse than the other over all pairs: paired, one-sided, against a margin that is stated.

Two takes of one shot cannot be compared picture by picture; what a viewer would miss, sharpness, motion, contrast, can
be compared pair by pair. "No difference was found" proves nothing on five pairs, so what is tested is the opposite:
that the right side is not worse than the left by more than the margin (non-inferiority, Wilcoxon's signed ranks).
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

ALPHA = 0.05
EXACT_UP_TO = 25  # pairs; beyond, the normal approximation errs by less than a thousandth
# Ratios of the right side to the left, and how far one may fall before a viewer sees it. Own choice, to be replaced by
# a team's judged pairs; motion may also grow no further than this.
MARGINS = {"sharpness_ratio": 0.85, "motion_ratio": 0.80, "contrast_ratio": 0.90}
NAMES = {"sharpness_ratio": "sharpness", "motion_ratio": "motion", "contrast_ratio": "contrast"}


@dataclass(frozen=True)
class Paired:
    """One measure over the pairs. `p` is the chance of such ranks were the right side worse by the margin; `word` is
    "not worse", "worse" or "not shown"."""

    measure: str
    pairs: int
    middle: float
    margin: float
    p: float
    word: str

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


def non_inferior(measure: str, ratios: Iterable[float], alpha: float = ALPHA) -> Paired | None:
    """Test ratios of right to left, one a pair, against the measure's margin; None without a usable ratio."""
    logs = [math.log(ratio) for ratio in ratios if ratio > 0 and math.isfinite(ratio)]
    if not logs:
        return None
    margin = math.log(MARGINS[measure])
    p = signed_rank([value - margin for value in logs])
    worse = signed_rank([margin - value for value in logs])
    word = "not worse" if p <= alpha else "worse" if worse <= alpha else "not shown"
    ordered = sorted(logs)
    middle = math.exp((ordered[(len(ordered) - 1) // 2] + ordered[len(ordered) // 2]) / 2)
    return Paired(measure, len(logs), round(middle, 4), MARGINS[measure], round(p, 6), word)


def signed_rank(differences: Sequence[float]) -> float:
    """The one-sided p of Wilcoxon's signed-rank test that the middle is not above 0. Zeros are left out, ties share
    their mean rank; exact up to 25 differences without ties."""
    kept = [value for value in differences if value]
    if not kept:
        return 1.0
    ranks, tied = _ranks([abs(value) for value in kept])
    above = sum(rank for rank, value in zip(ranks, kept, strict=True) if value > 0)
    count = len(kept)
    if not tied and count <= EXACT_UP_TO:
        return _exact(count, round(above))
    variance = sum(rank * rank for rank in ranks) / 4
    score = (above - count * (count + 1) / 4 - 0.5) / math.sqrt(variance)
    return 0.5 * math.erfc(score / math.sqrt(2))


def _ranks(values: Sequence[float]) -> tuple[list[float], bool]:
    order = sorted(range(len(values)), key=values.__getitem__)
    ranks, start, tied = [0.0] * len(values), 0, False
    while start < len(order):
        end = start
        while end + 1 < len(order) and values[order[end + 1]] == values[order[start]]:
            end += 1
        for place in order[start : end + 1]:
            ranks[place] = (start + end) / 2 + 1
        tied = tied or end > start
        start = end + 1
    return ranks, tied


def _exact(count: int, above: int) -> float:
    """How many of the 2**count sign patterns have a sum of positive ranks at least as large."""
    ways = [1] + [0] * (count * (count + 1) // 2)
    for rank in range(1, count + 1):
        for total in range(len(ways) - 1, rank - 1, -1):
            ways[total] += ways[total - rank]
    return float(sum(ways[above:]) / 2**count)


def sentence(found: Sequence[Paired]) -> str:
    """What the tests show together, for a person who decides on other takes; "" without tests."""
    if not found:
        return ""
    groups = {word: [NAMES[test.measure] for test in found if test.word == word] for word in ("worse", "not shown")}
    pairs = max(test.pairs for test in found)
    over = f"over {pairs} {'pair' if pairs == 1 else 'pairs'}"
    if groups["worse"]:
        return f"The right side is worse in {', '.join(groups['worse'])} {over}."
    if groups["not shown"]:
        return f"That the right side is not worse in {', '.join(groups['not shown'])} is not shown {over}."
    return f"The right side is not worse in {', '.join(NAMES[test.measure] for test in found)} {over}."
