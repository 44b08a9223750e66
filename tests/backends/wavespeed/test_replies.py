"""Replies that are not as documented: read without trust, never a crash."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from presets_app.backends.errors import VendorFailed
from presets_app.backends.wavespeed import replies

_WORDS = [
    "code",
    "data",
    "id",
    "status",
    "outputs",
    "urls",
    "get",
    "timings",
    "inference",
    "error",
    "has_nsfw_contents",
    "items",
    "inputs",
    "model",
    "model_id",
    "price",
    "api_schema",
    "api_schemas",
    "request_schema",
    "properties",
    "prompt",
    "enum",
    "minimum",
    "base_price",
    "balance",
    "seed",
    "url",
]
_KEYS = st.sampled_from(_WORDS)
_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_KEYS, inner, max_size=4),
    max_leaves=12,
)


@given(value=_JSON)
def test_no_reply_however_odd_is_a_crash(value: Any) -> None:
    replies.submitted(value)
    replies.poll_url(value)
    replies.models(value if isinstance(value, list) else [value])
    if isinstance(value, dict):
        replies.polled(value)
        for read in (replies.quote, replies.balance, replies.history):
            try:
                read(value)
            except VendorFailed as error:
                assert error.failure.code == "unexpected_answer"


@pytest.mark.parametrize("task_id", ["../../etc/passwd", "a b", "", 7, None, "x" * 129, "a/b", "a?b"])
def test_an_id_that_could_lead_elsewhere_is_no_id(task_id: Any) -> None:
    assert replies.submitted({"code": 200, "data": {"id": task_id, "status": "created"}}) is None


def test_a_code_200_around_a_failed_task_is_a_failure() -> None:
    found = replies.polled({"status": "failed", "code": 1200, "error": "SECRET prompt"})
    assert (found.status, found.failure.code if found.failure else "") == ("failed", "content_refused")
    assert "SECRET" not in str(found)


def test_a_completed_task_without_an_output_is_a_fault_of_the_service_or_of_the_content() -> None:
    empty = replies.polled({"status": "completed", "outputs": []}).failure
    flagged = replies.polled({"status": "completed", "outputs": [], "has_nsfw_contents": [True]}).failure
    assert (empty.cause, flagged.cause) == ("service", "content")  # type: ignore[union-attr]


def test_outputs_may_be_addresses_or_objects_that_hold_one_and_nothing_else() -> None:
    outputs = ["https://a.test/1", {"url": "https://a.test/2"}, "data:video/mp4;base64,AA", 3, None]
    assert replies.polled({"status": "completed", "outputs": outputs}).outputs == [
        "https://a.test/1",
        "https://a.test/2",
    ]


def test_a_word_for_a_status_that_nobody_knows_counts_as_in_progress() -> None:
    assert replies.polled({"status": "warming"}).status == "running"


def test_a_catalogue_entry_without_the_documented_form_is_left_out() -> None:
    good = {
        "model_id": "a/b",
        "api_schema": {"api_schemas": [{"request_schema": {"properties": {"x": {"enum": None}}}}]},
    }
    found = replies.models([good, {"model_id": "a/c"}, {"model_id": "../x"}, None, 5])
    assert [model.model_id for model in found] == ["a/b"]
    assert found[0].properties == {"x": {}}


def test_a_price_is_a_decimal_and_the_discounted_one_counts() -> None:
    quote = replies.quote({"price": 0.3, "discounted_price": 0.1 + 0.2})
    assert (quote.amount, quote.currency) == ("0.3", "USD")
