"""What people say about presets, pairs and migrations."""

from __future__ import annotations

from django.db import transaction

from presets_app.core.errors import Invalid
from presets_app.core.permissions import Actor
from presets_app.core.secrets import find
from presets_app.models import Comment, Project
from presets_app.services import audit
from presets_app.services.presets import known_secrets

LONGEST = 4000  # characters
KINDS = ("preset", "pair", "migration")


def say(project: Project, actor: Actor, kind: str, subject: str, text: str) -> Comment:
    """Keep a comment. Raises Invalid when it is empty, too long, or holds a secret."""
    actor.must("comment.write")
    text = text.strip()
    if kind not in KINDS:
        raise Invalid("Comments go on presets, pairs and migrations.", code="comment_subject_unknown")
    if not text or len(text) > LONGEST:
        raise Invalid(f"A comment is 1 to {LONGEST} characters.", code="comment_length")
    found = find({"text": text}, known=known_secrets(project))
    if found:
        raise Invalid.of(found)
    with transaction.atomic():
        comment = Comment.objects.create(
            project=project, subject_kind=kind, subject=subject, text=text, by=actor.username, by_name=actor.name
        )
        audit.note(project, actor, "comment.write", kind, subject)
    return comment
