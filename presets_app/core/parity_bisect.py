"""Which change of a side's pins broke it: halving the changes between a manifest that passed and one that failed.

One change is taken to be the cause. A manifest that failed can only fail by what it no longer shares with the good
one; one that passed clears what it shares with the bad one. Where nothing is left, it takes two changes together.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from presets_app.core.diff import Change
from presets_app.core.manifest import differences

Pinned = dict[str, Any]
Word = Literal["good", "bad"]

# Places of a manifest, the likeliest to change pictures first.
IMPACT = (
    r"^/model/(?!service)",
    r"dtype|attention|compile",
    r"/torch$|libraries\.torch",
    r"diffusers|transformers|comfyui|custom_nodes",
    r"cuda|cudnn",
    r"gpu\.devices|/gpu$",
    r"/driver/(gpu\.)?driver",
    r"^/driver/determinism",
)


@dataclass(frozen=True)
class Bisect:
    """`candidates` may be the cause, the likeliest first; `put_back` are those to set as they were in the good one
    for the next check, empty when the search is over."""

    candidates: tuple[Change, ...]
    put_back: tuple[Change, ...]
    text: str

    @property
    def over(self) -> bool:
        return not self.put_back


def bisect(good: Pinned, bad: Pinned, judged: Iterable[tuple[Pinned, Word]]) -> Bisect:
    """Narrow the changes from `good` to `bad` by what further checks said of other manifests of the same side."""
    changes = {change.path: change for change in differences(good, bad)}
    whole = len(changes)
    for pinned, word in judged:
        moved = {change.path: change for change in differences(good, pinned)}
        if word == "bad":
            changes = {path: change for path, change in changes.items() if path in moved}
        else:
            cleared = {path for path, change in changes.items() if _same_as_bad(moved, path, change)}
            changes = {path: change for path, change in changes.items() if path not in cleared}
    found = sorted(changes.values(), key=lambda change: (impact(change.path), change.path))
    return _answer(found, whole)


def _same_as_bad(moved: Mapping[str, Change], path: str, change: Change) -> bool:
    return path in moved and moved[path].after == change.after


def impact(path: str) -> int:
    return next((rank for rank, pattern in enumerate(IMPACT) if re.search(pattern, path)), len(IMPACT))


def _answer(found: list[Change], whole: int) -> Bisect:
    if not whole:
        return Bisect((), (), "The two manifests are the same: the cause is not among the pins.")
    if not found:
        return Bisect((), (), "No single change is left: it takes two together, or the cause is not among the pins.")
    if len(found) == 1:
        return Bisect(tuple(found), (), f"It is {found[0].label}: {found[0].before} to {found[0].after}.")
    half = tuple(found[: (len(found) + 1) // 2])
    left = (len(found) - 1).bit_length()
    text = f"{len(found)} of {whole} changes are left, {left} {'check' if left == 1 else 'checks'} at most. "
    names = ", ".join(change.label for change in half[:4]) + (" ..." if len(half) > 4 else "")
    return Bisect(tuple(found), half, f"{text}Put back {names} on this side, capture its pins, and check again.")
