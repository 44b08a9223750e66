"""The newest of everything in a project, a bounded number at a time."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db.models import QuerySet

from presets_app.core.errors import NotFound
from presets_app.models import (
    AuditEvent,
    Check,
    InputSet,
    Live,
    Manifest,
    Membership,
    Migration,
    Preset,
    Project,
    Release,
    Revision,
    Run,
    Snapshot,
    Target,
)
from presets_app.queries import rows
from presets_app.queries.rows import Row

LIMIT = 50
MOST = 1000


def presets(project: Project, limit: int) -> dict[str, Any]:
    found = Preset.objects.filter(project=project).order_by("-changed_at", "-id")
    return _page("presets", found, rows.of_preset, limit)


def history(preset: Preset, limit: int) -> dict[str, Any]:
    return _page("revisions", preset.history.order_by("-number"), rows.of_revision, limit)


def input_sets(project: Project, limit: int) -> dict[str, Any]:
    found = InputSet.objects.filter(project=project).order_by("-at", "-id")
    return _page("inputs", found, rows.of_input_set, limit)


def targets(project: Project) -> list[Row]:
    return [rows.of_target(target) for target in Target.objects.filter(project=project)]


def runs(project: Project, limit: int, *, state: str = "") -> dict[str, Any]:
    found = Run.objects.filter(project=project).select_related("preset", "target", "input_set").order_by("-id")
    return _page("runs", found.filter(state=state) if state else found, rows.of_run, limit)


def checks(project: Project, limit: int) -> dict[str, Any]:
    sides = ("preset", "left__target", "right__target")
    found = Check.objects.filter(project=project).select_related(*sides).order_by("-id")
    return _page("checks", found, rows.of_check_briefly, limit)


def migrations(project: Project, limit: int, *, state: str = "") -> dict[str, Any]:
    found = Migration.objects.filter(project=project).select_related("preset").order_by("-id")
    return _page("migrations", found.filter(state=state) if state else found, rows.of_migration, limit)


def live(project: Project, preset: Preset | None, limit: int) -> dict[str, Any]:
    found = Live.objects.filter(project=project).select_related("preset").order_by("-since", "preset__slug", "target")
    return _page("live", found.filter(preset=preset) if preset else found, rows.of_live, limit)


def releases(project: Project, preset: Preset | None, limit: int) -> dict[str, Any]:
    found = Release.objects.filter(project=project).select_related("preset").order_by("-at", "-id")
    return _page("releases", found.filter(preset=preset) if preset else found, rows.of_release, limit)


def snapshots(project: Project, preset: Preset | None, limit: int) -> dict[str, Any]:
    found = Snapshot.objects.filter(project=project).select_related("preset").order_by("-id")
    return _page("snapshots", found.filter(preset=preset) if preset else found, rows.of_snapshot, limit)


def events(project: Project, limit: int, *, subject: str = "") -> dict[str, Any]:
    """Newest first; `subject` is `kind` or `kind/name`, as the events have it."""
    found = AuditEvent.objects.filter(project=project).order_by("-id")
    kind, _, name = subject.partition("/")
    found = found.filter(subject_kind=kind) if kind else found
    return _page("events", found.filter(subject=name) if name else found, rows.of_event, limit)


def projects() -> list[Project]:
    return list(Project.objects.order_by("slug"))


def members(project: Project) -> list[Row]:
    found = Membership.objects.filter(project=project).select_related("user").order_by("user__username")
    return [{"username": row.user.username, "name": row.user.get_full_name(), "role": row.role} for row in found]


def manifest(preset: Preset, target: str) -> Manifest:
    """The pins of one side as last committed. Raises NotFound."""
    found = Manifest.objects.select_related("preset").filter(preset=preset, target=target).first()
    if found is None:
        hint = "Pin it first: `manage.py manifests capture`."
        raise NotFound(f"{preset.name} is not pinned on {target}.", code="not_pinned", hint=hint)
    return found


def revision(preset: Preset, name: str) -> Revision:
    """A revision by commit, by the first six or more digits of one, by its number, or `newest`. Raises NotFound when
    there is none or several."""
    found = preset.history.all()
    if name in ("", "newest"):
        found = found.filter(commit=preset.head)
    elif name.isdecimal() and len(name) < 6:
        found = found.filter(number=int(name))
    else:
        found = found.filter(commit__startswith=name.lower()) if len(name) >= 6 else found.none()
    some = list(found[:2])
    if len(some) != 1:
        hint = f"`manage.py presets history {preset.slug}` lists them."
        raise NotFound(f"{preset.name} has no one revision {name[:64]!r}.", code="revision_not_found", hint=hint)
    return some[0]


def _page(name: str, found: QuerySet[Any], shape: Callable[[Any], Row], limit: int) -> dict[str, Any]:
    size = max(1, min(limit, MOST))
    some = list(found[: size + 1])
    return {name: [shape(row) for row in some[:size]], "more": len(some) > size}
