"""`manage.py preset_migrations`: move a revision from one target to another, with its checklist."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from presets_app.management.acting import decider, project_of
from presets_app.management.json_command import DONE, Answer, FeatureCommand, taking
from presets_app.queries import listing, projects, rows
from presets_app.services import preset_migrations as service


def _opening(parser: ArgumentParser) -> None:
    parser.add_argument("preset")
    parser.add_argument("--from", required=True, dest="origin", metavar="TARGET")
    parser.add_argument("--to", required=True, dest="goal", metavar="TARGET")
    parser.add_argument("--check", default="", help="the parity check that is its evidence")
    parser.add_argument("--note", default="")


def _ticking(parser: ArgumentParser) -> None:
    taking("id", "row", "--words")(parser)
    parser.add_argument("--undo", action="store_true", help="take the tick back")


class Command(FeatureCommand):
    help = "Migrations of presets from one target to another. (Django's own table migrations are `migrate`.)"
    subcommands = {
        "open": ("Open a migration of the newest revision.", _opening),
        "list": ("The newest.", taking("--state", "--limit", limit={"type": int, "default": listing.LIMIT})),
        "show": ("One migration, with its checklist and approvals.", taking("id")),
        "fill": ("Fill the checklist's evidence rows anew.", taking("id")),
        "tick": ("Tick a row that a person answers for.", _ticking),
        "attach": ("Name the check that is the evidence.", taking("id", "check")),
        "withdraw": ("Close it, as the one who opened it.", taking("id", "--reason")),
        "reject": ("Close it, as the one who would approve it.", taking("id", "--reason")),
    }

    def do_open(self, *, preset: str, origin: str, goal: str, check: str, note: str, **options: Any) -> Answer:
        project = project_of(options)
        sides = projects.target(project, origin), projects.target(project, goal)
        evidence = projects.check(project, check) if check else None
        person = decider(project, options)
        found = projects.preset(project, preset)
        return _shown(service.open_migration(found, person, *sides, check=evidence, note=note)), DONE

    def do_list(self, *, state: str, limit: int, **options: Any) -> Answer:
        return listing.migrations(project_of(options), limit, state=state), DONE

    def do_show(self, *, id: str, **options: Any) -> Answer:
        return _shown(projects.migration(project_of(options), id)), DONE

    def do_fill(self, *, id: str, **options: Any) -> Answer:
        project = project_of(options)
        found = projects.migration(project, id)
        return _shown(service.refresh_checklist(found, decider(project, options))), DONE

    def do_tick(self, *, id: str, row: str, words: str, undo: bool, **options: Any) -> Answer:
        project = project_of(options)
        found = projects.migration(project, id)
        return _shown(service.tick(found, decider(project, options), row, done=not undo, words=words)), DONE

    def do_attach(self, *, id: str, check: str, **options: Any) -> Answer:
        project = project_of(options)
        found, evidence = projects.migration(project, id), projects.check(project, check)
        return _shown(service.attach(found, decider(project, options), evidence)), DONE

    def do_withdraw(self, *, id: str, reason: str, **options: Any) -> Answer:
        project = project_of(options)
        return _shown(service.withdraw(projects.migration(project, id), decider(project, options), reason)), DONE

    def do_reject(self, *, id: str, reason: str, **options: Any) -> Answer:
        project = project_of(options)
        return _shown(service.reject(projects.migration(project, id), decider(project, options), reason)), DONE


def _shown(migration: Any) -> dict[str, Any]:
    return {**rows.of_migration(migration), "approvals": rows.approvals(migration)}
