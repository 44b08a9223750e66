"""`manage.py demo_fill`: fill the demo project of a running Matchframe; `up` starts it, and again until it is done."""

from __future__ import annotations

import signal
import sys
from typing import Any

from django.core.management.base import BaseCommand

from presets_app.core.errors import MatchframeError
from presets_app.management.demo.filling import fill
from presets_app.management.demo.journey import Journey
from presets_app.management.demo.project import CLOUD, ensure
from presets_app.queries import projects


class Command(BaseCommand):
    help = "Fill the demo project with a release, checks and decisions to look at."

    def handle(self, *args: Any, **options: Any) -> None:
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
        demo = projects.find("demo")
        cloud = projects.target_named(demo, CLOUD) if demo else None
        if cloud is None:
            self.stderr.write("There is no demo project; start it with `make up`.")
            sys.exit(1)
        try:
            fill(Journey(ensure(cloud.settings["base_url"]), self.stdout.write, lambda: None))
        except MatchframeError as error:
            self.stderr.write(f"{error} {error.problems[0].hint}")
            sys.exit(1)
