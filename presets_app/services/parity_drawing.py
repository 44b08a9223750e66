"""Which inputs a check compares: what may be compared at all, how many, which, and with which seeds."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import asdict, dataclass, replace
from typing import Any

from presets_app.core import parity_strata, policy, sampling
from presets_app.core.errors import Invalid
from presets_app.core.permissions import Actor
from presets_app.models import InputSet, Preset, Project, Target
from presets_app.services import inputs
from presets_app.services.requests import Input

SEEDS = 2**31 - 1  # the largest seed that every service takes


@dataclass(frozen=True)
class Wish:
    """What a person asks for. `percent` is 1 to 5; `override` replaces the standard's minimum and needs a reason;
    `seed` draws the sample, chosen and recorded when not given; `preview` is compared too, and reported apart;
    `fresh` gives every input a seed of its own, made of this number, in place of the preset's and the item's."""

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
    fresh: int | None = None


def comparable(project: Project, wish: Wish) -> tuple[list[dict[str, Any]], int]:
    """The batch's items that may be rendered on both targets, and how many are kept local."""
    items = inputs.load(project, wish.batch.slug, wish.batch.commit)["items"]
    if not (wish.left.is_outside or wish.right.is_outside):
        return items, 0
    free = [item for item in items if not item.get("local_only")]
    if not free:
        raise Invalid("Every item of this batch is local-only; none can be compared.", code="nothing_comparable")
    return free, len(items) - len(free)


def drawn(
    project: Project, wish: Wish, actor: Actor, items: list[dict[str, Any]], kept: int
) -> tuple[dict[str, Any], list[str]]:
    """The plan as it is kept with the check, and the keys drawn."""
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
    by = parity_strata.varying(items)
    keys = sampling.draw(parity_strata.strata(items, by), size.n, seed)
    plan = {**asdict(size), "seed": str(seed), "drawn": keys, "not_compared": kept, "batch_set": wish.batch.slug}
    plan |= {"preview_set": wish.preview.slug if wish.preview else "", "stratified_by": ["labels", *by]}
    if wish.fresh is not None:
        plan["fresh_seeds"] = str(wish.fresh)
    return plan, keys


def further(items: list[dict[str, Any]], plan: dict[str, Any], more: int) -> list[str]:
    """`more` keys that continue the draw of a plan."""
    by = plan.get("stratified_by", ["labels"])
    return sampling.extend(parity_strata.strata(items, by), plan["drawn"], more, int(plan["seed"]))


def chosen(project: Project, wish: Wish, items: list[dict[str, Any]], keys: list[str]) -> list[Input]:
    """The drawn inputs, then those of the preview set that were not drawn."""
    by_key = {item["key"]: item for item in items}
    found = [Input.of(by_key[key]) for key in keys]
    if wish.preview is not None:
        cloud = wish.left.is_outside or wish.right.is_outside
        edge = inputs.load(project, wish.preview.slug, wish.preview.commit)["items"]
        taken = set(keys)
        found += [
            Input.of(item, preview=True)
            for item in edge
            if item["key"] not in taken and not (cloud and item.get("local_only"))
        ]
    return found if wish.fresh is None else [with_seed(given, wish.fresh) for given in found]


def with_seed(given: Input, fresh: int) -> Input:
    """The same input with a seed of its own in every stage, the same wherever it is rendered."""
    text = f"matchframe/fresh-seed/1\n{fresh}\n{given.key}".encode()
    seed = int.from_bytes(hashlib.sha256(text).digest()[:8], "big") % SEEDS
    return replace(given, overrides={**given.overrides, "seed": seed})
