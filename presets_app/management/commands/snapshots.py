"""`manage.py snapshots`: what is live, kept by hand before something changes."""

from __future__ import annotations

from typing import Any

from presets_app.management.acting import decider, project_of
from presets_app.management.json_command import DONE, Answer, FeatureCommand, taking
from presets_app.queries import listing, projects, rows
from presets_app.services import snapshots as service

LIMIT = {"type": int, "default": listing.LIMIT}


class Command(FeatureCommand):
    help = "Snapshots of what is live."
    subcommands = {
        "take": ("Keep what is live now, with a note.", taking("preset", "--note")),
        "list": ("The snapshots, newest first.", taking("--preset", "--limit", limit=LIMIT)),
    }

    def do_take(self, *, preset: str, note: str, **options: Any) -> Answer:
        project = project_of(options)
        taken = service.take(projects.preset(project, preset), decider(project, options), note)
        return rows.of_snapshot(taken), DONE

    def do_list(self, *, preset: str, limit: int, **options: Any) -> Answer:
        project = project_of(options)
        return listing.snapshots(project, projects.preset(project, preset) if preset else None, limit), DONE
