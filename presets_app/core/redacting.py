"""What is shown and kept without its secrets: documents, problems, and answers of others."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import replace
from itertools import takewhile
from typing import Any

from presets_app.core import secrets
from presets_app.core.pointers import joined, parts_of
from presets_app.core.problems import Problem

WITHHELD = "(withheld)"


def without_secrets(document: dict[str, Any], *, known: Collection[str] = ()) -> dict[str, Any]:
    """The same document with each text that looks like a secret replaced, and objects that hold one as a key replaced
    whole; {} when that is the document itself. `known` as in secrets.find."""
    hidden = secrets.paths(document, known=known)
    if not hidden:
        return document
    cleaned = _cleaned(document, "", hidden, known)
    return cleaned if isinstance(cleaned, dict) else {}


def _cleaned(value: Any, path: str, hidden: frozenset[str], known: Collection[str]) -> Any:
    """Paths are built as secrets.find builds them: what lies below an unspeakable key has the path of its object."""
    if path in hidden:
        return WITHHELD
    if isinstance(value, dict):
        return {
            key: _cleaned(inner, path if secrets.unspeakable(key, known) else joined((key,), path), hidden, known)
            for key, inner in value.items()
        }
    if isinstance(value, list):
        return [_cleaned(inner, joined((index,), path), hidden, known) for index, inner in enumerate(value)]
    return value


def unspoken(problems: Iterable[Problem], known: Collection[str] = ()) -> list[Problem]:
    """The problems without any of the configured values, in case a sentence or a pointer repeated one."""
    literals = secrets.literals(known)
    return [_unspoken(problem, literals) for problem in problems] if literals else list(problems)


def _unspoken(problem: Problem, literals: Collection[str]) -> Problem:
    if not any(literal in text for literal in literals for text in (problem.path, problem.message, problem.hint)):
        return problem
    parts = takewhile(lambda part: not any(literal in part for literal in literals), parts_of(problem.path))
    message, hint = (_without(text, literals) for text in (problem.message, problem.hint))
    return replace(problem, path=joined(parts), message=message, hint=hint)


def scrubbed(value: Any, known: Collection[str] = ()) -> Any:
    """JSON of somebody else, such as a service's reason for a failure, with each configured value and each text that
    has the shape of a secret withheld. Keys that hold one are withheld too."""
    literals = secrets.literals(known)
    if isinstance(value, str):
        plain = _without(value, literals)
        return WITHHELD if secrets.is_secret(plain) else plain
    if isinstance(value, dict):
        return {scrubbed(key, known): scrubbed(inner, known) for key, inner in value.items()}
    return [scrubbed(inner, known) for inner in value] if isinstance(value, list) else value


def _without(text: str, literals: Collection[str]) -> str:
    for literal in sorted(literals, key=len, reverse=True):
        text = text.replace(literal, WITHHELD)
    return text
