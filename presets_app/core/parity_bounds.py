"""What a sample can say about its batch: the exact hypergeometric bound, and Wald's sequential boundaries.

Pure integer arithmetic for the bound, so that it is the same on every machine.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction

CONFIDENCE = 0.95


@dataclass(frozen=True)
class Sentence:
    """What `failed` bad pairs among `sample` drawn from `batch` prove. `max_bad` counts the failed ones too."""

    batch: int
    sample: int
    failed: int
    max_bad: int
    confidence: float
    text: str

    def as_json(self) -> dict[str, int | float | str]:
        return {
            "batch": self.batch,
            "sample": self.sample,
            "failed": self.failed,
            "max_bad": self.max_bad,
            "confidence": self.confidence,
            "sentence": self.text,
        }


def max_bad(batch: int, sample: int, failed: int, confidence: float = CONFIDENCE) -> int:
    """The most bad items the batch can hold with more than a 1 - confidence chance of `failed` or fewer in the sample.

    One-sided, exact for drawing without replacement. Raises ValueError when the numbers contradict each other.
    """
    if not (0 <= failed <= sample <= batch and batch >= 1):
        raise ValueError("0 <= failed <= sample <= batch is needed, with a batch of at least 1")
    if not 0 < confidence < 1:
        raise ValueError("confidence lies between 0 and 1")
    doubt = 1 - Fraction(str(confidence))
    low, high = failed, batch - sample + failed
    while low < high:
        middle = (low + high + 1) // 2
        if _chance_of_at_most(failed, batch, middle, sample) > doubt:
            low = middle
        else:
            high = middle - 1
    return low


def _chance_of_at_most(failed: int, batch: int, bad: int, sample: int) -> Fraction:
    """Each term follows from the one before it by one exact division: three orders faster than binomials of their own
    where samples are large."""
    good = batch - bad
    seen = max(0, sample - good)  # fewer bad ones than this cannot be drawn
    term = math.comb(bad, seen) * math.comb(good, sample - seen) if seen <= min(bad, failed) else 0
    ways = term
    while term and seen < failed:
        term = term * (bad - seen) * (sample - seen) // ((seen + 1) * (good - sample + seen + 1))
        seen += 1
        ways += term
    return Fraction(ways, math.comb(batch, sample))


def items_needed(batch: int, at_most: int, confidence: float = CONFIDENCE) -> int:
    """The smallest sample that, with no failure in it, shows that `at_most` items of the batch are bad."""
    if at_most >= batch:
        return 0
    doubt = 1 - Fraction(str(confidence))
    low, high = 1, batch
    while low < high:
        middle = (low + high) // 2
        if _chance_of_at_most(0, batch, at_most + 1, middle) <= doubt:
            high = middle
        else:
            low = middle + 1
    return low


def sentence(batch: int, sample: int, failed: int, confidence: float = CONFIDENCE) -> Sentence:
    """The honest sentence. Raises ValueError as `max_bad` does."""
    worst = max_bad(batch, sample, failed, confidence)
    return Sentence(batch, sample, failed, worst, confidence, _words(batch, sample, failed, worst, confidence))


def _words(batch: int, sample: int, failed: int, worst: int, confidence: float) -> str:
    if sample == 0:
        return f"nothing was compared: all {batch} could be bad"
    if sample == batch:
        return f"{failed} of {sample} failed: the whole batch was compared"
    return f"{failed} of {sample} failed: up to {worst} of {batch} could still be bad ({confidence * 100:g}%)"


@dataclass(frozen=True)
class Sequential:
    """Wald's sequential probability ratio test on pass or fail per item.

    A batch with a bad share of `p0` is fine, one with `p1` is bad; `alpha` is the chance of refusing a fine one,
    `beta` of accepting a bad one. Start values: facts of engine CI, accept at 16 items without a failure.
    """

    p0: float = 0.02
    p1: float = 0.15
    alpha: float = 0.05
    beta: float = 0.10

    def __post_init__(self) -> None:
        if not (0 < self.p0 < self.p1 < 1 and 0 < self.alpha < 0.5 and 0 < self.beta < 0.5):
            raise ValueError("0 < p0 < p1 < 1 is needed, and error rates between 0 and 0.5")

    @property
    def per_failure(self) -> float:
        return math.log(self.p1 / self.p0)

    @property
    def per_pass(self) -> float:
        return math.log((1 - self.p1) / (1 - self.p0))

    def accepts_at(self, failed: int) -> int:
        """The smallest number of items at which `failed` failures still accept the batch."""
        needed = (math.log(self.beta / (1 - self.alpha)) - failed * self.per_failure) / self.per_pass
        return failed + math.ceil(needed - 1e-12)

    def rejects_up_to(self, failed: int) -> int:
        """The largest number of items at which `failed` failures refuse the batch; 0 when they never do."""
        spare = failed * self.per_failure - math.log((1 - self.beta) / self.alpha)
        return 0 if spare < 0 else failed + math.floor(spare / -self.per_pass + 1e-12)

    def decide(self, sample: int, failed: int) -> str:
        """`accept`, `reject` or `continue`."""
        if failed and sample <= self.rejects_up_to(failed):
            return "reject"
        return "accept" if sample >= self.accepts_at(failed) else "continue"
