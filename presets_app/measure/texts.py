"""Texts that travel in pictures, read by plain Python within limits: nothing here decodes a picture.

A PNG is a list of chunks: length, type, body, CRC (PNG specification 3, section 5). Three of them hold text: tEXt as it
is, zTXt deflated, iTXt either way and in UTF-8. Everything else is skipped by its length.
"""

from __future__ import annotations

import re
import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import BinaryIO

PNG = b"\x89PNG\r\n\x1a\n"
TEXT_CHUNKS = (b"tEXt", b"zTXt", b"iTXt")
LONGEST = 5 << 20  # bytes of one text, inflated; the largest published workflow has 0.7 MB
ALL = 5 << 20  # bytes of all texts of one file
MOST = 64  # texts of one file
_CHUNKS = 200_000  # a picture of 4096x2304 in pieces of 8 KiB has under 15,000
_KEYWORD = 79


@dataclass
class Texts:
    """The texts of one file by keyword, as they are spelled there. `faults` are (code, sentence): what could not be
    read, and why."""

    found: dict[str, str] = field(default_factory=dict)
    faults: list[tuple[str, str]] = field(default_factory=list)
    size: int = 0

    def take(self, keyword: str, body: bytes, encoding: str) -> None:
        if len(self.found) >= MOST or self.size + len(body) > ALL:
            self.fault("embedded_too_large", "The file holds more text than is read; the rest is left out.")
            return
        self.size += len(body)
        self.found.setdefault(keyword, body.decode(encoding, "replace"))

    def fault(self, code: str, sentence: str) -> None:
        if (code, sentence) not in self.faults:
            self.faults.append((code, sentence))


def png_texts(stream: BinaryIO) -> Texts:
    """The texts of a PNG. Never raises on any bytes; a file that ends early gives what came before."""
    texts = Texts()
    stream.seek(len(PNG))
    for _ in range(_CHUNKS):
        head = stream.read(8)
        if len(head) < 8:
            texts.fault("embedded_damaged", "The picture ends before its last part: it is cut off.")
            return texts
        length, kind = struct.unpack(">I4s", head)
        if kind == b"IEND":
            return texts
        if kind in TEXT_CHUNKS:
            _text(stream, length, kind, texts)
        else:
            stream.seek(length + 4, 1)
    texts.fault("embedded_too_large", "The picture has more parts than are read.")
    return texts


def _text(stream: BinaryIO, length: int, kind: bytes, texts: Texts) -> None:
    if length > LONGEST:
        texts.fault("embedded_too_large", f"A text in the picture has {length:,} bytes; at most {LONGEST:,} are read.")
        stream.seek(length + 4, 1)
        return
    body, sum_ = stream.read(length), stream.read(4)
    if len(body) < length or len(sum_) < 4:
        texts.fault("embedded_damaged", "A text in the picture is cut off.")
    elif zlib.crc32(kind + body) != struct.unpack(">I", sum_)[0]:
        texts.fault("embedded_damaged", "A text in the picture does not fit its checksum: it was changed or damaged.")
    else:
        for keyword, plain, encoding in _opened(kind, body, texts):
            texts.take(keyword, plain, encoding)


def _opened(kind: bytes, body: bytes, texts: Texts) -> Iterator[tuple[str, bytes, str]]:
    """(keyword, bytes, encoding) of one chunk; nothing for one that is not well formed."""
    name, mark, rest = body.partition(b"\0")
    if not mark or not 0 < len(name) <= _KEYWORD:
        texts.fault("embedded_damaged", "A text in the picture has no name.")
        return
    keyword = name.decode("latin-1")
    if kind == b"tEXt":
        # The standard says Latin-1; ComfyUI writes ASCII JSON, other programs UTF-8.
        yield keyword, rest, "utf-8" if _is_utf8(rest) else "latin-1"
        return
    packed, encoding = (rest[1:], "latin-1") if kind == b"zTXt" else (rest[2:], "utf-8")
    deflated = kind == b"zTXt" or rest[:1] == b"\1"
    if kind == b"iTXt":  # language tag and translated keyword, each ended by a zero
        packed = packed.partition(b"\0")[2].partition(b"\0")[2]
    plain = inflated(packed, LONGEST) if deflated else packed
    if plain is None:
        texts.fault("embedded_damaged", f"A compressed text in the picture cannot be opened, or is over {LONGEST:,} B.")
    else:
        yield keyword, plain, encoding


def _is_utf8(body: bytes) -> bool:
    try:
        body.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def inflated(packed: bytes, most: int) -> bytes | None:
    """The bytes a zlib stream holds; None when it is broken, cut off, or gives more than `most`."""
    opener = zlib.decompressobj()
    try:
        plain = opener.decompress(packed, most + 1)
    except zlib.error:
        return None
    return plain if opener.eof and len(plain) <= most else None


_READABLE = re.compile(rb"[\x20-\x7e]{12,}")
_HEAD, _TAIL = 256 << 10, 64 << 10


def words_in(data: bytes) -> list[str]:
    """Runs of readable characters at both ends of a file, where pictures and sounds keep what people wrote into them
    (EXIF, XMP, ID3): for finding secrets, not for reading."""
    ends = data[:_HEAD], data[_HEAD:][-_TAIL:]
    parts = [part for end in ends for part in (end, end.replace(b"\0", b""))]
    return [run.decode("ascii") for part in parts for run in _READABLE.findall(part)]
