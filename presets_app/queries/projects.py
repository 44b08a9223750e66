"""Finding projects and the things in them by name."""

from __future__ import annotations

from presets_app.core.documents import slug_of
from presets_app.core.errors import Invalid, NotFound
from presets_app.models import Check, InputSet, Membership, Migration, Preset, Project, Run, Snapshot, Target

__all__ = ["Project"]


def find(slug: str) -> Project | None:
    return Project.objects.filter(slug=slug).first()


def only_or_named(slug: str) -> Project:
    """The project of that name, or the only one there is. Raises NotFound or Invalid with the choices."""
    if slug:
        project = find(slug)
        if project is None:
            raise NotFound(f"There is no project {slug}.", code="project_not_found")
        return project
    found = list(Project.objects.all()[:3])
    if len(found) == 1:
        return found[0]
    hint = "Name one with --project." if found else "Start Matchframe with `make up`, which makes a demo project."
    raise Invalid("Which project is meant is not clear.", code="project_unclear", hint=hint)


def role_of(project: Project, username: str) -> str | None:
    return Membership.objects.filter(project=project, user__username=username).values_list("role", flat=True).first()


def target_named(project: Project, slug: str) -> Target | None:
    return Target.objects.select_related("project").filter(project=project, slug=slug).first()


def input_set_named(project: Project, name: str) -> InputSet | None:
    return InputSet.objects.filter(project=project, slug=slug_of(name)).first()


def target(project: Project, slug: str) -> Target:
    found = target_named(project, slug)
    if found is None:
        raise NotFound(f"There is no target {slug}.", code="target_not_found")
    return found


def preset(project: Project, slug: str) -> Preset:
    found = Preset.objects.select_related("project").filter(project=project, slug=slug).first()
    if found is None:
        raise NotFound(f"There is no preset {slug}.", code="preset_not_found")
    return found


def input_set(project: Project, slug: str) -> InputSet:
    found = InputSet.objects.filter(project=project, slug=slug).first()
    if found is None:
        raise NotFound(f"There is no input set {slug}.", code="inputs_not_found")
    return found


def run(project: Project, number: str) -> Run:
    found = (
        Run.objects.select_related("target", "preset", "project", "input_set")
        .filter(project=project, pk=number)
        .first()
    )
    if found is None:
        raise NotFound(f"There is no run {number}.", code="run_not_found")
    return found


def check(project: Project, number: str) -> Check:
    sides = (
        "project",
        "preset",
        "left__target",
        "right__target",
        "left__project",
        "right__project",
        "left__input_set",
        "left__preset",
        "right__preset",
    )
    found = Check.objects.select_related(*sides).filter(project=project, pk=number).first()
    if found is None:
        raise NotFound(f"There is no check {number}.", code="check_not_found")
    return found


def migration(project: Project, number: str) -> Migration:
    found = Migration.objects.select_related("project", "preset__project").filter(project=project, pk=number).first()
    if found is None:
        raise NotFound(f"There is no migration {number}.", code="migration_not_found")
    return found


def snapshot(project: Project, number: str) -> Snapshot:
    found = Snapshot.objects.select_related("preset__project").filter(project=project, pk=number).first()
    if found is None:
        raise NotFound(f"There is no snapshot {number}.", code="snapshot_not_found")
    return found
