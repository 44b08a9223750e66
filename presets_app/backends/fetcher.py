"""The one guarded way out: every HTTP request to a vendor goes through `Fetcher`.

Hosts are allowed by name, every address of a name is checked, the connection goes to a checked address (a name is
resolved once, so it cannot change in between), redirects are followed by hand, replies are bounded in size and time
and never decompressed. Error texts hold no byte of a reply. See docs/decisions/0004-one-guarded-fetcher.md.
"""

from __future__ import annotations

import hashlib
import json as json_module
import ssl
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import IO, Any

import httpcore
import httpx

from presets_app.backends.addresses import HostRule, Resolver, permitted, resolve
from presets_app.backends.errors import FetchFailed, FetchRefused
from presets_app.core.errors import LocalOnly
from presets_app.core.problems import Failure

MAX_REDIRECTS = 3
JSON_LIMIT = 8 << 20
_REDIRECTS = (301, 302, 303, 307, 308)
_STARTS = {
    "video": ((4, b"ftyp"), (0, b"\x1aE\xdf\xa3")),  # ISO base media (mp4, mov) and EBML (webm, mkv)
    "image": ((0, b"\x89PNG\r\n\x1a\n"), (8, b"WEBP"), (0, b"GIF8"), (0, b"\xff\xd8\xff")),
}
_CALLED = {"video": "video", "image": "picture"}
_IS_NONE = {"video": "not_a_video", "image": "not_a_picture"}


@dataclass(frozen=True)
class Downloaded:
    """What a download wrote: SHA-256 and size in bytes of the body, and the media type the server named."""

    sha256: str
    size: int
    media_type: str


@dataclass(frozen=True)
class _Hop:
    url: httpx.URL
    host: str
    port: int
    rule: HostRule


class Fetcher:
    """Sends requests to allowed hosts only. Safe to share between threads: it keeps no connection.

    `step_timeout` bounds each connect and read in seconds, `total_timeout` a whole request with its redirects.
    No connection is reused, because a pooled one that the server has just closed makes a paid POST ambiguous.
    """

    def __init__(
        self,
        allow: Iterable[HostRule],
        *,
        local_only: bool = False,
        step_timeout: float = 10.0,
        total_timeout: float = 120.0,
        resolver: Resolver = resolve,
        trust: ssl.SSLContext | None = None,
    ) -> None:
        self.allow = tuple(allow)
        self.local_only = local_only
        self._step = step_timeout
        self._total = total_timeout
        self._resolver = resolver
        self._trust = trust or ssl.create_default_context()

    def request_json(
        self,
        method: str,
        url: str,
        json: Any = None,
        headers: Mapping[str, str] | None = None,
        *,
        limit: int = JSON_LIMIT,
        lenient: bool = False,
    ) -> tuple[int, Any]:
        """Send and read JSON of at most `limit` bytes: (HTTP status, value). Only a GET follows redirects. `lenient`
        reads NaN and the infinities, which JSON has not and some servers write, as None.

        Raises LocalOnly, FetchRefused, and FetchFailed (code `not_json` for a reply that is none).
        """
        own = {"Accept": "application/json", **(headers or {})}
        content = None
        if json is not None:
            content = json_module.dumps(json, allow_nan=False).encode()
            own["Content-Type"] = "application/json"
        with self._opened(method, url, own, content) as response:
            body = b"".join(_bounded(response, limit))
            return response.status_code, _parsed(body, response.status_code, _nothing if lenient else _no_constant)

    def send(
        self, method: str, url: str, content: bytes | None, headers: Mapping[str, str], *, limit: int = JSON_LIMIT
    ) -> tuple[int, bytes]:
        """Send raw bytes with exactly these headers: (HTTP status, the reply's body, at most `limit` bytes of it)."""
        with self._opened(method, url, dict(headers), content) as response:
            return response.status_code, b"".join(_bounded(response, limit))

    def reachable(self, url: str) -> list[tuple[str, int]]:
        """The checked (address, port) pairs behind a URL, for a socket that speaks something else than HTTP. Raises
        LocalOnly, FetchRefused, FetchFailed."""
        if self.local_only:
            raise kept_local()
        hop = self._checked(url)
        return [(address, hop.port) for address in self._addresses(hop)]

    def download(self, url: str, sink: IO[bytes], *, limit: int, picture: bool = False) -> Downloaded:
        """Write a video's bytes (a picture's with `picture`) to `sink`, at most `limit` of them; no header of the
        caller's is sent along.

        Raises LocalOnly, FetchRefused (also for a body that is not what it says it is), FetchFailed.
        """
        kind = "image" if picture else "video"
        with self._opened("GET", url, {"Accept": f"{kind}/*"}, None) as response:
            if response.status_code != 200:
                raise _gone(response.status_code)
            media_type = response.headers.get("content-type", "").partition(";")[0].strip().lower()
            if not media_type.startswith(f"{kind}/") and media_type != "application/octet-stream":
                text = f"The output's server did not send a {_CALLED[kind]}."
                raise refused("unexpected_media_type", text, sent=True)
            return _written(_bounded(response, limit), sink, media_type, kind)

    def send_bytes(self, method: str, url: str, content: bytes, headers: Mapping[str, str]) -> int:
        """Send raw bytes with exactly these headers; the HTTP status. The reply's body is not read."""
        with self._opened(method, url, dict(headers), content) as response:
            return response.status_code

    @contextmanager
    def _opened(
        self, method: str, url: str, headers: dict[str, str], content: bytes | None
    ) -> Iterator[httpx.Response]:
        if self.local_only:
            raise kept_local()
        deadline = time.monotonic() + self._total
        hop = self._checked(url)
        for _ in range(MAX_REDIRECTS + 1):
            with self._sent(hop, method, headers, content, deadline) as response:
                if response.status_code not in _REDIRECTS:
                    yield response
                    return
                onward = self._onward(hop, method, response)
            headers = headers if _same_origin(hop, onward) else _without_credentials(headers)
            hop = onward
        raise refused("too_many_redirects", f"The server led on more than {MAX_REDIRECTS} times.", sent=True)

    def _onward(self, hop: _Hop, method: str, response: httpx.Response) -> _Hop:
        if method != "GET":
            raise refused("redirect_refused", f"The server answered a {method} with a redirect.", sent=True)
        try:
            return self._checked(hop.url.join(response.headers.get("location", "")))
        except httpx.InvalidURL:
            raise refused(
                "address_not_allowed", "The server led on to something that is not a URL.", sent=True
            ) from None

    def _checked(self, url: str | httpx.URL) -> _Hop:
        """Scheme, form and host against the allow-list. Raises FetchRefused; opens nothing."""
        try:
            parts = httpx.URL(url)
        except httpx.InvalidURL:
            raise refused("address_not_allowed", "The address is not a URL.") from None
        port = parts.port or (80 if parts.scheme == "http" else 443)
        host = parts.raw_host.decode("ascii").lower()
        if parts.userinfo:
            raise refused("address_not_allowed", "The address holds a name or password.")
        rule = next((rule for rule in self.allow if rule.matches(host, port)), None)
        if rule is None:
            raise refused("host_not_allowed", f"The host {host[:100]!r} on port {port} is not allowed for this target.")
        if parts.scheme != "https" and not (parts.scheme == "http" and rule.own):
            raise refused("scheme_not_allowed", "Only https is allowed to leave this machine.")
        return _Hop(parts, host, port, rule)

    def _addresses(self, hop: _Hop) -> list[str]:
        """Every address of the host, all of them checked: one bad one refuses the request."""
        try:
            found = self._resolver(hop.host, hop.port)
        except (OSError, UnicodeError):
            raise _failed("name_not_resolved", f"The name {hop.host[:100]!r} has no address.", sent=False) from None
        if not found or not all(permitted(address, hop.rule) for address in found):
            text = f"The name {hop.host[:100]!r} leads to an address that is not allowed."
            raise refused("address_not_allowed", text)
        return found

    @contextmanager
    def _sent(
        self, hop: _Hop, method: str, headers: dict[str, str], content: bytes | None, deadline: float
    ) -> Iterator[httpx.Response]:
        backend = _CheckedBackend(self._addresses(hop), deadline)
        timeouts = dict.fromkeys(("connect", "read", "write", "pool"), self._step)
        own = {"User-Agent": "matchframe", "Connection": "close", **headers, "Accept-Encoding": "identity"}
        request = httpx.Request(method, hop.url, headers=own, content=content, extensions={"timeout": timeouts})
        with httpcore.ConnectionPool(ssl_context=self._trust, network_backend=backend) as pool, _as_failures():
            core = pool.handle_request(_core_request(request))
            try:
                yield _accepted(httpx.Response(core.status, headers=core.headers, stream=_Body(core)))
            finally:
                core.close()


class _Body(httpx.SyncByteStream):
    def __init__(self, response: httpcore.Response) -> None:
        self._response = response

    def __iter__(self) -> Iterator[bytes]:
        yield from self._response.iter_stream()


class _CheckedBackend(httpcore.SyncBackend):
    """Connects to the checked addresses whatever name the URL holds; the name still goes into Host and TLS."""

    def __init__(self, addresses: list[str], deadline: float) -> None:
        self._addresses = addresses
        self._deadline = deadline

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.NetworkStream:
        fault: Exception = httpcore.ConnectError("no address")
        for address in self._addresses:
            try:
                step = _step(timeout, self._deadline, httpcore.ConnectTimeout)
                stream = super().connect_tcp(address, port, step, None, socket_options or ())
                return _TimedStream(stream, self._deadline)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                fault = error
        raise fault


class _TimedStream(httpcore.NetworkStream):
    """A stream with a last moment: a server that drips single bytes cannot hold a request for longer."""

    def __init__(self, inner: httpcore.NetworkStream, deadline: float) -> None:
        self._inner = inner
        self._deadline = deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._inner.read(max_bytes, _step(timeout, self._deadline, httpcore.ReadTimeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._inner.write(buffer, _step(timeout, self._deadline, httpcore.WriteTimeout))

    def close(self) -> None:
        self._inner.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        step = _step(timeout, self._deadline, httpcore.ConnectTimeout)
        return _TimedStream(self._inner.start_tls(ssl_context, server_hostname, step), self._deadline)

    def get_extra_info(self, info: str) -> Any:
        return self._inner.get_extra_info(info)


def _step(timeout: float | None, deadline: float, late: type[Exception]) -> float:
    left = deadline - time.monotonic()
    if left <= 0:
        raise late("the request's time is over")
    return left if timeout is None else min(timeout, left)


def _core_request(request: httpx.Request) -> httpcore.Request:
    url = request.url
    target = httpcore.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path)
    return httpcore.Request(
        request.method, target, headers=request.headers.raw, content=request.read(), extensions=request.extensions
    )


@contextmanager
def _as_failures() -> Iterator[None]:
    """httpcore's exceptions as ours; connecting (TLS included) comes before the first byte of a request."""
    try:
        yield
    except (httpcore.ConnectError, httpcore.ConnectTimeout):
        raise _failed("connect_failed", "The server cannot be reached.", sent=False) from None
    except httpcore.TimeoutException:
        raise _failed("too_slow", "The server did not answer in time.", sent=True) from None
    except (httpcore.NetworkError, httpcore.ProtocolError):
        raise _failed("no_reply", "The connection broke before a whole reply came.", sent=True) from None


def _accepted(response: httpx.Response) -> httpx.Response:
    coding = response.headers.get("content-encoding", "identity").strip().lower()
    if coding not in ("", "identity"):
        raise refused("encoded_reply", "The server sent a compressed reply although none was asked for.", sent=True)
    return response


def _bounded(response: httpx.Response, limit: int) -> Iterator[bytes]:
    """The body in chunks. Raises FetchRefused as soon as it is, or says it will be, larger than `limit` bytes."""
    stated = response.headers.get("content-length", "0")
    size = int(stated) if stated.isascii() and stated.isdigit() and len(stated) < 20 else 0
    if size > limit:
        raise refused("reply_too_large", f"The reply is larger than the {limit} bytes allowed.", sent=True)
    read = 0
    for chunk in response.iter_raw():
        read += len(chunk)
        if read > limit:
            raise refused("reply_too_large", f"The reply is larger than the {limit} bytes allowed.", sent=True)
        yield chunk


def _written(chunks: Iterator[bytes], sink: IO[bytes], media_type: str, kind: str) -> Downloaded:
    state, size, head = hashlib.sha256(), 0, b""
    for chunk in chunks:
        head = head if len(head) >= 16 else (head + chunk)[:16]
        if len(head) >= 16 and size < 16:
            _begins_like(head, kind)
        state.update(chunk)
        sink.write(chunk)
        size += len(chunk)
    if size < 16:
        _begins_like(head, kind)
    return Downloaded(state.hexdigest(), size, media_type)


def _begins_like(head: bytes, kind: str) -> None:
    if not any(head[place : place + len(mark)] == mark for place, mark in _STARTS[kind]):
        text = f"The output is called a {_CALLED[kind]} and does not begin like one."
        raise refused(_IS_NONE[kind], text, sent=True)


def _parsed(body: bytes, status: int, constant: Callable[[str], None]) -> Any:
    try:
        return json_module.loads(body, parse_constant=constant)
    except (ValueError, RecursionError):
        evidence = {"http_status": status, "bytes": len(body)}
        failure = Failure("service", "not_json", "later", "The server's answer is not JSON.", "", evidence)
        raise FetchFailed(failure, sent=True) from None


def _no_constant(name: str) -> None:
    raise ValueError(name)


def _nothing(name: str) -> None:
    return None


def _same_origin(one: _Hop, other: _Hop) -> bool:
    return (one.url.scheme, one.host, one.port) == (other.url.scheme, other.host, other.port)


def _without_credentials(headers: dict[str, str]) -> dict[str, str]:
    """Accept only: whatever else the caller sent was meant for the first host."""
    return {name: value for name, value in headers.items() if name.lower() == "accept"}


def _gone(status: int) -> FetchFailed:
    evidence = {"http_status": status}
    if status in (401, 403, 404, 410):
        hint = "Outputs are kept for a limited time. Render the item again if it is still needed."
        return FetchFailed(
            Failure("service", "output_gone", "after_change", "The output is no longer there.", hint, evidence),
            sent=True,
        )
    text = f"The output could not be fetched (HTTP {status})."
    return FetchFailed(Failure("service", "download_failed", "later", text, "", evidence), sent=True)


def kept_local() -> LocalOnly:
    text = "This has to stay on your own machines, so nothing was sent to the network."
    return LocalOnly(text, hint="Choose a local target, or lift the local-only mark.")


def refused(code: str, message: str, *, sent: bool = False) -> FetchRefused:
    hint = "If you trust the place, an operator can allow it in the target's settings."
    failure = Failure("service", code, "after_change", message, hint if "not_allowed" in code else "")
    return FetchRefused(failure, sent=sent)


def _failed(code: str, message: str, *, sent: bool) -> FetchFailed:
    hint = "Check the target's address and the network, then try again."
    return FetchFailed(Failure("network", code, "later", message, hint), sent=sent)
