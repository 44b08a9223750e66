"""What the store refuses, in the house's tree of errors.

Conflict        StaleParent       somebody committed first; it names what changed and who did it
Refused         NothingToCommit   the commit would change nothing
                RefusedContent    the repository holds something this store never writes
NotFound        RevisionNotFound  a well formed id that is not in this repository
Unavailable     GitFailed         git is missing, too old, stopped, or could not write
RuntimeError    WrongThread       a programming fault: one Store belongs to one thread of one process
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from presets_app.core.errors import Conflict, NotFound, Refused, Unavailable
from presets_app.gitstore.records import CommitInfo, PathChange

_SHOWN = 3  # names in a sentence; the full list is in `changes`


class StaleParent(Conflict):
    """Raised when the branch no longer stands where the caller believed.

    `expected` and `actual` are commit ids (None: no commit yet); `commits` (newest last) and `changes` say what came
    between, as far as it is known; `overlapping` lists the paths that the refused commit wanted to change as well.
    """

    default_code = "stale_parent"

    def __init__(
        self,
        *,
        expected: str | None,
        actual: str | None,
        commits: Sequence[CommitInfo] = (),
        changes: Sequence[PathChange] = (),
        wanted: Iterable[str] = (),
    ) -> None:
        self.expected, self.actual = expected, actual
        self.commits, self.changes = tuple(commits), tuple(changes)
        changed = {change.path for change in changes}
        self.overlapping = tuple(sorted(changed & set(wanted)))
        hint = "Look at the newer version, then try again."
        super().__init__(_sentence(self.commits, sorted(changed)), hint=hint)


class NothingToCommit(Refused):
    default_code = "nothing_to_commit"


class RefusedContent(Refused):
    default_code = "store_refused"


class RevisionNotFound(NotFound):
    default_code = "revision_not_found"


class GitFailed(Unavailable):
    default_code = "git_failed"


class WrongThread(RuntimeError):
    """A Store was used from a thread or process that did not open it."""


def _sentence(commits: Sequence[CommitInfo], paths: Sequence[str]) -> str:
    if not commits or not paths:
        return "The project changed after you opened it."
    people = ", ".join(dict.fromkeys(commit.author.name for commit in commits))
    more = f" and {len(paths) - _SHOWN} more" if len(paths) > _SHOWN else ""
    return f"{people} changed {', '.join(paths[:_SHOWN])}{more} after you opened the project."
