"""The client against servers that answer by a script: what is sent, how often, and what is made of the answer."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler
from typing import Any

import pytest

from presets_app.backends.addresses import HostRule
from presets_app.backends.errors import BackendFailed, FetchFailed, MayHaveBeenCharged, VendorFailed, VendorRefused
from presets_app.backends.fetcher import Fetcher
from presets_app.backends.wavespeed.client import WaveSpeedClient, open_client
from presets_app.core.errors import Invalid, LocalOnly
from tests.backends.servers import MP4, Answer, Victim, reply, victim

KEY = "a-secret-key"
TASK = {"id": "task1", "status": "created", "outputs": []}


def good(data: Any) -> Answer:
    return reply(200, json.dumps({"code": 200, "message": "success", "data": data}).encode())


def client_of(server: Victim) -> WaveSpeedClient:
    fetcher = Fetcher([HostRule.configured(server.url)], step_timeout=2, total_timeout=3)
    return WaveSpeedClient(server.url, KEY, fetcher, sleep=lambda seconds: None)


def in_turn(*answers: Answer) -> Answer:
    """One answer after the other; the last one stays."""
    left = list(answers)

    def answer(handler: BaseHTTPRequestHandler) -> None:
        (left.pop(0) if len(left) > 1 else left[0])(handler)

    return answer


def broken(handler: BaseHTTPRequestHandler) -> None:
    handler.connection.close()


def test_a_submit_carries_the_key_and_the_body_to_the_models_address() -> None:
    with victim(good(TASK)) as server:
        assert client_of(server).submit("a/b/c", {"prompt": "x"}).vendor_id == "task1"
        method, path, headers = server.hits[0]
        assert (method, path, headers["Authorization"]) == ("POST", "/api/v3/a/b/c", f"Bearer {KEY}")


@pytest.mark.parametrize(
    "answer",
    [
        broken,
        reply(500, b'{"message": "x"}'),
        reply(502, b"<html>", "text/html"),
        reply(200, b"<html>", "text/html"),
        reply(200, b"{}"),
        reply(200, b"[]"),
        reply(307, b"", Location="/again"),
        reply(200, b"\x1f\x8b", Content_Encoding="gzip"),
        good({"id": "../x"}),
        good(None),
    ],
)
def test_a_submit_without_a_clear_answer_may_have_been_charged_and_is_sent_once(answer: Answer) -> None:
    with victim(answer) as server:
        with pytest.raises(MayHaveBeenCharged) as caught:
            client_of(server).submit("a/b", {})
        assert len(server.hits) == 1
        assert caught.value.failure.code == "may_have_been_charged"


@pytest.mark.parametrize(("status", "code"), [(400, "parameter_invalid"), (401, "key_refused"), (429, "rate_limited")])
def test_a_submit_that_is_refused_is_not_charged_and_not_repeated(status: int, code: str) -> None:
    with victim(reply(status, b'{"message": "SECRET"}')) as server:
        with pytest.raises(VendorRefused) as caught:
            client_of(server).submit("a/b", {})
        assert (caught.value.failure.code, len(server.hits)) == (code, 1)
        assert "SECRET" not in str(caught.value.failure)


def test_a_submit_to_nobody_is_certain_not_to_be_charged() -> None:
    with victim(good(TASK)) as server:
        client = client_of(server)
    with pytest.raises(FetchFailed) as caught:
        client.submit("a/b", {})
    assert caught.value.failure.code == "connect_failed"


@pytest.mark.parametrize("model", ["../balance", "a//b", "a/b?webhook=https://x", "", "a b", "/a"])
def test_a_model_id_that_could_lead_elsewhere_is_not_sent(model: str) -> None:
    with victim(good(TASK)) as server:
        with pytest.raises(VendorRefused):
            client_of(server).submit(model, {})
        assert server.hits == []


@pytest.mark.parametrize("trouble", [reply(500, b"{}"), reply(429, b"{}"), reply(503, b"{}"), broken])
def test_a_poll_is_tried_again_after_overload_and_broken_connections(trouble: Answer) -> None:
    with victim(in_turn(trouble, trouble, good({**TASK, "status": "processing"}))) as server:
        assert client_of(server).poll("task1").status == "running"
        assert len(server.hits) == 3


def test_a_poll_gives_up_after_five_tries() -> None:
    with victim(reply(500, b"{}")) as server:
        with pytest.raises(VendorFailed) as caught:
            client_of(server).poll("task1")
        assert (len(server.hits), caught.value.failure.cause) == (5, "service")


def test_a_wait_between_tries_grows() -> None:
    waits: list[float] = []
    with victim(reply(500, b"{}")) as server:
        fetcher = Fetcher([HostRule.configured(server.url)])
        with pytest.raises(VendorFailed):
            WaveSpeedClient(server.url, KEY, fetcher, patience=2.0, sleep=waits.append).poll("task1")
    assert waits == [2.0, 4.0, 6.0, 8.0]


def both_forms(known: str) -> Answer:
    def answer(handler: BaseHTTPRequestHandler) -> None:
        (good(TASK) if handler.path == known else reply(404, b"{}"))(handler)

    return answer


@pytest.mark.parametrize("form", ["/api/v3/predictions/task1", "/api/v3/predictions/task1/result"])
def test_either_form_of_the_poll_address_is_found(form: str) -> None:
    with victim(both_forms(form)) as server:
        assert client_of(server).poll("task1").status == "waiting"


def test_a_task_that_is_gone_in_both_forms_is_said_to_be_gone() -> None:
    with victim(reply(404, b"{}")) as server:
        with pytest.raises(VendorRefused) as caught:
            client_of(server).poll("task1")
        assert (caught.value.failure.code, len(server.hits)) == ("not_there", 2)


def test_the_poll_address_that_the_service_names_is_followed_on_its_own_origin() -> None:
    def answer(handler: BaseHTTPRequestHandler) -> None:
        named = f"http://{handler.headers['Host']}/api/v3/elsewhere/task1"
        good({**TASK, "urls": {"get": named}})(handler)

    with victim(answer) as server:
        client = client_of(server)
        client.submit("a/b", {})
        client.poll("task1")
        assert server.hits[1][1] == "/api/v3/elsewhere/task1"


def test_a_poll_address_on_another_origin_is_not_followed() -> None:
    with victim(good(TASK)) as stranger:
        named = {**TASK, "urls": {"get": f"{stranger.url}/api/v3/predictions/task1"}}
        with victim(good(named)) as server:
            client = client_of(server)
            client.submit("a/b", {})
            client.poll("task1")
            assert server.hits[1][1] == "/api/v3/predictions/task1/result"
        assert stranger.hits == []


def test_an_answer_that_is_not_json_is_named_and_not_asked_for_five_times() -> None:
    with victim(reply(200, b"<html>SECRET", "text/html")) as server:
        with pytest.raises(BackendFailed) as caught:
            client_of(server).poll("task1")
        assert (caught.value.failure.code, len(server.hits)) == ("not_json", 1)
        assert "SECRET" not in str(caught.value.failure)


@pytest.mark.parametrize("ask", [WaveSpeedClient.catalogue, WaveSpeedClient.check])
def test_a_wrong_key_is_the_accounts_fault(ask: Callable[[WaveSpeedClient], Any]) -> None:
    with victim(reply(401, b"{}")) as server:
        try:
            problems = ask(client_of(server)).problems
        except VendorRefused as error:
            problems = error.problems
        assert problems[0].code == "key_refused"


def history(first: int, count: int) -> Answer:
    items = [{"id": f"task{number}", "model": "a/b", "status": "created"} for number in range(first, first + count)]
    return good({"page": 1, "items": items})


def test_the_history_is_read_to_its_end() -> None:
    with victim(in_turn(history(0, 100), history(100, 30), history(0, 0))) as server:
        assert len(client_of(server).find("a/b", "2026-01-01T00:00:00Z")) == 130


@pytest.mark.parametrize(
    "answer", [history(0, 100), good({"items": [{"id": "../x"}]}), good({"items": None}), good({})]
)
def test_a_history_that_cannot_be_read_whole_is_a_failure_and_not_an_empty_one(answer: Answer) -> None:
    with victim(answer) as server, pytest.raises(VendorFailed):
        client_of(server).find("a/b", "2026-01-01T00:00:00Z")


def test_an_output_is_fetched_without_the_key() -> None:
    with victim(reply(200, MP4, "video/mp4")) as server:
        client_of(server).download(server.url + "/o.mp4", io.BytesIO(), limit=1000)
        assert "Authorization" not in server.hits[0][2]


@pytest.mark.parametrize("url", ["http://127.0.0.1:1/x", "http://169.254.169.254/latest", "https://evil.test/x"])
def test_an_output_elsewhere_is_refused(url: str) -> None:
    with victim(good(TASK)) as server:
        with pytest.raises(BackendFailed) as caught:
            open_client(server.url, KEY).download(url, io.BytesIO(), limit=1000)
        assert caught.value.failure.code == "host_not_allowed"


@pytest.mark.parametrize("key", ["", "two words", "line\nend", "schlüssel", "x" * 501])
def test_a_key_that_cannot_be_one_is_refused_without_being_shown(key: str) -> None:
    with pytest.raises(Invalid) as caught:
        open_client("https://api.wavespeed.ai", key)
    assert caught.value.code == "key_malformed"
    assert not key or key not in str(caught.value)


def test_something_local_only_never_reaches_the_service_by_any_method() -> None:
    with victim(good(TASK)) as server:
        client = open_client(server.url, KEY, local_only=True)
        tries: list[Callable[[], Any]] = [
            client.catalogue,
            client.check,
            lambda: client.quote("a/b", {}),
            lambda: client.submit("a/b", {"prompt": "secret"}),
            lambda: client.poll("task1"),
            lambda: client.find("a/b", ""),
            lambda: client.download(server.url, io.BytesIO(), limit=1),
        ]
        for attempt in tries:
            with pytest.raises(LocalOnly):
                attempt()
        assert server.hits == []
