"""Whether a judged check may carry an approval: its failures settled, and passes in a row as the policy asks."""

from __future__ import annotations

from presets_app.core.errors import Conflict
from presets_app.models import Check
from presets_app.queries import parity_streak


def refuse_unproven(check: Check) -> None:
    """Raise Conflict, saying what to do next, when the check's sample is open or the row of passes too short."""
    failed = int((check.standing.get("counts") or {}).get("failed", 0))
    more = int(check.standing.get("more") or 0)
    if check.outcome == "inconclusive" and failed and more:
        text = f"{failed} of the pairs failed, which neither accepts nor refuses the batch."
        hint = f"Compare {more} more items of the same draw, then approve."
        raise Conflict(text, code="sample_open", hint=hint)
    if check.kind == "parity" and parity_streak.needed(check.project) > 1:
        _refuse_short_row(check)


def _refuse_short_row(check: Check) -> None:
    row = parity_streak.of_check(check)
    if row.met and check.id in row.checks:
        return
    if row.met:
        text = "Newer checks of this preset make up the passes in a row, and this one is not among them."
        raise Conflict(text, code="check_superseded", hint=f"Attach check {row.checks[0]} to the migration.")
    text = f"{row.count} of {row.needed} passes in a row: {row.text}."
    hint = "Check again with new seeds, or restart the local runner and check again; then approve."
    raise Conflict(text, code="streak_short", hint=hint)
