"""The one branch of a project's repository, read and made durable through Git's own files."""

from __future__ import annotations

import os
import re
from pathlib import Path

from presets_app.core.errors import Invalid
from presets_app.gitstore.command import FSYNC_SETTING, full_hash, version
from presets_app.gitstore.errors import RefusedContent

BRANCH = "refs/heads/main"
_UNREADABLE = "store_head_unreadable"


def read_branch(repository: Path) -> str | None:
    """The commit the branch stands at, None while there is none. Exact, and without a child.

    Raises RefusedContent when the branch is a link, names another branch, or says anything but a full id.
    """
    try:
        # Not following links, and not waiting for a pipe that somebody put there.
        opened = os.open(repository / BRANCH, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except FileNotFoundError:
        return _packed(repository)
    except OSError as error:
        raise RefusedContent(f"The branch main cannot be read: {error.strerror}.", code=_UNREADABLE) from error
    try:
        text = os.read(opened, 100).decode("ascii", "replace")
        return full_hash(text.removesuffix("\n"))
    except (OSError, Invalid):
        raise RefusedContent("The branch main holds no commit id.", code=_UNREADABLE) from None
    finally:
        os.close(opened)


def sync_branch(repository: Path) -> None:
    """Make the moved branch survive a power cut. git syncs objects and, from 2.36 on, the ref file; the rename that
    put the ref in place, and the ref file before 2.36, are synced here."""
    branch = repository / BRANCH
    for place in (branch, branch.parent) if version() < FSYNC_SETTING else (branch.parent,):
        opened = os.open(place, os.O_RDONLY)
        try:
            os.fsync(opened)
        finally:
            os.close(opened)


def _packed(repository: Path) -> str | None:
    try:
        text = (repository / "packed-refs").read_text("ascii")
    except FileNotFoundError:
        return None
    except (OSError, ValueError):
        raise RefusedContent("The repository's packed-refs cannot be read.", code=_UNREADABLE) from None
    found = re.search(rf"^([0-9a-f]{{40,64}}) {re.escape(BRANCH)}$", text, re.MULTILINE)
    return full_hash(found[1]) if found else None
