"""A file somebody brings, as a draft to look at: nothing is saved here."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from presets_app.core.documents import parse, to_yaml_bytes
from presets_app.core.errors import Invalid
from presets_app.core.lints import review
from presets_app.core.losses import Loss
from presets_app.core.permissions import Actor
from presets_app.core.problems import Problem, has_errors
from presets_app.core.redacting import without_secrets
from presets_app.core.secrets import find, is_secret
from presets_app.models import Preset, Project, Revision
from presets_app.services import converting, presets, reasons

PRESET, REQUEST, TEXT = "a preset document", "a WaveSpeed request", "text that cannot be read yet"


@dataclass(frozen=True)
class Draft:
    """`document` and `text` (its YAML, or the text as it was typed) hold no secrets: those are withheld, and
    `problems` says where they stood. `savable` when no error is left."""

    document: dict[str, Any]
    text: str
    problems: list[Problem] = field(default_factory=list)
    losses: list[Loss] = field(default_factory=list)
    came_from: str = ""

    @property
    def name(self) -> str:
        name = self.document.get("name", "")
        return name if isinstance(name, str) else ""

    @property
    def savable(self) -> bool:
        return not has_errors(self.problems)


def read(project: Project, data: bytes) -> Draft:
    """What a file holds, as a draft. Raises Invalid when it is nothing that can become a preset."""
    known = presets.known_secrets(project)
    converted = converting.to_document(data)
    if converted.document is None:
        raise Invalid.of(converted.problems)
    told = {problem.path for problem in converted.problems}
    own = [problem for problem in find(converted.document, known=known) if problem.path not in told]
    shown = without_secrets(converted.document, known=known)
    came_from = REQUEST if converted.losses else PRESET
    losses = converted.losses if shown is converted.document else []
    return Draft(shown, to_yaml_bytes(shown).decode(), [*converted.problems, *own], losses, came_from)


def as_typed(project: Project, text: str) -> Draft:
    """A text that was refused, as a draft to go on with: as it was typed, or without what must not be shown again."""
    known = presets.known_secrets(project)
    parsed = parse(text.encode("utf-8", "replace"))
    document = parsed.document
    if document is None:
        return Draft({}, speakable(project, text), [_under_text(fault) for fault in parsed.problems], came_from=TEXT)
    shown = without_secrets(document, known=known)
    kept = text if shown is document else to_yaml_bytes(shown).decode()
    return Draft(shown, kept, [*parsed.problems, *review(document, known=known)])


def speakable(project: Project, text: str) -> str:
    """A text to show again to whoever typed it; "" when it looks like a secret."""
    return "" if is_secret(text, presets.known_secrets(project)) else text


def save(project: Project, actor: Actor, text: str, *, name: str, message: str) -> Revision:
    """Save a new preset from its text. `name` is what the person wrote beside it. Raises Invalid or Conflict."""
    document = _document(text)
    if name:
        document["name"] = name
    return presets.save(project, actor, document, message=_reason(project, message))


def revise(project: Project, actor: Actor, preset: Preset, text: str, *, message: str, parent: str) -> Revision:
    """Save a new revision of a preset. `parent` is the digest of the revision that the person had before them."""
    return presets.save(
        project, actor, _document(text), message=_reason(project, message), slug=preset.slug, expected=parent
    )


def _document(text: str) -> dict[str, Any]:
    parsed = parse(text.encode("utf-8", "surrogatepass"))
    if parsed.document is None:
        raise Invalid.of([_under_text(problem) for problem in parsed.problems])
    return parsed.document


def _under_text(problem: Problem) -> Problem:
    """A text that cannot be read has no place inside a document: its fault belongs to the field it was typed in."""
    return Problem(problem.code, problem.severity, "/text", problem.message, problem.hint, problem.source)


def _reason(project: Project, message: str) -> str:
    return reasons.checked(project, message, needed="Say why, in a few words.", field="message")
