"""Progress over the server's websocket, in a thread of its own; polling goes on without it.

Previews come as the server's own `--preview-method` has them made; none is asked for, because that would cost steps.
"""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Any

from presets_app.backends.comfyui import previews
from presets_app.backends.errors import BackendFailed
from presets_app.backends.websocket import Connection, Ended
from presets_app.core.errors import LocalOnly

Open = Callable[[str], AbstractContextManager[Connection]]
_PAUSES = (0.5, 1.0, 2.0, 5.0, 10.0)  # seconds between tries to connect again
_LISTEN = 0.1  # seconds of waiting for a message before it is looked whether to go on
_ENDS = ("execution_success", "execution_error", "execution_interrupted")
_MOST_PROMPTS = 500
_BEHIND = 0.5  # seconds
_PATIENCE = 2.0  # seconds for the first connection
_HELLO = json.dumps({"type": "feature_flags", "data": {"supports_preview_metadata": True}})


@dataclass
class Seen:
    """What the events said of one prompt: the node in hand and its steps, the newest preview, the outputs told so far,
    how it ended ("" while it has not). `seconds` is the time of each node by this machine's clock; `whole` says
    that every one of its events came."""

    node: str = ""
    value: int = 0
    maximum: int = 0
    preview: bytes = b""
    outputs: dict[str, Any] = field(default_factory=dict)
    ended: str = ""
    whole: bool = False
    seconds: dict[str, float] = field(default_factory=dict)
    _since: float = 0.0
    _timed: str = ""

    def take(self, kind: str, told: Mapping[str, Any]) -> None:
        if kind == "execution_start":
            self.whole = True
        elif kind == "executing":
            self._pass_on(str(told.get("display_node") or told.get("node") or ""))
        elif kind == "progress":
            self.node = str(told.get("node") or self.node)
            self.value, self.maximum = _whole(told.get("value")), _whole(told.get("max"))
        elif kind == "executed" and isinstance(told.get("output"), Mapping):
            self.outputs[str(told.get("node"))] = told["output"]
        elif kind in _ENDS:
            self._pass_on("")
            self.ended = kind

    def _pass_on(self, node: str) -> None:
        """From the node in hand to the next one, "" for none."""
        now = time.monotonic()
        if self._timed:
            self.seconds[self._timed] = self.seconds.get(self._timed, 0.0) + now - self._since
        self._timed, self._since = node, now
        if node:
            self.node, self.value, self.maximum = node, 0, 0


class Listener:
    """Follows the events that a server sends to one client id. `open_at` opens a connection for an id. Safe to ask
    from other threads; it never raises, and knows nothing of what was sent while it was not connected."""

    def __init__(self, open_at: Open) -> None:
        self._open_at = open_at
        self._seen: dict[str, Seen] = {}
        self._lock = threading.Lock()
        self._moved = threading.Event()
        self._stop = threading.Event()
        self._tried = threading.Event()
        self._thread: threading.Thread | None = None
        self._client_id = ""
        self._in_hand = ""

    def follow(self, client_id: str) -> None:
        """Listen to this id's events from now on; the first one stays. Waits a moment for the connection, so that
        nothing is missed of what is sent to the server next."""
        if self._thread is None and client_id:
            self._client_id = client_id
            self._thread = threading.Thread(target=self._listen, daemon=True, name="comfyui-events")
            self._thread.start()
            self._tried.wait(_PATIENCE)

    def seen(self, prompt_id: str) -> Seen | None:
        return self._seen.get(prompt_id)

    def settled(self, prompt_id: str) -> Seen | None:
        """What was seen of a prompt that the server says is over; its last events may be a moment behind."""
        until = time.monotonic() + _BEHIND
        while (seen := self._seen.get(prompt_id)) and seen.whole and not seen.ended and time.monotonic() < until:
            time.sleep(_LISTEN / 10)
        return seen

    def wait(self, seconds: float) -> None:
        """Until a prompt ends, at most so long."""
        self._moved.wait(seconds)
        self._moved.clear()

    def close(self) -> None:
        self._stop.set()
        self._moved.set()
        if self._thread is not None:
            self._thread.join(3 * _LISTEN)

    def _listen(self) -> None:
        tries = 0
        while not self._stop.is_set():
            begun = time.monotonic()
            try:
                with self._open_at(self._client_id) as connection:
                    connection.send(_HELLO)  # has to come first; older servers pass it over
                    self._tried.set()
                    self._read(connection)
            except LocalOnly:
                self._tried.set()
                return
            except (BackendFailed, *Ended):
                pass  # polling tells what has happened meanwhile
            self._tried.set()
            self._missed()
            tries = 0 if time.monotonic() - begun > _PAUSES[-1] else tries + 1
            self._stop.wait(_PAUSES[min(tries, len(_PAUSES)) - 1])

    def _read(self, connection: Connection) -> None:
        while not self._stop.is_set():
            try:
                message = connection.recv(timeout=_LISTEN)
            except TimeoutError:
                continue
            self._take(message) if isinstance(message, str) else self._see(message)

    def _missed(self) -> None:
        """Events of what is not over may have been sent to nobody."""
        with self._lock:
            for seen in self._seen.values():
                seen.whole = seen.whole and bool(seen.ended)

    def _see(self, message: bytes) -> None:
        """Keep a preview with its prompt; one that names none belongs to the prompt in hand."""
        found = previews.picture_in(message)
        with self._lock:
            seen = self._seen.get(found.prompt_id or self._in_hand) if found else None
            if found and seen and not seen.ended:
                seen.preview = found.data

    def _take(self, message: str) -> None:
        try:
            event = json.loads(message)
        except (ValueError, RecursionError):
            return
        kind, told = (event.get("type"), event.get("data")) if isinstance(event, Mapping) else (None, None)
        prompt_id = told.get("prompt_id") if isinstance(told, Mapping) else None
        if not isinstance(kind, str) or not isinstance(told, Mapping) or not isinstance(prompt_id, str):
            return
        with self._lock:
            while len(self._seen) >= _MOST_PROMPTS and prompt_id not in self._seen:
                self._seen.pop(next(iter(self._seen)))
            self._seen.setdefault(prompt_id, Seen()).take(kind, told)
            self._in_hand = prompt_id
        if kind in (*_ENDS, "execution_start"):
            self._moved.set()


def _whole(value: Any) -> int:
    return int(value) if isinstance(value, (int, float)) and 0 <= value < 1 << 31 else 0
