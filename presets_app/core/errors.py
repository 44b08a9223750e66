"""The exceptions a caller must handle, in one tree.

    MatchframeError
    |-- Refused                 the request is understood and not allowed to go on (exit code 1, HTTP 4xx)
    |   |-- Invalid             the input has problems; `problems` lists them
    |   |-- NotPermitted        the person lacks the right
    |   |-- NotFound            no such thing, or not for this person
    |   |-- Conflict            somebody was faster, or what was agreed on has changed (HTTP 409)
    |   `-- LocalOnly           something that must stay on this side was about to leave it
    `-- Unavailable             a part that is needed does not answer (exit code 2, HTTP 503)

Faults that a person can mend are values (`problems.Problem`); every exception here carries at least one.
"""

from __future__ import annotations

from collections.abc import Sequence

from presets_app.core.problems import Problem


class MatchframeError(Exception):
    """Base of all; `problems` is never empty, and the first one's message is the exception's text."""

    default_code = "error"

    def __init__(self, message: str, *, code: str = "", hint: str = "", problems: Sequence[Problem] = ()) -> None:
        own = Problem(code or self.default_code, "error", "", message, hint)
        self.problems: tuple[Problem, ...] = tuple(problems) or (own,)
        self.code = self.problems[0].code
        super().__init__(message)


class Refused(MatchframeError):
    default_code = "refused"


class Invalid(Refused):
    default_code = "invalid"

    @classmethod
    def of(cls, problems: Sequence[Problem]) -> Invalid:
        """Raise with the list of problems found; the text is the first error's message."""
        first = next((p for p in problems if p.severity == "error"), problems[0])
        return cls(first.message, problems=problems)


class NotPermitted(Refused):
    default_code = "not_permitted"


class NotFound(Refused):
    default_code = "not_found"


class Conflict(Refused):
    default_code = "conflict"


class LocalOnly(Refused):
    default_code = "local_only"


class Unavailable(MatchframeError):
    default_code = "unavailable"
