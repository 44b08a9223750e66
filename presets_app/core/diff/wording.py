"""The words of two texts, matched."""

from __future__ import annotations

import re
from difflib import SequenceMatcher
from typing import Literal

from presets_app.core.diff.change import Words

# Signs of scripts that are written without spaces count as words of their own, and so does punctuation: a comma that
# came does not change the word before it.
_SIGN = r"[\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff]"
_TOKEN = re.compile(rf"{_SIGN}|(?:(?!{_SIGN})\w)+|\s+|[^\w\s]")
_TOKEN_LIMIT = 8_000  # a prompt may have 10,000 characters; matching takes quadratic time beyond that
Op = Literal["same", "removed", "added"]


def word_changes(before: str, after: str) -> Words:
    """Runs of equal, removed and added words, in reading order. Very long texts are replaced whole."""
    old, new = _TOKEN.findall(before), _TOKEN.findall(after)
    if max(len(old), len(new)) > _TOKEN_LIMIT:
        return _run("removed", before) + _run("added", after)
    found: Words = ()
    gone = came = ""
    opcodes = SequenceMatcher(None, old, new).get_opcodes()
    for place, (tag, start, end, new_start, new_end) in enumerate(opcodes):
        was, became = "".join(old[start:end]), "".join(new[new_start:new_end])
        # A space between two changes belongs to them: "old man" to "new woman" is one change of two words.
        if tag == "equal" and (was.strip() or place in (0, len(opcodes) - 1)):
            found += _run("removed", gone) + _run("added", came) + _run("same", was)
            gone = came = ""
        else:
            gone, came = gone + was, came + became
    return found + _run("removed", gone) + _run("added", came)


def _run(op: Op, text: str) -> Words:
    return ((op, text),) if text else ()
