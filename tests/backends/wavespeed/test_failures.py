"""Who is to blame, by the service's codes."""

from __future__ import annotations

import pytest

from presets_app.backends.wavespeed import failures


@pytest.mark.parametrize(
    ("code", "cause", "retry"),
    [
        (1200, "content", "after_change"),
        (1400, "preset", "after_change"),
        (1401, "preset", "after_change"),
        (1402, "input", "after_change"),
        (1403, "unknown", "after_change"),
        (5000, "service", "later"),
        (5003, "service", "later"),
        (5004, "service", "later"),
        (None, "unknown", "after_change"),
        ("1200", "unknown", "after_change"),
        (True, "unknown", "after_change"),
    ],
)
def test_a_task_code_says_who_is_to_blame(code: object, cause: str, retry: str) -> None:
    found = failures.of_task({"status": "failed", "code": code, "error": "words of the service"})
    assert (found.cause, found.retry) == (cause, retry)
    assert "words" not in str(found.as_json())


@pytest.mark.parametrize(("status", "code"), [("cancelled", "cancelled_at_service"), ("timeout", "service_timeout")])
def test_a_final_status_speaks_without_a_code(status: str, code: str) -> None:
    assert failures.of_task({"status": status}).code == code


@pytest.mark.parametrize(
    ("status", "cause", "code"),
    [
        (400, "preset", "parameter_invalid"),
        (401, "account", "key_refused"),
        (402, "account", "no_funds"),
        (403, "account", "key_not_permitted"),
        (404, "service", "not_there"),
        (429, "account", "rate_limited"),
        (500, "service", "service_error"),
        (503, "service", "service_error"),
        (418, "preset", "parameter_invalid"),
    ],
)
def test_an_http_status_says_who_is_to_blame(status: int, cause: str, code: str) -> None:
    found = failures.of_http(status)
    assert (found.cause, found.code, found.evidence["http_status"]) == (cause, code, status)
