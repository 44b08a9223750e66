"""A person's yes to exact bytes, and whether it still holds."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from presets_app.core import checklist
from presets_app.core.errors import Conflict, Invalid, MatchframeError, NotFound, NotPermitted
from presets_app.core.lifecycle import must_move
from presets_app.core.permissions import Actor
from presets_app.core.problems import Problem
from presets_app.models import Approval, Check, Migration
from presets_app.queries.approvals import current_digests, differing, why_void
from presets_app.services import parity_outcome, parity_standing, preset_migrations, reasons
from presets_app.services.recording import Deed

__all__ = ["approve", "current_digests", "differing", "standing"]


def approve(migration: Migration, actor: Actor, *, seen: dict[str, Any], reason: str = "") -> Approval:
    """Approve what the person saw. `seen` is `current_digests` as their page showed it: Conflict when it is no
    longer so. Raises NotPermitted for whoever wrote the revision or opened the migration."""
    actor.must("migration.approve")
    refuse_own_work(migration, actor)
    reason = reasons.checked(migration.project, reason)
    migration.project.refresh_from_db()
    now = current_digests(migration)
    changed = differing(seen, now)
    if changed:
        text = f"{changed} changed after you opened the page; nothing was approved."
        raise Conflict(
            text[0].upper() + text[1:], code="approval_stale", hint="Load the page again and look at it anew."
        )
    refuse_unready(migration, now)
    _refuse_silence(migration, reason)
    entry = {"by": actor.username, "at": timezone.now().isoformat(), "reason": reason, "digests": now}

    def change(document: dict[str, Any]) -> dict[str, Any]:
        _refuse_twice(document["approvals"], entry)
        must_move("migration", "open" if document["state"] == "approved" else document["state"], "approved")
        return {**document, "state": "approved", "approvals": [*document["approvals"], entry]}

    title = f"Approve migration of {migration.preset.name} to {migration.to_target}"
    deed = Deed("migration.approve", "migration", migration.id, title, reason)
    preset_migrations.amend(migration, actor, deed, change)
    return migration.approvals.order_by("-number")[0]


def refuse_own_work(migration: Migration, actor: Actor) -> None:
    """Raise NotPermitted for whoever wrote the revision or opened the migration."""
    revision = migration.preset.history.filter(commit=migration.revision).first()
    if actor.username == migration.opened_by or (revision and revision.author == actor.username):
        hint = "Ask another approver or owner."
        raise NotPermitted("Whoever made the change cannot approve it.", code="own_work", hint=hint)


def _refuse_twice(given: list[dict[str, Any]], entry: dict[str, Any]) -> None:
    if given and all(given[-1][key] == entry[key] for key in ("by", "digests")):
        raise Conflict("You have approved exactly this already.", code="already_approved")


def refuse_unready(migration: Migration, now: dict[str, Any]) -> None:
    """Raise Conflict, saying what is missing, while the migration cannot be approved."""
    must_move("migration", "open" if migration.state == "approved" else migration.state, "approved")
    if now["document"] != migration.digest:
        hint = "Open a migration of the newest revision."
        raise Conflict("The preset has a newer revision than this migration.", code="preset_changed", hint=hint)
    check = _check(migration)
    if check is None or check.state != "judged":
        text = "There is no judged parity check to approve on."
        raise Conflict(text, code="no_evidence", hint="Run one and attach it.")
    _refuse_unsettled(check)
    if check.outcome not in (*parity_outcome.GOOD, "inconclusive"):
        raise Conflict(f"The check's outcome is {check.outcome}; it cannot be approved.", code="check_failed")
    parity_standing.refuse_unproven(check)
    missing = checklist.missing(migration.checklist)
    if missing:
        names = "; ".join(row.text.rstrip(".") for row in missing[:3])
        text = f"The checklist is not finished: {names}."
        raise Conflict(text, code="checklist_open", hint="Finish it, then approve.")


def _refuse_unsettled(check: Check) -> None:
    if check.undecided:
        text = f"{check.undecided} {'pair still needs' if check.undecided == 1 else 'pairs still need'} a person."
        raise Conflict(text, code="pairs_undecided", hint="Accept or reject each on the parity page.")
    if check.unticked:
        text = f"No number decides this check, and {check.unticked} of 4 things are not ticked by a reviewer."
        raise Conflict(text, code="ticks_open", hint="Look at the pairs, then tick each on the parity page.")


def needs_reason(migration: Migration) -> bool:
    """Whether the numbers alone did not settle it, so that an approval must say why it is given."""
    check = _check(migration)
    return check is not None and check.verdict != "pass"


def _refuse_silence(migration: Migration, reason: str) -> None:
    if needs_reason(migration) and not reason:
        text = "This check was not conclusive: approving it needs a written reason."
        hint = "Write why it may go ahead all the same; the reason is kept with the approval."
        raise Invalid.of([Problem("reason_missing", "error", "/reason", text, hint)])


def why_not(migration: Migration, actor: Actor, now: dict[str, Any]) -> str:
    """Why this person cannot approve it as it is; "" when they can."""
    if migration.state not in ("open", "approved"):
        return f"This migration is {migration.state}: there is nothing left to approve."
    try:
        actor.must("migration.approve")
        refuse_own_work(migration, actor)
        refuse_unready(migration, now)
    except MatchframeError as error:
        return f"{error} {error.problems[0].hint}".strip()
    return ""


def _check(migration: Migration) -> Check | None:
    found = Check.objects.select_related("project", "left__target", "right__target")
    return found.filter(project_id=migration.project_id, pk=migration.check_id).first()


def standing(migration: Migration) -> Approval:
    """The newest approval, if it still holds for what is there now. Raises Conflict saying what changed, NotFound
    when none was given."""
    approval = migration.approvals.order_by("-number").first()
    if approval is None:
        raise NotFound("Nobody has approved this migration.", code="not_approved")
    why = why_void(migration, approval, current_digests(migration))
    if why:
        hint = "Look at what changed and have it approved again."
        raise Conflict(f"No longer approved: {why}", code="approval_void", hint=hint)
    return approval
