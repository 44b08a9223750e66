"""Rendering inputs for a question about a preset: as it is, or with single values changed. A trial is no evidence for
a migration, and nobody's first good run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from presets_app.core import schema
from presets_app.core.document_values import with_values
from presets_app.core.errors import Invalid
from presets_app.core.permissions import Actor
from presets_app.core.problems import has_errors
from presets_app.models import InputSet, Preset, Run, Target
from presets_app.services import presets, runs
from presets_app.services.requests import Input

MOST = 20  # inputs of one trial: it answers a question, a check proves


def render(
    preset: Preset,
    target: Target,
    inputs: list[Input],
    actor: Actor,
    *,
    revision: str = "",
    input_set: InputSet | None = None,
    change: Mapping[str, Any] | None = None,
    note: str = "",
) -> Run:
    """Start a trial. `change` sets places of the document (JSON pointer to value, None takes it out). Raises Invalid
    when the changed document is none, or the target cannot be sent it."""
    revision = revision or preset.head
    if change:
        _refuse_broken(preset, revision, change)
        inputs = [replace(given, change=dict(change)) for given in inputs]
    work = runs.Work(preset, target, inputs, "trial", revision, input_set, note[:300])
    return runs.start(work, actor)


def _refuse_broken(preset: Preset, revision: str, change: Mapping[str, Any]) -> None:
    document = presets.load(preset.project, preset.slug, revision)
    found = schema.validate(with_values(document, change))
    if has_errors(found):
        raise Invalid.of(found)
