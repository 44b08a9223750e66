"""A reviewer's ticks on a check in which no number decides: kept in Git beside the decisions on pairs, never
overwritten, and only for the evidence that was there to look at."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from presets_app.core.errors import Conflict, Invalid
from presets_app.core.parity_review import AREAS, KEYS
from presets_app.core.permissions import Actor
from presets_app.gitstore import Store, paths
from presets_app.models import Check
from presets_app.services import reasons
from presets_app.services.decisions import begun
from presets_app.services.recording import Deed, read_json, record


def tick(check: Check, actor: Actor, area: str, *, done: bool, note: str = "") -> Check:
    """Tick one area of the whole check, or take the tick back. Raises Invalid for an unknown area, Conflict where
    numbers decide, while the check is not judged, or when there is nothing to take back."""
    actor.must("check.tick")
    if area not in KEYS:
        hint = f"Areas: {', '.join(KEYS)}."
        raise Invalid("A reviewer ticks one of four areas.", code="area_unknown", hint=hint)
    note = reasons.checked(check.project, note, field="note", most=300)
    if check.state != "judged":
        raise Conflict("The check is not judged yet; tick when it is.", code="not_judged")
    if not check.review:
        text = "Both sides render the same model: the measurement decides, and there is nothing to tick."
        raise Conflict(text, code="ticks_not_needed", hint="Decide the pairs that need a person.")
    evidence = check.evidence

    def build(store: Store, head: str | None) -> dict[str, Any]:
        current = read_json(store, head, paths.decisions(check.id)) or begun(check)
        given = current.get("ticks", [])
        if not done:
            _refuse_unticked(given, area, evidence)
        at = timezone.now().isoformat()
        entry = {"area": area, "done": done, "note": note, "evidence": evidence, "by": actor.username, "at": at}
        return {paths.decisions(check.id): {**current, "ticks": [*given, entry]}}

    title = next(known.title for known in AREAS if known.key == area)
    words = f"{'Tick' if done else 'Take back the tick of'} {title.lower()} on check {check.id}"
    record(check.project, actor, Deed("check.tick", "check", check.id, words, note), build)
    check.refresh_from_db()
    return check


def _refuse_unticked(given: list[dict[str, Any]], area: str, evidence: str) -> None:
    newest = next((entry for entry in reversed(given) if entry["area"] == area), None)
    if newest is None or not newest["done"] or newest["evidence"] != evidence:
        text = "This is not ticked, so there is nothing to take back."
        raise Conflict(text, code="not_ticked", hint="Load the page again.")
