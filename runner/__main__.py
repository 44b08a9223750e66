"""`python -m runner --queue gpu:local`: take renders from a queue, on this machine's device.

REDIS_URL (redis://, rediss:// or unix://), MATCHFRAME_ARTIFACTS and MATCHFRAME_WEIGHTS come from the environment;
REDIS_URL_FILE names a file that holds the first. This process reaches that Redis and nothing else.
SIGTERM or Ctrl-C: the render is put back in front of the queue, its process is ended, and this one leaves.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from redis import Redis
from redis.exceptions import RedisError

from presets_app.artifacts import LocalStore
from runner import logs, offline, room
from runner.device import Device
from runner.worker import WORKER_TTL, RunnerWorker

NEEDED = ("REDIS_URL", "MATCHFRAME_ARTIFACTS", "MATCHFRAME_WEIGHTS")


def main(argv: Sequence[str] | None = None) -> int:
    options = _options(argv)
    try:
        url = _queue_url()
    except (OSError, UnicodeDecodeError) as error:
        sys.stderr.write(f"REDIS_URL_FILE names a file that cannot be read ({type(error).__name__}).\n")
        return 2
    given = {name: os.environ.get(name) for name in NEEDED} | {"REDIS_URL": url}
    missing = [name for name, value in given.items() if not value]
    if missing:
        sys.stderr.write(f"The runner needs {', '.join(missing)} in its environment.\n")
        return 2
    logs.to_stderr()
    return _connected(options, url)


def _queue_url() -> str:
    """REDIS_URL, or what REDIS_URL_FILE names, which wins; "" when neither is set."""
    file = os.environ.get("REDIS_URL_FILE")
    return Path(file).read_text("utf-8").strip() if file else os.environ.get("REDIS_URL", "")


def _connected(options: argparse.Namespace, url: str) -> int:
    # redis-py 8 gives up on a read after 5 s unless told otherwise; waiting for work takes longer than that.
    try:
        connection = Redis.from_url(url, socket_timeout=WORKER_TTL + 10)
        offline.open_only(url)
        connection.ping()
    except (RedisError, OSError, ValueError) as error:
        sys.stderr.write(f"Redis does not answer at REDIS_URL ({type(error).__name__}). Is it started?\n")
        return 2
    return _work(options, connection)


def _work(options: argparse.Namespace, connection: Redis) -> int:
    device = Device(Path(os.environ["MATCHFRAME_WEIGHTS"]), hang_limit=options.hang_limit)
    with tempfile.TemporaryDirectory(prefix="matchframe-runner-") as scratch:
        store = LocalStore(Path(os.environ["MATCHFRAME_ARTIFACTS"]))
        room.enter(room.Room(device, store, connection, Path(scratch)))
        device.prepare()
        worker = RunnerWorker(options.queue, connection=connection)
        logs.note("ready", queues=options.queue, worker=worker.name, pid=os.getpid())
        try:
            worker.work(burst=options.burst, logging_level="WARNING")
        finally:
            device.kill()
            logs.note("stopped", worker=worker.name)
    return 0


def _options(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m runner", description=__doc__)
    parser.add_argument("--queue", action="append", required=True, help="a queue to serve, like gpu:local")
    parser.add_argument("--burst", action="store_true", help="leave when the queue is empty")
    parser.add_argument("--hang-limit", type=float, default=1800.0, help="seconds without a word from the renderer")
    return parser.parse_args(argv)


if __name__ == "__main__":
    sys.exit(main())
