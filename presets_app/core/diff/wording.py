"""The words of two texts, matched."""

from __future__ import annotations

import re
from difflib import SequenceMatcher
from typing import Literal

from presets_app.core.diff.change import Words

_WORD = re.compile(r"\S+\s*|\s+")
_WORD_LIMIT = 4_000  # a prompt may have 10,000 characters; matching takes quadratic time beyond that
Op = Literal["same", "removed", "added"]


def word_changes(before: str, after: str) -> Words:
    """Runs of equal, removed and added words, in reading order. Texts of more than 4,000 words are replaced whole."""
    old, new = _WORD.findall(before), _WORD.findall(after)
    if max(len(old), len(new)) > _WORD_LIMIT:
        return _run("removed", [before]) + _run("added", [after])
    found: Words = ()
    for tag, start, end, new_start, new_end in SequenceMatcher(None, old, new).get_opcodes():
        if tag == "equal":
            found += _run("same", old[start:end])
        else:
            found += _run("removed", old[start:end]) + _run("added", new[new_start:new_end])
    return found


def _run(op: Op, words: list[str]) -> Words:
    text = "".join(words)
    return ((op, text),) if text else ()
