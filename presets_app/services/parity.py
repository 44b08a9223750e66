"""Starting a parity check: a drawn sample, rendered on both targets, paired input by input; repeating and extending."""

from __future__ import annotations

import secrets
from typing import Any

from django.db import transaction

from presets_app.core.errors import Conflict, Invalid, NotFound
from presets_app.core.ids import new_id
from presets_app.core.permissions import Actor
from presets_app.models import Check, InputSet, Item, Pair, Preset, Project, Run
from presets_app.services import audit, parity_drawing, runs
from presets_app.services.parity_drawing import Wish
from presets_app.services.requests import Input

__all__ = ["Wish", "again", "create_check", "extend", "pair_up", "start"]


def start(wish: Wish, actor: Actor) -> Check:
    """Draw the sample and start both runs. Everything is created in one transaction, or nothing is."""
    actor.must("check.start")
    if wish.override is not None:
        actor.must("sample.override")
    if wish.left.pk == wish.right.pk:
        raise Invalid("A check compares two different targets.", code="same_target")
    project = wish.preset.project
    compared, kept = parity_drawing.comparable(project, wish)
    plan, drawn = parity_drawing.drawn(project, wish, actor, compared, kept)
    chosen = parity_drawing.chosen(project, wish, compared, drawn)
    revision = wish.revision or wish.preset.head
    with transaction.atomic():
        sides = [
            runs.start(
                runs.Work(wish.preset, target, chosen, "parity", revision, wish.batch, wish.note), actor, system=True
            )
            for target in (wish.left, wish.right)
        ]
        check = create_check(project, wish.preset, revision, (sides[0], sides[1]), plan, actor=actor, note=wish.note)
        detail = {"items": len(chosen), "left": wish.left.slug, "right": wish.right.slug}
        audit.note(project, actor, "check.start", "check", check.id, name=wish.preset.name, detail=detail)
    return check


def again(check: Check, actor: Actor, *, fresh: bool = True) -> Check:
    """The same check once more: another draw of the same size from the same batch, on the same targets. With `fresh`
    every input gets a new seed; without, the seeds stay, and it adds to a row of passes only from a cold start."""
    if check.kind != "parity" or check.preset is None or check.left.input_set is None:
        raise Conflict("Only a parity check of a batch can be repeated.", code="not_repeatable")
    override = int(check.plan["n"]) if check.plan.get("override_by") else None
    wish = Wish(
        preset=check.preset,
        left=check.left.target,
        right=check.right.target,
        batch=check.left.input_set,
        revision=check.revision,
        preview=_preview(check),
        percent=int(check.plan.get("percent", 5)),
        standard=str(check.plan.get("standard", "")),
        override=override,
        reason=str(check.plan.get("override_reason") or ""),
        seed=None if fresh else int(check.plan["seed"]),
        note=check.note,
        fresh=secrets.randbelow(2**32) if fresh else _number(check.plan.get("fresh_seeds")),
    )
    return start(wish, actor)


def _preview(check: Check) -> InputSet | None:
    slug = check.plan.get("preview_set")
    if not slug:
        return None
    found = InputSet.objects.filter(project=check.project_id, slug=slug).first()
    if found is None:
        raise NotFound(f"The preview set {slug} is gone.", code="inputs_not_found")
    return found


def _number(text: str | None) -> int | None:
    return int(text) if text else None


def create_check(
    project: Project,
    preset: Preset | None,
    revision: str,
    sides: tuple[Run, Run],
    plan: dict[str, Any],
    *,
    actor: Actor,
    kind: str = "parity",
    note: str = "",
) -> Check:
    check = Check.objects.create(
        id=new_id(),
        project=project,
        kind=kind,
        preset=preset,
        revision=revision,
        digest=sides[0].digest,
        left=sides[0],
        right=sides[1],
        plan=plan,
        note=note,
        created_by=actor.username,
    )
    pair_up(check)
    return check


def pair_up(check: Check) -> None:
    """A pair for each input that both runs hold and that has none yet, in the left run's order."""
    right: dict[str, Item] = {item.key: item for item in check.right.items.all()}
    held = set(check.pairs.values_list("key", flat=True))
    fresh = [item for item in check.left.items.order_by("position") if item.key in right and item.key not in held]
    Pair.objects.bulk_create(
        Pair(
            check_of=check,
            position=position,
            key=item.key,
            labels=item.labels,
            preview=item.preview,
            left=item,
            right=right[item.key],
        )
        for position, item in enumerate(fresh, start=len(held))
    )


def extend(check: Check, actor: Actor, more: int) -> None:
    """Add further inputs of the same draw to both runs; the check is judged again when they are rendered."""
    actor.must("check.extend")
    if check.state != "judged" or check.kind != "parity" or check.preset is None:
        raise Conflict("Only a judged parity check can be extended.", code="state_changed")
    project, batch = check.project, check.left.input_set
    if batch is None:
        raise Invalid("This check has no batch to draw from.", code="no_batch")
    fresh = _number(check.plan.get("fresh_seeds"))
    wish = Wish(check.preset, check.left.target, check.right.target, batch, fresh=fresh)
    items, _ = parity_drawing.comparable(project, wish)
    keys = parity_drawing.further(items, check.plan, more)
    if not keys:
        raise Conflict("The whole batch has been compared already.", code="batch_exhausted")
    chosen = parity_drawing.chosen(project, wish, items, keys)
    with transaction.atomic():
        locked = Check.objects.select_for_update().get(pk=check.pk)
        if locked.state != "judged":
            raise Conflict("Somebody else has extended this check.", code="state_changed", hint="Load the page again.")
        _lengthen(locked, chosen, keys)
        audit.note(project, actor, "check.extend", "check", check.id, detail={"more": len(keys)})


def _lengthen(check: Check, chosen: list[Input], keys: list[str]) -> None:
    check.plan = {**check.plan, "drawn": [*check.plan["drawn"], *keys], "n": check.plan["n"] + len(keys)}
    check.state = "rendering"
    check.version += 1
    check.save(update_fields=["plan", "state", "version"])
    for run in (check.left, check.right):
        if run.preset is not None:
            work = runs.Work(run.preset, run.target, chosen, run.kind, run.revision, run.input_set)
            runs.add_items(run, work)
    pair_up(check)
