"""Audit lines for what leaves no commit: runs, checks, sign-ins of consequence, healing."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from presets_app.core.permissions import Actor
from presets_app.models import AuditEvent, Project

MATCHFRAME = Actor("matchframe", "Matchframe", "matchframe@matchframe.invalid", None)


def note(
    project: Project,
    actor: Actor,
    verb: str,
    subject_kind: str,
    subject: str,
    *,
    name: str = "",
    reason: str = "",
    detail: dict[str, Any] | None = None,
) -> None:
    """Write one line; call it inside the transaction of the change it tells of."""
    AuditEvent.objects.create(
        project=project,
        verb=verb,
        subject_kind=subject_kind,
        subject=subject,
        subject_name=name[:200],
        by=actor.username,
        by_name=actor.name,
        reason=reason,
        detail=detail or {},
        at=timezone.now(),
    )
