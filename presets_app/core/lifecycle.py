"""States and the moves between them, for everything that has a life."""

from __future__ import annotations

from presets_app.core.errors import Conflict

UNFINISHED_ITEM = ("waiting", "queued", "running")
FINISHED_ITEM = ("done", "failed", "cancelled", "look")
FINISHED_RUN = ("done", "failed", "cancelled")
FINISHED_CHECK = ("judged", "failed", "cancelled")

MOVES: dict[str, dict[str, frozenset[str]]] = {
    # `look`: a paid request went out and its answer was lost; a person looks at the vendor before it is sent again.
    "item": {
        "waiting": frozenset({"queued", "running", "failed", "cancelled"}),
        "queued": frozenset({"running", "done", "failed", "cancelled", "look", "waiting"}),
        "running": frozenset({"done", "failed", "cancelled", "look", "waiting"}),
        "look": frozenset({"running", "failed", "cancelled"}),
    },
    "run": {
        "waiting": frozenset({"running", "done", "failed", "cancelled"}),
        "running": frozenset({"done", "failed", "cancelled"}),
    },
    "check": {
        "rendering": frozenset({"judging", "failed", "cancelled"}),
        "judging": frozenset({"judged", "failed"}),
        "judged": frozenset({"rendering", "judging"}),
        "failed": frozenset({"judging"}),
    },
    "migration": {
        "open": frozenset({"approved", "rejected", "withdrawn"}),
        "approved": frozenset({"published", "rejected", "withdrawn", "open"}),
    },
}


def may_move(kind: str, old: str, new: str) -> bool:
    return new in MOVES[kind].get(old, frozenset())


def must_move(kind: str, old: str, new: str) -> None:
    """Raise Conflict when the thing is no longer in a state from which this is possible."""
    if not may_move(kind, old, new):
        raise Conflict(
            f"This {kind} is {old}; it cannot become {new}.", code="state_changed", hint="Load the page again."
        )
