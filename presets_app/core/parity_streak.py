"""Passes in a row. The same seeds on a warm, deterministic side are one observation however often they are rendered,
so a further pass counts only with new seeds or from a cold start."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

GOOD = ("pass", "accepted")


@dataclass(frozen=True)
class Observed:
    """One judged check of a document between two places. `drawn` holds (input key, seeds as sent) of its drawn pairs;
    `cold` says that every local side loaded its pipeline anew; `manifests` are the pins of both sides."""

    check: str
    outcome: str
    manifests: tuple[str, str]
    drawn: frozenset[tuple[str, str]]
    cold: bool = False


@dataclass(frozen=True)
class Streak:
    """`checks` are those that count, newest first; `text` says what stands, or what ended it."""

    needed: int
    checks: tuple[str, ...]
    text: str

    @property
    def count(self) -> int:
        return len(self.checks)

    @property
    def met(self) -> bool:
        return self.count >= self.needed


def streak(newest_first: Iterable[Observed], needed: int) -> Streak:
    """How many passes in a row the newest checks make. Those that could not be measured are left out; a check that
    did not pass, or that ran with other pins, ends the row."""
    counted: list[Observed] = []
    repeated = 0
    for seen in newest_first:
        if seen.outcome == "error":
            continue
        ended = _ended(seen, counted)
        if ended:
            return Streak(needed, _ids(counted), ended if len(counted) < needed else _words(counted, repeated, needed))
        if counted and not _another(counted[-1], seen):
            repeated += 1
        else:
            counted.append(seen)
        if len(counted) >= needed:
            break
    return Streak(needed, _ids(counted), _words(counted, repeated, needed))


def _ended(seen: Observed, counted: list[Observed]) -> str:
    if seen.outcome not in GOOD:
        return f"check {seen.check} ended the row: {seen.outcome}"
    if counted and seen.manifests != counted[-1].manifests:
        return f"check {seen.check} ran with other pins"
    return ""


def _another(newer: Observed, older: Observed) -> bool:
    """Whether the newer pass shows anything that the older one did not."""
    return newer.cold or not newer.drawn & older.drawn


def _ids(counted: list[Observed]) -> tuple[str, ...]:
    return tuple(seen.check for seen in counted)


def _words(counted: list[Observed], repeated: int, needed: int) -> str:
    if len(counted) >= needed:
        return "each pass after the first has new seeds or a cold start"
    if repeated:
        times = "one check repeats" if repeated == 1 else f"{repeated} checks repeat"
        return f"{times} the same seeds on warm sides, which shows nothing new"
    return "the next one needs new seeds or a cold start"
