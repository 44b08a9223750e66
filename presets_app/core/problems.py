"""Faults as values: Problem for what a person can mend, Failure for why a piece of work did not finish."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

Severity = Literal["error", "warning", "note"]
Cause = Literal["preset", "input", "content", "account", "environment", "service", "network", "ours", "unknown"]
Retry = Literal["never", "after_change", "later", "now"]


@dataclass(frozen=True)
class Problem:
    """One fault a person can mend.

    `code` is stable and listed in docs/errors.md; `path` is a JSON pointer into the document concerned ("" is
    the whole); `message` never echoes a secret; `hint` says what to do; `source` names where the rule comes from.
    """

    code: str
    severity: Severity
    path: str
    message: str
    hint: str = ""
    source: str = ""

    def as_json(self) -> dict[str, str]:
        return asdict(self)


@dataclass(frozen=True)
class Failure:
    """Why a piece of work did not finish: who is to blame, whether to try again, what to do.

    `evidence` holds short facts (status codes, vendor codes, the phase), never a reply's body or a secret.
    """

    cause: Cause
    code: str
    retry: Retry
    message: str
    hint: str = ""
    evidence: dict[str, Any] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, value: dict[str, Any]) -> Failure:
        return cls(**value)


def has_errors(problems: Iterable[Problem]) -> bool:
    return any(problem.severity == "error" for problem in problems)
