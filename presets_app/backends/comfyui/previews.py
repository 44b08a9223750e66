"""Previews in the server's binary messages, before anything is believed of them. Pure.

A message begins with its kind, four bytes, the largest first. Kind 1 goes on with a word for the format, kind 4 with
the length of a JSON text that names the prompt; then comes the picture.
"""

from __future__ import annotations

import json
from dataclasses import dataclass

LIMIT = 512 << 10  # bytes of one picture; a server makes them 512 pixels wide
_PLAIN, _NAMED = 1, 4
_HEAD = 8
_STARTS = (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n")


@dataclass(frozen=True)
class Preview:
    """`prompt_id` is "" where the message names none."""

    prompt_id: str
    data: bytes


def picture_in(message: bytes) -> Preview | None:
    """None for a message of another kind, and for what is no JPEG or PNG of a small size."""
    kind, second = (int.from_bytes(message[place : place + 4], "big") for place in (0, 4))
    start = _HEAD + (second if kind == _NAMED else 0)
    data = message[start:]
    if kind not in (_PLAIN, _NAMED) or not data.startswith(_STARTS) or len(data) > LIMIT:
        return None
    return Preview(_prompt_in(message[_HEAD:start]) if kind == _NAMED else "", data)


def _prompt_in(text: bytes) -> str:
    try:
        told = json.loads(text)
    except (ValueError, RecursionError):
        return ""
    named = told.get("prompt_id") if isinstance(told, dict) else None
    return named if isinstance(named, str) else ""
