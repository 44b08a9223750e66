"""Values that targets keep behind the names of variables: the names, never the values."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from presets_app.core import variables
from presets_app.core.problems import Problem
from presets_app.models import Target, TargetSecret
from presets_app.queries import people


def kept(target: Target) -> list[dict[str, Any]]:
    """[{name, when, person}] by name."""
    rows = list(TargetSecret.objects.filter(target=target).order_by("name"))
    names = people.names(row.set_by for row in rows if row.set_by)
    return [{"name": row.name, "when": row.set_at, "person": names.get(row.set_by, "")} for row in rows]


def held(targets: Iterable[Target]) -> dict[int, set[str]]:
    """{target's number: the names it has values for}, in one query."""
    found: dict[int, set[str]] = {target.pk: set() for target in targets}
    for number, name in TargetSecret.objects.filter(target__in=found).values_list("target", "name"):
        found[number].add(name)
    return found


def lacking(target: Target, document: dict[str, Any], names: set[str] | None = None) -> list[Problem]:
    """One for each name that the preset needs there and that has no value. `names` is held()'s answer, when known."""
    has = held([target])[target.pk] if names is None else names
    return variables.problems(variables.lacking(document, target.kind, has), target.name)


def sentence(targets: Iterable[Target], document: dict[str, Any]) -> str:
    """What fills the checklist's row: the names that each target has values for, "" while one is lacking."""
    listed = list(targets)
    has = held(listed)
    if any(lacking(target, document, has[target.pk]) for target in listed):
        return ""
    needs = [(target.slug, variables.needed(document, target.kind)) for target in listed]
    return "; ".join(f"{slug}: {', '.join(names) or 'none needed'}" for slug, names in needs) + "."
