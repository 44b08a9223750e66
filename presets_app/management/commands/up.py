"""`manage.py up`: everything on this machine under one roof, with a demo project; Ctrl-C ends all of it."""

from __future__ import annotations

import fcntl
import signal
import sys
import time
from argparse import ArgumentParser
from functools import partial
from pathlib import Path
from types import FrameType
from typing import IO, Any

from django.conf import settings
from django.core.management.base import BaseCommand

from presets_app.core.errors import MatchframeError, Refused
from presets_app.management import processes, starting
from presets_app.management.demo import project as demo_project
from presets_app.management.places import make_secret_key
from presets_app.management.supervisor import Supervisor, become
from presets_app.queries import health
from presets_app.services import healing

SERVING_PATIENCE = 60.0  # seconds until every part must answer, once installed


class Stopped(Exception):
    """Somebody asked for the end."""


class Command(BaseCommand):
    help = "Start Matchframe: Redis, the cloud stand-in, the runner, the workers and the web server."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--port", type=int, default=8000)
        parser.add_argument("--no-demo", action="store_true", help="no demo project and no cloud stand-in")

    def handle(self, *args: Any, **options: Any) -> None:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, _stop)
        try:
            self._run(options["port"], demo=not options["no_demo"])
        except Stopped:
            self.say("stopped")
        except MatchframeError as error:
            self.stderr.write(f"{error} {error.problems[0].hint}".strip())
            sys.exit(1 if isinstance(error, Refused) else 2)

    def say(self, text: str) -> None:
        self.stdout.write(f"  {text}")
        self.stdout.flush()

    def _run(self, port: int, *, demo: bool) -> None:
        # Settings were read before there was a key: with one just made, the command starts over and reads it.
        if _with_key():
            become([sys.executable, *sys.argv], {})
        with _only_one(Path(settings.DATA_DIR)):
            starting.free_port(port)
            starting.prepare(self.say)
            starting.static(self.say)
            with Supervisor(Path(settings.DATA_DIR) / "logs", self.say) as supervisor:
                self._start(supervisor, port, demo=demo)
                self._announce(port, demo=demo)
                while True:
                    supervisor.tend()
                    time.sleep(0.5)

    def _start(self, supervisor: Supervisor, port: int, *, demo: bool) -> None:
        starting.redis(supervisor, self.say)
        if demo:
            self._demo(supervisor)
        healed = {name: count for name, count in healing.heal().items() if count}
        if healed:
            self.say(
                "picked up from an earlier start: " + ", ".join(f"{count} {name}" for name, count in healed.items())
            )
        self.say("starting the runner, the workers and the web server")
        for pool in settings.GPU_POOLS:
            supervisor.start(processes.runner(pool))
        supervisor.start(processes.worker("worker", "results", "default"))
        supervisor.start(processes.worker("cloud-worker", "cloud"))
        supervisor.start(processes.worker("server-worker", "servers"))
        supervisor.start(processes.web(port))
        supervisor.wait_for("web", lambda: starting.listens(port), SERVING_PATIENCE)
        for name, queue in (("worker", "default"), ("runner", f"gpu:{settings.GPU_POOLS[0]}")):
            supervisor.wait_for(name, partial(health.serves, queue), SERVING_PATIENCE)

    def _demo(self, supervisor: Supervisor) -> None:
        self.say("starting the cloud stand-in (no vendor is involved) and the demo project")
        port = starting.kept_port(Path(settings.DATA_DIR) / "stand-in-port")
        state = Path(settings.DATA_DIR) / "stand-in"
        supervisor.start(processes.stand_in(port, demo_project.STAND_IN_KEY, state))
        supervisor.wait_for("stand-in", lambda: starting.listens(port), SERVING_PATIENCE)
        demo_project.ensure(f"http://127.0.0.1:{port}")
        supervisor.start(processes.demo_filler())

    def _announce(self, port: int, *, demo: bool) -> None:
        self.stdout.write(f"\nMatchframe is on http://127.0.0.1:{port}/")
        if demo:
            people = ", ".join(name for name, _, _ in demo_project.PEOPLE)
            self.stdout.write(f"Sign in as {people}; the password of each is {demo_project.password()}")
            self.stdout.write(
                "Demo renders go on in the background. Untrained tiny models, and a stand-in for the cloud."
            )
        self.stdout.write("Ctrl-C stops everything.\n")
        self.stdout.flush()


def _with_key() -> bool:
    try:
        return make_secret_key(Path(settings.DATA_DIR))
    except OSError:
        return False  # starting.prepare says what is wrong with the folder


def _only_one(data: Path) -> IO[str]:
    """Hold the data folder for this process; the hold ends with the process, however it ends."""
    try:
        data.mkdir(parents=True, exist_ok=True)
        held = (data / "up.lock").open("w", encoding="ascii")
        fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        hint = "Stop that one first (Ctrl-C there), or name another folder with MATCHFRAME_DATA."
        raise Refused("Matchframe is running from this data folder already.", code="already_up", hint=hint) from None
    except OSError as error:
        hint = "Name another folder with MATCHFRAME_DATA."
        raise Refused(
            f"The data folder {data} cannot be used: {error.strerror}.", code="data_folder", hint=hint
        ) from None
    return held


def _stop(number: int, frame: FrameType | None) -> None:
    # Once is enough: a second Ctrl-C while everything is being ended must not leave processes behind.
    for again in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(again, signal.SIG_IGN)
    raise Stopped
