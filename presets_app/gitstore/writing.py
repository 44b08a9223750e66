"""One commit by one `git fast-import`: no index, no work tree, no temporary files of ours.

fast-import refuses to move a branch to a commit that does not contain its present tip, and moves it by comparing and
swapping. `--done` makes a stream that was cut short (our process was killed) write nothing.
"""

from __future__ import annotations

import subprocess
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from datetime import datetime
from itertools import islice
from pathlib import Path

from presets_app.core.errors import Invalid
from presets_app.gitstore.branch import BRANCH, sync_branch
from presets_app.gitstore.command import PATIENCE, Command, failed, full_hash
from presets_app.gitstore.errors import GitFailed
from presets_app.gitstore.message import ident
from presets_app.gitstore.objects import MAX_BLOB, Entry, blob_id, require_file, require_folder
from presets_app.gitstore.paths import safe
from presets_app.gitstore.records import Person

Changes = Mapping[str, bytes | None]
_FEW = 20  # files whose pack git is sure to unpack at once, so that compressing it first is waste
_AT_ONCE = 200  # questions whose answers fit into a pipe, so that neither side waits for the other


def checked(changes: Changes) -> dict[str, bytes | None]:
    """The changes sorted by path. Raises Invalid for a path the store may not hold, for a file that is a folder in the
    same commit, and for more than 16 MiB in one file."""
    for path, data in changes.items():
        above = _split(safe(path))[:-1]
        if any("/".join(above[:depth]) in changes for depth in range(1, len(above) + 1)):
            raise Invalid(f"{path} lies inside another file of the same commit.", code="path_invalid")
        if data is not None and len(data) > MAX_BLOB:
            raise Invalid(f"{path} is larger than {MAX_BLOB >> 20} MiB.", code="content_too_large")
    return dict(sorted(changes.items()))


def commit_stream(changes: Changes, author: Person, message: bytes, parent: str | None, at: datetime) -> bytes:
    """What fast-import reads for one commit on the branch. All values must have been checked before."""
    who = ident(author, at)
    parts = [b"commit %s\nmark :1\nauthor %s\ncommitter %s\n" % (BRANCH.encode(), who, who), _data(message)]
    if parent:
        parts.append(b"from %s\n" % parent.encode())
    for path, data in changes.items():
        name = path.encode("ascii")
        parts.append(b"D %s\n" % name if data is None else b"M 100644 inline %s\n%s" % (name, _data(data)))
    parts.append(b"\nget-mark :1\ndone\n")
    return b"".join(parts)


class FastImport:
    """One running fast-import: ask what stands at some paths, then write one commit or nothing.

    Asking the writer itself saves a second child and looks at exactly what it will write on.
    """

    def __init__(self, command: Command, repository: Path, changes: Changes, lock: int) -> None:
        self._command, self._repository = command, repository
        plain = ("-c", "pack.compression=0") if len(changes) <= _FEW else ()
        self._child = command.start(*plain, "fast-import", "--quiet", "--done", passing=(lock,))

    def fresh(self, parent: str | None, wanted: Changes) -> dict[str, bytes | None]:
        """Those of the changes that change something. Raises RefusedContent where a path is, or lies below, anything
        but what the store writes."""
        if parent is None:
            return {path: data for path, data in wanted.items() if data is not None}
        folders = {"/".join(parts[:depth]) for parts in map(_split, wanted) for depth in range(1, len(parts))}
        for folder, entry in self._entries(parent, sorted(folders)):
            if entry is not None:
                require_folder(folder, entry)
        return {path: wanted[path] for path, entry in self._entries(parent, wanted) if _differs(path, entry, wanted)}

    def write(self, stream: bytes) -> str:
        """Write the commit durably and return its id. Raises GitFailed when the branch did not move."""
        out, err = self._finish(stream)
        if self._child.returncode:
            remove_crash_reports(self._repository)
            raise failed(err)
        sync_branch(self._repository)
        return full_hash(out.decode("ascii", "replace").strip())

    def __enter__(self) -> FastImport:
        return self

    def __exit__(self, *_: object) -> None:
        if self._child.poll() is None:
            self._finish(b"done\n")  # killed, it would leave its unfinished pack behind
        self._command.end(self._child)

    def _entries(self, parent: str, names: Iterable[str]) -> Iterator[tuple[str, Entry | None]]:
        remaining = iter(names)
        while some := list(islice(remaining, _AT_ONCE)):
            lines = self._ask("".join(f"ls {parent} {path}\n" for path in some).encode("ascii"), len(some))
            yield from zip(some, map(_entry, lines), strict=True)

    def _ask(self, questions: bytes, answers: int) -> list[str]:
        assert self._child.stdin and self._child.stdout  # noqa: S101 (Command.start makes the pipes)
        with suppress(BrokenPipeError):
            self._child.stdin.write(questions)
            self._child.stdin.flush()
        lines = [self._child.stdout.readline().decode("ascii", "replace") for _ in range(answers)]
        if not all(lines):
            err = self._finish(b"")[1]
            remove_crash_reports(self._repository)
            raise failed(err)
        return lines

    def _finish(self, last: bytes) -> tuple[bytes, str]:
        try:
            out, err = self._child.communicate(last, timeout=PATIENCE)
        except subprocess.TimeoutExpired as error:
            raise GitFailed(f"git did not finish within {PATIENCE:.0f} seconds.") from error
        return out, err.decode("utf-8", "replace")


def _differs(path: str, entry: Entry | None, wanted: Changes) -> bool:
    if entry is not None:
        require_file(path, entry)
    data = wanted[path]
    return (entry is not None) if data is None else entry is None or entry.oid != blob_id(data, entry.oid)


def _split(path: str) -> list[str]:
    return path.split("/")


def _entry(answer: str) -> Entry | None:
    """One answer to `ls`: `<mode> <kind> <id>TAB<path>`, or `missing <path>`."""
    mode, _, oid = answer.partition("\t")[0].partition(" ")
    return None if mode == "missing" else Entry(mode.lstrip("0"), oid.partition(" ")[2])


def remove_crash_reports(repository: Path) -> None:
    for report in repository.glob("fast_import_crash_*"):
        with suppress(OSError):
            report.unlink()


def _data(content: bytes) -> bytes:
    return b"data %d\n%s\n" % (len(content), content)
