"""Measuring a noise floor: the same inputs rendered twice on one side, and once more with one benign change."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.db.models import Q

from presets_app.core import noise_floor
from presets_app.core.errors import Conflict, Invalid
from presets_app.core.lifecycle import FINISHED_CHECK
from presets_app.core.noise_floor import Change, Repeat
from presets_app.core.permissions import Actor
from presets_app.core.pointers import value_at
from presets_app.models import Check, InputSet, NoiseFloor, Pair, Preset, Run, Target
from presets_app.queries import parity_noise as held
from presets_app.services import audit, inputs, parity, parity_trials, presets
from presets_app.services.requests import Input

USUAL = 3  # inputs; facts on engine CI: at least three


def measure(
    preset: Preset,
    target: Target,
    chosen: InputSet,
    actor: Actor,
    *,
    count: int = USUAL,
    change: dict[str, Any] | None = None,
) -> NoiseFloor:
    """Start the renders. `change` is {pointer: value} of the benign render; without one the first that the target can
    be sent is taken, {} leaves it out. Raises Conflict while a floor is being measured."""
    actor.must("run.start")
    if not 1 <= count <= parity_trials.MOST:
        raise Invalid(f"Between 1 and {parity_trials.MOST} inputs measure a floor.", code="count_invalid")
    if _is_measuring(preset, target):
        raise Conflict("The noise of this side is being measured already.", code="already_measuring")
    given = _given(preset, target, chosen, count)
    with transaction.atomic():
        return _start(preset, target, chosen, given, actor, change)


def _is_measuring(preset: Preset, target: Target) -> bool:
    """Whether renders for a floor of this side are still going on; a cancelled run ends the wait for it."""
    runs = ("again__left", "again__right", "benign__right")
    stopped = Q(*((f"{run}__state", "cancelled") for run in runs), _connector=Q.OR)
    rows = NoiseFloor.objects.filter(preset=preset, target=target, state="measuring")
    return rows.exclude(pk__in=rows.filter(stopped)).exists()


def _given(preset: Preset, target: Target, chosen: InputSet, count: int) -> list[Input]:
    items = inputs.load(preset.project, chosen.slug, chosen.commit)["items"]
    free = [Input.of(item) for item in items if not (target.is_cloud and item.get("local_only"))]
    if not free:
        raise Invalid("Every item of this set is local-only.", code="nothing_comparable")
    return free[:count]


def _start(
    preset: Preset,
    target: Target,
    chosen: InputSet,
    given: list[Input],
    actor: Actor,
    change: dict[str, Any] | None,
) -> NoiseFloor:
    first, second = (
        parity_trials.render(preset, target, given, actor, input_set=chosen, note=f"noise floor, {word}")
        for word in ("as it is", "the same again")
    )
    found, moved = _changed(preset, target, chosen, given, actor, change)
    facts = held.facts_of(preset, target)
    floor = NoiseFloor.objects.create(
        project=preset.project,
        preset=preset,
        target=target,
        digest=facts["document"],
        manifest=facts["manifest"],
        machine=facts["machine"],
        again=_check(preset, (first, second), actor, "the same request again"),
        benign=_check(preset, (first, moved), actor, f"with another {found.label}") if found and moved else None,
        change=found.as_json() if found else {},
        by=actor.username,
    )
    detail = {"inputs": len(given), "change": floor.change}
    audit.note(preset.project, actor, "noise.measure", "preset", preset.slug, name=preset.name, detail=detail)
    return floor


def _changed(
    preset: Preset,
    target: Target,
    chosen: InputSet,
    given: list[Input],
    actor: Actor,
    asked: dict[str, Any] | None,
) -> tuple[Change | None, Run | None]:
    """The benign render and its change; a service takes none that it does not name, so there it is asked for."""
    if asked is not None and not asked:
        return None, None
    document = presets.load(preset.project, preset.slug, preset.head)
    candidates = noise_floor.benign_changes(document)
    if asked is not None:
        path, value = next(iter(asked.items()))
        label = next((known.label for known in candidates if known.path == path), path)
        candidates = [Change(path, label, value_at(document, path), value)]
    elif target.is_cloud:
        return None, None
    change = candidates[0]
    note = f"noise floor, {change.path} = {change.after}"
    run = parity_trials.render(
        preset, target, given, actor, input_set=chosen, change={change.path: change.after}, note=note
    )
    return change, run


def _check(preset: Preset, sides: tuple[Run, Run], actor: Actor, words: str) -> Check:
    keys = list(sides[0].items.order_by("position").values_list("key", flat=True))
    plan = {"n": len(keys), "batch": len(keys), "drawn": keys, "why": "Every input of the trial is compared."}
    return parity.create_check(
        preset.project,
        preset,
        sides[0].revision,
        sides,
        plan,
        actor=actor,
        kind="noise",
        note=f"Noise floor of {preset.name}: {words}",
    )


def settle(check: Check) -> None:
    """Fill the floor that a judged check belongs to, once both of its checks are over. Call it in the transaction that
    ends the check."""
    rows = NoiseFloor.objects.select_for_update(of=("self",)).select_related("again", "benign")
    floor = rows.filter(state="measuring", again=check).first() or rows.filter(state="measuring", benign=check).first()
    if floor is None:
        return
    parts = [part for part in (floor.again, floor.benign) if part is not None]
    if not all(part.pk == check.pk or part.state in FINISHED_CHECK for part in parts):
        return
    floor.floor = noise_floor.floor_of(_repeats(floor.again), _repeats(floor.benign) if floor.benign else None)
    floor.state = "measured" if floor.floor["usable"] else "failed"
    floor.save(update_fields=["floor", "state"])


def _repeats(check: Check) -> list[Repeat]:
    return [_repeat(pair) for pair in check.pairs.order_by("position")]


def _repeat(pair: Pair) -> Repeat:
    video = pair.measurement.get("video") or {}
    broken = [reason["message"] for reason in pair.reasons if reason["severity"] == "fail"]
    fault = broken[0] if broken and (pair.pair_class == "error" or not video) else ""
    ssim, psnr = (video.get("ssim") or {}).get("mean"), (video.get("psnr") or {}).get("mean")
    return Repeat(pair.key, bool(pair.measurement.get("identical")), ssim, psnr, fault or _degenerate(pair))


def _degenerate(pair: Pair) -> str:
    """A render that is black, grey, still or noise measures no noise of the preset."""
    spoiled = {"black", "grey", "static_noise", "frozen", "size_mismatch", "frame_count_mismatch"}
    return next((reason["message"] for reason in pair.reasons if reason["code"] in spoiled), "")
