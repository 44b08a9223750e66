"""Why a render did not happen, as an exception that carries the Failure."""

from __future__ import annotations

from typing import Any

from presets_app.core.errors import Refused
from presets_app.core.problems import Cause, Failure, Retry


class CannotRender(Refused):
    """Raised anywhere below the device; `failure` goes into the result as it is."""

    default_code = "cannot_render"

    def __init__(self, failure: Failure) -> None:
        self.failure = failure
        super().__init__(failure.message, code=failure.code, hint=failure.hint)


class Cancelled(Exception):
    """Raised out of a step when somebody asked the render to stop."""


def cannot(
    cause: Cause, code: str, message: str, hint: str = "", *, retry: Retry = "after_change", **evidence: Any
) -> CannotRender:
    return CannotRender(Failure(cause, code, retry, message, hint, evidence))
