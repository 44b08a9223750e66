"""`manage.py check_store`: heal what a crash left, tidy up, and look for what is not as it should be."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from presets_app.core.problems import has_errors
from presets_app.management.json_command import DONE, REFUSED, Answer, JsonCommand
from presets_app.queries import listing, projects
from presets_app.services import healing, keeping


class Command(JsonCommand):
    help = "Index what is not indexed, send what was never sent, tidy and examine every repository and every baseline."

    def arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--project", default="", help="examine this one only")
        parser.add_argument("--read", action="store_true", help="read every file that a baseline keeps, not only look")

    def answer(self, **options: Any) -> Answer:
        named = options["project"]
        chosen = [projects.only_or_named(named)] if named else listing.projects()
        self.say("healing what a crash left")
        healed = {**healing.heal(), "leftovers": keeping.sweep()}
        found, problems = [], []
        for one in chosen:
            self.say(f"examining {one.name}")
            own = healing.examine(one) + keeping.lost(one, read=options["read"])
            problems += own
            tidied = not has_errors(own) and keeping.tidy(one)
            found.append({"project": one.slug, "tidied": tidied, "problems": [problem.as_json() for problem in own]})
        value = {"healed": healed, "projects": found, "problems": [problem.as_json() for problem in problems]}
        return value, REFUSED if has_errors(problems) else DONE
