"""Saving what was edited, going back to what was saved before, and saving what two people changed at once."""

from __future__ import annotations

from typing import Any

from presets_app.core.errors import Conflict, Invalid, NotFound
from presets_app.core.merging import Merged
from presets_app.core.permissions import Actor
from presets_app.core.problems import Problem
from presets_app.models import Preset, Project, Revision
from presets_app.services import preset_drafts, presets, reasons
from presets_app.services.preset_drafts import Working

_WHY = "Say why, in a few words."


def save(project: Project, actor: Actor, preset: Preset, working: Working, *, message: str, parent: str) -> Revision:
    """A new revision; the person's draft is gone then. `parent` is the digest of the revision the draft was begun
    from: Conflict `preset_changed` when it is not the newest any more."""
    if working.document is None:
        raise Invalid.of(working.problems)
    return _saved(project, actor, preset, working.document, message=message, parent=parent)


def save_merged(
    project: Project, actor: Actor, preset: Preset, merged: Merged, *, message: str, parent: str
) -> Revision:
    """Save what two people's changes became. Raises Invalid while a field that both changed is undecided."""
    if merged.open:
        told = [
            Problem("merge_undecided", "error", one.path, f"Yours or theirs: {one.label} is not decided yet.")
            for one in merged.open
        ]
        raise Invalid.of(told)
    return _saved(project, actor, preset, merged.document, message=message, parent=parent)


def _saved(
    project: Project, actor: Actor, preset: Preset, document: dict[str, Any], *, message: str, parent: str
) -> Revision:
    actor.must("preset.save")
    why = reasons.checked(project, message, needed=_WHY, field="message")
    saved = presets.save(project, actor, document, message=why, slug=preset.slug, expected=parent)
    preset_drafts.discard(project, actor, preset)
    return saved


def restore(project: Project, actor: Actor, preset: Preset, revision: str, *, message: str, parent: str) -> Revision:
    """Save the document of an old revision as a new one. `parent` is the digest of the newest revision that the person
    knew of. Drafts stay: they are merged with it when they are saved."""
    actor.must("preset.save")
    if not preset.history.filter(commit=revision).exists():
        raise NotFound(f"{preset.name} has no such revision.", code="revision_not_found")
    why = reasons.checked(project, message, needed=_WHY, field="message")
    if parent != preset.digest:
        text = "Somebody saved this preset after you opened this page."
        raise Conflict(text, code="preset_changed", hint="Look at what would change now, then restore.")
    document = presets.load(project, preset.slug, revision)
    return presets.save(project, actor, document, message=why, slug=preset.slug, expected=parent)
