"""Reading objects: one `git cat-file --batch` child, kept open while its Store is."""

from __future__ import annotations

import hashlib
import os
import re
import subprocess
from contextlib import suppress
from dataclasses import dataclass

from presets_app.gitstore.command import Command, failed
from presets_app.gitstore.errors import RefusedContent, RevisionNotFound

MAX_BLOB = 16 << 20  # bytes; documents are kilobytes, and a foreign repository must not fill the memory
_MAX_TREE = 64 << 20
_KEPT_TREES = 512
Tree = dict[bytes, tuple[bytes, bytes]]  # mode and binary id by name
_ENTRIES = {width: re.compile(rb"(\d{5,6}) ([^\0]+)\0(.{%d})" % width, re.DOTALL) for width in (20, 32)}
_FILE, _FOLDER = "100644", "40000"
_REFUSED_MODES = {"120000": "a symbolic link", "160000": "a submodule", "100755": "an executable file"}


@dataclass(frozen=True)
class Entry:
    """One name in a tree: its mode as Git spells it, and the object's id."""

    mode: str
    oid: str


class Objects:
    """Objects and trees by id. Trees never change, so decoded ones are kept."""

    def __init__(self, command: Command) -> None:
        self._command = command
        self._child: subprocess.Popen[bytes] | None = None
        self._trees: dict[str, Tree] = {}

    def blob(self, oid: str) -> bytes:
        """Raises RevisionNotFound if absent, RefusedContent if it is no blob or larger than 16 MiB."""
        kind, data = self._get(oid, MAX_BLOB) or ("", b"")
        if not kind:
            raise RevisionNotFound(f"Object {oid[:8]} is not in this project's repository.")
        if kind != "blob":
            raise RefusedContent(f"Object {oid[:8]} is a {kind}, not a file.")
        return data

    def find(self, revision: str, path: str) -> Entry | None:
        """The file at a path of a commit, or None. Every folder on the way is a real folder, or RefusedContent is
        raised, naming the path and what stands there."""
        entries = self._tree(revision + "^{tree}", revision)
        *folders, name = path.split("/")
        for depth, folder in enumerate(folders):
            entry = lookup(entries, folder)
            if entry is None:
                return None
            require_folder("/".join(folders[: depth + 1]), entry)
            entries = self._tree(entry.oid, entry.oid)
        found = lookup(entries, name)
        if found is not None:
            require_file(path, found)
        return found

    def close(self) -> None:
        """Let the child end by itself by closing its input, then reap it."""
        child, self._child = self._child, None
        if child is None:
            return
        with suppress(subprocess.TimeoutExpired, BrokenPipeError):  # then `end` kills it
            if child.stdin:
                child.stdin.close()
            child.wait(timeout=2)
        self._command.end(child)

    def _tree(self, spec: str, key: str) -> Tree:
        if key not in self._trees:
            kind, data = self._get(spec, _MAX_TREE) or ("", b"")
            if kind != "tree":
                raise RevisionNotFound(f"Revision {key[:8]} is not in this project's repository.")
            if len(self._trees) >= _KEPT_TREES:
                self._trees.clear()
            self._trees[key] = decode_tree(data, len(key) // 2)
        return self._trees[key]

    def _get(self, spec: str, limit: int) -> tuple[str, bytes] | None:
        """Kind and bytes of one object, None if there is none. `spec` is a full hash, or one with `^{tree}`."""
        child = self._child = self._child or self._command.start("cat-file", "--batch")
        try:
            return self._ask(child, spec, limit)
        except (OSError, ValueError) as error:
            reason = _waiting(child)
            self.close()
            raise failed(reason) from error
        except RefusedContent:
            self.close()  # the child still wants to send the object
            raise

    def _ask(self, child: subprocess.Popen[bytes], spec: str, limit: int) -> tuple[str, bytes] | None:
        assert child.stdin and child.stdout  # noqa: S101 (Command.start makes the pipes)
        child.stdin.write(spec.encode("ascii") + b"\n")
        child.stdin.flush()
        header = child.stdout.readline().split()
        if header[-1:] == [b"missing"]:
            _waiting(child)
            return None
        if len(header) != 3:
            raise OSError("cat-file stopped")
        kind, size = header[1].decode("ascii"), int(header[2])
        if size > limit:
            raise RefusedContent(f"Object {spec[:8]} has {size} bytes; the store reads at most {limit}.")
        data = child.stdout.read(size + 1)
        if len(data) != size + 1:
            raise OSError("cat-file stopped")
        return kind, data[:-1]


def decode_tree(data: bytes, width: int) -> Tree:
    """Names of one tree object; `width` is the length of a binary object id. Raises RefusedContent if it is damaged."""
    found = _ENTRIES[width].findall(data)
    if sum(len(mode) + len(name) + 2 + width for mode, name, _ in found) != len(data):
        raise RefusedContent("A folder in this repository is damaged.")
    return {name: (mode, oid) for mode, name, oid in found}


def lookup(tree: Tree, name: str) -> Entry | None:
    mode, oid = tree.get(name.encode(), (b"", b""))
    return Entry(mode.decode("ascii"), oid.hex()) if oid else None


def blob_id(data: bytes, like: str) -> str:
    """The id Git will give these bytes, in the hash that the id `like` uses."""
    algorithm = "sha1" if len(like) == 40 else "sha256"  # 40 or 64 hex digits
    return hashlib.new(algorithm, b"blob %d\0" % len(data) + data, usedforsecurity=False).hexdigest()


def require_folder(path: str, entry: Entry) -> None:
    if entry.mode != _FOLDER:
        raise _refused(path, entry, "a folder")


def require_file(path: str, entry: Entry) -> None:
    if entry.mode != _FILE:
        raise _refused(path, entry, "a file")


def _refused(path: str, entry: Entry, wanted: str) -> RefusedContent:
    what = _REFUSED_MODES.get(entry.mode, "a folder" if entry.mode == _FOLDER else f"something of mode {entry.mode}")
    return RefusedContent(f"{path} is {what} in this repository, where {wanted} is expected.")


def _waiting(child: subprocess.Popen[bytes]) -> str:
    """What git has said on standard error so far, without waiting for more: a full pipe would stop the child."""
    if child.stderr is None or child.stderr.closed:
        return ""
    os.set_blocking(child.stderr.fileno(), False)
    return (child.stderr.read() or b"").decode("utf-8", "replace")
