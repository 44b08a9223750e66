"""The only socket to a ComfyUI server: submit under our own name, watch, stop, hand files in, fetch outputs."""

from __future__ import annotations

import hashlib
import json as json_module
import re
import ssl
import time
from collections.abc import Callable, Mapping
from typing import IO, Any
from urllib.parse import quote, urlencode

from presets_app.backends import websocket
from presets_app.backends.addresses import HostRule
from presets_app.backends.base import Upload, Watched
from presets_app.backends.comfyui import describing, failures, phases, replies, uploading
from presets_app.backends.comfyui.progress import Listener
from presets_app.backends.errors import BackendFailed, FetchFailed, VendorFailed, VendorRefused
from presets_app.backends.fetcher import JSON_LIMIT, Downloaded, Fetcher
from presets_app.core.errors import Invalid, Unavailable

ASK_SECONDS, FILE_SECONDS = 30.0, 600.0  # for a whole question, and for a whole file
GONE_SECONDS = 300.0  # without any answer until a server counts as gone
STATE_LIMIT = 64 << 20  # bytes; a queue holds every waiting graph, a record of a failed node its inputs as text
_LOOKS = 10  # for a prompt whose submit had no clear answer
_JSON = {"Accept": "application/json", "Content-Type": "application/json"}
_PROMPT_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_HINT = "Give the whole address, for example http://127.0.0.1:8188."


def open_client(base_url: str, *, private: bool = False, local_only: bool = False) -> ComfyClient:
    """A client for a target's settings. `private` is a person's permission for an address in the team's own network;
    with `local_only` an address beyond it is refused before anything is sent. Raises Invalid for no address at all."""
    try:
        own = HostRule.configured(base_url, private=private)
    except ValueError:
        raise Invalid("The target's address is not a URL.", code="address_malformed", hint=_HINT) from None
    sealed = local_only and not own.own
    trust = ssl.create_default_context()
    files = Fetcher([own], local_only=sealed, total_timeout=FILE_SECONDS, trust=trust)
    return ComfyClient(base_url, Fetcher([own], local_only=sealed, total_timeout=ASK_SECONDS, trust=trust), files)


class ComfyClient:
    """`pause` is the unit of waiting in seconds between looks for a prompt whose submit had no clear answer."""

    def __init__(
        self,
        base_url: str,
        fetcher: Fetcher,
        files: Fetcher | None = None,
        *,
        pause: float = 0.5,
        gone_after: float = GONE_SECONDS,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._base = base_url.rstrip("/")
        self._fetcher = fetcher
        self._files = files or fetcher
        self._pause = pause
        self._gone_after = gone_after
        self._sleep = sleep
        self._answered = time.monotonic()
        self._listener = Listener(lambda client_id: websocket.opened(fetcher, self._address("/ws", clientId=client_id)))

    def submit(self, work_id: str, body: Mapping[str, Any]) -> None:
        """Queue a graph under our own prompt id; `body` holds `prompt` and `client_id`. A submit without a clear
        answer is looked for in queue and history, and never sent again here.

        Raises VendorRefused when the server did not take all of it or has not answered for long, FetchFailed or
        VendorFailed when it did not answer now (`sent` False: it certainly has nothing).
        """
        client_id = str(body.get("client_id", ""))
        self._listener.follow(client_id)
        sent = {"prompt": body["prompt"], "prompt_id": _checked_id(work_id), "client_id": client_id}
        try:
            status, value = self._ask("POST", "/prompt", sent)
        except FetchFailed as error:
            if error.sent and self._appears(work_id):
                return
            self._give_up_when_silent()
            raise
        if status >= 300:
            raise _refusal(status, value)
        left_out = failures.of_node_errors(value.get("node_errors") if isinstance(value, Mapping) else None)
        if left_out is not None:
            self.cancel(work_id)
            raise VendorRefused(left_out)
        named = value.get("prompt_id") if isinstance(value, Mapping) else None
        if named != work_id:
            if isinstance(named, str) and _PROMPT_ID.fullmatch(named):
                self.cancel(named)
            raise VendorRefused(failures.own_name_refused(status))

    def knows(self, work_id: str) -> bool:
        """Whether the server has this prompt waiting, running or in its history."""
        _checked_id(work_id)
        return replies.queued(self._queue(), work_id) is not None or self._entry(work_id) is not None

    def poll(self, work_id: str) -> Watched:
        """The state of a prompt; one that the server does not know has failed as `prompt_lost`. Raises FetchFailed or
        VendorFailed while the server does not answer, and VendorRefused (`server_gone`) when it has not for long."""
        try:
            return self._polled(_checked_id(work_id))
        except (FetchFailed, VendorFailed):
            self._give_up_when_silent()
            raise

    def cancel(self, work_id: str) -> None:
        """Take a prompt out of the queue, or interrupt it when it runs; another one's prompt is never touched."""
        _checked_id(work_id)
        for _ in range(3):  # a prompt may begin to run between the look and the deletion
            place = replies.queued(self._queue(), work_id)
            if place is None:
                return
            if place.ahead is None:
                self._tell("/interrupt", {"prompt_id": work_id})
                return
            self._tell("/queue", {"delete": [work_id]})

    def give(self, upload: Upload, data: bytes) -> None:
        """Put a file among the server's inputs under its content's name, unless it is there; then read it back.

        Raises VendorRefused when the server holds anything else under that name.
        """
        if self._holds(upload):
            return
        body, headers = uploading.form(upload, data)
        status, answer = self._send("POST", "/upload/image", body, headers)
        if status >= 300:
            raise VendorRefused(failures.upload_refused(status))
        if uploading.name_in(answer) != upload.name or not self._holds(upload):
            raise VendorRefused(failures.upload_differs())

    def download(self, url: str, sink: IO[bytes], *, limit: int, picture: bool = False) -> Downloaded:
        """Fetch an output that a poll named; only this server's own /view is asked."""
        if not url.startswith(self._address("/view") + "?"):
            raise VendorRefused(failures.bad_name())
        return self._files.download(url, sink, limit=limit, picture=picture)

    def describe(self) -> dict[str, Any]:
        """What the server is and can load: see `describing.described`. Raises VendorRefused for what is no ComfyUI."""
        return describing.described(self)

    def read(self, path: str, *, limit: int = JSON_LIMIT, **query: str) -> Any:
        """The JSON at one of the server's addresses; None where it has nothing there. Raises VendorFailed, FetchFailed,
        VendorRefused when a sign-in is asked for."""
        try:
            # A node whose IS_CHANGED is "always" leaves a NaN in its graph, in the queue and in the history.
            asked = self._address(path, **query)
            status, value = self._fetcher.request_json("GET", asked, headers=_JSON, limit=limit, lenient=True)
        except FetchFailed as error:
            if error.code != "not_json":
                raise
            status, value = int(error.failure.evidence.get("http_status", 200)), None
        if status in (401, 403):
            raise VendorRefused(failures.not_admitted(status))
        if status >= 500:
            raise VendorFailed(failures.server_error(status))
        self._answered = time.monotonic()
        return value if status < 300 else None

    def wait(self, seconds: float) -> None:
        """Until a prompt begins or ends, as far as the websocket tells, at most so long."""
        self._listener.wait(seconds)

    def close(self) -> None:
        self._listener.close()

    def _polled(self, work_id: str) -> Watched:
        """Queue first, then history: a prompt moves from the one to the other, never back."""
        queue = self._queue()
        place = replies.queued(queue, work_id)
        if place is not None:
            self._listener.follow(place.client_id)
            return self._under_way(work_id, place, replies.graph_in(queue, work_id))
        entry = self._entry(work_id)
        seen = self._listener.settled(work_id) if entry is not None else self._listener.seen(work_id)
        if entry is not None:
            return replies.ended(entry, self._address("/view"), seen.seconds if seen and seen.whole else None)
        if seen is not None and seen.ended == "execution_success":  # the history was cleared behind us
            return replies.ended({"outputs": seen.outputs}, self._address("/view"))
        return Watched("failed", failure=failures.lost())

    def _under_way(self, work_id: str, place: replies.Waiting, graph: Any) -> Watched:
        if place.ahead is not None:
            return Watched("waiting", progress={"phase": "waiting", "position": place.ahead})
        seen = self._listener.seen(work_id)
        if seen is None or not seen.node:
            return Watched("running")
        progress: dict[str, str | int] = {"phase": phases.phase_of(graph, seen.node)}
        progress["node"] = phases.title_of(graph, seen.node)
        if seen.maximum > 1:
            progress |= {"step": seen.value, "steps": seen.maximum}
        return Watched("running", progress=progress, preview=seen.preview)

    def _appears(self, work_id: str) -> bool:
        for _ in range(_LOOKS):
            self._sleep(self._pause)
            try:
                if self.knows(work_id):
                    return True
            except (BackendFailed, Unavailable):
                continue
        return False

    def _queue(self) -> Any:
        return self._state("/queue")

    def _entry(self, work_id: str) -> Mapping[str, Any] | None:
        return replies.history_entry(self._state(f"/history/{quote(work_id, safe='')}"), work_id)

    def _state(self, path: str) -> Any:
        value = self.read(path, limit=STATE_LIMIT)
        if not isinstance(value, Mapping):
            raise VendorRefused(failures.not_comfyui())
        return value

    def _holds(self, upload: Upload) -> bool:
        status, data = self._send("GET", "/view", None, {}, limit=uploading.LIMIT, **uploading.query(upload))
        return status == 200 and hashlib.sha256(data).hexdigest() == upload.sha256

    def _ask(self, method: str, path: str, body: Mapping[str, Any]) -> tuple[int, Any]:
        return self._fetcher.request_json(method, self._address(path), dict(body), lenient=True)

    def _give_up_when_silent(self) -> None:
        silent = time.monotonic() - self._answered
        if silent >= self._gone_after:
            raise VendorRefused(failures.gone(silent)) from None

    def _tell(self, path: str, body: Mapping[str, Any]) -> None:
        """POST to one of the addresses that answer with nothing."""
        status, _ = self._send("POST", path, json_module.dumps(dict(body)).encode(), _JSON)
        if status >= 300:
            raise _refusal(status, None)

    def _send(
        self,
        method: str,
        path: str,
        content: bytes | None,
        headers: Mapping[str, str],
        *,
        limit: int = JSON_LIMIT,
        **query: str,
    ) -> tuple[int, bytes]:
        return self._files.send(method, self._address(path, **query), content, headers, limit=limit)

    def _address(self, path: str, **query: str) -> str:
        return f"{self._base}{path}" + (f"?{urlencode(query)}" if query else "")


def _checked_id(work_id: str) -> str:
    if not _PROMPT_ID.fullmatch(work_id):
        raise VendorRefused(failures.of_refusal(400, {"error": {"type": "invalid_prompt_id"}}))
    return work_id


def _refusal(status: int, value: Any) -> BackendFailed:
    why = failures.of_refusal(status, value)
    return VendorFailed(why) if status >= 500 or status == 429 else VendorRefused(why)
