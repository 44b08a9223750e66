"""The names of the things that events are about, read in one go for a page of events."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from presets_app.models import AuditEvent, Check, InputSet, Migration, Preset, Project, Recipe, Run, Target

Names = dict[tuple[str, str], str]
DRAWN = "clips brought in as files"


def names_of(project: Project, events: Iterable[AuditEvent]) -> Names:
    """{(kind, subject): its name} of those things that still are there. At most seven queries."""
    asked: dict[str, set[str]] = {}
    for event in events:
        asked.setdefault(event.subject_kind, set()).add(event.subject)
    targets = dict(Target.objects.filter(project=project).values_list("slug", "name"))

    def migration(row: Migration) -> str:
        ends = [targets.get(slug, slug) for slug in (row.from_target, row.to_target)]
        return f"{row.preset.name}, {ends[0]} to {ends[1]}"

    return {
        **{("target", slug): name for slug, name in targets.items()},
        **_presets_and_pins(project, asked.get("preset", set()), asked.get("manifest", set()), targets),
        **_checks_and_pairs(project, asked.get("check", set()), asked.get("pair", set())),
        **_named("run", _runs(project), asked, _run_name),
        **_named("migration", Migration.objects.filter(project=project).select_related("preset"), asked, migration),
        **_input_sets(project, asked.get("inputs", set())),
        **_recipes(project, asked.get("recipe", set())),
    }


def _runs(project: Project) -> Any:
    return Run.objects.filter(project=project).select_related("preset", "target")


def _named(kind: str, rows: Any, asked: dict[str, set[str]], name: Callable[[Any], str]) -> Names:
    numbers = asked.get(kind)
    return {(kind, row.pk): name(row) for row in rows.filter(pk__in=numbers)} if numbers else {}


def _input_sets(project: Project, slugs: set[str]) -> Names:
    rows = InputSet.objects.filter(project=project, slug__in=slugs) if slugs else ()
    return {("inputs", row.slug): row.name for row in rows}


def _recipes(project: Project, slugs: set[str]) -> Names:
    rows = Recipe.objects.filter(project=project, slug__in=slugs) if slugs else ()
    return {("recipe", row.slug): row.name for row in rows}


def _run_name(run: Run) -> str:
    return f"{run.preset.name} on {run.target.name}" if run.preset else f"clips as {run.target.name}"


def _presets_and_pins(project: Project, presets: set[str], pins: set[str], targets: dict[str, str]) -> Names:
    """A pin's subject is "preset/target"."""
    slugs = presets | {pin.partition("/")[0] for pin in pins}
    if not slugs:
        return {}
    found = dict(Preset.objects.filter(project=project, slug__in=slugs).values_list("slug", "name"))
    names: Names = {("preset", slug): name for slug, name in found.items()}
    for pin in pins:
        slug, _, target = pin.partition("/")
        if slug in found:
            names["manifest", pin] = f"{found[slug]} on {targets.get(target, target)}"
    return names


def _checks_and_pairs(project: Project, checks: set[str], pairs: set[str]) -> Names:
    """A pair's subject is "check/key of its input"."""
    numbers = checks | {pair.partition("/")[0] for pair in pairs}
    if not numbers:
        return {}
    rows = Check.objects.filter(project=project, pk__in=numbers).select_related("preset")
    found = {check.pk: check.preset.name if check.preset else check.note or DRAWN for check in rows}
    names: Names = {("check", number): name for number, name in found.items()}
    for pair in pairs:
        number, _, key = pair.partition("/")
        if number in found:
            names["pair", pair] = f"{key} of {found[number]}"
    return names
