"""What people write beside what they do: it stands in the history for good, so it is looked at before it gets there."""

from __future__ import annotations

from presets_app.core.errors import Invalid
from presets_app.core.problems import Problem
from presets_app.core.secrets import find
from presets_app.models import Project
from presets_app.services.presets import known_secrets

LONGEST = 2000  # characters


def checked(project: Project, text: str, *, needed: str = "", field: str = "reason", most: int = LONGEST) -> str:
    """The text without spaces around it. `needed` is the refusal for an empty one, "" where it may be empty; `field`
    is the form's. Raises Invalid when it is missing, too long, or holds a secret."""
    text = text.replace("\x00", "").strip()
    if needed and not text:
        raise _refused("reason_missing", field, needed, "A few words are enough; they are kept with your name.")
    if len(text) > most:
        words = f"This is {len(text)} characters long; {most} are kept."
        raise _refused("reason_too_long", field, words, "Say it shorter, or put the rest into a comment.")
    found = find({field: text}, known=known_secrets(project))
    if found:
        raise Invalid.of(found)
    return text


def _refused(code: str, field: str, message: str, hint: str) -> Invalid:
    return Invalid.of([Problem(code, "error", f"/{field}", message, hint)])
