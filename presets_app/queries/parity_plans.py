"""What can be asked for when a parity check is started: each share with its size, what it can tell, and its price."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import Any

from presets_app import wiring
from presets_app.core import policy, sampling
from presets_app.core.parity import sentence
from presets_app.models import InputSet, Manifest, Preset, Project, Target
from presets_app.queries import drift


def choices(project: Project, given: dict[str, str]) -> dict[str, Any]:
    """What a check can be started from, with what was chosen so far or would be; sizes, bounds and prices of the five
    shares are those of the chosen batch, preview set, standard and targets."""
    sets = list(InputSet.objects.filter(project=project).order_by("name"))
    targets = list(Target.objects.filter(project=project).exclude(kind="files"))
    presets = list(Preset.objects.filter(project=project).order_by("name"))
    rules = policy.merged(project.policy)
    chosen = _chosen(given, presets, targets, sets, rules)
    batch = next((found for found in sets if found.slug == chosen["inputs"]), None)
    preview = next((found.items for found in sets if found.slug == chosen.get("preview")), 0)
    price = _per_item(project, chosen, targets)
    minimums = rules["standards"]
    return {
        "presets": [(preset.slug, preset.name) for preset in presets],
        "targets": [(target.slug, target.name) for target in targets],
        "input_sets": [(found.slug, f"{found.name} ({found.items} items, {found.kind})") for found in sets],
        "preview_sets": [("", "none"), *((found.slug, found.name) for found in sets if found.kind == "preview")],
        "standards": [(name, f"{name}: at least {count}") for name, count in minimums.items()],
        "choices": [_share(batch.items, share, chosen, minimums, price, preview) for share in range(1, 6)]
        if batch
        else [],
        "total": batch.items if batch else None,
        "batch": batch.name if batch else "",
        "standard": {"name": chosen["standard"], "minimum": minimums[chosen["standard"]]},
        "chosen": chosen,
    }


def _chosen(
    given: dict[str, str], presets: list[Preset], targets: list[Target], sets: list[InputSet], rules: dict[str, Any]
) -> dict[str, str]:
    """What was asked for, and for what was not, what the form would send."""
    ends = sorted(targets, key=lambda target: target.is_cloud)
    batch = next((found for found in sets if found.kind == "batch"), sets[0] if sets else None)
    usual = {
        "preset": presets[0].slug if presets else "",
        "from": ends[0].slug if ends else "",
        "to": ends[-1].slug if ends else "",
        "inputs": batch.slug if batch else "",
    }
    standard = given.get("standard", "")
    known = standard if standard in rules["standards"] else rules["standard"]
    return {**given, **{key: given.get(key) or value for key, value in usual.items()}, "standard": known}


def _share(
    batch: int, percent: int, chosen: dict[str, str], minimums: dict[str, int], price: Decimal | None, preview: int
) -> dict[str, Any]:
    plan = sampling.plan(batch, percent, chosen["standard"], minimums=minimums)
    return {
        "share": percent,
        "items": plan.by_percent,
        "least": plan.n,
        "bound": sentence(batch, plan.n, 0).text,
        "price": f"from {price * (plan.n + preview):.2f} USD" if price else "",
        "enough": plan.by_percent >= plan.minimum,
    }


def _per_item(project: Project, chosen: dict[str, str], targets: list[Target]) -> Decimal | None:
    """The list price of one input on the cloud sides, as pinned; None where no side costs, or nothing says what."""
    slugs = {chosen["from"], chosen["to"]}
    paid = [target.slug for target in targets if target.is_cloud and target.slug in slugs]
    rows = list(Manifest.objects.filter(project=project, preset__slug=chosen["preset"], target__in=paid))
    if not paid or len(rows) < len(paid):
        return None
    with wiring.store(project.slug) as store:
        pins = [drift.pins_at(store, chosen["preset"], row.target, row.commit) or {} for row in rows]
    try:
        return sum((Decimal(str(found["model"]["base_price"]["value"])) for found in pins), Decimal(0))
    except (KeyError, InvalidOperation):
        return None
