"""A preset's document at one revision, for taking it out of the house."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from presets_app import wiring
from presets_app.models import Project
from presets_app.queries import projects
from presets_app.queries.preset_history import read, revision


@dataclass(frozen=True)
class Held:
    """`commit` is "" when the newest revision was asked for, so that a link to it stays one to the newest."""

    slug: str
    name: str
    digest: str
    number: int
    commit: str
    local_only: bool
    document: dict[str, Any]

    def file_name(self, form: str, suffix: str) -> str:
        """ "puppet-at-dusk-3fa2c1d8.comfyui.json": which bytes these are stays readable outside."""
        middle = f".{form}" if form else ""
        return f"{self.slug}-{self.digest[:8]}{middle}.{suffix}"


def held(project: Project, slug: str, commit: str) -> Held:
    """Raises NotFound for a name or revision that is not."""
    preset = projects.preset(project, slug)
    at = revision(preset, commit)
    with wiring.store(project.slug) as store:
        document = read(store, preset, at.commit)
    return Held(slug, preset.name, at.digest, at.number, commit and at.commit, project.local_only, document)
