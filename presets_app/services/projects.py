"""Making a project: its repository, its policy, its people."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.contrib.auth import get_user_model
from django.db import transaction

from presets_app import gitstore, wiring
from presets_app.core import policy
from presets_app.core.documents import name_problems, valid_slug
from presets_app.core.errors import Conflict, Invalid, NotFound
from presets_app.core.permissions import ROLES, Actor
from presets_app.core.problems import Problem
from presets_app.gitstore import paths
from presets_app.models import Membership, Project
from presets_app.services import audit, indexing
from presets_app.services.recording import Deed, read_json, record


def create(
    slug: str,
    name: str,
    founder: Actor,
    *,
    local_only: bool = False,
    demo: bool = False,
    rules: Mapping[str, Any] | None = None,
    why: str = "",
) -> Project:
    """A project with an empty repository and the default policy; `rules` are what its policy says otherwise, `why` the
    reason that stands in its history. Raises Conflict when the name is taken."""
    if not valid_slug(slug):
        raise Invalid("A project's short name is small letters, digits and dashes.", code="slug_invalid")
    if name_problems(name):
        raise Invalid.of(name_problems(name))
    if Project.objects.filter(slug=slug).exists():
        raise Conflict(f"There is a project {slug} already.", code="project_exists")
    gitstore.create(wiring.store_path(slug))
    with transaction.atomic():
        project = Project.objects.create(slug=slug, name=name, local_only=local_only, demo=demo)
        audit.note(project, founder, "project.create", "project", slug, name=name)
    if indexing.refresh(project):
        return project  # a repository that was here before, restored from a backup, say: it keeps its policy
    _first_policy(project, founder, rules or {}, why)
    return project


def _first_policy(project: Project, founder: Actor, rules: Mapping[str, Any], why: str) -> None:
    if policy.problems(rules):
        raise Invalid.of(policy.problems(rules))
    title = "Start with the default policy"
    if rules:
        title += f", but for {', '.join(sorted(rules))}"
    deed = Deed("policy.change", "policy", "policy", title, why)
    record(project, founder, deed, lambda store, head: {paths.policy(): {**policy.DEFAULT, **rules}})


def set_member(project: Project, actor: Actor, username: str, role: str, *, founding: bool = False) -> Membership:
    """Give a person a role. The first owner of a new project is set with `founding`."""
    if not founding:
        actor.must("member.change")
    if role not in ROLES:
        problem = Problem("role_unknown", "error", "", f"There is no role {role}.", f"Roles: {', '.join(ROLES)}.")
        raise Invalid.of([problem])
    user = get_user_model().objects.filter(username=username).first()
    if user is None:
        hint = "Accounts are made with `manage.py createsuperuser --username NAME`."
        raise NotFound(f"There is no account {username}.", code="person_not_found", hint=hint)
    with transaction.atomic():
        member, _ = Membership.objects.update_or_create(project=project, user=user, defaults={"role": role})
        audit.note(project, actor, "member.change", "person", username, detail={"role": role})
    return member


def change_policy(project: Project, actor: Actor, values: Mapping[str, Any], reason: str) -> str:
    """Commit a changed policy; approvals bound to the old one are void from then on."""
    actor.must("policy.change")
    if not reason.strip():
        raise Invalid("Changing the policy needs a reason.", code="reason_missing", hint="A few words are enough.")
    found = policy.problems(values)
    if found:
        raise Invalid.of(found)

    def build(store: gitstore.Store, head: str | None) -> dict[str, Any]:
        return {paths.policy(): policy.changed(read_json(store, head, paths.policy()), values)}

    return record(project, actor, Deed("policy.change", "policy", "policy", "Change the policy", reason), build)
