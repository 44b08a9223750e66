"""`manage.py projects`: rooms, the people in them, and the policy of each."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from typing import Any

from presets_app.core import policy
from presets_app.core.errors import Invalid
from presets_app.core.permissions import ROLES
from presets_app.management.acting import decider, project_of
from presets_app.management.json_command import DONE, Answer, FeatureCommand, taking
from presets_app.queries import listing, people, rows
from presets_app.queries import muting as muted
from presets_app.services import muting
from presets_app.services import projects as service


def _creating(parser: ArgumentParser) -> None:
    parser.add_argument("slug")
    parser.add_argument("--name", default="", help="what people call it; the short name when left out")
    parser.add_argument("--local-only", action="store_true", help="nothing of it may reach a cloud target")


def _adding(parser: ArgumentParser) -> None:
    parser.add_argument("username")
    parser.add_argument("--role", required=True, help=f"one of: {', '.join(ROLES)}")


def _policy(parser: ArgumentParser) -> None:
    parser.add_argument("--set", action="append", default=[], dest="changes", metavar="NAME=VALUE", help="JSON or text")
    parser.add_argument("--reason", default="", help="why it is changed")


class Command(FeatureCommand):
    help = "Projects, their people and their policy."
    subcommands = {
        "list": ("The projects.", taking()),
        "show": ("One project, with its people.", taking()),
        "create": ("Make a project; the person named by --as is its first owner.", _creating),
        "add-member": ("Give a person a role, or another one.", _adding),
        "mute": ("Turn a warning or note off, with a reason.", taking("code", "--preset", "--reason")),
        "unmute": ("Show it again.", taking("code", "--preset")),
        "policy": ("The project's policy; with --set, change it.", _policy),
    }

    def do_list(self, **options: Any) -> Answer:
        return {"projects": [rows.of_project(project) for project in listing.projects()]}, DONE

    def do_show(self, **options: Any) -> Answer:
        project = project_of(options)
        return {**rows.of_project(project), "members": listing.members(project)}, DONE

    def do_create(self, *, slug: str, name: str, local_only: bool, person: str, **options: Any) -> Answer:
        if not person:
            hint = "Name the first owner with --as USER; accounts are made with `manage.py createsuperuser`."
            raise Invalid("A project needs an owner.", code="person_missing", hint=hint)
        founder = people.newcomer(person)
        project = service.create(slug, name or slug, founder, local_only=local_only)
        service.set_member(project, founder, person, "owner", founding=True)
        return {**rows.of_project(project), "members": listing.members(project)}, DONE

    def do_add_member(self, *, username: str, role: str, **options: Any) -> Answer:
        project = project_of(options)
        service.set_member(project, decider(project, options), username, role)
        return {"project": project.slug, "members": listing.members(project)}, DONE

    def do_mute(self, *, code: str, preset: str, reason: str, **options: Any) -> Answer:
        project = project_of(options)
        muting.mute(project, decider(project, options), code, reason, preset=preset)
        return {"project": project.slug, "muted": muted.listed(project)}, DONE

    def do_unmute(self, *, code: str, preset: str, **options: Any) -> Answer:
        project = project_of(options)
        muting.unmute(project, decider(project, options), code, preset=preset)
        return {"project": project.slug, "muted": muted.listed(project)}, DONE

    def do_policy(self, *, changes: list[str], reason: str, **options: Any) -> Answer:
        project = project_of(options)
        if changes:
            values = dict(_setting(text) for text in changes)
            service.change_policy(project, decider(project, options), values, reason)
            project.refresh_from_db()
        found = policy.merged(project.policy)
        return {"project": project.slug, "policy": found, "version": policy.version(project.policy)}, DONE


def _setting(text: str) -> tuple[str, Any]:
    name, separator, value = text.partition("=")
    if not separator:
        raise Invalid(
            "--set takes NAME=VALUE.", code="policy_setting_unreadable", hint="For example --set standard=release."
        )
    try:
        return name, json.loads(value)
    except ValueError:
        return name, value
