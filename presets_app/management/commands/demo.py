"""`manage.py demo`: the whole journey without a browser, in a folder of its own that is gone afterwards."""

from __future__ import annotations

import os
import shutil
import signal
import sys
import tempfile
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings

from presets_app.management import processes, starting
from presets_app.management.demo import documents
from presets_app.management.demo import project as demo_project
from presets_app.management.demo.journey import Journey, older
from presets_app.management.json_command import COULD_NOT, DONE, REFUSED, Answer, JsonCommand
from presets_app.management.places import make_secret_key, redis_socket
from presets_app.management.supervisor import Supervisor, become
from presets_app.services import parity_outcome

INSIDE = "MATCHFRAME_DEMO_FOLDER"
FAULTS = ("other-seed", "one-frame-late", "service-error", "bf16")


class Command(JsonCommand):
    help = "Run the journey headless: import, pin, run, judge, approve, publish, roll back."

    def arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--fault", choices=FAULTS, help="what the cloud stand-in does wrong in the second release")
        parser.add_argument("--keep", action="store_true", help="leave the data folder, with its logs, to look at")

    def answer(self, **options: Any) -> Answer:
        folder = os.environ.get(INSIDE, "")
        if not folder:
            self._start_over()
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(COULD_NOT))
        try:
            return self._journey(options["fault"] or "")
        finally:
            if options["keep"]:
                self.say(f"kept: {folder}")
            else:
                self._remove(Path(folder))

    def _remove(self, folder: Path) -> None:
        shutil.rmtree(folder, ignore_errors=True)
        shutil.rmtree(redis_socket(Path(settings.DATA_DIR)).parent, ignore_errors=True)

    def _start_over(self) -> None:
        """Settings are read when a process starts, so the same command goes on with the folder as its data folder."""
        folder = tempfile.mkdtemp(prefix="matchframe-demo-")
        make_secret_key(Path(folder))
        cleared = {"DATABASE_URL": "", "MATCHFRAME_ARTIFACTS": "", "MATCHFRAME_STORES": "", "MATCHFRAME_WEIGHTS": ""}
        # The demo's Redis is its own, whatever REDIS_URL says: it is emptied with the folder.
        os.environ.pop("REDIS_URL", None)
        become([sys.executable, *sys.argv], {INSIDE: folder, "MATCHFRAME_DATA": folder, **cleared})

    def _journey(self, fault: str) -> Answer:
        starting.prepare(self.say)
        with Supervisor(Path(settings.DATA_DIR) / "logs", self.say) as supervisor:
            port = self._start(supervisor)
            journey = Journey(demo_project.ensure(f"http://127.0.0.1:{port}"), self.say, supervisor.tend)
            self.say("an older release first")
            preset, check = journey.release(older(), "First look", seed=1)
            before = journey.live(preset)
            if not before:
                return self._result(journey, check, before, before, before), REFUSED
            journey.steps.clear()
            if fault:
                self._break(supervisor, port, fault)
            self.say("a newer release")
            preset, check = journey.release(documents.ltx2(), "Warmer light at dusk", seed=2)
            published = journey.live(preset)
            if check.outcome in parity_outcome.GOOD:
                journey.roll_back(preset, "Demo: an update broke the look")
            result = self._result(journey, check, before, published, journey.live(preset))
        return result, DONE if check.outcome in parity_outcome.GOOD else REFUSED

    def _start(self, supervisor: Supervisor) -> int:
        starting.redis(supervisor, self.say)
        port = starting.free_port()
        self._stand_in(supervisor, port)
        pool = settings.GPU_POOLS[0]
        self.say("starting the runner and the workers")
        supervisor.start(processes.runner(pool))
        supervisor.start(processes.worker("worker", "results", "default"))
        supervisor.start(processes.worker("cloud-worker", "cloud"))
        return port

    def _stand_in(self, supervisor: Supervisor, port: int, *extra: str) -> None:
        state = Path(settings.DATA_DIR) / "stand-in"
        self.say("starting the cloud stand-in" + (f" with {' '.join(extra)}" if extra else ""))
        supervisor.start(processes.stand_in(port, demo_project.STAND_IN_KEY, state, *extra))
        supervisor.wait_for("stand-in", lambda: starting.listens(port), 30)

    def _break(self, supervisor: Supervisor, port: int, fault: str) -> None:
        supervisor.stop("stand-in")
        self._stand_in(supervisor, port, "--fault", fault)

    def _result(self, journey: Journey, check: Any, before: Any, published: Any, after: Any) -> dict[str, Any]:
        return {
            "steps": journey.steps,
            "verdict": check.verdict,
            "reasons": [{"code": reason["code"], "message": reason["message"]} for reason in check.reasons],
            "sentence": check.sentence,
            "classes": check.counts,
            "cause": check.cause or None,
            "live_before": before,
            "live_published": published,
            "live_after": after,
        }
