"""The steps between a fresh clone and running parts, each of which may be repeated."""

from __future__ import annotations

import shutil
import socket
import sys
from collections.abc import Callable
from pathlib import Path

from django.conf import settings
from django.core.management import call_command

from presets_app.core.errors import Refused, Unavailable
from presets_app.management import processes
from presets_app.management.places import make_secret_key
from presets_app.management.supervisor import Supervisor, run_once
from presets_app.queries import health

Say = Callable[[str], None]
NEEDED_DISK = 500 * 1024 * 1024  # bytes: database, queue and a day of demo renders


def prepare(say: Say) -> None:
    """Data folder, secret key, tables, static files, tiny checkpoints."""
    data = Path(settings.DATA_DIR)
    try:
        data.mkdir(parents=True, exist_ok=True, mode=0o700)
        free = shutil.disk_usage(data).free
        make_secret_key(data)
    except OSError as error:
        hint = "Make room, or name another folder with MATCHFRAME_DATA."
        raise Unavailable(
            f"The data folder {data} cannot be used: {error.strerror}.", code="data_folder", hint=hint
        ) from error
    if free < NEEDED_DISK:
        hint = "Make room, or name another folder with MATCHFRAME_DATA."
        raise Unavailable(
            f"Only {free >> 20} MiB are free; {NEEDED_DISK >> 20} are needed.", code="disk_full", hint=hint
        )
    say(f"git {health.git_version()}, data in {data}")
    say("bringing the tables up to date")
    call_command("migrate", verbosity=0, interactive=False)
    tiny(say)


def static(say: Say) -> None:
    say("collecting the static files")
    call_command("collectstatic", verbosity=0, interactive=False)


def tiny(say: Say) -> None:
    """The tiny checkpoints, made by the runner's own program."""
    say("making the tiny checkpoints (untrained, for the demo)")
    argv = [sys.executable, "-m", "runner.tiny", "--out", str(settings.WEIGHTS_DIR)]
    run_once(argv, Path(settings.DATA_DIR) / "logs", "tiny", 300)


def redis(supervisor: Supervisor, say: Say) -> None:
    process = processes.redis(settings.REDIS_URL)
    if process is not None:
        say("starting Redis")
        supervisor.start(process)
        supervisor.wait_for("redis", health.redis_answers, 20)
    elif not health.redis_answers():
        raise Unavailable("REDIS_URL names a Redis that does not answer.", code="redis_silent")


def free_port(wanted: int = 0) -> int:
    """A port on loopback that can be bound now. Raises Refused when the wanted one is taken."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", wanted))
        except OSError:
            hint = "Choose another with PORT=, for example: make up PORT=8010."
            raise Refused(f"Port {wanted} is taken.", code="port_taken", hint=hint) from None
        return int(probe.getsockname()[1])


def kept_port(place: Path) -> int:
    """The port that an earlier start used, if it is free, so that addresses stay; else a new one, kept."""
    try:
        port = free_port(int(place.read_text(encoding="ascii")))
    except (OSError, ValueError, Refused):
        port = free_port()
        place.write_text(str(port), encoding="ascii")
    return port


def listens(port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(0.5)
        return probe.connect_ex(("127.0.0.1", port)) == 0
