"""`manage.py reindex`: make the tables that index Git anew, from Git."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from presets_app.management.json_command import DONE, Answer, JsonCommand
from presets_app.queries import listing, projects
from presets_app.services import indexing


class Command(JsonCommand):
    help = "Rebuild the index of Git in the database; what happened (runs, checks, audit) is kept."

    def arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--project", default="", help="the project's short name; every project when left out")

    def answer(self, **options: Any) -> Answer:
        named = options["project"]
        chosen = [projects.only_or_named(named)] if named else listing.projects()
        done = []
        for one in chosen:
            self.say(f"reading the history of {one.name}")
            done.append({"project": one.slug, "commits": indexing.rebuild(one)})
        return {"projects": done, "commits": sum(row["commits"] for row in done)}, DONE
