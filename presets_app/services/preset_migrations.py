"""Moving a revision from one target to another: opened with a checklist, filled by evidence, closed by a person."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.utils import timezone

from presets_app.core import checklist
from presets_app.core.errors import Conflict, Invalid
from presets_app.core.ids import new_id
from presets_app.core.lifecycle import must_move
from presets_app.core.permissions import Actor
from presets_app.gitstore import Store, paths
from presets_app.models import Check, Manifest, Migration, Preset, Target
from presets_app.queries import migration_evidence
from presets_app.queries.migrations import document_of
from presets_app.services import reasons
from presets_app.services.recording import Deed, must_read, record

FORMAT = "matchframe/migration/1"
Document = dict[str, Any]


def open_migration(
    preset: Preset, actor: Actor, origin: Target, goal: Target, *, check: Check | None = None, note: str = ""
) -> Migration:
    """Open a migration of the preset's newest revision, in either direction."""
    actor.must("migration.open")
    if origin.pk == goal.pk:
        raise Invalid("A migration leads from one target to another.", code="same_target")
    note = reasons.checked(preset.project, note, most=300)
    if check is not None:
        _refuse_other(check, preset, preset.digest, {origin.slug, goal.slug})
    number = new_id()
    document: Document = {
        "format": FORMAT,
        "id": number,
        "preset": preset.slug,
        "revision": check.revision if check else preset.head,
        "document_digest": preset.digest,
        "from": origin.slug,
        "to": goal.slug,
        "check": check.id if check else "",
        "manifests": _manifests(preset, (origin, goal)),
        "state": "open",
        "note": note,
        "opened_by": actor.username,
        "opened_at": timezone.now().isoformat(),
        "approvals": [],
    }
    evidence = migration_evidence.sentences(preset.project, document)
    document["checklist"] = checklist.filled(checklist.fresh(), evidence)
    deed = Deed("migration.open", "migration", number, f"Open migration of {preset.name} to {goal.name}", note)
    record(preset.project, actor, deed, lambda store, head: {paths.migration(number): document})
    return Migration.objects.get(pk=number)


def _refuse_other(check: Check, preset: Preset, digest: str, sides: set[str]) -> None:
    """Raise Conflict unless the check judged this document of this preset on these two targets."""
    if check.preset_id != preset.pk:
        named = check.preset.name if check.preset else check.note
        hint = f"Choose a check of {preset.name}, or open the migration without one."
        raise Conflict(f"That check judged {named}, not {preset.name}.", code="check_of_other_preset", hint=hint)
    if check.digest != digest:
        hint = "Run a check of the newest revision, or restore the one that was checked."
        raise Conflict("That check judged another revision of this preset.", code="check_of_other_revision", hint=hint)
    if {check.left.target.slug, check.right.target.slug} != sides:
        hint = "Run a check between the two targets of the migration."
        raise Conflict("That check compared other targets.", code="check_of_other_targets", hint=hint)


def _manifests(preset: Preset, sides: tuple[Target, Target]) -> dict[str, str]:
    rows = Manifest.objects.filter(preset=preset, target__in=[side.slug for side in sides])
    return dict(rows.values_list("target", "digest"))


def amend(migration: Migration, actor: Actor, deed: Deed, change: Callable[[Document], Document]) -> Migration:
    """Commit what `change(document)` answers as the migration's next state."""

    def build(store: Store, head: str | None) -> dict[str, Any]:
        place = paths.migration(migration.id)
        return {place: change(must_read(store, head, place, "migration of this number"))}

    record(migration.project, actor, deed, build)
    migration.refresh_from_db()
    return migration


def attach(migration: Migration, actor: Actor, check: Check) -> Migration:
    """Name the check that is this migration's evidence, and fill the checklist anew. Voids earlier approvals."""
    actor.must("migration.open")
    _refuse_other(check, migration.preset, migration.digest, {migration.from_target, migration.to_target})

    def change(document: Document) -> Document:
        _must_be_open(document)
        fresh = {**document, "check": check.id, "state": "open", "manifests": _current_manifests(migration)}
        evidence = migration_evidence.sentences(migration.project, fresh)
        return {**fresh, "checklist": checklist.filled(document["checklist"], evidence)}

    return amend(migration, actor, _deed("migration.attach", migration, "Attach a check to"), change)


def refresh_checklist(migration: Migration, actor: Actor) -> Migration:
    """Fill the checklist's evidence rows from what is true now; a no-op makes no commit."""
    actor.must("migration.tick")
    document = document_of(migration)
    evidence = migration_evidence.sentences(migration.project, document)
    rows = checklist.filled(migration.checklist, evidence)
    if rows == migration.checklist and document["manifests"] == _current_manifests(migration):
        return migration

    def change(current: Document) -> Document:
        _must_be_open(current)
        filled = checklist.filled(current["checklist"], evidence)
        return {**current, "manifests": _current_manifests(migration), "checklist": filled}

    return amend(migration, actor, _deed("migration.fill", migration, "Fill the checklist of"), change)


def tick(migration: Migration, actor: Actor, key: str, *, done: bool, words: str = "") -> Migration:
    """Tick (or untick) a row that a person answers for."""
    actor.must("migration.tick")
    row = next((row for row in checklist.ROWS if row.key == key), None)
    if row is None or row.by != "person":
        raise Invalid("Only rows that a person answers for can be ticked.", code="row_not_tickable")
    words = reasons.checked(migration.project, words, field="note", most=300)

    def change(document: Document) -> Document:
        _must_be_open(document)
        at = timezone.now().isoformat()
        ticked = {
            "key": key,
            "done": done,
            "by": actor.username if done else "",
            "at": at,
            "evidence": words,
        }
        return {**document, "checklist": [ticked if old["key"] == key else old for old in document["checklist"]]}

    return amend(
        migration, actor, _deed("migration.tick", migration, f"{'Tick' if done else 'Untick'} {key} of"), change
    )


def reject(migration: Migration, actor: Actor, reason: str) -> Migration:
    actor.must("migration.reject")
    return _close(migration, actor, "rejected", reason)


def withdraw(migration: Migration, actor: Actor, reason: str) -> Migration:
    actor.must("migration.withdraw")
    return _close(migration, actor, "withdrawn", reason)


def _close(migration: Migration, actor: Actor, state: str, reason: str) -> Migration:
    reason = reasons.checked(migration.project, reason, needed="Closing a migration needs a reason.")

    def change(document: Document) -> Document:
        must_move("migration", document["state"], state)
        return {**document, "state": state, "closed": {"by": actor.username, "reason": reason}}

    verb = {"rejected": "migration.reject", "withdrawn": "migration.withdraw"}[state]
    return amend(migration, actor, _deed(verb, migration, f"Mark as {state}:", reason), change)


def _current_manifests(migration: Migration) -> dict[str, str]:
    rows = Manifest.objects.filter(
        preset_id=migration.preset_id, target__in=(migration.from_target, migration.to_target)
    )
    return dict(rows.values_list("target", "digest"))


def _must_be_open(document: Document) -> None:
    if document["state"] not in ("open", "approved"):
        raise Conflict(f"This migration is {document['state']}.", code="state_changed")


def _deed(verb: str, migration: Migration, words: str, reason: str = "") -> Deed:
    title = f"{words} migration of {migration.preset.name} to {migration.to_target}"
    return Deed(verb, "migration", migration.id, title, reason)
