"""What the stand-in can be told to do wrong, on its own command line. Nothing in a request can turn a fault on."""

from __future__ import annotations

from dataclasses import dataclass

FAULTS = {
    "other-seed": "ignores the seed that was sent",
    "bf16": "renders in bfloat16 whatever was asked for",
    "one-frame-late": "repeats the first frame and loses the last",
    "service-error": "the task fails with code 5000",
    "service-timeout": "the task ends with the status timeout and code 5004",
    "moderation": "the task fails with code 1200",
    "invalid-parameter": "the task fails with code 1401",
    "media-url": "the task fails with code 1402",
    "no-code": "the task fails with an opaque text and no code",
    "cancelled": "the task is cancelled at the service",
    "no-outputs": "the task is completed and names no output",
    "expired": "the prediction is gone when it is completed",
    "output-gone": "the output's address answers 404",
    "not-json": "polls answer with a web page",
    "not-json-submit": "the submit is taken and answered with a web page",
    "no-reply": "the submit is taken and the connection closed without an answer",
    "http-500": "the submit is answered with HTTP 500 and not taken",
    "rate-limit": "the submit is answered with HTTP 429 and not taken",
    "poll-500": "every other poll answers HTTP 500",
}
TASK_FAULTS: dict[str, tuple[str, int | None, str]] = {
    "service-error": ("failed", 5000, "internal error"),
    "service-timeout": ("timeout", 5004, "timeout"),
    "moderation": ("failed", 1200, "sensitive content"),
    "invalid-parameter": ("failed", 1401, "invalid parameter value"),
    "media-url": ("failed", 1402, "media URL could not be fetched"),
    "no-code": ("failed", None, "Request failed. Please check your input parameters and try again."),
    "cancelled": ("cancelled", None, ""),
}
"""Status, code and text of a task that ends without an output."""


@dataclass(frozen=True)
class Plan:
    """`fault` (or "") hits every `every`-th submit, counted from the first."""

    fault: str = ""
    every: int = 1

    def at(self, number: int) -> str:
        """The fault of the submit with this number, counted from 1."""
        return self.fault if self.fault and number % self.every == 0 else ""
