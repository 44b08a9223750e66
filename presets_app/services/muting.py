"""Turning a warning off for a preset or a project, and on again: a decision with a name and a reason, kept in Git."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.utils import timezone

from presets_app.core import muting, policy
from presets_app.core.errors import Invalid, NotFound
from presets_app.core.permissions import Actor
from presets_app.gitstore import Store, paths
from presets_app.models import Preset, Project
from presets_app.services import reasons
from presets_app.services.recording import Deed, read_json, record

Held = dict[str, Any]


def mute(project: Project, actor: Actor, code: str, reason: str, *, preset: str = "") -> None:
    """Turn a code off, for one preset or the whole project. Approvals stand: what a release must show is unchanged."""
    actor.must("problem.mute")
    if not muting.can_be_muted(code):
        hint = "Warnings and notes can be; what keeps a preset from being saved, and secrets, never."
        raise Invalid("This kind of problem cannot be turned off.", code="mute_refused", hint=hint)
    if preset and not Preset.objects.filter(project=project, slug=preset).exists():
        raise NotFound(f"There is no preset {preset[:80]}.", code="preset_not_found")
    why = reasons.checked(project, reason, needed="Turning a warning off needs a reason.", most=300)
    about = {"reason": why, "by": actor.username, "at": timezone.now().isoformat()}
    key = muting.key_of(code, preset)
    title = f"Turn off {code} for {preset or 'the whole project'}"
    _change(project, actor, Deed("problem.mute", "policy", "policy", title, why), lambda held: {**held, key: about})


def unmute(project: Project, actor: Actor, code: str, *, preset: str = "") -> None:
    """Show it again. Raises NotFound when it was not turned off there."""
    actor.must("problem.mute")
    key = muting.key_of(code, preset)

    def without(held: Held) -> Held:
        if key not in held:
            raise NotFound("This is not turned off.", code="mute_not_found", hint="Load the page again.")
        return {other: about for other, about in held.items() if other != key}

    title = f"Turn on {code[:80]} for {preset[:80] or 'the whole project'}"
    _change(project, actor, Deed("problem.unmute", "policy", "policy", title), without)


def _change(project: Project, actor: Actor, deed: Deed, change: Callable[[Held], Held]) -> None:
    def build(store: Store, head: str | None) -> dict[str, Any]:
        current = policy.merged(read_json(store, head, paths.policy()))
        return {paths.policy(): {**current, "muted": change(current["muted"])}}

    record(project, actor, deed, build)
    project.refresh_from_db()
