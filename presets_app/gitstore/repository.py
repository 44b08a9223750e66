"""The store: one project's documents in one bare Git repository, opened for one request, job or command."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, closing, suppress
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from types import MappingProxyType, TracebackType

from presets_app.core.errors import Invalid, MatchframeError
from presets_app.core.problems import Problem
from presets_app.gitstore import history, inspection
from presets_app.gitstore.branch import read_branch
from presets_app.gitstore.command import FSYNC_SETTING, Command, failed, full_hash, version
from presets_app.gitstore.creation import layout_problems, require_layout
from presets_app.gitstore.errors import GitFailed, NothingToCommit, StaleParent, WrongThread
from presets_app.gitstore.locking import WriterLock
from presets_app.gitstore.message import compose
from presets_app.gitstore.objects import Objects
from presets_app.gitstore.paths import safe
from presets_app.gitstore.records import CommitInfo, PathChange, Person
from presets_app.gitstore.writing import Changes, FastImport, checked, commit_stream

Build = Callable[["Store", str | None], Changes]
_NO_TRAILERS: Mapping[str, str] = MappingProxyType({})
_MAX_LOG = 1000
_TOLD = 20  # commits a StaleParent tells about


class Store:
    """Open it, use it in the thread that opened it, close it. At most one git child stays alive between calls."""

    def __init__(self, path: Path) -> None:
        self.path = path.absolute()
        self._owner = _here()
        self._command = Command(self.path)
        self._objects = Objects(self._command)
        self._lock = WriterLock(self.path)
        self._accepted = False

    def head(self) -> str | None:
        """The newest commit's id, None while there is none."""
        self._enter()
        return read_branch(self.path)

    def read(self, revision: str, path: str) -> bytes | None:
        """A file's bytes at a commit, or None. Raises RefusedContent if the name is anything but a plain file."""
        self._enter()
        found = self._objects.find(full_hash(revision), safe(path))
        return self._objects.blob(found.oid) if found else None

    def read_blob(self, blob: str) -> bytes:
        """The bytes behind a blob id. Raises NotFound if there is none, RefusedContent if it is not a file."""
        self._enter()
        return self._objects.blob(full_hash(blob))

    def commit(
        self,
        changes: Changes,
        *,
        author: Person,
        subject: str,
        body: str = "",
        trailers: Mapping[str, str] = _NO_TRAILERS,
        parent: str | None,
        at: datetime | None = None,
        allow_empty: bool = False,
    ) -> str:
        """Add one commit on top of `parent` and return its id; it is on disk when this returns. None deletes a path.

        Raises StaleParent when somebody committed after `parent`, NothingToCommit when nothing would change, Invalid
        for names and texts that cannot be stored, Unavailable when git could not write. In each case nothing changed.
        """
        self._enter()
        wanted, message = checked(changes), compose(subject, body, trailers)
        if parent is not None:
            full_hash(parent)
        with self._lock.held() as lock:
            self._require_parent(parent, wanted)
            self._lock.clear_refs()
            try:
                with FastImport(self._command, self.path, wanted, lock) as writer:
                    fresh = writer.fresh(parent, wanted)
                    if not fresh and not allow_empty:
                        raise NothingToCommit("Nothing would change: the project already says exactly this.")
                    return writer.write(commit_stream(fresh, author, message, parent, at or datetime.now(UTC)))
            except GitFailed:
                self._require_parent(parent, wanted)  # a git that does not know our lock was faster
                raise

    def changed(self, old: str | None, new: str) -> list[PathChange]:
        """The paths that differ between two commits; every path of `new` if `old` is None."""
        self._enter()
        return history.changed(self._command, full_hash(old) if old else None, full_hash(new))

    def log(self, *, path: str | None = None, limit: int = 50, before: str | None = None) -> list[CommitInfo]:
        """Newest first, at most `limit` (1 to 1000) commits, those that touched `path` (a file or folder) if given;
        `before` is the last commit already seen and is left out."""
        self._enter()
        if not 1 <= limit <= _MAX_LOG:
            raise Invalid(f"The number of commits must lie between 1 and {_MAX_LOG}.", code="limit_invalid")
        below = safe(path) if path is not None else None
        start = self.commit_info(before).parent if before is not None else self.head()
        return history.log(self._command, start, below, limit) if start else []

    def replay(self, since: str | None, until: str | None = None) -> Iterator[tuple[CommitInfo, list[PathChange]]]:
        """Each commit after `since` (None: from the first) up to `until` (None: head), oldest first, as it is read."""
        self._enter()
        last = full_hash(until) if until is not None else self.head()
        first = full_hash(since) if since is not None else None
        return history.replay(self._command, first, last) if last else iter(())

    def commit_info(self, revision: str) -> CommitInfo:
        self._enter()
        return history.log(self._command, full_hash(revision), None, 1)[0]

    def paths(self, revision: str, prefix: str) -> Iterator[str]:
        """Every path below a folder, or of the whole tree for "". Walks the tree: for maintenance only."""
        self._enter()
        found = history.files(self._command, full_hash(revision), safe(prefix.rstrip("/")) if prefix else "")
        return (path for _, path in found)

    def verify(self) -> list[Problem]:
        """What is in this repository that the store would not have written. Reads everything: for maintenance only."""
        self._check_owner()
        problems = layout_problems(self.path)
        if problems:
            return problems
        problems = inspection.hook_problems(self.path) + inspection.object_problems(self._command)
        try:
            head = read_branch(self.path)
            return problems + (inspection.tree_problems(self._command, head) if head else [])
        except MatchframeError as error:
            return [*problems, *error.problems]

    def tidy(self) -> None:
        """Pack loose objects and index history for `log(path=...)`. Safe beside readers and writers."""
        self._enter()
        merging = ("--geometric=2",) if version() >= FSYNC_SETTING else ()
        for args in (
            ("repack", "-d", "-l", "-q", *merging),
            ("commit-graph", "write", "--reachable", "--changed-paths"),
        ):
            done = self._command.run(*args)
            if done.status:
                raise failed(done.err)

    def exclusive(self) -> AbstractContextManager[int]:
        """Keep other writers on this host waiting, so that a read, a decision and a commit see one head."""
        self._enter()
        return self._lock.held()

    def close(self) -> None:
        """End every child. The Store may be closed twice, and from the process that opened it only."""
        self._check_owner()
        self._objects.close()
        self._command.close()

    def __enter__(self) -> Store:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _enter(self) -> None:
        self._check_owner()
        if not self._accepted:
            require_layout(self.path)
            self._accepted = True

    def _check_owner(self) -> None:
        if self._owner != _here():
            raise WrongThread("This Store was opened in another thread or process; open one here.")

    def _require_parent(self, parent: str | None, wanted: Changes) -> None:
        actual = read_branch(self.path)
        if actual == parent:
            return
        commits, changes = self._what_came(parent, actual) if parent and actual else ([], [])
        raise StaleParent(expected=parent, actual=actual, commits=commits, changes=changes, wanted=wanted)

    def _what_came(self, parent: str, actual: str) -> tuple[list[CommitInfo], list[PathChange]]:
        try:
            with closing(history.replay(self._command, parent, actual)) as steps:
                commits = [info for info, _ in islice(steps, _TOLD)]
            return commits, history.changed(self._command, parent, actual)
        except MatchframeError:
            return [], []  # `parent` is not in this repository: there is nothing to tell


def retrying(
    store_path: Path,
    build: Build,
    *,
    author: Person,
    subject: str,
    body: str = "",
    trailers: Mapping[str, str] = _NO_TRAILERS,
    at: datetime | None = None,
    attempts: int = 5,
) -> str:
    """Build changes on the present head and commit them; build again when somebody was faster.

    `build(store, head)` is called once per attempt and must not have other effects. The last attempt keeps other
    writers out while it builds, so StaleParent comes out only if a foreign git writes to the repository.
    """

    def attempt(store: Store) -> str:
        head = store.head()
        changes = build(store, head)
        return store.commit(changes, author=author, subject=subject, body=body, trailers=trailers, parent=head, at=at)

    for number in range(1, attempts):
        with Store(store_path) as store, suppress(StaleParent):
            return attempt(store)
        time.sleep(0.002 * number)
    with Store(store_path) as store, store.exclusive():
        return attempt(store)


def _here() -> tuple[int, int]:
    return os.getpid(), threading.get_ident()
