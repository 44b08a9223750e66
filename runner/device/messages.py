"""JSON messages over a pipe: four bytes of length, then UTF-8. Never pickles: the other end is only a process."""

from __future__ import annotations

import json
import os
import struct
from typing import IO, Any

_HEAD = struct.Struct(">I")
LARGEST = 64 << 20  # bytes; far above any fingerprint, far below what a garbled length could ask for


class Garbled(Exception):
    """What came through the pipe is not a message."""


def write(stream: IO[bytes], message: dict[str, Any]) -> None:
    body = json.dumps(message, allow_nan=False).encode()
    stream.write(_HEAD.pack(len(body)) + body)
    stream.flush()


def read(stream: IO[bytes]) -> dict[str, Any] | None:
    """The next message, waiting for it; None at the end of the stream."""
    head = stream.read(_HEAD.size)
    if len(head) < _HEAD.size:
        return None
    body = stream.read(_length(head))
    return _parse(body)


class Inbox:
    """Messages from a descriptor that is read only when it has something, so that one can wait with a time limit."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self._held = bytearray()

    def take(self) -> list[dict[str, Any]] | None:
        """Every whole message there is after one read; None at the end of the stream. Raises Garbled."""
        chunk = os.read(self._descriptor, 1 << 16)
        if not chunk:
            return None
        self._held += chunk
        found = []
        while len(self._held) >= _HEAD.size:
            length = _length(bytes(self._held[: _HEAD.size]))
            if len(self._held) < _HEAD.size + length:
                break
            found.append(_parse(bytes(self._held[_HEAD.size : _HEAD.size + length])))
            del self._held[: _HEAD.size + length]
        return found


def _length(head: bytes) -> int:
    length = int(_HEAD.unpack(head)[0])
    if length > LARGEST:
        raise Garbled(f"a message of {length} bytes")
    return length


def _parse(body: bytes) -> dict[str, Any]:
    try:
        message = json.loads(body)
    except ValueError as error:
        raise Garbled("not JSON") from error
    if not isinstance(message, dict):
        raise Garbled("not an object")
    return message
