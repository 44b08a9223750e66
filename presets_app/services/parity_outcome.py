"""What a judged check amounts to once people have decided on its pairs."""

from __future__ import annotations

from presets_app.models import Check

GOOD = ("pass", "accepted")


def refresh(check: Check) -> None:
    """Bring `outcome` and `undecided` in step with the pairs' decisions."""
    asked = check.pairs.filter(needs_person=True)
    check.undecided = asked.filter(decision="").count()
    check.outcome = _outcome(check, rejected=asked.filter(decision="reject").exists(), asked=asked.exists())
    check.version += 1
    check.save(update_fields=["undecided", "outcome", "version"])


def _outcome(check: Check, *, rejected: bool, asked: bool) -> str:
    if check.verdict != "inconclusive":
        return check.verdict
    if rejected:
        return "fail"
    return "accepted" if asked and not check.undecided else "inconclusive"
