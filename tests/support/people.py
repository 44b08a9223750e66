"""Ada authors, Grace approves, Olu owns, Vic looks, Mallory has no role."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib.auth import get_user_model

from presets_app.core.permissions import Actor
from presets_app.models import Project
from presets_app.queries import people
from presets_app.services import audit, projects

PASSWORD = "correct horse battery"
ROLES = {"ada": "author", "grace": "approver", "olu": "owner", "vic": "viewer", "mallory": None}


@dataclass(frozen=True)
class People:
    """Each person as an actor in the project of the test."""

    ada: Actor
    grace: Actor
    olu: Actor
    vic: Actor
    mallory: Actor


def settle(project: Project) -> People:
    """Make the five people, give those with a role theirs, and answer them as actors in `project`."""
    for username, role in ROLES.items():
        user = get_user_model().objects.filter(username=username).first() or _make(username)
        if role:
            projects.set_member(project, audit.MATCHFRAME, username, role, founding=True)
        assert people.actor(user, project).role == role
    return People(**{username: actor(username, project) for username in ROLES})


def actor(username: str, project: Project) -> Actor:
    return people.actor(get_user_model().objects.get(username=username), project)


def _make(username: str) -> Any:
    name = username.capitalize()
    return get_user_model().objects.create_user(username, f"{username}@example.org", PASSWORD, first_name=name)
