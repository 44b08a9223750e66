"""Rendering one output again from what is kept of it: the same document, the same weights, the seeds that were used."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

from django.db import transaction
from django.utils import timezone

from presets_app import wiring
from presets_app.artifacts import put_json
from presets_app.core.errors import Invalid
from presets_app.core.ids import new_id, run_name
from presets_app.core.permissions import Actor
from presets_app.core.secrets import find
from presets_app.models import Item, Run
from presets_app.queries import outputs
from presets_app.services import audit, requests, runs, servers
from presets_app.services.presets import known_secrets
from presets_app.services.requests import Input

NOTE = "replay of "


def replay(found: Item, actor: Actor) -> Run:
    """A run of one item that renders an output again; its pins are those of then, not those of now.

    A seed that the maker chose itself is sent as it was returned. Raises Conflict for an item without an output,
    Invalid when a maker never said which seed it used.
    """
    actor.must("run.start")
    result, kept = outputs.result_of(found), outputs.request_of(found)
    was = found.run
    given = Input(found.key, {}, tuple(found.labels), found.preview, found.local_only)
    requests.refuse_what_must_stay(was.project, was.target, [given])
    document = with_seeds(kept["document"], result)
    leaks = find(document, known=known_secrets(was.project))
    if leaks:
        raise Invalid.of(leaks)
    with transaction.atomic():
        run = _create(was, found.key, actor)
        item = _item(run, found, kept, document)
        item.save()
        detail = {"of": found.id, "items": 1, "target": was.target.slug, "kind": run.kind}
        audit.note(run.project, actor, "run.start", "run", run.id, name=run.name, detail=detail)
        runs.send(run)
    return run


def with_seeds(document: dict[str, Any], result: dict[str, Any]) -> dict[str, Any]:
    """The document with each stage's seed as the maker returned it. Raises Invalid where none is known."""
    changed = deepcopy(document)
    stages = {str(stage.get("role", index)): stage for index, stage in enumerate(changed.get("stages") or ())}
    for used in result.get("seeds") or ():
        seed = used.get("returned") if used.get("returned") is not None else used.get("sent")
        stage = stages.get(str(used.get("stage")))
        if stage is not None and seed is not None:
            stage["seed"] = seed
    open_stages = [role for role, stage in stages.items() if stage.get("seed") is None]
    if open_stages and not result.get("seeds"):
        text = f"Nobody knows the seed of {', '.join(open_stages)}: none was sent, and the maker returned none."
        raise Invalid(text, code="seed_unknown", hint="State seeds in the preset before it is rendered.")
    return changed


def _create(was: Run, key: str, actor: Actor) -> Run:
    slug = was.preset.slug if was.preset else "output"
    return Run.objects.create(
        id=new_id(),
        project=was.project,
        name=run_name(timezone.now(), slug, was.revision, was.target.slug),
        kind="preview",
        preset=was.preset,
        revision=was.revision,
        digest=was.digest,
        manifest=was.manifest,
        target=was.target,
        input_set=was.input_set,
        inputs_digest=was.inputs_digest,
        total=1,
        note=f"{NOTE}{key} of {was.id}"[:300],
        created_by=actor.username,
    )


def _item(run: Run, found: Item, kept: dict[str, Any], document: dict[str, Any]) -> Item:
    item = Item(id=new_id(), run=run, position=0, key=found.key, labels=found.labels, preview=found.preview)
    item.local_only = found.local_only
    item.seeds = ", ".join(str(stage.get("seed", "-")) for stage in document.get("stages", []))[:120]
    again = {**kept, "document": document, "item": item.id}
    if run.target.is_served:
        again = servers.request(run, document, item)
    elif not run.target.is_cloud:
        again |= {"run": run.name, "attempt": 1}
    elif document != kept["document"]:
        again = requests.cloud_request(run.target, document, item)  # the seed has its own place in each request
    item.request = put_json(wiring.artifacts(), again)
    return item
