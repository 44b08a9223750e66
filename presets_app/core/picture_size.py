"""Width and height of a picture from its first bytes: PNG, JPEG, WebP and GIF, without decoding it."""

from __future__ import annotations

import struct
from typing import NamedTuple

HEAD = 65_536  # bytes that are enough; a JPEG with larger metadata before its size is answered with None
_JPEG_SIZES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_WEBP_HEAD = {b"VP8X": 30, b"VP8L": 25, b"VP8 ": 30}  # bytes up to the end of the size
_JPEG_BARE = frozenset(range(0xD0, 0xDA)) | {0x01}


class Size(NamedTuple):
    width: int
    height: int


def size_of(head: bytes) -> Size | None:
    """None when this is no such picture, or its header is broken."""
    try:
        if head.startswith(b"\x89PNG\r\n\x1a\n") and head[12:16] == b"IHDR":
            return Size(*struct.unpack(">II", head[16:24]))
        if head.startswith(b"\xff\xd8"):
            return _jpeg(head)
        if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
            return _webp(head)
        if head[:6] in (b"GIF87a", b"GIF89a"):
            return Size(*struct.unpack("<HH", head[6:10]))
    except (struct.error, IndexError):
        return None
    return None


def _jpeg(head: bytes) -> Size | None:
    at = 2
    while at + 4 <= len(head):
        if head[at] != 0xFF:
            return None
        marker = head[at + 1]
        if marker in _JPEG_SIZES:
            height, width = struct.unpack(">HH", head[at + 5 : at + 9])
            return Size(width, height)
        if marker == 0xFF:
            at += 1
        elif marker in _JPEG_BARE:
            at += 2
        else:
            at += 2 + max(2, int.from_bytes(head[at + 2 : at + 4]))
    return None


def _webp(head: bytes) -> Size | None:
    kind = head[12:16]
    if len(head) < _WEBP_HEAD.get(kind, 0):
        return None
    if kind == b"VP8X":
        return Size(1 + int.from_bytes(head[24:27], "little"), 1 + int.from_bytes(head[27:30], "little"))
    if kind == b"VP8L":
        bits = int.from_bytes(head[21:25], "little")
        return Size(1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF))
    if kind == b"VP8 " and head[23:26] == b"\x9d\x01\x2a":
        width, height = struct.unpack("<HH", head[26:30])
        return Size(width & 0x3FFF, height & 0x3FFF)
    return None
