"""A stand-in for tests: its real server on a real port, in this process or in one of its own."""

from __future__ import annotations

import io
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx

from presets_app.backends.base import Polled
from presets_app.backends.wavespeed.client import WaveSpeedClient, open_client
from runner.standins.wavespeed.faults import Plan
from runner.standins.wavespeed.rendering import REPOSITORIES, Renderer
from runner.standins.wavespeed.routes import Service
from runner.standins.wavespeed.server import StandIn
from runner.standins.wavespeed.tasks import TaskStore

KEY = "stand-in-key"
TINY = "matchframe/tiny-ltx-2/text-to-video"
BODY = {"prompt": "x", "width": 96, "height": 64, "num_frames": 17, "fps": 24, "steps": 2, "seed": 3}
PATIENCE = 90.0  # seconds, on a crowded machine


@contextmanager
def serving(folder: Path, weights: Path | None = None, plan: Plan | None = None, *, slow: float = 0.0) -> Iterator[str]:
    """The address of a stand-in in a thread. Without `weights` it can do everything but render."""
    server = StandIn(0, KEY, folder / "uploads")
    store = TaskStore(folder, slow)
    renderer = Renderer(store, weights or empty_checkpoints(folder / "weights"))
    server.service = Service(store, renderer, plan or Plan(), server.address)
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    renderer.start()
    try:
        yield server.address
    finally:
        server.shutdown()
        server.server_close()


@contextmanager
def process(folder: Path, weights: Path, *extra: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """The process and the address of a stand-in of its own."""
    argv = [sys.executable, "-m", "runner.standins.wavespeed", "--port", "0", "--weights", str(weights)]
    running = subprocess.Popen([*argv, "--state", str(folder), *extra], stdout=subprocess.PIPE, text=True)
    try:
        assert running.stdout is not None
        yield running, running.stdout.readline().split()[-1]
    finally:
        running.terminate()
        running.wait(10)
        assert running.stdout is not None
        running.stdout.close()


def empty_checkpoints(place: Path) -> Path:
    for repository in REPOSITORIES.values():
        kept = place / ("models--" + repository.replace("/", "--"))
        (kept / "snapshots" / "empty").mkdir(parents=True, exist_ok=True)
        (kept / "refs").mkdir(exist_ok=True)
        (kept / "refs" / "main").write_text("empty", "ascii")
    return place


def raw(address: str, key: str = KEY) -> httpx.Client:
    return httpx.Client(base_url=f"{address}/api/v3", headers={"Authorization": f"Bearer {key}"}, timeout=10)


def ended(client: WaveSpeedClient, vendor_id: str) -> Polled:
    """Poll until the task has ended."""
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        polled = client.poll(vendor_id)
        if polled.status in ("done", "failed"):
            return polled
        time.sleep(0.02)
    raise AssertionError(f"the task did not end within {PATIENCE:g} s")


def fetched(address: str, body: dict[str, Any], model: str = TINY) -> bytes:
    """Submit, wait, download."""
    client = open_client(address, KEY)
    polled = ended(client, client.submit(model, body).vendor_id)
    assert polled.failure is None, polled.failure
    sink = io.BytesIO()
    client.download(polled.outputs[0], sink, limit=1 << 26)
    return sink.getvalue()
