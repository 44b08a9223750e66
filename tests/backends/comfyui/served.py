"""A ComfyUI stand-in in a thread, a preset that it renders, and what a client makes of it."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from presets_app.backends.base import Watched
from presets_app.backends.comfyui.client import ComfyClient, open_client
from presets_app.backends.comfyui.serving import compile_work, work_id
from runner.standins.comfyui.server import StandIn

HIGH, LOW = (f"wan2.2_t2v_{side}_noise_14B_fp8_scaled.safetensors" for side in ("high", "low"))
PATIENCE = 60.0  # seconds, on a crowded machine


def expert(role: str, model: str, start: int, end: int, seed: int) -> dict[str, Any]:
    settings = {"steps": 2, "guidance": 1.0, "sampler": "euler", "scheduler": "simple", "shift": 5.0}
    return {"role": role, "model": model, "seed": seed, "start_step": start, "end_step": end, **settings}


def document(**more: Any) -> dict[str, Any]:
    """A preset for WAN 2.2, small, with a seed above what a signed 64-bit number holds."""
    files = {
        "transformer": [HIGH, LOW],
        "text_encoder": ["umt5_xxl_fp8_e4m3fn_scaled.safetensors"],
        "vae": ["wan_2.1_vae.safetensors"],
    }
    whole = {
        "format": "matchframe/preset/1",
        "name": "Fox in the snow",
        "family": "wan-2.2",
        "variant": "t2v-a14b",
        "task": "t2v",
        "prompt": "a red fox walks in the snow",
        "negative_prompt": "blurry",
        "width": 64,
        "height": 64,
        "frames": 5,
        "fps": 16,
        "models": files,
        "stages": [expert("high_noise", HIGH, 0, 1, 2**64 - 1), expert("low_noise", LOW, 1, 2, 0)],
    }
    return {**whole, **more}


def body(run_name: str = "20261120T100000Z_fox_0123abcd_comfy", **more: Any) -> dict[str, Any]:
    made = compile_work(document(**more), None, run_name=run_name)
    assert [problem for problem in made.problems if problem.severity == "error"] == []
    return made.body


@contextmanager
def serving(folder: Path, fault: str = "", *, slow: float = 0.0, port: int = 0) -> Iterator[StandIn]:
    server = StandIn(port, folder, fault=fault, slow=slow)
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()


@contextmanager
def asking(address: str) -> Iterator[ComfyClient]:
    client = open_client(address)
    try:
        yield client
    finally:
        client.close()


def ended(client: ComfyClient, name: str) -> Watched:
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        watched = client.poll(name)
        if watched.status in ("done", "failed"):
            return watched
        client.wait(0.05)
    raise AssertionError(f"the prompt did not end within {PATIENCE:g} s")


def rendered(folder: Path, fault: str = "") -> Watched:
    """What becomes of the preset on a server with a fault."""
    with serving(folder, fault) as server, asking(server.address) as client:
        name = work_id("item", 1)
        client.submit(name, body())
        return ended(client, name)
