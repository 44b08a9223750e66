"""What an approval is bound to, and whether one still holds."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from presets_app import wiring
from presets_app.core import policy
from presets_app.core.canonical import digest
from presets_app.gitstore import Store, paths
from presets_app.models import Approval, Check, Manifest, Migration, Preset, Target
from presets_app.queries import people

WORDS = {
    "document": "the preset",
    "manifests": "a manifest",
    "evidence": "the evidence",
    "decisions": "a decision on a pair",
    "policy": "the project's policy",
}
LABELS = {"document": "preset", "evidence": "evidence", "decisions": "decisions on pairs", "policy": "policy"}
APPROVERS = ("approver", "owner")
Digests = dict[str, Any]


def current_digests(migration: Migration) -> Digests:
    """What an approval given now would be bound to."""
    with wiring.store(migration.project.slug) as store:
        return digests_of(store, [migration])[migration.id]


def digests_of(store: Store, migrations: Iterable[Migration]) -> dict[str, Digests]:
    """The same for several migrations of one project. Three queries, however many there are."""
    rows = list(migrations)
    presets = Preset.objects.in_bulk({row.preset_id for row in rows})
    evidence = dict(Check.objects.filter(pk__in={row.check_id for row in rows}).values_list("id", "evidence"))
    pinned: dict[int, dict[str, str]] = {}
    held = Manifest.objects.filter(preset__in=presets).values_list("preset_id", "target", "digest")
    for preset, target, value in held:
        pinned.setdefault(preset, {})[target] = value
    head = store.head()
    return {
        row.id: {
            "document": presets[row.preset_id].digest,
            "manifests": _of_sides(row, pinned.get(row.preset_id, {})),
            "evidence": evidence.get(row.check_id, ""),
            "decisions": _decisions(store, head, row.check_id),
            "policy": policy.version(row.project.policy),
        }
        for row in rows
    }


def _of_sides(migration: Migration, pinned: dict[str, str]) -> dict[str, str]:
    sides = {migration.from_target, migration.to_target}
    return {target: value for target, value in sorted(pinned.items()) if target in sides}


def _decisions(store: Store, head: str | None, check: str) -> str:
    kept = store.read(head, paths.decisions(check)) if head and check else None
    return digest(json.loads(kept)) if kept else ""


def differing(one: Digests, other: Digests) -> str:
    """In words, what differs between two sets of digests; "" when nothing does."""
    keys = [key for key in WORDS if one.get(key) != other.get(key)]
    return " and ".join(WORDS[key] for key in keys)


def why_void(migration: Migration, approval: Approval, now: Digests) -> str:
    """Why an approval no longer holds for what is there now; "" while it does."""
    roles = people.roles(migration.project)
    return why_void_among(roles, approval, now)


def why_void_among(roles: dict[str, str], approval: Approval, now: Digests) -> str:
    """The same with the project's roles at hand."""
    changed = differing(approval.digests, now)
    if changed:
        return f"{changed} changed after {approval.by} approved."
    return "" if roles.get(approval.by) in APPROVERS else f"{approval.by} may not approve any more."


def bound(digests: Digests, names: dict[str, str]) -> list[dict[str, str]]:
    """[{label, digest}], one row for each thing; `names` are the targets' names by slug."""
    pins = digests.get("manifests") or {}
    rows = [("preset", digests.get("document", ""))]
    rows += [(f"pins, {names.get(target, target)}", value) for target, value in sorted(pins.items())]
    rows += [(LABELS[key], digests.get(key, "")) for key in ("evidence", "decisions", "policy")]
    return [{"label": label, "digest": str(value)} for label, value in rows if value]


def moved(seen: Digests, now: Digests, names: dict[str, str]) -> list[dict[str, str]]:
    """[{label, before, after}] of what is no longer what the person saw."""
    old = {row["label"]: row["digest"] for row in bound(seen, names)}
    new = {row["label"]: row["digest"] for row in bound(now, names)}
    return [
        {"label": label, "before": old.get(label, ""), "after": new.get(label, "")}
        for label in {**old, **new}
        if old.get(label) != new.get(label)
    ]


def target_names(migration: Migration) -> dict[str, str]:
    return dict(Target.objects.filter(project=migration.project_id).values_list("slug", "name"))
