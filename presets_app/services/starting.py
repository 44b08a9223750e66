"""What a form or a command line asks for, as work to start."""

from __future__ import annotations

from collections.abc import Mapping

from presets_app.core.errors import Invalid, NotFound
from presets_app.models import Preset, Project
from presets_app.queries import projects
from presets_app.services import inputs
from presets_app.services.requests import Input
from presets_app.services.runs import Work


def work_from(project: Project, given: Mapping[str, str]) -> Work:
    """{preset, target, inputs, kind, revision} as names. Raises NotFound or Invalid for what does not exist."""
    kind = given.get("kind") or "preview"
    if kind not in ("preview", "batch"):
        raise Invalid("A run is a preview or a batch.", code="run_kind_unknown")
    preset = projects.preset(project, given.get("preset", ""))
    chosen = projects.input_set(project, given.get("inputs", ""))
    items = inputs.load(project, chosen.slug, chosen.commit)["items"]
    target = projects.target(project, given.get("target", ""))
    revision = full_revision(preset, given.get("revision", ""))
    return Work(preset, target, [Input.of(item) for item in items], kind, revision, chosen)


def full_revision(preset: Preset, named: str) -> str:
    """The commit of a revision named by the start of its commit or document digest, or by "newest"; "" stays."""
    named = named.strip().lower()
    if named in ("", "newest"):
        return preset.head if named else ""
    found = [row for row in preset.history.all() if row.commit.startswith(named) or row.digest.startswith(named)]
    if len(named) < 4 or not found:
        raise NotFound(f"{preset.name} has no revision {named[:12]}.", code="revision_not_found")
    return found[-1].commit
