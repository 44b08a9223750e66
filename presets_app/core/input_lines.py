"""Inputs as people type them: a prompt, then its labels and perhaps a seed.

A puppet reads a letter by a window #small-text #hands seed=12
"""

from __future__ import annotations

from typing import Any

from presets_app.core.problems import Problem

MOST = 5000  # items typed on a page; longer lists come as files
_SEED = "seed="
_SEED_LIMIT = 2**64


def read_lines(text: str, first: int = 1) -> tuple[list[dict[str, Any]], list[Problem]]:
    """The items of a text, one a line, keyed item-001 on from `first`; empty lines are left out. Problems name the
    line and have the path /items."""
    lines = [(number, line.strip()) for number, line in enumerate(text.splitlines(), start=1) if line.strip()]
    if len(lines) > MOST:
        words = f"There are {len(lines):,} lines; at most {MOST:,} inputs are taken from a page."
        return [], [Problem("inputs_too_many", "error", "/items", words, "Freeze a longer list from a file.")]
    items, problems = [], []
    for place, (number, line) in enumerate(lines, start=first):
        prompt, labels, seed = _parts(line)
        item, faults = item_of(prompt, labels, seed, key=f"item-{place:03d}")
        items.append(item)
        problems += [
            Problem(fault.code, "error", "/items", f"Line {number}: {fault.message}", fault.hint) for fault in faults
        ]
    return items, problems


def item_of(prompt: str, labels: list[str], seed: str, *, key: str) -> tuple[dict[str, Any], list[Problem]]:
    """One item; a prompt, labels or seed that is not given is left out, so that the preset's own stays."""
    item: dict[str, Any] = {"key": key}
    problems = []
    if prompt.strip():
        item["prompt"] = prompt.strip()
    if labels:
        item["labels"] = labels
    if seed.strip():
        value = _seed(seed.strip())
        if value is None:
            words = "The seed is not a whole number from 0 to 18446744073709551615."
            problems.append(Problem("seed_invalid", "error", "/seed", words, "Leave it empty to keep the preset's."))
        else:
            item["seed"] = value
    return item, problems


def labels_of(text: str) -> list[str]:
    """ "hands, small text" or "#hands #small-text" as labels, each once."""
    parts = text.split(",") if "," in text or "#" not in text else text.split()
    found = (" ".join(part.strip().lstrip("#").replace("-", " ").split()) for part in parts)
    return list(dict.fromkeys(label for label in found if label))


def next_number(items: list[dict[str, Any]]) -> int:
    """The number after the highest of the keys item-NNN, so that no key is ever used twice in one list."""
    numbers = [str(item.get("key", "")).removeprefix("item-") for item in items]
    return max((int(number) for number in numbers if number.isascii() and number.isdecimal()), default=0) + 1


def _parts(line: str) -> tuple[str, list[str], str]:
    """Prompt, labels and seed. Only words at the end are labels, so that a prompt may hold a # of its own."""
    words, seed = line.split(" "), ""
    labels: list[str] = []
    while words and (not words[-1] or words[-1].startswith(("#", _SEED))):
        word = words.pop()
        if word.startswith(_SEED):
            seed = word.removeprefix(_SEED)
        elif word.strip("#"):
            labels[:0] = labels_of(word)
    return " ".join(words), list(dict.fromkeys(labels)), seed


def _seed(text: str) -> int | None:
    if not (text.isascii() and text.isdecimal() and len(text) <= 20):
        return None
    value = int(text)
    return value if value < _SEED_LIMIT else None
