"""`manage.py audit`: who did what, when and why."""

from __future__ import annotations

from typing import Any

from presets_app.management.acting import project_of
from presets_app.management.json_command import DONE, Answer, FeatureCommand, taking
from presets_app.queries import listing

SUBJECT = {"default": "", "metavar": "KIND[/NAME]", "help": "for example preset/puppet-at-dusk"}


class Command(FeatureCommand):
    help = "The audit log, newest first."
    subcommands = {
        "list": (
            "The newest events.",
            taking("--subject", "--limit", subject=SUBJECT, limit={"type": int, "default": listing.LIMIT}),
        )
    }

    def do_list(self, *, subject: str, limit: int, **options: Any) -> Answer:
        return listing.events(project_of(options), limit, subject=subject), DONE
