"""A person's yes to exact bytes, and whether it still holds."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from presets_app import wiring
from presets_app.core import checklist, policy
from presets_app.core.canonical import digest
from presets_app.core.errors import Conflict, Invalid, NotFound, NotPermitted
from presets_app.core.lifecycle import must_move
from presets_app.core.permissions import Actor
from presets_app.gitstore import paths
from presets_app.models import Approval, Check, Manifest, Migration
from presets_app.queries import people
from presets_app.services import parity_outcome, preset_migrations
from presets_app.services.recording import Deed, read_json

WORDS = {
    "document": "the preset",
    "manifests": "a manifest",
    "evidence": "the evidence",
    "decisions": "a decision on a pair",
    "policy": "the project's policy",
}


def current_digests(migration: Migration) -> dict[str, Any]:
    """What an approval given now would be bound to."""
    check = Check.objects.filter(project_id=migration.project_id, pk=migration.check_id).first()
    rows = Manifest.objects.filter(
        preset_id=migration.preset_id, target__in=(migration.from_target, migration.to_target)
    )
    migration.preset.refresh_from_db()
    return {
        "document": migration.preset.digest,
        "manifests": dict(sorted(rows.values_list("target", "digest"))),
        "evidence": check.evidence if check else "",
        "decisions": _decisions_digest(migration),
        "policy": policy.version(migration.project.policy),
    }


def _decisions_digest(migration: Migration) -> str:
    if not migration.check_id:
        return ""
    with wiring.store(migration.project.slug) as store:
        kept = read_json(store, store.head(), paths.decisions(migration.check_id))
    return digest(kept) if kept else ""


def approve(migration: Migration, actor: Actor, *, seen: dict[str, Any], reason: str = "") -> Approval:
    """Approve what the person saw. `seen` is `current_digests` as their page showed it: Conflict when it is no
    longer so. Raises NotPermitted for whoever wrote the revision or opened the migration."""
    actor.must("migration.approve")
    _refuse_own_work(migration, actor)
    migration.project.refresh_from_db()
    now = current_digests(migration)
    changed = differing(seen, now)
    if changed:
        text = f"{changed} changed after you opened the page; nothing was approved."
        raise Conflict(
            text[0].upper() + text[1:], code="approval_stale", hint="Load the page again and look at it anew."
        )
    _refuse_unready(migration, now, reason)
    entry = {"by": actor.username, "at": timezone.now().isoformat(), "reason": reason.strip()[:2000], "digests": now}

    def change(document: dict[str, Any]) -> dict[str, Any]:
        must_move("migration", "open" if document["state"] == "approved" else document["state"], "approved")
        return {**document, "state": "approved", "approvals": [*document["approvals"], entry]}

    title = f"Approve migration of {migration.preset.name} to {migration.to_target}"
    deed = Deed("migration.approve", "migration", migration.id, title, reason.strip())
    preset_migrations.amend(migration, actor, deed, change)
    return migration.approvals.order_by("-number")[0]


def _refuse_own_work(migration: Migration, actor: Actor) -> None:
    revision = migration.preset.history.filter(commit=migration.revision).first()
    if actor.username == migration.opened_by or (revision and revision.author == actor.username):
        hint = "Ask another approver or owner."
        raise NotPermitted("Whoever made the change cannot approve it.", code="own_work", hint=hint)


def _refuse_unready(migration: Migration, now: dict[str, Any], reason: str) -> None:
    if now["document"] != migration.digest:
        hint = "Open a migration of the newest revision."
        raise Conflict("The preset has a newer revision than this migration.", code="preset_changed", hint=hint)
    check = Check.objects.filter(project_id=migration.project_id, pk=migration.check_id).first()
    if check is None or check.state != "judged":
        raise Conflict(
            "There is no judged parity check to approve on.", code="no_evidence", hint="Run one and attach it."
        )
    if check.undecided:
        hint = "Accept or reject each on the parity page."
        raise Conflict(f"{check.undecided} pairs still need a person.", code="pairs_undecided", hint=hint)
    if check.outcome not in (*parity_outcome.GOOD, "inconclusive"):
        raise Conflict(f"The check's outcome is {check.outcome}; it cannot be approved.", code="check_failed")
    if check.verdict != "pass" and not reason.strip():
        hint = "Write why it may go ahead all the same; the reason is kept with the approval."
        raise Invalid(
            "This check was not conclusive: approving it needs a written reason.", code="reason_missing", hint=hint
        )
    missing = checklist.missing(migration.checklist)
    if missing:
        names = "; ".join(row.text.rstrip(".") for row in missing[:3])
        raise Conflict(
            f"The checklist is not finished: {names}.", code="checklist_open", hint="Finish it, then approve."
        )


def differing(one: dict[str, Any], other: dict[str, Any]) -> str:
    """In words, what differs between two sets of digests; "" when nothing does."""
    keys = [key for key in WORDS if one.get(key) != other.get(key)]
    return " and ".join(WORDS[key] for key in keys)


def standing(migration: Migration) -> Approval:
    """The newest approval, if it still holds for what is there now. Raises Conflict saying what changed, NotFound
    when none was given."""
    approval = migration.approvals.order_by("-number").first()
    if approval is None:
        raise NotFound("Nobody has approved this migration.", code="not_approved")
    changed = differing(approval.digests, current_digests(migration))
    if changed:
        text = f"No longer approved: {changed} changed after {approval.by} approved."
        raise Conflict(text, code="approval_void", hint="Look at what changed and have it approved again.")
    if people.roles(migration.project).get(approval.by) not in ("approver", "owner"):
        text = f"No longer approved: {approval.by} may not approve any more."
        raise Conflict(text, code="approval_void", hint="Have somebody else approve it.")
    return approval
