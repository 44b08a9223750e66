"""Files of other programs as documents, and documents in other forms; needs no project and no database."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from presets_app.backends.base import CatalogueModel
from presets_app.backends.wavespeed import importing
from presets_app.core.documents import parse
from presets_app.core.errors import Invalid
from presets_app.core.lints import review
from presets_app.core.losses import Loss
from presets_app.core.problems import Problem

FORM = "matchframe/"
_BODIES = ("input", "inputs", "body")


@dataclass(frozen=True)
class Converted:
    """`document` is None when the file cannot be read at all. It may be a draft: then `problems` says what a person
    must complete."""

    document: dict[str, Any] | None
    problems: list[Problem] = field(default_factory=list)
    losses: list[Loss] = field(default_factory=list)


def to_document(data: bytes) -> Converted:
    """A preset as JSON or YAML, or a WaveSpeed request as its history shows it: {"model": ..., "input": {...}}.
    Raises Invalid for any other object."""
    parsed = parse(data)
    value = parsed.document
    if value is None:
        return Converted(None, list(parsed.problems))
    if str(value.get("format", "")).startswith(FORM):
        return Converted(value, [*parsed.problems, *review(value)])
    body = next((value[name] for name in _BODIES if isinstance(value.get(name), dict)), None)
    if isinstance(value.get("model"), str) and body is not None:
        model = CatalogueModel(value["model"][:200], value["model"][:120], "", "", "", {})
        draft, losses, missing = importing.import_request(model, body)
        told = {problem.path for problem in missing}
        return Converted(draft, [*missing, *(p for p in review(draft) if p.path not in told)], losses)
    hint = 'Give a preset, or a WaveSpeed request as {"model": "...", "input": {...}}.'
    raise Invalid("This is not a file that can be converted yet.", code="form_unknown", hint=hint)
