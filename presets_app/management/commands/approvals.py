"""`manage.py approvals`: a person's yes to exact bytes, and whether it still holds."""

from __future__ import annotations

from typing import Any

from presets_app.core.canonical import digest
from presets_app.core.errors import Conflict, NotFound
from presets_app.management.acting import decider, project_of
from presets_app.management.json_command import DONE, Answer, FeatureCommand, taking
from presets_app.queries import projects, rows
from presets_app.services import approvals as service

SEEN = {"metavar": "BINDING", "help": "the `binding` that `show` gave, so that nothing newer is approved unseen"}


class Command(FeatureCommand):
    help = "Approvals of migrations."
    subcommands = {
        "give": ("Approve a migration.", taking("migration", "--reason", "--seen", seen=SEEN)),
        "show": ("What an approval would bind to, and the approvals given.", taking("migration")),
    }

    def do_give(self, *, migration: str, reason: str, seen: str, **options: Any) -> Answer:
        project = project_of(options)
        found = projects.migration(project, migration)
        now = service.current_digests(found)
        if seen and seen != digest(now):
            hint = "Look at it again with `approvals show`."
            raise Conflict(
                "Something changed since you looked; nothing was approved.", code="approval_stale", hint=hint
            )
        given = service.approve(found, decider(project, options), seen=now, reason=reason)
        return {"migration": found.id, "state": found.state, **rows.of_approval(given)}, DONE

    def do_show(self, *, migration: str, **options: Any) -> Answer:
        found = projects.migration(project_of(options), migration)
        now = service.current_digests(found)
        about = {"migration": found.id, "state": found.state, "binding": digest(now), "digests": now}
        return {**about, "approvals": rows.approvals(found), **_standing(found)}, DONE


def _standing(migration: Any) -> dict[str, Any]:
    try:
        service.standing(migration)
    except (Conflict, NotFound) as error:
        return {"stands": False, "problems": [problem.as_json() for problem in error.problems]}
    return {"stands": True, "problems": []}
