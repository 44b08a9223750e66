"""The server's side of its websocket (RFC 6455): a handshake, messages out, pings answered."""

from __future__ import annotations

import base64
import hashlib
import json
import struct
import threading
from io import BufferedIOBase
from typing import Any

_GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"  # of the protocol
_TEXT, _BINARY, _CLOSE, _PING, _PONG = 1, 2, 8, 9, 10
_PREVIEW_WITH_METADATA = 4


def accept(key: str) -> str:
    """What the handshake answers to a client's key."""
    return base64.b64encode(hashlib.sha1((key + _GUID).encode(), usedforsecurity=False).digest()).decode()


class Events:
    """Who listens, by client id: a later connection of the same id takes its place."""

    def __init__(self) -> None:
        self._sinks: dict[str, BufferedIOBase] = {}
        self._lock = threading.Lock()

    def join(self, client_id: str, sink: BufferedIOBase) -> None:
        with self._lock:
            self._sinks[client_id] = sink

    def leave(self, client_id: str, sink: BufferedIOBase) -> None:
        with self._lock:
            if self._sinks.get(client_id) is sink:
                del self._sinks[client_id]

    def send(self, client_id: str | None, kind: str, told: dict[str, Any]) -> None:
        """To one client, or to all with None."""
        self._put(client_id, _frame(_TEXT, json.dumps({"type": kind, "data": told}).encode()))

    def show(self, client_id: str, picture: bytes, about: dict[str, Any]) -> None:
        """A preview, as a client is sent it that has said that it takes metadata with it."""
        metadata = json.dumps({**about, "image_type": "image/jpeg"}).encode()
        head = struct.pack(">II", _PREVIEW_WITH_METADATA, len(metadata))
        self._put(client_id, _frame(_BINARY, head + metadata + picture))

    def _put(self, client_id: str | None, frame: bytes) -> None:
        with self._lock:
            listed = list(self._sinks.values()) if client_id is None else [self._sinks.get(client_id)]
            for sink in (sink for sink in listed if sink is not None):
                try:
                    sink.write(frame)
                    sink.flush()
                except (OSError, ValueError):
                    continue

    def listen(self, source: BufferedIOBase, sink: BufferedIOBase) -> None:
        """Until the client closes: its pings are answered, the rest of what it says is passed over."""
        while True:
            head = source.read(2)
            if len(head) < 2:
                return
            kind, size = head[0] & 15, head[1] & 127
            if size == 126:
                size = struct.unpack(">H", source.read(2))[0]
            elif size == 127:
                return
            mask = source.read(4) if head[1] & 128 else b"\0\0\0\0"
            data = bytes(byte ^ mask[place % 4] for place, byte in enumerate(source.read(size)))
            if kind in (_CLOSE, _PING):
                with self._lock:
                    sink.write(_frame(_CLOSE if kind == _CLOSE else _PONG, data))
                    sink.flush()
            if kind == _CLOSE:
                return


def _frame(kind: int, data: bytes) -> bytes:
    size = len(data)
    if size < 126:
        return bytes((128 | kind, size)) + data
    if size < 1 << 16:
        return struct.pack(">BBH", 128 | kind, 126, size) + data
    return struct.pack(">BBQ", 128 | kind, 127, size) + data
