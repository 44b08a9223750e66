"""Comparing anything with anything: two targets, presets, revisions, manifests, or today against the baseline.

A side is named in words: `run:ID` is what a run made; `baseline:PRESET/TARGET` the kept run of a side;
`pins:PRESET/TARGET@COMMIT` the newest run with the pins of that commit; `PRESET/TARGET` and `PRESET@REVISION/TARGET`
are rendered now. What is rendered now gets the inputs of the other side, or of the set that is named.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from presets_app import wiring
from presets_app.artifacts import get_json
from presets_app.core import manifest
from presets_app.core.errors import Conflict, Invalid, NotFound
from presets_app.core.lifecycle import FINISHED_RUN
from presets_app.core.permissions import Actor
from presets_app.gitstore import Store, paths
from presets_app.models import Check, InputSet, Item, Preset, Project, Run, Target
from presets_app.queries import baselines, drift, projects
from presets_app.services import audit, inputs, parity, parity_flow, presets, runs
from presets_app.services.parity_ladder import as_input
from presets_app.services.requests import Input
from presets_app.services.starting import full_revision

MOST = 200  # inputs of a comparison; a drawn sample of more is what a check is for
_SIDE = re.compile(r"(?P<preset>[a-z0-9-]+)(?:@(?P<revision>\w+))?/(?P<target>[a-z0-9-]+)(?:@(?P<commit>\w+))?")


@dataclass(frozen=True)
class Side:
    """One side: a run that is there, or a preset's revision to render on a target."""

    words: str
    target: Target
    preset: Preset | None
    revision: str
    run: Run | None = None


def side_named(project: Project, words: str) -> Side:
    """Raises Invalid for words that name no side, NotFound for what does not exist."""
    kind, _, rest = words.strip().rpartition(":")
    if kind == "run":
        run = projects.run(project, rest)
        return Side(words, run.target, run.preset, run.revision, run)
    found = _SIDE.fullmatch(rest)
    if found is None or kind not in ("", "baseline", "pins"):
        hint = (
            "Write run:ID, PRESET/TARGET, PRESET@REVISION/TARGET, baseline:PRESET/TARGET or pins:PRESET/TARGET@COMMIT."
        )
        raise Invalid(f"{words[:80]!r} names no side.", code="side_unknown", hint=hint)
    preset, target = projects.preset(project, found["preset"]), projects.target(project, found["target"])
    if kind == "baseline":
        kept = baselines.must_have(preset, target).run
        return Side(words, target, preset, kept.revision, kept)
    if kind == "pins":
        run = _with_pins(preset, target, found["commit"] or "")
        return Side(words, target, preset, run.revision, run)
    return Side(words, target, preset, full_revision(preset, found["revision"] or "newest"))


def _with_pins(preset: Preset, target: Target, commit: str) -> Run:
    with wiring.store(preset.project.slug) as store:
        pinned = _pinned(store, preset, target, commit)
    if pinned is None:
        raise NotFound(f"Commit {commit[:12]} pins nothing of {preset.name} there.", code="manifest_not_found")
    rows = Run.objects.filter(preset=preset, target=target, manifest=manifest.digest(pinned), done__gt=0)
    run = rows.exclude(kind="trial").order_by("-id").first()
    if run is None:
        hint = "Compare with a run of another time, or put those pins back and render."
        raise NotFound("Nothing was rendered with these pins.", code="pins_not_rendered", hint=hint)
    return run


def _pinned(store: Store, preset: Preset, target: Target, commit: str) -> dict[str, Any] | None:
    """What a commit of that side's pins holds; it may be named by its first digits, the newest when left out."""
    known = store.log(path=paths.manifest(preset.slug, target.slug), limit=1000)
    found = next((info.sha for info in known if info.sha.startswith(commit)), "")
    return drift.pins_at(store, preset.slug, target.slug, found) if found else None


def compare(
    left: Side, right: Side, actor: Actor, *, chosen: InputSet | None = None, count: int = MOST, note: str = ""
) -> Check:
    """Pair two sides input by input, all that both have; what is not there yet is rendered first. Everything begins in
    one transaction, or nothing does."""
    actor.must("check.start")
    if not 1 <= count <= MOST:
        raise Invalid(f"Between 1 and {MOST} inputs are compared.", code="count_invalid")
    if left.run is not None and right.run is not None and left.run.pk == right.run.pk:
        raise Invalid("A run is not compared with itself.", code="same_run")
    project = left.target.project
    note = note or f"{left.words} against {right.words}"
    given = _given(left, right, chosen, count)
    with transaction.atomic():
        sides = (_run(left, given, chosen, actor, note), _run(right, given, chosen, actor, note))
        check = _paired(sides, actor, note[:300], count)
        check.about = {"left": left.words, "right": right.words}
        check.save(update_fields=["about"])
        detail = {"left": left.words, "right": right.words, "pairs": check.pairs.count()}
        audit.note(project, actor, "check.start", "check", check.id, name=note[:200], detail=detail)
        if all(run.state in FINISHED_RUN for run in sides):
            parity_flow.send_to_judge(check)
    return check


def _given(left: Side, right: Side, chosen: InputSet | None, count: int) -> list[Input]:
    """What is rendered now: the set's items, else what the other side's run was rendered from."""
    if left.run is not None and right.run is not None:
        return []
    if chosen is not None:
        items = inputs.load(left.target.project, chosen.slug, chosen.commit)["items"]
        cloud = left.target.is_cloud or right.target.is_cloud
        found = [Input.of(item) for item in items if not (cloud and item.get("local_only"))]
    else:
        made = left.run or right.run
        if made is None:
            raise Invalid("Name an input set: neither side is rendered yet.", code="no_inputs")
        found = [_again(item) for item in made.items.filter(state="done").order_by("position")[:count]]
    if not found:
        raise Invalid("There is no input that both sides may render.", code="nothing_comparable")
    return found[:count]


def _again(item: Item) -> Input:
    if not item.request:
        raise Conflict("That run was brought in as files: its inputs cannot be rendered again.", code="not_repeatable")
    return as_input(item, get_json(wiring.artifacts(), item.request)["document"], {})


def _run(side: Side, given: list[Input], chosen: InputSet | None, actor: Actor, note: str) -> Run:
    if side.run is not None:
        return side.run
    if side.preset is None:
        raise Invalid("This side names no preset.", code="side_unknown")
    fitting = [_fitted(side, one) for one in given]
    work = runs.Work(side.preset, side.target, fitting, "preview", side.revision, chosen, note[:300])
    return runs.start(work, actor)


def _fitted(side: Side, given: Input) -> Input:
    """Seeds by role mean nothing to a preset whose stages have other roles: there the first goes to every stage."""
    seeds = given.overrides.get("seed")
    if side.preset is None or not isinstance(seeds, dict):
        return given
    document = presets.load(side.preset.project, side.preset.slug, side.revision)
    if set(seeds) <= {stage.get("role") for stage in document.get("stages", [])}:
        return given
    overrides = {**given.overrides, "seed": next(iter(seeds.values()))}
    return Input(given.key, overrides, given.labels, given.preview, given.local_only)


def _paired(sides: tuple[Run, Run], actor: Actor, note: str, count: int) -> Check:
    other = set(sides[1].items.values_list("key", flat=True))
    keys = [key for key in sides[0].items.order_by("position").values_list("key", flat=True) if key in other][:count]
    if not keys:
        raise Conflict("The two runs have no input in common.", code="nothing_in_common")
    plan = {
        "n": len(keys),
        "batch": len(keys),
        "drawn": keys,
        "why": "All inputs of both are compared; none was drawn.",
    }
    run = sides[0]
    return parity.create_check(
        run.project, run.preset, run.revision, sides, plan, actor=actor, kind="compare", note=note
    )
