"""What is sent for each item: compiled before a run starts, so that what cannot be sent is said at once."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any

from presets_app import wiring
from presets_app.artifacts import get_json, put_json
from presets_app.backends import registry
from presets_app.backends.local.compiling import compile_request
from presets_app.core.document_values import with_values
from presets_app.core.errors import Invalid, LocalOnly
from presets_app.core.inputs import effective
from presets_app.core.problems import Problem, has_errors
from presets_app.core.secrets import find
from presets_app.models import Item, Preset, Project, Run, Target
from presets_app.services import manifests, servers, targets

CLOUD_FORMAT = "matchframe/cloud-request/1"


@dataclass(frozen=True)
class Input:
    """One input of a run: the overrides as the input set holds them, and what a sample needs to know of it. `change`
    sets places of the preset (JSON pointer to value) for a trial."""

    key: str
    overrides: dict[str, Any] = field(default_factory=dict)
    labels: tuple[str, ...] = ()
    preview: bool = False
    local_only: bool = False
    change: dict[str, Any] = field(default_factory=dict)

    @classmethod
    def of(cls, item: dict[str, Any], *, preview: bool = False) -> Input:
        return cls(item["key"], item, tuple(item.get("labels", ())), preview, bool(item.get("local_only")))


def refuse_what_must_stay(project: Project, target: Target, inputs: list[Input]) -> None:
    """Nothing local-only may be sent to a target outside: not a project, not an input. Raises LocalOnly."""
    if not target.is_outside:
        return
    if project.local_only:
        hint = "Compare two local targets, or before and after an update."
        raise LocalOnly(f"{project.name} is local-only; nothing of it may reach {target.name}.", hint=hint)
    kept = [item.key for item in inputs if item.local_only]
    if kept:
        hint = "Leave them out, or render them on a local target."
        text = f"{len(kept)} of these inputs are local-only ({', '.join(kept[:3])}) and may not reach {target.name}."
        raise LocalOnly(text, code="input_local_only", hint=hint)


def compiled(
    run: Run, preset: Preset, document: dict[str, Any], item: Item, given: Input, known: Collection[str]
) -> str:
    """The digest of the stored request for one item. Raises Invalid with the reasons when it cannot be sent. `known`
    are the project's stored values: one that was set after the preset was saved is found here."""
    wanted = with_values(effective(document, given.overrides), given.change)
    leaks = find(wanted, known=known)
    if leaks:
        raise Invalid.of(leaks)
    item.seeds = ", ".join(str(stage.get("seed", "-")) for stage in wanted.get("stages", []))[:120]
    if run.target.is_cloud:
        return put_json(wiring.artifacts(), cloud_request(run.target, wanted, item))
    if run.target.is_served:
        return put_json(wiring.artifacts(), servers.request(run, wanted, item))
    weights = manifests.weights_pin(manifests.pinned(preset, run.target.slug))
    request = compile_request(
        wanted, item=item.id, attempt=1, run=run.name, weights=weights, local_only=run.project.local_only
    )
    return put_json(wiring.artifacts(), request.as_json())


def cloud_request(target: Target, document: dict[str, Any], item: Item) -> dict[str, Any]:
    """What a cloud target is sent for an item. Raises Invalid with the reasons when it cannot be sent."""
    backend = registry.load(target.kind)
    chosen = backend.choose_model(document, targets.catalogue(target), target.settings.get("models", {}))
    if isinstance(chosen, Problem):
        raise Invalid.of([chosen])
    request = backend.compile(document, chosen)
    if has_errors(request.problems):
        raise Invalid.of(request.problems)
    return {
        "format": CLOUD_FORMAT,
        "item": item.id,
        "model": request.model,
        "body": request.body,
        "losses": [loss.as_json() for loss in request.losses],
        "document": document,
    }


def again(request: str, attempt: int) -> str:
    """The same stored request for a further attempt; the runner answers with the attempt's number."""
    value = get_json(wiring.artifacts(), request)
    return put_json(wiring.artifacts(), {**value, "attempt": attempt})
