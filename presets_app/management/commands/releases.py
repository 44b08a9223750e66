"""`manage.py releases`: what is live, publishing, and going back."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from presets_app.management import waiting
from presets_app.management.acting import decider, project_of
from presets_app.management.commands.runs import waiting_arguments
from presets_app.management.json_command import DONE, REFUSED, Answer, FeatureCommand, taking
from presets_app.queries import listing, projects, rows
from presets_app.services import parity_outcome
from presets_app.services import releases as service

LIMIT = {"type": int, "default": listing.LIMIT}


def _going_back(parser: ArgumentParser) -> None:
    parser.add_argument("snapshot")
    parser.add_argument("--reason", default="", help="why; it is kept with the release")
    parser.add_argument("--only", default="", metavar="TARGET", help="leave the other side as it is")
    waiting_arguments(parser)


class Command(FeatureCommand):
    help = "Releases: which revision is live on which target."
    subcommands = {
        "live": ("What is live now.", taking("--preset", "--limit", limit=LIMIT)),
        "list": ("Every publish and rollback, newest first.", taking("--preset", "--limit", limit=LIMIT)),
        "publish": ("Make an approved migration live on both sides.", taking("migration", "--reason")),
        "roll-back": ("Go back to a snapshot, and render the proof.", _going_back),
        "lift": ("Let updates of a preset through again after a rollback.", taking("preset", "--reason")),
    }

    def do_live(self, *, preset: str, limit: int, **options: Any) -> Answer:
        project = project_of(options)
        return listing.live(project, projects.preset(project, preset) if preset else None, limit), DONE

    def do_list(self, *, preset: str, limit: int, **options: Any) -> Answer:
        project = project_of(options)
        return listing.releases(project, projects.preset(project, preset) if preset else None, limit), DONE

    def do_publish(self, *, migration: str, reason: str, **options: Any) -> Answer:
        project = project_of(options)
        found = projects.migration(project, migration)
        return rows.of_release(service.publish(found, decider(project, options), reason=reason)), DONE

    def do_lift(self, *, preset: str, reason: str, **options: Any) -> Answer:
        project = project_of(options)
        found = projects.preset(project, preset)
        service.lift(found, decider(project, options), reason)
        return {"preset": found.slug, "held": found.held}, DONE

    def do_roll_back(
        self, *, snapshot: str, reason: str, only: str, wait: bool, timeout: float | None, **options: Any
    ) -> Answer:
        project = project_of(options)
        found = projects.snapshot(project, snapshot)
        release = service.roll_back(found, decider(project, options), reason, only=only or None)
        value = rows.of_release(release)
        if not wait:
            return value, DONE
        checks = [projects.check(project, proof["check_id"]) for proof in value["proofs"] if proof["check_id"]]
        for check in checks:
            waiting.for_check(check, self.say, timeout)
        value["checks"] = [rows.of_check_briefly(check) for check in checks]
        proven = len(checks) == len(value["proofs"]) and all(c.outcome in parity_outcome.GOOD for c in checks)
        return value, DONE if proven else REFUSED
