"""Housekeeping of what is kept: repositories packed, leftovers of killed writers removed, baselines looked after.

Nothing that is kept is ever purged here: a baseline's artifacts are exempt from any purge, and this says when one of
them is gone all the same.
"""

from __future__ import annotations

from contextlib import suppress

from presets_app import wiring
from presets_app.artifacts import file_digest
from presets_app.core.errors import MatchframeError, NotFound
from presets_app.core.problems import Problem
from presets_app.models import Project
from presets_app.queries import baselines

_HINT = "Bring the artifacts' folder back from a backup, or set another run as the baseline."


def tidy(project: Project) -> bool:
    """Pack a project's repository; False when Git could not, which harms nobody: it is only larger and slower."""
    with suppress(MatchframeError, OSError):
        with wiring.store(project.slug) as store:
            store.tidy()
        return True
    return False


def sweep() -> int:
    """Remove what writers that were killed left half-written in the artifact store; returns how many files."""
    return wiring.artifact_leftovers()


def lost(project: Project, *, read: bool = False) -> list[Problem]:
    """Artifacts of the project's baselines that are not kept any more; with `read` also those whose bytes are no longer
    theirs, which reads every one of them."""
    try:
        held = sorted(baselines.kept(project))
    except MatchframeError as error:  # the record of a baseline itself is gone
        return [Problem("baseline_lost", "error", "/baselines", f"A baseline's record is gone: {error}", _HINT)]
    return [problem for digest in held if (problem := _looked_at(digest, read=read))]


def _looked_at(digest: str, *, read: bool) -> Problem | None:
    place = wiring.artifact_path(digest)
    try:
        whole = place.is_file() and (not read or file_digest(place) == digest)
    except (NotFound, OSError):
        whole = False
    if whole:
        return None
    why = "has other bytes than its name says" if place.is_file() else "is not kept any more"
    return Problem("baseline_lost", "error", "/baselines", f"The artifact {digest[:8]} of a baseline {why}.", _HINT)
