"""WaveSpeed's status and error codes as Failures: who is to blame, whether to try again, what to do.

The vendor's own error text is not kept: it may repeat a prompt, and it is somebody else's words on our pages.
"""

from __future__ import annotations

from typing import Any

from presets_app.core.problems import Cause, Failure, Retry

_Row = tuple[Cause, str, Retry, str, str]

_OPAQUE: _Row = (
    "unknown",
    "task_failed",
    "after_change",
    "The service reports that the task failed and gives no usable reason.",
    "Run a preset that is known to be good on this target: if that works, look at this preset and its inputs.",
)
_BY_TASK_CODE: dict[int, _Row] = {
    1200: (
        "content",
        "content_refused",
        "after_change",
        "The service's content check refused the prompt or an input.",
        "Change the prompt or the input. Sending the same again will not help.",
    ),
    1400: (
        "preset",
        "parameter_missing",
        "after_change",
        "The service misses a required field.",
        "Compare the preset's losses for this target with the model's current request schema.",
    ),
    1401: (
        "preset",
        "parameter_invalid",
        "after_change",
        "The service does not accept a value of the request.",
        "Compare the preset's losses for this target with the model's current request schema.",
    ),
    1402: (
        "input",
        "input_unreachable",
        "after_change",
        "The service could not fetch an input file.",
        "Open the input's address yourself; upload it again if it has expired.",
    ),
    1403: _OPAQUE,
    1405: _OPAQUE,
    5000: ("service", "service_error", "later", "The service had an internal error.", "Try again in a few minutes."),
    5003: ("service", "service_unavailable", "later", "The service is not available.", "Try again in a few minutes."),
    5004: (
        "service",
        "service_timeout",
        "later",
        "The service ran out of time.",
        "Look the task up by its id before sending it again; it may still be running.",
    ),
}
_CANCELLED: _Row = (
    "account",
    "cancelled_at_service",
    "after_change",
    "The task was cancelled at the service.",
    "Ask who works with this account, then run the item again.",
)
_BY_HTTP: dict[int, _Row] = {
    400: _BY_TASK_CODE[1401],
    401: (
        "account",
        "key_refused",
        "after_change",
        "The service does not accept the key.",
        "Check the target's key. A new account's key works only after its first top-up.",
    ),
    402: (
        "account",
        "no_funds",
        "after_change",
        "The account has no funds left.",
        "Top up the account, then run again.",
    ),
    403: (
        "account",
        "key_not_permitted",
        "after_change",
        "The key may not do this.",
        "Use a key that was made by a role with the right to run this model.",
    ),
    404: (
        "service",
        "not_there",
        "after_change",
        "The service does not know this task or model.",
        "Results are deleted after 7 days. Check that the model is still in the catalogue.",
    ),
    429: (
        "account",
        "rate_limited",
        "later",
        "The account's rate limit is reached.",
        "Wait a minute, or lower how many are sent at once.",
    ),
}


def of_task(data: dict[str, Any]) -> Failure:
    """Why a task that ended without a result did: from the prediction's `status` and `code`."""
    code = data.get("code")
    known = code if isinstance(code, int) and not isinstance(code, bool) else None
    status = str(data.get("status", ""))[:20]
    if status == "cancelled":
        row = _CANCELLED
    elif status == "timeout":
        row = _BY_TASK_CODE[5004]
    else:
        row = _BY_TASK_CODE.get(known or 0, _OPAQUE)
    return _failure(row, {"task_status": status, "task_code": known})


def of_http(status: int) -> Failure:
    """Why a request was not answered with a 2xx."""
    row = _BY_HTTP.get(status)
    if row is None:
        row = _BY_TASK_CODE[5000] if status >= 500 else _BY_TASK_CODE[1401]
    return _failure(row, {"http_status": status})


def no_outputs(flagged: bool) -> Failure:
    """A completed task without an output: withheld by the content check, or a fault of the service."""
    if flagged:
        return _failure(_BY_TASK_CODE[1200], {"task_status": "completed", "flagged": True})
    text = "The service says that the task is completed and names no output."
    return Failure("service", "no_outputs", "now", text, "Run the item once more.", {"task_status": "completed"})


def history_incomplete() -> Failure:
    text = "The service's history could not be read to its end, so it is not certain what is in it."
    hint = "Look for the request on the service's own page."
    return Failure("service", "history_incomplete", "after_change", text, hint, {"vendor": "wavespeed"})


def bad_envelope(status: int) -> Failure:
    """A 2xx reply that is JSON and not the documented envelope."""
    text = "The service's answer does not have the documented form."
    hint = "Check that the target's address leads to the service itself. If it does, its interface has changed."
    return Failure("service", "unexpected_answer", "later", text, hint, {"http_status": status})


def _failure(row: _Row, evidence: dict[str, Any]) -> Failure:
    cause, code, retry, message, hint = row
    return Failure(cause, code, retry, message, hint, {"vendor": "wavespeed", **evidence})
