"""Changes in words: one line each, and one line for all."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from presets_app.core.diff.change import WITHHELD, Change
from presets_app.core.secrets import shown

_SUMMARY_LENGTH = 100  # a commit's first line stays readable in any log
_LISTED = 6


def sentence(change: Change) -> str:
    """ "seed 10 -> 42", "LoRA detail.safetensors strength 0.8 -> 1", "prompt changed (2 words added, 1 removed)"."""
    if change.kind == "added":
        return f"{change.label} added{_aside(change.after)}"
    if change.kind == "removed":
        return f"{change.label} removed{_aside(change.before)}"
    if change.words:
        return f"{change.label} changed ({_counted(change)})"
    return f"{change.label} {_value(change.before)} -> {_value(change.after)}"


def summary(changes: Sequence[Change]) -> str:
    """One line for a commit message: as many sentences as fit, and how many more there are."""
    if not changes:
        return "no changes"
    lines = [sentence(change) for change in changes]
    for count in range(len(lines), 0, -1):
        rest = len(lines) - count
        line = "; ".join(lines[:count]) + (f"; {rest} more" if rest else "")
        if len(line) <= _SUMMARY_LENGTH:
            return line
    return f"{len(lines)} change{'s' if len(lines) > 1 else ''}, first: {changes[0].label}"[:_SUMMARY_LENGTH]


def _counted(change: Change) -> str:
    added = sum(len(text.split()) for op, text in change.words if op == "added")
    removed = sum(len(text.split()) for op, text in change.words if op == "removed")
    if not added and not removed:
        return "spaces only"
    told = [f"{added} word{'s' if added != 1 else ''} added"] if added else []
    return ", ".join(told + ([f"{removed}{' removed' if added else ' words removed'}"] if removed else []))


def _aside(value: Any) -> str:
    if isinstance(value, dict):
        return ""
    return f": {_value(value)}"


def _value(value: Any) -> str:
    if isinstance(value, str):
        return value if value == WITHHELD or _is_plain(value) else shown(value)
    if isinstance(value, list):
        scalars = len(value) <= _LISTED and not any(isinstance(entry, (dict, list)) for entry in value)
        return f"[{', '.join(_value(entry) for entry in value)}]" if scalars else f"{len(value)} entries"
    return f"{len(value)} fields" if isinstance(value, dict) else json.dumps(value)


def _is_plain(text: str) -> bool:
    """A word that reads well without quotes: a name of a sampler, file or version."""
    return 0 < len(text) <= 60 and text.isprintable() and " " not in text and shown(text) == f'"{text}"'
