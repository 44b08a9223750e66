"""SHA-256 of files, kept on disk by what a file cannot change without changing: device, inode, size, mtime, ctime.

Hashing 40 GB takes half a minute; asking the file system about them takes milliseconds. Any write moves ctime, which
no program can set back, so a kept hash is that of the bytes that are there now. A file of somebody else's, or one
that others may write to, is not believed: whoever could forge a hash could pass off other weights.
"""

from __future__ import annotations

import os
import sqlite3
import stat
import threading
import time
from contextlib import suppress
from pathlib import Path

from runner import logs

VARIABLE = "MATCHFRAME_HASHES"  # where the cache lies; without it, hashes are forgotten when the process ends
TICK = 20_000_000  # ns; clocks of file systems move in steps, and two writes within one step leave one ctime
WHOLE_SECOND = 2_000_000_000  # ns; the step of file systems that keep whole seconds
Identity = tuple[int, int, int, int, int]
_SCHEMA = (
    "CREATE TABLE IF NOT EXISTS files (device TEXT, inode TEXT, size INTEGER, mtime INTEGER, ctime INTEGER,"
    " sha256 TEXT NOT NULL, PRIMARY KEY (device, inode)) WITHOUT ROWID"
)
_OTHERS = stat.S_IWGRP | stat.S_IWOTH


class HashCache:
    """One file for all runners of a user on a machine. Without a place, or when the place cannot be used, every
    question is answered with None and nothing is kept; a cache never stops a render."""

    def __init__(self, place: Path | None) -> None:
        self._lock = threading.Lock()
        self._held = _opened(place) if place is not None else None

    def get(self, identity: Identity) -> str | None:
        device, inode, *rest = identity
        asked = "SELECT size, mtime, ctime, sha256 FROM files WHERE device = ? AND inode = ?"
        row = self._do(asked, (str(device), str(inode)))
        return str(row[3]) if row is not None and list(row[:3]) == rest else None

    def put(self, identity: Identity, sha256: str) -> None:
        device, inode, size, mtime, ctime = identity
        told = "INSERT OR REPLACE INTO files VALUES (?, ?, ?, ?, ?, ?)"
        self._do(told, (str(device), str(inode), size, mtime, ctime, sha256))

    def close(self) -> None:
        if self._held is not None:
            self._held.close()
        self._held = None

    def _do(self, statement: str, values: tuple[str | int, ...]) -> tuple[str | int, ...] | None:
        if self._held is None:
            return None
        try:
            with self._lock:
                row: tuple[str | int, ...] | None = self._held.execute(statement, values).fetchone()
        except sqlite3.Error as error:
            logs.warn("the hash cache is left out", error=str(error))
            self.close()
            return None
        return row


def from_environment() -> HashCache:
    place = os.environ.get(VARIABLE, "")
    return HashCache(Path(place) if place else None)


def settled(identity: Identity, now: int | None = None) -> bool:
    """Whether a further write would show: the file's last change lies a clock's step in the past. `now` in ns."""
    ctime = identity[-1]  # a file may well carry another machine's mtime
    step = WHOLE_SECOND if ctime % 1_000_000_000 == 0 else TICK
    return ctime + step < (time.time_ns() if now is None else now)


def _opened(place: Path) -> sqlite3.Connection | None:
    """The cache, made anew when it is damaged; None where it cannot be kept or must not be believed."""
    for _attempt in range(2):
        try:
            if not _ours(place):
                logs.warn("the hash cache is left out", error="others may write to it")
                return None
            return _connected(place)
        except sqlite3.DatabaseError as error:
            logs.warn("the hash cache is made anew", error=str(error))
            with suppress(OSError):
                place.unlink()
        except OSError as error:
            logs.warn("the hash cache is left out", error=error.strerror or type(error).__name__)
            return None
    return None


def _connected(place: Path) -> sqlite3.Connection:
    held = sqlite3.connect(place, timeout=2.0, isolation_level=None, check_same_thread=False)
    try:
        held.execute("PRAGMA synchronous = OFF")  # what a power cut takes is hashed again
        held.execute(_SCHEMA)
        held.execute("SELECT device, inode, size, mtime, ctime, sha256 FROM files LIMIT 1").fetchone()
    except sqlite3.Error:
        held.close()
        raise
    return held


def _ours(place: Path) -> bool:
    """Make the file if there is none, for this user alone. Raises OSError where there can be none."""
    place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle = os.open(place, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    try:
        found = os.fstat(handle)
    finally:
        os.close(handle)
    folder = place.parent.stat()
    mine = found.st_uid == os.geteuid() and folder.st_uid in (os.geteuid(), 0)
    return mine and not (found.st_mode | folder.st_mode) & _OTHERS and stat.S_ISREG(found.st_mode)
