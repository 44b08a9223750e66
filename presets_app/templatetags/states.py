"""The one table of states: each has a word, a shape and a hue, in that order of importance.

Shapes are symbol ids in static/img/marks.svg; hues are suffixes of the `--hue-...` tokens in static/css/tokens.css.
"""

from __future__ import annotations

from typing import NamedTuple


class State(NamedTuple):
    """`word` is what people read, `shape` and `hue` repeat it for the eye."""

    word: str
    shape: str
    hue: str


STATES: dict[str, State] = {
    # verdicts of a check
    "pass": State("pass", "check", "pass"),
    "fail": State("fail", "cross", "fail"),
    "inconclusive": State("needs a person", "question", "inconclusive"),
    "error": State("could not measure", "broken", "error"),
    # classes of a pair
    "identical": State("identical", "equal", "pass"),
    "same": State("the same", "nearly", "pass"),
    "other_take": State("other take", "offset", "inconclusive"),
    "different": State("different", "unequal", "fail"),
    # work
    "running": State("running", "half", "running"),
    "waiting": State("waiting", "ring", "quiet"),
    "queued": State("waiting", "ring", "quiet"),
    "done": State("done", "check", "pass"),
    "finished": State("finished", "check", "pass"),
    "failed": State("failed", "cross", "fail"),
    "cancelled": State("cancelled", "bar", "quiet"),
    "choosing": State("waits for a choice", "person", "inconclusive"),
    "skipped": State("not begun", "bar", "quiet"),
    "reused": State("taken over", "equal", "pass"),
    "rendering": State("rendering", "half", "running"),
    "judging": State("judging", "half", "running"),
    "judged": State("judged", "check", "quiet"),
    "look": State("may have been charged: look", "question", "inconclusive"),
    "refused": State("refused", "cross", "fail"),
    # what is live, and whether it still is what was pinned
    "live": State("live", "dot", "pass"),
    "in_sync": State("in sync", "dot", "pass"),
    "behind": State("behind", "down", "stale"),
    "stale": State("stale", "dashed", "stale"),
    "drifted": State("drifted", "diamond", "drifted"),
    "frozen": State("frozen", "flake", "frozen"),
    "nothing": State("nothing live", "ring", "quiet"),
    "unknown": State("unknown", "dashed", "quiet"),
    # documents, migrations, snapshots
    "draft": State("draft", "dashed", "quiet"),
    "open": State("open", "half", "running"),
    "ready": State("ready to approve", "question", "inconclusive"),
    "approved": State("approved", "check", "pass"),
    "accepted": State("accepted", "check", "pass"),
    "rejected": State("rejected", "cross", "fail"),
    "withdrawn": State("withdrawn", "bar", "quiet"),
    "void": State("no longer approved", "dashed", "stale"),
    "released": State("released", "dot", "pass"),
    "published": State("published", "dot", "pass"),
    "superseded": State("superseded", "bar", "quiet"),
    "rolled_back": State("rolled back", "back", "drifted"),
    "good": State("last known good", "star", "pass"),
    "unproven": State("not proven", "ring", "quiet"),
    "pinned": State("pinned", "check", "pass"),
    # pins and losses
    "captured": State("captured", "check", "pass"),
    "declared": State("declared, unverified", "question", "inconclusive"),
    "carried": State("carried", "check", "pass"),
    "mapped": State("mapped", "nearly", "pass"),
    "approximated": State("approximated", "nearly", "inconclusive"),
    "dropped": State("dropped", "cross", "fail"),
    "defaulted": State("defaulted", "dashed", "stale"),
    # noise floors
    "none": State("not measured", "ring", "quiet"),
    "measuring": State("measuring", "half", "running"),
    "measured": State("measured", "check", "pass"),
    "expired": State("expired", "dashed", "stale"),
    # problems, readiness of a target
    "warning": State("warning", "triangle", "inconclusive"),
    "note": State("note", "ring", "quiet"),
    "up": State("answers", "dot", "pass"),
    "down": State("does not answer", "cross", "fail"),
    "not_compared": State("not compared", "bar", "quiet"),
    "person": State("for a person", "person", "inconclusive"),
}


def state_named(code: object) -> State:
    """The state for `code`; one we do not know is shown by its own word and a neutral shape, never hidden."""
    key = str(code or "unknown")
    return STATES.get(key, State(key.replace("_", " "), "ring", "quiet"))
