"""Starting a parity check: a drawn sample, rendered on both targets, paired input by input."""

from __future__ import annotations

import secrets
from dataclasses import asdict, dataclass
from typing import Any

from django.db import transaction

from presets_app.core import policy, sampling
from presets_app.core.errors import Conflict, Invalid
from presets_app.core.ids import new_id
from presets_app.core.permissions import Actor
from presets_app.models import Check, InputSet, Item, Pair, Preset, Project, Run, Target
from presets_app.services import audit, inputs, runs
from presets_app.services.requests import Input


@dataclass(frozen=True)
class Wish:
    """What a person asks for. `percent` is 1 to 5; `override` replaces the standard's minimum and needs a reason;
    `seed` draws the sample, chosen and recorded when not given; `preview` is compared too, and reported apart."""

    preset: Preset
    left: Target
    right: Target
    batch: InputSet
    revision: str = ""
    preview: InputSet | None = None
    percent: int = 5
    standard: str = ""
    override: int | None = None
    reason: str = ""
    seed: int | None = None
    note: str = ""


def start(wish: Wish, actor: Actor) -> Check:
    """Draw the sample and start both runs. Everything is created in one transaction, or nothing is."""
    actor.must("check.start")
    if wish.override is not None:
        actor.must("sample.override")
    if wish.left.pk == wish.right.pk:
        raise Invalid("A check compares two different targets.", code="same_target")
    project = wish.preset.project
    compared, kept = _comparable(project, wish)
    plan, drawn = _drawn(project, wish, actor, compared, kept)
    chosen = _inputs(project, wish, compared, drawn)
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


def _comparable(project: Project, wish: Wish) -> tuple[list[dict[str, Any]], int]:
    """The batch's items that may be rendered on both targets, and how many are kept local."""
    items = inputs.load(project, wish.batch.slug, wish.batch.commit)["items"]
    if not (wish.left.is_cloud or wish.right.is_cloud):
        return items, 0
    free = [item for item in items if not item.get("local_only")]
    if not free:
        raise Invalid("Every item of this batch is local-only; none can be compared.", code="nothing_comparable")
    return free, len(items) - len(free)


def _drawn(
    project: Project, wish: Wish, actor: Actor, items: list[dict[str, Any]], kept: int
) -> tuple[dict[str, Any], list[str]]:
    rules = policy.merged(project.policy)
    size = sampling.plan(
        len(items),
        wish.percent,
        wish.standard or rules["standard"],
        override=wish.override,
        override_by=actor.name if wish.override is not None else None,
        override_reason=wish.reason or None,
        minimums=rules["standards"],
    )
    seed = secrets.randbelow(2**32) if wish.seed is None else wish.seed
    keys = sampling.draw(_strata(items), size.n, seed)
    plan = {**asdict(size), "seed": str(seed), "drawn": keys, "not_compared": kept, "batch_set": wish.batch.slug}
    plan["preview_set"] = wish.preview.slug if wish.preview else ""
    return plan, keys


def _strata(items: list[dict[str, Any]]) -> list[sampling.Item]:
    return [sampling.Item(item["key"], tuple(item.get("labels", ()))) for item in items]


def _inputs(project: Project, wish: Wish, items: list[dict[str, Any]], drawn: list[str]) -> list[Input]:
    by_key = {item["key"]: item for item in items}
    chosen = [Input.of(by_key[key]) for key in drawn]
    if wish.preview is None:
        return chosen
    cloud = wish.left.is_cloud or wish.right.is_cloud
    edge = inputs.load(project, wish.preview.slug, wish.preview.commit)["items"]
    taken = set(drawn)
    return chosen + [
        Input.of(item, preview=True)
        for item in edge
        if item["key"] not in taken and not (cloud and item.get("local_only"))
    ]


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
    wish = Wish(check.preset, check.left.target, check.right.target, batch)
    items, _ = _comparable(project, wish)
    keys = sampling.extend(_strata(items), check.plan["drawn"], more, int(check.plan["seed"]))
    if not keys:
        raise Conflict("The whole batch has been compared already.", code="batch_exhausted")
    by_key = {item["key"]: item for item in items}
    chosen = [Input.of(by_key[key]) for key in keys]
    with transaction.atomic():
        locked = Check.objects.select_for_update().get(pk=check.pk)
        locked.plan = {**locked.plan, "drawn": [*locked.plan["drawn"], *keys], "n": locked.plan["n"] + len(keys)}
        locked.state = "rendering"
        locked.version += 1
        locked.save(update_fields=["plan", "state", "version"])
        for run in (locked.left, locked.right):
            work = runs.Work(check.preset, run.target, chosen, run.kind, run.revision, batch)
            runs.add_items(run, work)
        pair_up(locked)
        audit.note(project, actor, "check.extend", "check", check.id, detail={"more": len(keys)})
