"""One writer at a time on a host, and the remains of writers that were killed.

The lock is an flock that the git child inherits: the kernel lets go of it when both our process and git are gone,
however they ended. Who holds it therefore knows that a `main.lock` left by an earlier save has no living owner.
It only spares work and names the dead; what keeps history whole is the compare-and-swap of the branch.
"""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from presets_app.gitstore.branch import BRANCH
from presets_app.gitstore.errors import GitFailed
from presets_app.gitstore.writing import remove_crash_reports

STALE_AFTER = 5.0  # seconds; git holds a ref lock for milliseconds, and a person's own git command may be that git
_GARBAGE_AFTER = 3600.0
_PATIENCE = 30.0
_LOCKS = (f"{BRANCH}.lock", "packed-refs.lock", "HEAD.lock", "config.lock")
_GARBAGE = ("objects/pack/tmp_*", "objects/pack/.tmp-*", "objects/[0-9a-f][0-9a-f]/tmp_obj_*")
LOCK_NAME = "matchframe.lock"


class WriterLock:
    """Re-entrant for its owner; not for sharing between threads."""

    def __init__(self, repository: Path) -> None:
        self._repository = repository
        self._held: int | None = None

    @contextmanager
    def held(self) -> Iterator[int]:
        """Hold the lock and yield its file descriptor, for git to inherit. Raises GitFailed after 30 seconds."""
        if self._held is not None:
            yield self._held
            return
        opened = os.open(self._repository / LOCK_NAME, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o660)
        try:
            _take(opened)
            self._held = opened
            yield opened
        finally:
            self._held = None
            os.close(opened)

    def clear_refs(self) -> None:
        """Wait for foreign locks on the branch to go, and remove those that are stale. Call with the lock held.

        git takes `HEAD.lock` too when it moves the branch that HEAD names.
        """
        deadline = time.monotonic() + STALE_AFTER
        for lock in (self._repository / name for name in _LOCKS):
            while (age := _age(lock)) is not None:
                if age >= STALE_AFTER or time.monotonic() >= deadline:
                    lock.unlink(missing_ok=True)
                    break
                time.sleep(0.02)

    def heal(self) -> list[str]:
        """Remove what killed writers left: lock files older than 5 seconds, unfinished packs and objects older than
        an hour, crash reports. Returns the names removed."""
        removed: list[str] = []
        with self.held():
            remove_crash_reports(self._repository)
            limits = [(place, STALE_AFTER) for name in _LOCKS for place in self._repository.glob(name)]
            limits += [(place, _GARBAGE_AFTER) for name in _GARBAGE for place in self._repository.glob(name)]
            for place, limit in limits:
                if (_age(place) or 0.0) >= limit:
                    place.unlink(missing_ok=True)
                    removed.append(str(place.relative_to(self._repository)))
        return removed


def _take(opened: int) -> None:
    deadline = time.monotonic() + _PATIENCE
    while True:
        try:
            fcntl.flock(opened, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return
        except BlockingIOError:
            if time.monotonic() >= deadline:
                text = f"Another save has held this project's repository for {_PATIENCE:.0f} seconds."
                raise GitFailed(text, code="store_busy", hint="Try again in a moment.") from None
            time.sleep(0.005)


def _age(place: Path) -> float | None:
    """Seconds since the file was written, None if there is no such file."""
    with suppress(FileNotFoundError):
        return time.time() - place.lstat().st_mtime
    return None
