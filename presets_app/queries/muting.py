"""What a project has turned off, by whom and why."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from presets_app.core import muting
from presets_app.core.problems import Problem
from presets_app.models import Project
from presets_app.queries import people


def listed(project: Project) -> list[dict[str, str]]:
    """[{code, preset, reason, person, when}]; `preset` is "" for the whole project."""
    rows = muting.mutes(project.policy)
    names = people.names(row.by for row in rows)
    return [_row(row, names) for row in rows]


def parted(project: Project, problems: Iterable[Problem], preset: str) -> tuple[list[Problem], list[dict[str, Any]]]:
    """What is shown, and what is turned off as [{problem, code, preset, reason, person, when}]."""
    shown, off = muting.parted(problems, project.policy, preset)
    names = people.names(entry.mute.by for entry in off)
    return shown, [{"problem": entry.problem, **_row(entry.mute, names)} for entry in off]


def _row(mute: muting.Mute, names: dict[str, str]) -> dict[str, str]:
    person = names.get(mute.by, mute.by)
    return {"code": mute.code, "preset": mute.preset, "reason": mute.reason, "person": person, "when": mute.at}
