"""What a judged check amounts to once people have decided on its pairs, and ticked where no number decides."""

from __future__ import annotations

from presets_app.core import policy
from presets_app.core.parity_review import open_areas
from presets_app.core.parity_streak import GOOD
from presets_app.models import Check
from presets_app.queries import parity_review
from presets_app.services import parity_verdict

__all__ = ["GOOD", "refresh"]


def refresh(check: Check) -> None:
    """Bring `outcome`, `undecided`, `unticked` and `standing` in step with what people said. A pair that a person
    rejected is one failure of the sample: like any other it asks for more items before it ends the check."""
    pairs = list(check.pairs.defer("measurement").order_by("position"))
    said = {pair.key: pair.decision for pair in pairs if pair.needs_person and pair.decision}
    check.undecided = sum(pair.needs_person and not pair.decision for pair in pairs)
    ticked = parity_review.ticked(check) if check.review else {}
    found = parity_verdict.of(check, pairs, check.rules or policy.merged(check.project.policy), said, ticked)
    check.outcome = _outcome(check, found["verdict"], decided=bool(said or ticked))
    asked = bool(check.review) and check.outcome == "inconclusive"
    check.unticked = len(open_areas(ticked)) if asked else 0
    check.standing = {name: found[name] for name in ("sentence", "reasons", "counts", "requirements", "more")}
    check.version += 1
    check.save(update_fields=["undecided", "unticked", "outcome", "standing", "version"])


def _outcome(check: Check, now: str, *, decided: bool) -> str:
    if check.verdict != "inconclusive":
        return check.verdict
    return "accepted" if now == "pass" and decided else now
