"""What people who render with these models know, as checks with their reason and source.

A lint is an error only where the render cannot be right; everything else is advice and never blocks.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from typing import Any

from presets_app.core.lints import inputs, loras, memory, pictures, prompts, sampling, shape, sound, vram
from presets_app.core.problems import Problem
from presets_app.core.redacting import unspoken
from presets_app.core.schema import validate
from presets_app.core.secrets import find

__all__ = ["check", "review"]
Check = Callable[[dict[str, Any]], Iterator[Problem]]
_ORDER = {"error": 0, "warning": 1, "note": 2}
_ROOMS = (shape, sampling, loras, memory, vram, inputs, pictures, prompts, sound)
_CHECKS: tuple[Check, ...] = tuple(rule for room in _ROOMS for rule in room.CHECKS)


def check(document: Any) -> list[Problem]:
    """All lints over one document. Safe on any JSON value: what has the wrong type is the schema's business."""
    if not isinstance(document, dict):
        return []
    return [problem for rule in _CHECKS for problem in rule(document)]


def review(document: Any, *, draft: bool = False, known: Collection[str] = ()) -> list[Problem]:
    """Everything there is to say: shape, secrets and lints, errors first, then by path.

    `draft` as in schema.validate, `known` as in secrets.find. Of two problems with one code and path one stays.
    """
    said = find(document, known=known) + validate(document, draft=draft, known=known) + check(document)
    everything = unspoken(said, known)
    found = {(problem.code, problem.path): problem for problem in reversed(everything)}
    return sorted(found.values(), key=lambda problem: (_ORDER[problem.severity], problem.path, problem.code))
