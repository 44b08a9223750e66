"""Freezing input sets: fixed by digest; changing one is a visible decision."""

from __future__ import annotations

import json
from typing import Any

from presets_app import wiring
from presets_app.core.documents import slug_of
from presets_app.core.errors import Conflict, Invalid, NotFound
from presets_app.core.inputs import inputs_digest, validate_inputs
from presets_app.core.permissions import Actor
from presets_app.core.problems import has_errors
from presets_app.core.secrets import find
from presets_app.gitstore import Store, paths
from presets_app.models import InputSet, Project
from presets_app.services.presets import known_secrets
from presets_app.services.recording import Deed, read_json, record

FORMAT = "matchframe/inputs/1"


def freeze(
    project: Project, actor: Actor, document: dict[str, Any], *, reason: str = "", replace: bool = False
) -> InputSet:
    """Commit an input set. A set of that name is only replaced when asked for, with a reason."""
    actor.must("inputs.freeze")
    problems = [*validate_inputs(document), *find(document, known=known_secrets(project))]
    if has_errors(problems):
        raise Invalid.of(problems)
    slug = slug_of(document["name"])

    def build(store: Store, head: str | None) -> dict[str, Any]:
        current = read_json(store, head, paths.inputs(slug))
        if current is not None and inputs_digest(current) == inputs_digest(document):
            raise Conflict("Nothing changed: this set is frozen like that already.", code="nothing_changed")
        if current is not None and not (replace and reason.strip()):
            hint = "Freeze it under another name, or replace it and say why."
            raise Conflict(f"There is an input set named {current['name']} already.", code="inputs_exist", hint=hint)
        return {paths.inputs(slug): document}

    deed = Deed("inputs.freeze", "inputs", slug, f"Freeze input set {document['name']}", reason)
    record(project, actor, deed, build)
    return InputSet.objects.get(project=project, slug=slug)


def load(project: Project, slug: str, revision: str) -> dict[str, Any]:
    with wiring.store(project.slug) as store:
        data = store.read(revision, paths.inputs(slug))
    if data is None:
        raise NotFound(f"There is no input set {slug}.", code="inputs_not_found")
    document: dict[str, Any] = json.loads(data)
    return document
