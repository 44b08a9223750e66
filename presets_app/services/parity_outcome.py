"""What a judged check amounts to once people have decided on its pairs."""

from __future__ import annotations

from presets_app.core import policy
from presets_app.core.parity_streak import GOOD
from presets_app.models import Check
from presets_app.services import parity_verdict

__all__ = ["GOOD", "refresh"]


def refresh(check: Check) -> None:
    """Bring `outcome`, `undecided` and `standing` in step with the pairs' decisions. A pair that a person rejected is
    one failure of the sample: like any other it asks for more items before it ends the check."""
    pairs = list(check.pairs.defer("measurement").order_by("position"))
    said = {pair.key: pair.decision for pair in pairs if pair.needs_person and pair.decision}
    check.undecided = sum(pair.needs_person and not pair.decision for pair in pairs)
    found = parity_verdict.of(check, pairs, check.rules or policy.merged(check.project.policy), said)
    check.outcome = _outcome(check, found["verdict"], decided=bool(said))
    check.standing = {name: found[name] for name in ("sentence", "reasons", "counts", "requirements", "more")}
    check.version += 1
    check.save(update_fields=["undecided", "outcome", "standing", "version"])


def _outcome(check: Check, now: str, *, decided: bool) -> str:
    if check.verdict != "inconclusive":
        return check.verdict
    return "accepted" if now == "pass" and decided else now
