"""The store's own check: is there anything in this repository that Matchframe would never have written?

For a repository that came from elsewhere, or that somebody worked on by hand. It reads names and modes and lets
`git fsck` read the objects; it changes nothing.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from pathlib import Path

from presets_app.core.errors import Invalid
from presets_app.core.problems import Problem
from presets_app.gitstore.command import Command
from presets_app.gitstore.history import files
from presets_app.gitstore.paths import parse, safe

_MODES = {
    "120000": ("store_symlink", "is a symbolic link"),
    "160000": ("store_submodule", "is a submodule"),
    "100755": ("store_executable", "is marked as a program"),
}
_GIT_NAME = re.compile(r"\.git.*|git~\d+", re.IGNORECASE)
_IGNORED_BY_HFS = re.compile("[\u200c-\u200f\u202a-\u202e\u206a-\u206f\ufeff]")
_MOST = 100  # problems of one kind of source; a hostile repository must not fill the page
_REMOVE = "Remove it in a new commit, or restore the repository from a backup."


def tree_problems(command: Command, revision: str) -> list[Problem]:
    """Refused names and modes in the tree of one commit, at most 100."""
    found: list[Problem] = []
    for problem in _walk(files(command, revision, "")):
        found.append(problem)
        if len(found) == _MOST:
            break
    return found


def object_problems(command: Command) -> list[Problem]:
    """What `git fsck` says about damaged or missing objects, at most 100 lines."""
    done = command.run("fsck", "--no-dangling", "--no-progress", "--no-reflogs", "--strict")
    lines = [line for line in (done.out.decode("utf-8", "replace") + done.err).splitlines() if line.strip()]
    if not done.status:
        return []
    hint = "Restore the repository from a backup."
    return [_problem("store_damaged", f"git fsck: {line[:200]}", hint) for line in lines[:_MOST]]


def hook_problems(repository: Path) -> list[Problem]:
    """Hooks never run here, but one that lies there means that somebody expected it to."""
    hooks = sorted(place.name for place in (repository / "hooks").glob("*") if place.suffix != ".sample")
    text = "The repository holds the hook {}; hooks never run in the store."
    return [_problem("store_hook", text.format(name[:80]), "Remove the file.") for name in hooks[:_MOST]]


def _walk(entries: Iterable[tuple[str, str]]) -> Iterator[Problem]:
    seen: dict[str, str] = {}
    for mode, path in entries:
        yield from _path_problems(mode, path)
        for folded, shown in _foldings(path):
            if seen.setdefault(folded, shown) != shown:
                text = f"{shown[:120]!r} and {seen[folded][:120]!r} are one name on some file systems."
                yield _problem("store_name_collision", text, _REMOVE)


def _path_problems(mode: str, path: str) -> Iterator[Problem]:
    shown = repr(path[:120])
    if mode != "100644":
        code, text = _MODES.get(mode, ("store_mode", f"has the mode {mode}"))
        yield _problem(code, f"{shown} {text}; the store holds plain files only.", _REMOVE)
    segments = path.split("/")
    if any(_GIT_NAME.fullmatch(_IGNORED_BY_HFS.sub("", segment)) for segment in segments):
        yield _problem("store_git_name", f"{shown} is a name that Git itself reads.", _REMOVE)
    elif not _is_safe(path):
        form = " (its letters are not in their composed form)" if path != unicodedata.normalize("NFC", path) else ""
        yield _problem("store_name_refused", f"{shown} is not a name the store uses{form}.", _REMOVE)
    elif parse(path) is None:
        yield Problem("store_name_unknown", "warning", "", f"{shown} is read by no part of Matchframe.", _REMOVE)


def _foldings(path: str) -> Iterator[tuple[str, str]]:
    """The path and each folder above it, folded the way a file system without case and with one Unicode form does."""
    segments = path.split("/")
    for depth in range(1, len(segments) + 1):
        shown = "/".join(segments[:depth])
        yield unicodedata.normalize("NFC", shown).casefold(), shown


def _is_safe(path: str) -> bool:
    try:
        return bool(safe(path))
    except Invalid:
        return False


def _problem(code: str, text: str, hint: str) -> Problem:
    return Problem(code, "error", "", text, hint)
