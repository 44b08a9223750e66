"""Questions about history. Each is one git spawn whose output is read as it comes."""

from __future__ import annotations

import re
from collections.abc import Generator, Iterator
from contextlib import closing
from itertools import islice
from typing import Final

from presets_app.gitstore.command import Command
from presets_app.gitstore.errors import RefusedContent
from presets_app.gitstore.message import commit_info
from presets_app.gitstore.records import ChangeKind, CommitInfo, PathChange

Step = tuple[CommitInfo, list[PathChange]]
_FIELDS = 6
_FORMAT: Final = "--format=tformat:%H%x00%P%x00%an%x00%ae%x00%at%x00%B"
_DIFF: Final = ("--raw", "--no-renames", "--no-abbrev", "--no-ext-diff")
_KINDS: Final[dict[str, ChangeKind]] = {"A": "added", "D": "deleted"}
_RAW = re.compile(r":\d{6} \d{6} ([0-9a-f]+) ([0-9a-f]+) ([A-Z])\d*")
# The id of the tree without entries, which git knows without storing it, by length of a revision's id.
_EMPTY_TREE: Final = {
    40: "4b825dc642cb6eb9a060e54bf8d69288fbee4904",
    64: "6ef19b41225c5369f1c104d45d8d85efa9b057b53b14b4b9b939dd74decc5321",
}


def changed(command: Command, old: str | None, new: str) -> list[PathChange]:
    """Paths that differ between two commits, in Git's order; all paths of `new` if `old` is None."""
    before = old or _EMPTY_TREE[len(new)]
    tokens = command.tokens("diff-tree", "-r", "-z", *_DIFF, "--end-of-options", before, new, "--")
    with closing(tokens):
        return [_change(token, tokens) for token in tokens]


def log(command: Command, start: str, path: str | None, limit: int) -> list[CommitInfo]:
    """At most `limit` commits from `start` back, newest first."""
    args = ("log", "-z", "--first-parent", f"--max-count={limit}", _FORMAT, "--end-of-options", start, "--")
    tokens = command.tokens(*args, *([path] if path else []))
    with closing(tokens):
        return [_info(token, tokens) for token in tokens]


def replay(command: Command, since: str | None, until: str) -> Generator[Step, None, None]:
    """Each commit after `since` up to `until`, oldest first, with what it changed."""
    order = ("--reverse", "--first-parent", "--diff-merges=first-parent")
    bounds = (until, f"^{since}") if since else (until,)
    tokens = command.tokens("log", "-z", *order, *_DIFF, _FORMAT, "--end-of-options", *bounds, "--")
    with closing(tokens):
        yield from _steps(tokens)


def files(command: Command, revision: str, prefix: str) -> Generator[tuple[str, str], None, None]:
    """Mode and path of everything below a prefix, the whole tree for an empty one."""
    below = [prefix] if prefix else []  # no "--" here: after --end-of-options ls-tree takes it for a name
    tokens = command.tokens("ls-tree", "-r", "-z", "--full-tree", "--end-of-options", revision, *below)
    with closing(tokens):
        for token in tokens:
            meta, _, path = token.partition("\t")
            yield meta.partition(" ")[0], path


def _steps(tokens: Iterator[str]) -> Iterator[Step]:
    info: CommitInfo | None = None
    changes: list[PathChange] = []
    for token in tokens:
        text = token.lstrip("\n")  # git puts a line break between a message and its changes
        if text.startswith(":"):
            changes.append(_change(text, tokens))
            continue
        if info is not None:
            yield info, changes
        info, changes = _info(text, tokens), []
    if info is not None:
        yield info, changes


def _info(first: str, tokens: Iterator[str]) -> CommitInfo:
    fields = [first, *islice(tokens, _FIELDS - 1)]
    if len(fields) != _FIELDS:
        raise RefusedContent("git's account of history broke off in the middle of a commit.")
    try:
        return commit_info(fields)
    except (ValueError, OverflowError, OSError) as error:
        raise RefusedContent(f"Commit {first[:8]} carries a time that cannot be read.") from error


def _change(meta: str, tokens: Iterator[str]) -> PathChange:
    found = _RAW.fullmatch(meta)
    path = next(tokens, None)
    if found is None or path is None:
        raise RefusedContent("git's account of what changed could not be read.")
    old, new, letter = found.groups()
    return PathChange(path, _KINDS.get(letter, "modified"), _present(old), _present(new))


def _present(oid: str) -> str | None:
    return oid if oid.strip("0") else None
