"""Saving presets: reviewed before any Git object exists, then one commit by the acting person."""

from __future__ import annotations

import json
from typing import Any

from presets_app import wiring
from presets_app.core import diff
from presets_app.core.documents import document_digest, slug_of
from presets_app.core.errors import Conflict, Invalid, NotFound
from presets_app.core.lints import review
from presets_app.core.permissions import Actor
from presets_app.core.problems import has_errors
from presets_app.gitstore import Store, paths
from presets_app.models import Preset, Project, Revision, TargetSecret
from presets_app.services.recording import Deed, read_json, record


def known_secrets(project: Project) -> list[str]:
    """The project's own stored values, so that one of them in a preset is recognised."""
    rows = TargetSecret.objects.filter(target__project=project)
    return [wiring.unseal(bytes(row.token)) for row in rows]


def save(
    project: Project,
    actor: Actor,
    document: dict[str, Any],
    *,
    message: str,
    slug: str = "",
    expected: str | None = None,
) -> Revision:
    """Commit a new revision. `slug` names the preset when it is not new; `expected` is the digest of the revision
    that the person had before them: Conflict, with what changed since, when it is not the newest any more."""
    actor.must("preset.save")
    problems = review(document, known=known_secrets(project))
    if has_errors(problems):
        raise Invalid.of(problems)
    place = slug or slug_of(document["name"])

    def build(store: Store, head: str | None) -> dict[str, Any]:
        current = read_json(store, head, paths.preset(place))
        _refuse_lost_update(current, document, expected=expected, known=bool(slug))
        return {paths.preset(place): document}

    deed = Deed("preset.save", "preset", place, _one_line(message) or f"Save {document['name']}")
    commit = record(project, actor, deed, build)
    return Revision.objects.select_related("preset").get(preset__project=project, commit=commit)


def _refuse_lost_update(current: Any, document: dict[str, Any], *, expected: str | None, known: bool) -> None:
    if current is None:
        return
    digest = document_digest(current)
    if digest == document_digest(document):
        raise Conflict("Nothing changed: this is what is saved already.", code="nothing_changed")
    if expected is None and not known:
        hint = "Open it and save a new revision there, or give this one another name."
        raise Conflict(f"There is a preset named {current['name']} already.", code="preset_exists", hint=hint)
    if expected is not None and expected != digest:
        since = diff.summary(diff.changes(document, current))
        text = f"Somebody saved this preset after you opened it. Theirs differs from yours: {since}."
        raise Conflict(text, code="preset_changed", hint="Bring their change into yours, then save again.")


def restore(project: Project, actor: Actor, preset: Preset, revision: str, *, message: str = "") -> Revision:
    """Save an old revision's document as a new one; history only grows."""
    old = preset.history.filter(commit=revision).first()
    if old is None:
        raise NotFound(f"{preset.name} has no revision {revision[:8]}.", code="revision_not_found")
    document = load(project, preset.slug, revision)
    text = message or f"Restore revision {old.number} of {preset.name}"
    return save(project, actor, document, message=text, slug=preset.slug, expected=preset.digest)


def load(project: Project, slug: str, revision: str) -> dict[str, Any]:
    """The document of a preset as a commit holds it."""
    with wiring.store(project.slug) as store:
        data = store.read(revision, paths.preset(slug))
    if data is None:
        raise NotFound(f"There is no preset {slug} at {revision[:8]}.", code="revision_not_found")
    document: dict[str, Any] = json.loads(data)
    return document


def _one_line(text: str) -> str:
    return " ".join(text.split())[:200]
