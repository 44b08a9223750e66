"""A preset on each target: its pins, whether they still hold, and what becomes of each field there."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from presets_app.backends import registry
from presets_app.backends.base import CatalogueModel
from presets_app.backends.local import capability
from presets_app.core.diff import Change
from presets_app.core.ledger import BOOKKEEPING
from presets_app.core.losses import Loss
from presets_app.core.problems import Problem
from presets_app.gitstore import Store
from presets_app.models import Manifest, Preset, Target
from presets_app.queries import drift, people, served, variables
from presets_app.queries.manifests import pin_rows
from presets_app.queries.sides import side

Answer = dict[str, Any] | None


def rows(store: Store, preset: Preset, document: dict[str, Any]) -> list[dict[str, Any]]:
    """The targets that render, with this preset's pins and losses on each."""
    targets = list(Target.objects.filter(project=preset.project_id).exclude(kind="files"))
    answers = drift.answers(targets)
    held = {row.target: row for row in Manifest.objects.filter(preset=preset)}
    names = people.names({row.by for row in held.values()})
    values = variables.held(targets)
    found = []
    for target in targets:
        answer = answers[target.slug][1]
        losses, problems = becomes(target, answer, document)
        problems += variables.lacking(target, document, values[target.pk])
        shown = {"losses": losses, "problems": problems, "pinnable": True, "honest": target.stand_in}
        found.append(
            {**side(target), **shown, **_manifest(store, preset, target, answer, held.get(target.slug), names)}
        )
    return found


def _manifest(
    store: Store, preset: Preset, target: Target, answer: Answer, row: Manifest | None, names: dict[str, str]
) -> dict[str, Any]:
    pinned = drift.pins_at(store, preset.slug, target.slug, row.commit) if row else None
    if row is None or pinned is None:
        return {"manifest": None, "changes": []}
    about = {"digest": row.digest, "when": row.at, "person": names[row.by], "rows": pin_rows(pinned)}
    changes = drift.changes(pinned, target, answer) if answer else []
    if row.document_digest != preset.digest:
        ends = (row.document_digest[:12], preset.digest[:12])
        changes = [Change("/document_digest", "changed", "document", *ends), *changes]
    return {"manifest": about, "changes": changes}


def becomes(target: Target, answer: Answer, document: dict[str, Any]) -> tuple[list[Loss], list[Problem]]:
    """What becomes of each field on this target, and what stands against rendering there."""
    if target.is_served:
        made = served.compiled(target, document)
        return _told(made.losses), list(made.problems)
    if not target.is_cloud:
        return _told(capability.losses(document)), capability.problems(document)
    if answer is None:
        text = f"{target.name} has not been asked about itself, so what it honours is not known."
        return [], [Problem("target_not_probed", "warning", "", text, "Ask it on the targets page.")]
    backend = registry.load(target.kind)
    catalogue = [CatalogueModel(**model) for model in answer.get("catalogue", [])]
    chosen = backend.choose_model(document, catalogue, target.settings.get("models", {}))
    if isinstance(chosen, Problem):
        return [], [chosen]
    compiled = backend.compile(document, chosen)
    return _told(compiled.losses), list(compiled.problems)


def _told(losses: Iterable[Loss]) -> list[Loss]:
    """Without the members that only describe the preset and reach no renderer."""
    return [loss for loss in losses if loss.path.strip("/").split("/")[0] not in BOOKKEEPING]
