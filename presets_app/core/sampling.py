"""How many pairs to compare, and which: a plan with its reasons, and a draw that anyone can repeat.

The size is the larger of the chosen share and the standard's minimum, unless a named person overrides it. The draw
ranks items by SHA-256 of seed and key, so it is the same in every Python version; it is stratified by labels and
nested: a larger draw with the same seed begins with the smaller one, which is how a sample is extended.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from presets_app.core.errors import Invalid
from presets_app.core.parity_bounds import CONFIDENCE, max_bad
from presets_app.core.policy import STANDARDS
from presets_app.core.problems import Problem

PERCENTS = (1, 2, 3, 4, 5)


@dataclass(frozen=True)
class Choice:
    """One size a person could pick, and what zero failures at that size would leave open."""

    n: int
    label: str
    max_bad: int


@dataclass(frozen=True)
class SamplePlan:
    """How many items of `batch` to compare and why. `max_bad` is the bound if none fails, at 95%."""

    batch: int
    percent: int
    standard: str
    n: int
    minimum: int
    by_percent: int
    max_bad: int
    why: str
    choices: tuple[Choice, ...]
    override_by: str | None = None
    override_reason: str | None = None

    def as_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, value: dict[str, Any]) -> SamplePlan:
        return cls(**{**value, "choices": tuple(Choice(**choice) for choice in value["choices"])})


@dataclass(frozen=True)
class Item:
    """One item that can be drawn: its key, and the labels it is stratified by."""

    key: str
    labels: tuple[str, ...] = ()


def plan(
    batch: int,
    percent: int = 5,
    standard: str = "standard",
    *,
    override: int | None = None,
    override_by: str | None = None,
    override_reason: str | None = None,
    minimums: Mapping[str, int] = STANDARDS,
) -> SamplePlan:
    """The sample for a batch; `minimums` is the policy's table of standards.

    Raises Invalid when the share is not 1-5, the standard is unknown, the batch is empty or an override lacks its
    person or reason.
    """
    problems = _size_problems(batch, percent, standard, minimums)
    problems += _override_problems(batch, override, override_by, override_reason)
    if problems:
        raise Invalid.of(problems)
    by_percent = math.ceil(batch * percent / 100)
    minimum = min(minimums[standard], batch)
    n = max(by_percent, minimum) if override is None else override
    return SamplePlan(
        batch=batch,
        percent=percent,
        standard=standard,
        n=n,
        minimum=minimum,
        by_percent=by_percent,
        max_bad=max_bad(batch, n, 0),
        why=_why(by_percent, percent, standard, minimums[standard], batch) + _override_words(override, override_by),
        choices=_choices(batch, minimums),
        override_by=override_by if override is not None else None,
        override_reason=override_reason if override is not None else None,
    )


def _size_problems(batch: int, percent: int, standard: str, minimums: Mapping[str, int]) -> list[Problem]:
    found: list[Problem] = []
    if batch < 1:
        found.append(_problem("batch_empty", "/batch", "The batch has no items.", "Add items before planning a check."))
    if percent not in PERCENTS:
        found.append(
            _problem("percent_out_of_range", "/percent", f"A share of {percent}% is not offered.", "Choose 1 to 5.")
        )
    if standard not in minimums:
        known = ", ".join(minimums)
        found.append(_problem("standard_unknown", "/standard", f"No standard named {standard!r}.", f"Use {known}."))
    return found


def _override_problems(batch: int, override: int | None, by: str | None, reason: str | None) -> list[Problem]:
    if override is None:
        return []
    found: list[Problem] = []
    if not 1 <= override <= max(batch, 1):
        text = f"A sample of {override} does not fit a batch of {batch}."
        found.append(_problem("override_out_of_range", "/override", text, "Choose at least 1 and at most the batch."))
    if not (by or "").strip() or not (reason or "").strip():
        text = "An override of the standard's minimum needs a person and a reason."
        found.append(_problem("override_unsigned", "/override_by", text, "Give who decided it and why."))
    return found


def _problem(code: str, path: str, message: str, hint: str) -> Problem:
    return Problem(code, "error", path, message, hint)


def _why(by_percent: int, percent: int, standard: str, asked: int, batch: int) -> str:
    share = f"{percent}% is {by_percent} {'item' if by_percent == 1 else 'items'}"
    named = "the standard" if standard == "standard" else f"the {standard} standard"
    more = f", more than the batch of {batch}" if asked > batch else ""
    return f"{share}; {named} asks for {asked}{more}"


def _override_words(override: int | None, by: str | None) -> str:
    return "" if override is None else f"; {by} set {override}"


def _choices(batch: int, minimums: Mapping[str, int]) -> tuple[Choice, ...]:
    sizes: dict[int, str] = {}
    for percent in PERCENTS:
        sizes.setdefault(math.ceil(batch * percent / 100), f"{percent}%")
    for name, minimum in minimums.items():
        size = min(minimum, batch)
        sizes[size] = f"{sizes[size]}, {name}" if size in sizes else name
    sizes[batch] = f"{sizes[batch]}, all" if batch in sizes else "all"
    return tuple(Choice(size, label, max_bad(batch, size, 0, CONFIDENCE)) for size, label in sorted(sizes.items()))


def draw(items: Iterable[Item], n: int, seed: int | str) -> list[str]:
    """Keys of `n` items (all, when there are fewer), by seed, in drawing order.

    Every set of labels is a stratum and gets its share within one item. Raises ValueError on a repeated key.
    """
    listed = list(items)
    if len({item.key for item in listed}) != len(listed):
        raise ValueError("every item needs a key of its own")
    strata: dict[tuple[str, ...], list[str]] = {}
    for item in listed:
        strata.setdefault(tuple(sorted(set(item.labels))), []).append(item.key)
    placed = [place for labels, keys in strata.items() for place in _places(labels, keys, seed)]
    return [key for _, _, key in sorted(placed)[: max(n, 0)]]


def _places(labels: tuple[str, ...], keys: Sequence[str], seed: int | str) -> list[tuple[float, str, str]]:
    """Items of one stratum spread evenly over 0..1 from a random start, in random order: the first t of all strata
    merged hold about the share t of each."""
    ranked = sorted((_rank(seed, "item", key), key) for key in keys)
    start = int(_rank(seed, "stratum", *labels)[:13], 16) / 16**13
    return [((index + start) / len(ranked), rank, key) for index, (rank, key) in enumerate(ranked)]


def _rank(seed: int | str, *parts: str) -> str:
    text = "\x1f".join((str(seed), *parts))
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def extend(items: Iterable[Item], drawn: Sequence[str], more: int, seed: int | str) -> list[str]:
    """`more` further keys that are not in `drawn`, continuing the same draw."""
    taken = set(drawn)
    listed = list(items)
    order = draw(listed, len(listed), seed)
    return [key for key in order if key not in taken][: max(more, 0)]
