"""The other processes of a Matchframe, for tests of the whole: a runner and cloud stand-ins beside a real Redis. The
web side's jobs are worked off in the test's own process, where its database is."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.db import transaction
from redis import Redis
from rq import Worker
from rq.serializers import JSONSerializer

from presets_app.jobs.worker import FixedListWorker
from presets_app.models import Check, Target
from presets_app.services import targets

PATIENCE = 120.0  # seconds, on a crowded machine


@dataclass
class Stack:
    """`weights` holds the tiny checkpoints, `artifacts` what the runner and the web side share."""

    redis_url: str
    weights: Path
    artifacts: Path
    running: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def drain(self) -> None:
        """Work off what the web side's queues hold now."""
        connection = Redis.from_url(self.redis_url, socket_timeout=60)
        queues = ["results", "default", "cloud", "servers"]
        worker = FixedListWorker(queues, connection=connection, serializer=JSONSerializer)
        worker.work(burst=True, logging_level="ERROR")

    def until(self, ready: Callable[[], bool], what: str) -> None:
        deadline = time.monotonic() + PATIENCE
        while not ready():
            assert time.monotonic() < deadline, f"waited {PATIENCE:g} s for {what}"
            self.drain()
            time.sleep(0.05)

    def ask(self, target: Target) -> None:
        """Have a target say what it is."""
        before = target.probed_at
        with transaction.atomic():
            targets.ask(target)

        def answered() -> bool:
            target.refresh_from_db()
            return target.probed_at != before

        self.until(answered, f"{target.name} to answer")

    def judged(self, check: Check) -> Check:
        def done() -> bool:
            check.refresh_from_db()
            return check.state in ("judged", "failed")

        self.until(done, "the verdict")
        return check


@contextmanager
def running_stack(redis_url: str, folder: Path) -> Iterator[Stack]:
    """Tiny checkpoints and one runner; ended with the block."""
    weights, artifacts = folder / "weights", folder / "artifacts"
    subprocess.run([sys.executable, "-m", "runner.tiny", "--out", str(weights)], check=True, capture_output=True)
    runner = start_runner(redis_url, weights, artifacts, folder / "runner.log")
    try:
        _until_listening(redis_url)
        yield Stack(redis_url, weights, artifacts)
    finally:
        runner.terminate()
        runner.wait(15)


def start_runner(redis_url: str, weights: Path, artifacts: Path, log: Path) -> subprocess.Popen[bytes]:
    own: dict[str, Any] = {"REDIS_URL": redis_url, "MATCHFRAME_ARTIFACTS": artifacts, "MATCHFRAME_WEIGHTS": weights}
    env = {**os.environ, **{name: str(value) for name, value in own.items()}, "OMP_NUM_THREADS": "1"}
    with log.open("ab") as sink:
        argv = [sys.executable, "-m", "runner", "--queue", "gpu:local"]
        return subprocess.Popen(argv, env=env, stdout=sink, stderr=sink)


def _until_listening(redis_url: str) -> None:
    connection = Redis.from_url(redis_url)
    deadline = time.monotonic() + PATIENCE
    while not any("gpu:local" in worker.queue_names() for worker in Worker.all(connection=connection)):
        assert time.monotonic() < deadline, "the runner did not start"
        time.sleep(0.1)
