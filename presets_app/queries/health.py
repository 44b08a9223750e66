"""The parts that must answer before work can be done, each with a word on how it is."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from redis import Redis
from redis.exceptions import RedisError
from rq import Worker

from presets_app import wiring
from presets_app.core.errors import MatchframeError
from presets_app.gitstore import check_git


def parts() -> dict[str, dict[str, Any]]:
    """{part: {"ok": bool, "detail": sentence}} for database, migrations, redis, git, stores, artifacts, disk,
    worker and runner; never raises."""
    checks: dict[str, Callable[[], str]] = {
        "database": _database,
        "migrations": _migrations,
        "redis": _redis,
        "git": check_git,
        "stores": lambda: _writable(Path(settings.STORES_DIR)),
        "artifacts": lambda: _writable(Path(settings.ARTIFACTS_DIR)),
        "disk": _disk,
        "worker": lambda: _workers("default"),
        "runner": lambda: _workers(f"gpu:{settings.GPU_POOLS[0]}"),
    }
    return {name: _answer(check) for name, check in checks.items()}


def _answer(check: Callable[[], str]) -> dict[str, Any]:
    try:
        return {"ok": True, "detail": check()}
    except (DatabaseError, RedisError, OSError, MatchframeError, LookupError) as error:
        return {"ok": False, "detail": str(error).splitlines()[0][:200] if str(error) else type(error).__name__}


def _database() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return str(connection.vendor)


def _migrations() -> str:
    executor = MigrationExecutor(connection)
    waiting = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if waiting:
        raise LookupError(f"{len(waiting)} not applied: run manage.py migrate")
    return "applied"


def _redis() -> str:
    info = wiring.redis().info("server")
    kind = "embedded, single host only" if settings.REDIS_URL.startswith("unix://") else "by REDIS_URL"
    return f"Redis {info['redis_version']} ({kind})"


def _writable(folder: Path) -> str:
    folder.mkdir(parents=True, exist_ok=True)
    if not os.access(folder, os.W_OK):
        raise LookupError("the folder cannot be written")
    return "writable"


def _disk() -> str:
    free = shutil.disk_usage(settings.DATA_DIR).free
    if free < settings.FREE_DISK_FLOOR:
        raise LookupError(f"{free >> 20} MiB free, below the floor of {settings.FREE_DISK_FLOOR >> 20} MiB")
    return f"{free >> 30} GiB free"


def _workers(queue: str) -> str:
    alive = [worker for worker in Worker.all(connection=wiring.redis()) if queue in worker.queue_names()]
    if not alive:
        raise LookupError(f"no worker serves the queue {queue}")
    return f"{len(alive)} on {queue}"


def queue_connection() -> Any:
    """The connection that a worker listens on: redis-py gives up on a read after 5 s unless told otherwise."""
    return Redis.from_url(settings.REDIS_URL, socket_timeout=600)


def redis_answers() -> bool:
    try:
        return bool(wiring.redis().ping())
    except (RedisError, OSError):
        return False


def git_version() -> str:
    """Raises Unavailable, saying what to do, when git is missing or too old."""
    return check_git()


def serves(queue: str) -> bool:
    """Whether a worker listens on this queue."""
    try:
        return any(queue in worker.queue_names() for worker in Worker.all(connection=wiring.redis()))
    except (RedisError, OSError):
        return False
