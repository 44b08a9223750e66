"""A person's word on one pair: accept, reject, or take it back; kept in Git, never overwritten."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from presets_app.core.errors import Conflict, Invalid, NotFound
from presets_app.core.permissions import Actor
from presets_app.core.secrets import find
from presets_app.gitstore import Store, paths
from presets_app.models import Check, Pair
from presets_app.services.presets import known_secrets
from presets_app.services.recording import Deed, read_json, record

FORMAT = "matchframe/decisions/1"
CHOICES = ("accept", "reject", "undo")
LONGEST_REASON = 2000  # characters


def decide(check: Check, actor: Actor, key: str, choice: str, reason: str) -> Pair:
    """Commit a decision on the pair of input `key`. Raises Invalid without a reason, Conflict when the pair needs
    nobody or the check is being judged again."""
    actor.must("pair.decide")
    pair = check.pairs.filter(key=key).first()
    if pair is None:
        raise NotFound(f"This check has no pair {key[:80]}.", code="pair_not_found")
    reason = checked_reason(check, choice, reason)
    if check.state != "judged":
        raise Conflict("The check is not judged yet; decide when it is.", code="not_judged")
    if not pair.needs_person:
        raise Conflict("This pair needs no person: the measurement is clear.", code="pair_is_clear")

    def build(store: Store, head: str | None) -> dict[str, Any]:
        current = read_json(store, head, paths.decisions(check.id)) or begun(check)
        entry = {"key": key, "choice": choice, "reason": reason, "by": actor.username, "at": timezone.now().isoformat()}
        return {paths.decisions(check.id): {**current, "decisions": [*current["decisions"], entry]}}

    title = f"{choice.capitalize()} pair {key} of check {check.id}"
    record(check.project, actor, Deed("pair.decide", "pair", f"{check.id}/{key}", title, reason), build)
    pair.refresh_from_db()
    return pair


def decide_all(check: Check, actor: Actor, choice: str, reason: str, *, expected: int) -> int:
    """Decide every pair that still waits, with one reason, in one commit; how many. `expected` is how many the
    person saw waiting: Conflict when it is another number by now."""
    actor.must("pair.decide")
    reason = checked_reason(check, choice, reason)
    if choice == "undo":
        raise Invalid("Decisions are taken back one by one.", code="choice_unknown")
    keys = list(check.pairs.filter(needs_person=True, decision="").order_by("position").values_list("key", flat=True))
    if check.state != "judged" or len(keys) != expected:
        raise Conflict(
            "Other pairs wait by now; nothing was decided.", code="pairs_changed", hint="Load the page again."
        )
    at = timezone.now().isoformat()
    entries = [{"key": key, "choice": choice, "reason": reason, "by": actor.username, "at": at} for key in keys]

    def build(store: Store, head: str | None) -> dict[str, Any]:
        current = read_json(store, head, paths.decisions(check.id)) or begun(check)
        return {paths.decisions(check.id): {**current, "decisions": [*current["decisions"], *entries]}}

    title = f"{choice.capitalize()} {len(keys)} pairs of check {check.id}"
    record(check.project, actor, Deed("pair.decide", "check", check.id, title, reason), build)
    return len(keys)


def checked_reason(check: Check, choice: str, reason: str) -> str:
    reason = reason.strip()
    if choice not in CHOICES:
        raise Invalid("A pair is accepted, rejected, or a decision is undone.", code="choice_unknown")
    if not reason or len(reason) > LONGEST_REASON:
        hint = "Say in a sentence what you saw; it is kept with the decision."
        raise Invalid("A decision needs a reason.", code="reason_missing", hint=hint)
    found = find({"reason": reason}, known=known_secrets(check.project))
    if found:
        raise Invalid.of(found)
    return reason


def begun(check: Check) -> dict[str, Any]:
    """The record of what people say of a check, before anybody said anything."""
    return {"format": FORMAT, "check": check.id, "evidence": check.evidence, "decisions": []}
