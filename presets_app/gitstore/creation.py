"""Making a project's bare repository, and refusing one whose configuration is not ours.

Git's configuration can name programs to run, so the store writes it whole and compares it whole: a repository that
says anything else is not opened until `create` has put the text back.
"""

from __future__ import annotations

import os
import re
import tempfile
from pathlib import Path

from presets_app.core.errors import Invalid, NotFound
from presets_app.core.problems import Problem
from presets_app.gitstore.branch import BRANCH
from presets_app.gitstore.command import Command, check_git, failed
from presets_app.gitstore.errors import RefusedContent
from presets_app.gitstore.locking import LOCK_NAME, WriterLock

HEAD = f"ref: {BRANCH}\n"
CONFIG = """\
# Written by Matchframe and compared on every use; changes are refused.
[core]
	repositoryformatversion = 0
	filemode = true
	bare = true
	hooksPath = /dev/null
	fsync = committed,reference
[receive]
	denyNonFastForwards = true
	denyDeletes = true
	fsckObjects = true
[gc]
	auto = 0
"""
_OURS = re.compile(
    rf"HEAD|config|description|objects|refs|logs|info|hooks|branches|packed-refs|{LOCK_NAME}|.*\.lock"
    r"|fast_import_crash_\d+|\.new-.*"
)


def create(path: Path) -> None:
    """Make an empty bare repository, or put an existing or half-made one in order; history is left as it is.

    Raises Unavailable without a git of 2.31 or newer, Invalid (`store_path_taken`) when the folder holds other things.
    """
    check_git()
    place = path.absolute()
    place.mkdir(parents=True, exist_ok=True)
    strange = sorted(entry.name for entry in place.iterdir() if not _OURS.fullmatch(entry.name))
    if strange:
        text = f"The folder for the repository already holds other things: {', '.join(strange[:3])}."
        raise Invalid(text, code="store_path_taken", hint="Choose an empty folder, or move them away.")
    _write(place / "config", CONFIG)  # first: git would read, and obey, what is there
    _write(place / "HEAD", HEAD)
    command = Command(place)
    done = command.run("init", "--quiet", "--bare", "--template=", "--object-format=sha1", "--initial-branch=main")
    if done.status:
        raise failed(done.err)
    _write(place / "config", CONFIG)
    WriterLock(place).heal()


def layout_problems(path: Path) -> list[Problem]:
    """What is wrong with the repository's own files, before any git has been run on it."""
    if not (path / "HEAD").is_file():
        return [Problem("store_not_found", "error", "", "There is no repository for this project.", _HEAL)]
    found = []
    if _text(path / "config") != CONFIG:
        found.append(Problem("store_config_changed", "error", "", "The repository's configuration was changed.", _HEAL))
    if _text(path / "HEAD") != HEAD:
        found.append(Problem("store_head_changed", "error", "", "The repository's HEAD does not name main.", _HEAL))
    for name in ("objects/info/alternates", "commondir", "config.worktree", "shallow", "info/grafts"):
        if os.path.lexists(path / name):
            text = f"The repository holds {name}, which the store never writes."
            found.append(Problem("store_foreign_file", "error", "", text, "Remove the file after a look at it."))
    return found


def require_layout(path: Path) -> None:
    """Raises NotFound or RefusedContent for the first of `layout_problems`."""
    problems = layout_problems(path)
    if problems:
        kind = NotFound if problems[0].code == "store_not_found" else RefusedContent
        raise kind(problems[0].message, problems=problems)


_HEAL = "Run the store check for this project; it puts the repository's own files back."


def _text(path: Path) -> str | None:
    try:
        return path.read_text("utf-8", errors="replace") if not path.is_symlink() else None
    except OSError:
        return None


def _write(path: Path, text: str) -> None:
    """Replace the file as a whole if it says anything else."""
    if _text(path) == text:
        return
    with tempfile.NamedTemporaryFile("w", dir=path.parent, prefix=".new-", delete=False) as sink:
        sink.write(text)
        sink.flush()
        os.fsync(sink.fileno())
    Path(sink.name).chmod(0o644)
    os.replace(sink.name, path)
