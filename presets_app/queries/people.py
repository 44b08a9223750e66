"""Who a person is, what they may see, and the actor they are in a project."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.contrib.auth import get_user_model

from presets_app.core.errors import NotFound
from presets_app.core.permissions import Actor
from presets_app.models import Membership, Project, Taste


@dataclass(frozen=True)
class Person:
    username: str
    name: str
    theme: str


def of(user: Any) -> Person:
    taste = Taste.objects.filter(user=user).first()
    return Person(user.username, user.get_full_name() or user.username, taste.theme if taste else "auto")


def projects(user: Any) -> list[Project]:
    """The projects where the person has a role, by name."""
    return list(Project.objects.filter(memberships__user=user).order_by("name"))


def actor(user: Any, project: Project) -> Actor:
    """The person as an actor in a project; `role` is None where they have none."""
    member = Membership.objects.filter(project=project, user=user).first() if user.is_active else None
    name = user.get_full_name() or user.username
    email = user.email or f"{user.username}@matchframe.invalid"
    return Actor(user.username, name, email, member.role if member else None)


def actor_named(username: str, project: Project) -> Actor:
    """The same by user name, for commands and for re-checking a role later. Raises NotFound."""
    member = Membership.objects.select_related("user").filter(project=project, user__username=username).first()
    if member is None or not member.user.is_active:
        raise NotFound(f"{username} has no role in {project.name}.", code="person_not_found")
    return actor(member.user, project)


def newcomer(username: str) -> Actor:
    """A person with an account, before they have a role anywhere. Raises NotFound."""
    user = get_user_model().objects.filter(username=username, is_active=True).first()
    if user is None:
        hint = "Accounts are made with `manage.py createsuperuser --username NAME`."
        raise NotFound(f"There is no account {username}.", code="person_not_found", hint=hint)
    name = user.get_full_name() or user.get_username()
    return Actor(user.get_username(), name, user.email or f"{user.get_username()}@matchframe.invalid", None)


def project_for(user: Any, slug: str) -> Project:
    """The project, if the person may see it. Raises NotFound otherwise, whether or not it exists."""
    project = Project.objects.filter(slug=slug, memberships__user=user).first()
    if project is None:
        raise NotFound(f"There is no project {slug} for you.", code="project_not_found")
    return project


def roles(project: Project) -> dict[str, str]:
    """{user name: role} of everybody active in the project."""
    rows = Membership.objects.filter(project=project, user__is_active=True).values_list("user__username", "role")
    return dict(rows)


def names(usernames: Iterable[str]) -> dict[str, str]:
    """{user name: the name people know}, for every one asked for, whether or not the account is still there."""
    wanted = set(usernames)
    users = get_user_model().objects.filter(username__in=wanted) if wanted else ()
    return {name: name for name in wanted} | {user.username: user.get_full_name() or user.username for user in users}


def of_demo() -> list[dict[str, str]]:
    """[{username, role}] of the people of the demo project; none where there is no such project."""
    rows = Membership.objects.select_related("user").filter(project__demo=True, user__is_active=True)
    return [{"username": row.user.get_username(), "role": row.role} for row in rows.order_by("pk")[:10]]


def role(user: Any, project: Project) -> str:
    """The person's role in a project, "" for none."""
    found = Membership.objects.filter(project=project, user=user).values_list("role", flat=True).first()
    return found or ""
