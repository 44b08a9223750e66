"""What one output was really rendered with: its manifest, its seeds as sent and as returned, and where that differs
from what was pinned."""

from __future__ import annotations

from typing import Any

from presets_app import wiring
from presets_app.artifacts import get_json
from presets_app.core import diff, manifest
from presets_app.core.diff import Change
from presets_app.core.errors import Conflict, MatchframeError, NotFound
from presets_app.gitstore import Store
from presets_app.models import Item, Manifest, Run
from presets_app.queries import drift


def item(run: Run, key: str) -> Item:
    """One item of a run by its key or its number from 1. Raises NotFound."""
    rows = run.items.select_related("run__target", "run__preset", "run__project")
    found = rows.filter(key=key).order_by("position").first()
    if found is None and key.isdecimal() and len(key) < 9:
        found = rows.filter(position=int(key) - 1).first()
    if found is None:
        raise NotFound(f"This run has no item {key[:80]}.", code="item_not_found")
    return found


def request_of(found: Item) -> dict[str, Any]:
    """What was sent for an item. Raises NotFound when it is not kept any more."""
    value: dict[str, Any] = get_json(wiring.artifacts(), found.request)
    return value


def result_of(found: Item) -> dict[str, Any]:
    """What came back for a rendered item. Raises Conflict for one that was not rendered."""
    if found.state != "done" or not found.result:
        hint = "Wait for it, or try it again."
        raise Conflict(
            f"{found.key} of this run is {found.state}; it has no output.", code="item_not_rendered", hint=hint
        )
    value: dict[str, Any] = get_json(wiring.artifacts(), found.result)
    return value


def of(found: Item) -> dict[str, Any]:
    """The manifest of a rendered item."""
    run, request = found.run, request_of(found)
    slug = run.preset.slug if run.preset else run.name
    result = {"fingerprint": sent_to(run, request), **_told(result_of(found))}
    return manifest.of_output(slug, run.target.slug, request["document"], result)


def sent_to(run: Run, request: dict[str, Any]) -> dict[str, Any]:
    """What is known of the maker when it tells nothing itself: a service's model, as it was asked for."""
    if not run.target.is_cloud:
        return {}
    return {"model": {"model_id": request.get("model"), "service": run.target.settings.get("base_url", "")}}


def _told(result: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in result.items() if value}


def pins(found: Item) -> dict[str, Any]:
    """The same for a program, with the seeds beside it and what differs from the pins the run was started with."""
    made, result = of(found), result_of(found)
    run = found.run
    with wiring.store(run.project.slug) as store:
        moved = differs(store, run, made)
    return {
        "run": run.id,
        "key": found.key,
        "item": found.id,
        "request": found.request,
        "raw_frames": found.raw_frames,
        "raw_samples": found.raw_samples,
        "seeds": manifest.seeds_of(result),
        "manifest": made,
        "pinned": run.manifest,
        "as_pinned": None if moved is None else not moved,
        "changes": [{**change.as_json(), "sentence": diff.sentence(change)} for change in moved or ()],
        "problems": [],
    }


def differs(store: Store, run: Run, made: dict[str, Any]) -> list[Change] | None:
    """What of an output's model and driver is not as pinned when its run began; None when that cannot be said: never
    pinned, pinned anew since, or a maker that tells nothing of itself."""
    if not run.manifest or run.preset is None or run.target.is_cloud:
        return None
    row = Manifest.objects.filter(preset=run.preset, target=run.target.slug, digest=run.manifest).first()
    held = drift.pins_at(store, run.preset.slug, run.target.slug, row.commit) if row else None
    return None if held is None else drift.between(held, made, run.target)


def first_rendered(items: list[Item]) -> dict[str, Any] | None:
    """The manifest of the first of these items that was rendered; None when there is none, or it is not kept."""
    done = next((found for found in items if found.result and found.state == "done"), None)
    try:
        return of(done) if done is not None else None
    except MatchframeError:
        return None
