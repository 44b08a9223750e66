"""Two logs of one kind of run, line by line where they differ.

Times, process ids, addresses in memory and temporary folders differ between any two runs and mean nothing: they are
looked past when lines are matched, and shown as they are.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from difflib import SequenceMatcher
from typing import Any, Literal

MOST_LINES = 4_000  # of one log; matching takes quadratic time where everything differs
LONGEST_LINE = 2_000  # characters
_TIMINGS = ' "timings": {'  # the block of seconds that a log of the runner begins with; compared as numbers elsewhere
_PASSING = re.compile(
    r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:[.,]\d+)?(?:Z|[+-]\d\d:?\d\d)?"
    r"|\b0x[0-9a-f]{6,16}\b"
    r"|/(?:tmp|var/tmp)/[\w./-]+"
    r'|"pid": \d+|\[\d{2,7}\]'
)
Kind = Literal["added", "removed", "changed"]
Numbered = tuple[int, str]


@dataclass(frozen=True)
class LineChange:
    """One place where two logs differ; line numbers from 1, None on the side that has no such line."""

    kind: Kind
    line_before: int | None
    line_after: int | None
    before: str | None
    after: str | None

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


def differences(before: str, after: str) -> list[LineChange]:
    """Where the second log differs from the first, in order; [] when they say the same."""
    old, new = _lines(before), _lines(after)
    was, now = ([_PASSING.sub("*", text) for _, text in side] for side in (old, new))
    matcher = SequenceMatcher(None, was, now, autojunk=False)
    found: list[LineChange] = []
    for tag, start, end, new_start, new_end in matcher.get_opcodes():
        if tag != "equal":
            found.extend(_block(old[start:end], new[new_start:new_end]))
    return found


def _block(old: list[Numbered], new: list[Numbered]) -> Iterator[LineChange]:
    """Lines that stand in one place are one change as long as both sides have one."""
    shared = min(len(old), len(new))
    for (was_at, was), (is_at, now) in zip(old[:shared], new[:shared], strict=True):
        yield LineChange("changed", was_at, is_at, was, now)
    for number, text in old[shared:]:
        yield LineChange("removed", number, None, text, None)
    for number, text in new[shared:]:
        yield LineChange("added", None, number, None, text)


def _lines(text: str) -> list[Numbered]:
    kept: list[Numbered] = []
    inside = False
    for number, line in enumerate(text.splitlines()[:MOST_LINES], start=1):
        inside = inside or line == _TIMINGS
        if not inside and line.strip():
            kept.append((number, line[:LONGEST_LINE]))
        inside = inside and line not in (" }", " },")
    return kept
