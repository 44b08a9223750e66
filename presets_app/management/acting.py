"""Which project a command means, and who acts in it."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

from presets_app.core.errors import Invalid
from presets_app.core.permissions import Actor
from presets_app.queries import people, projects

VARIABLE = "MATCHFRAME_USER"
Say = Callable[[str], None]


def project_of(options: dict[str, Any]) -> projects.Project:
    """The project named by --project, or the only one. With --as, that person must have a role in it."""
    project = projects.only_or_named(options["project"])
    if options["person"]:
        people.actor_named(options["person"], project)
    return project


def decider(project: projects.Project, options: dict[str, Any]) -> Actor:
    """The person named by --as or MATCHFRAME_USER: a decision is always somebody's. Raises Invalid without one."""
    username = options["person"] or os.environ.get(VARIABLE, "")
    if not username:
        hint = f"Name yourself with --as USER, or set {VARIABLE}."
        raise Invalid("Who decides this is not said.", code="person_missing", hint=hint)
    return people.actor_named(username, project)


def actor(project: projects.Project, options: dict[str, Any], say: Say) -> Actor:
    """The same, and where nobody is named the project's only owner, which is said: for work that decides nothing."""
    if options["person"] or os.environ.get(VARIABLE):
        return decider(project, options)
    owners = [username for username, role in people.roles(project).items() if role == "owner"]
    if len(owners) != 1:
        return decider(project, options)
    say(f"acting as {owners[0]}, the only owner of {project.name}; name somebody else with --as")
    return people.actor_named(owners[0], project)
