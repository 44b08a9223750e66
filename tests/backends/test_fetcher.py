"""The guarded fetcher against servers that try to mislead it."""

from __future__ import annotations

import gzip
import io
import socket
import time
from http.server import BaseHTTPRequestHandler

import pytest

from presets_app.backends.addresses import HostRule
from presets_app.backends.errors import BackendFailed, FetchFailed, FetchRefused
from presets_app.backends.fetcher import Fetcher
from presets_app.core.errors import LocalOnly
from tests.backends.servers import MP4, Victim, reply, victim

HELLO = reply(200, b'{"hello": 1}')


def own(server: Victim, **more: object) -> Fetcher:
    """A fetcher for a target configured at the server's own address."""
    return Fetcher([HostRule.configured(server.url)], **more)  # type: ignore[arg-type]


def code_of(fetcher: Fetcher, url: str) -> str:
    with pytest.raises(BackendFailed) as caught:
        fetcher.request_json("GET", url)
    return caught.value.failure.code


def test_a_targets_own_loopback_address_is_reached() -> None:
    with victim(HELLO) as server:
        assert own(server).request_json("GET", server.url + "/x") == (200, {"hello": 1})
        assert server.hits[0][2]["Accept-Encoding"] == "identity"


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "[::1]", "[::ffff:127.0.0.1]", "0x7f000001", "2130706433", "127.1", "0177.0.0.1", "localhost"]
)
def test_a_loopback_host_in_any_spelling_is_refused_and_not_hit(host: str) -> None:
    with victim(HELLO) as server:
        fetcher = Fetcher([HostRule("api.vendor.test"), HostRule("*.vendor.test")])
        for scheme in ("http", "https"):
            assert code_of(fetcher, f"{scheme}://{host}:{server.port}/") in {"host_not_allowed", "address_not_allowed"}
        assert server.hits == []


@pytest.mark.parametrize("host", ["0x7f000001", "2130706433", "127.1", "localhost", "127.0.0.1"])
def test_a_spelled_out_loopback_host_is_refused_even_when_its_name_is_allowed(host: str) -> None:
    with victim(HELLO) as server:
        fetcher = Fetcher([HostRule(host, server.port)])
        assert code_of(fetcher, f"https://{host}:{server.port}/") == "address_not_allowed"
        assert server.hits == []


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "::1",
        "::ffff:127.0.0.1",
        "10.1.2.3",
        "169.254.169.254",
        "100.64.1.1",
        "64:ff9b::7f00:1",
        "2002:7f00:1::",
    ],
)
def test_a_name_that_resolves_inwards_is_refused_even_beside_a_public_address(address: str) -> None:
    fetcher = Fetcher([HostRule("api.vendor.test")], resolver=lambda host, port: ["93.184.216.34", address])
    assert code_of(fetcher, "https://api.vendor.test/") == "address_not_allowed"


def test_a_name_is_resolved_once_and_the_checked_address_is_the_one_connected_to() -> None:
    asked = []

    def resolver(host: str, port: int) -> list[str]:
        asked.append(host)
        return ["127.0.0.1"]

    with victim(HELLO) as server:
        rule = HostRule("stand-in.vendor.test", server.port, loopback=True)
        fetcher = Fetcher([rule], resolver=resolver)
        assert fetcher.request_json("GET", f"http://stand-in.vendor.test:{server.port}/")[0] == 200
        assert server.hits[0][2]["Host"] == f"stand-in.vendor.test:{server.port}"
    assert asked == ["stand-in.vendor.test"]


def test_an_answer_that_changes_after_the_check_changes_nothing() -> None:
    answers = iter([["192.0.2.1", "203.0.113.1"], ["127.0.0.1"]])
    with victim(HELLO) as server:
        fetcher = Fetcher([HostRule("api.vendor.test", server.port)], resolver=lambda host, port: next(answers))
        for _ in range(2):
            assert code_of(fetcher, f"https://api.vendor.test:{server.port}/") == "address_not_allowed"
        assert server.hits == []


@pytest.mark.parametrize(
    "url", ["http://api.vendor.test/", "ftp://api.vendor.test/", "file:///etc/passwd", "//x", "", "http://["]
)
def test_only_https_leaves_the_machine(url: str) -> None:
    fetcher = Fetcher(
        [HostRule("api.vendor.test"), HostRule("api.vendor.test", 80)], resolver=lambda host, port: ["8.8.8.8"]
    )
    assert code_of(fetcher, url) in {"scheme_not_allowed", "host_not_allowed", "address_not_allowed"}


def test_a_name_and_password_in_an_address_are_refused() -> None:
    with victim(HELLO) as server:
        url = f"http://user:pass@127.0.0.1:{server.port}/"
        assert code_of(own(server), url) == "address_not_allowed"
        assert server.hits == []


@pytest.mark.parametrize(
    "path", ["//169.254.169.254/latest", "http://10.0.0.1/", "https://127.0.0.1:1/", "file:///etc/passwd"]
)
def test_a_redirect_inwards_is_refused(path: str) -> None:
    with victim(reply(302, b"", Location=path)) as server:
        assert code_of(own(server), server.url) in {"host_not_allowed", "scheme_not_allowed"}


def test_a_redirect_to_another_loopback_port_is_refused_and_not_hit() -> None:
    with victim(HELLO) as inner, victim(reply(307, b"", Location=inner.url)) as outer:
        assert code_of(own(outer), outer.url) == "host_not_allowed"
        assert inner.hits == []


def test_three_redirects_are_followed_and_a_fourth_is_not() -> None:
    def lead_on(handler: BaseHTTPRequestHandler) -> None:
        left = int(handler.path[1:])
        answer = reply(302, b"", Location=f"/{left - 1}") if left else HELLO
        answer(handler)

    with victim(lead_on) as server:
        assert own(server).request_json("GET", server.url + "/3")[0] == 200
        assert code_of(own(server), server.url + "/4") == "too_many_redirects"


def test_a_redirect_to_another_allowed_place_does_not_carry_the_key() -> None:
    with victim(HELLO) as other, victim(reply(302, b"", Location=other.url)) as first:
        fetcher = Fetcher([HostRule.configured(first.url), HostRule.configured(other.url)])
        fetcher.request_json("GET", first.url, headers={"Authorization": "Bearer secret"})
        assert first.hits[0][2]["Authorization"] == "Bearer secret"
        assert "Authorization" not in other.hits[0][2]


def test_a_post_never_follows_a_redirect() -> None:
    with victim(reply(307, b"", Location="/again")) as server:
        with pytest.raises(FetchRefused) as caught:
            own(server).request_json("POST", server.url, {"a": 1})
        assert caught.value.code == "redirect_refused"
        assert caught.value.sent
        assert len(server.hits) == 1


def test_a_body_over_the_limit_is_refused_whether_or_not_its_length_is_stated() -> None:
    def endless(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.send_header("Content-Type", "video/mp4")
        handler.end_headers()
        for _ in range(200):
            handler.wfile.write(MP4 * 100)

    for answer in (reply(200, MP4 * 100, "video/mp4"), endless):
        with victim(answer) as server:
            sink = io.BytesIO()
            with pytest.raises(FetchRefused) as caught:
                own(server).download(server.url, sink, limit=1000)
            assert caught.value.code == "reply_too_large"
            assert sink.tell() <= 1000


def test_a_slow_drip_ends_at_the_total_time_in_headers_and_in_the_body() -> None:
    def drip_body(handler: BaseHTTPRequestHandler) -> None:
        reply(200, b"", X_More="1")(handler)
        drip_raw(handler)

    def drip_raw(handler: BaseHTTPRequestHandler) -> None:
        for _ in range(100):
            handler.wfile.write(b"H")
            time.sleep(0.05)

    def drip_chunks(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.send_header("Content-Length", "100000")
        handler.end_headers()
        drip_raw(handler)

    for answer in (drip_raw, drip_chunks):
        with victim(answer) as server:
            begun = time.monotonic()
            assert code_of(own(server, total_timeout=0.5), server.url) in {"too_slow", "no_reply"}
            assert time.monotonic() - begun < 2


def test_a_compressed_reply_is_refused_unread() -> None:
    bomb = gzip.compress(b"0" * 10_000_000)
    with victim(reply(200, bomb, Content_Encoding="gzip")) as server:
        assert code_of(own(server), server.url) == "encoded_reply"


def test_a_body_that_lies_about_being_a_video_is_refused_before_a_byte_is_kept() -> None:
    with victim(reply(200, b"#EXTM3U\nfile:///etc/passwd\n", "video/mp4")) as server:
        sink = io.BytesIO()
        with pytest.raises(FetchRefused) as caught:
            own(server).download(server.url, sink, limit=1000)
        assert caught.value.code == "not_a_video"
        assert sink.tell() == 0


def test_a_page_instead_of_a_video_is_refused_by_its_media_type() -> None:
    with victim(reply(200, b"<html>", "text/html")) as server:
        with pytest.raises(FetchRefused) as caught:
            own(server).download(server.url, io.BytesIO(), limit=1000)
        assert caught.value.code == "unexpected_media_type"


def test_a_video_is_written_with_its_digest_and_size() -> None:
    with victim(reply(200, MP4, "video/mp4; codecs=x")) as server:
        sink = io.BytesIO()
        done = own(server).download(server.url, sink, limit=1000)
        assert (done.size, done.media_type, sink.getvalue()) == (len(MP4), "video/mp4", MP4)


@pytest.mark.parametrize("body", [b"<html>SECRET-BODY</html>", b"[" * 100_000, b'{"a": NaN}', b"\xff\xfe"])
def test_a_reply_that_is_not_json_is_said_so_without_echoing_it(body: bytes) -> None:
    with victim(reply(500, body, "text/html")) as server:
        with pytest.raises(FetchFailed) as caught:
            own(server).request_json("GET", server.url)
        assert caught.value.code == "not_json"
        assert "SECRET" not in f"{caught.value} {caught.value.failure.as_json()}"


def test_a_port_where_nobody_listens_fails_before_anything_is_sent() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
    with pytest.raises(FetchFailed) as caught:
        Fetcher([HostRule("127.0.0.1", port, loopback=True)]).request_json("POST", f"http://127.0.0.1:{port}/", {})
    assert caught.value.code == "connect_failed"
    assert not caught.value.sent


def test_a_connection_that_breaks_after_the_request_may_have_been_received() -> None:
    with victim(lambda handler: handler.connection.close()) as server:
        with pytest.raises(FetchFailed) as caught:
            own(server).request_json("POST", server.url, {})
        assert caught.value.sent


def test_local_only_refuses_every_request_before_any_socket_or_name() -> None:
    asked: list[str] = []
    with victim(HELLO) as server:
        rules = [HostRule.configured(server.url), HostRule("api.vendor.test")]
        fetcher = Fetcher(rules, local_only=True, resolver=lambda host, port: asked.append(host) or ["127.0.0.1"])  # type: ignore[func-returns-value]
        for url in (server.url, "https://api.vendor.test/"):
            with pytest.raises(LocalOnly):
                fetcher.request_json("POST", url, {"prompt": "secret"})
            with pytest.raises(LocalOnly):
                fetcher.download(url, io.BytesIO(), limit=10)
            with pytest.raises(LocalOnly):
                fetcher.send_bytes("PUT", url, b"x", {})
        assert server.hits == []
    assert asked == []


def test_a_proxy_in_the_environment_is_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    with victim(HELLO) as proxy, victim(HELLO) as server:
        monkeypatch.setenv("HTTP_PROXY", proxy.url)
        monkeypatch.setenv("ALL_PROXY", proxy.url)
        own(server).request_json("GET", server.url)
        assert proxy.hits == []
