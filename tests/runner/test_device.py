from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from runner.device import ChildDied, Device, Stopped
from runner.device.owner import ChildHung
from runner.progress import Progress
from tests.runner.presets import LTX, WAN, long, ltx, request, wan

pytestmark = [pytest.mark.render, pytest.mark.journey]
Listen = Callable[[Progress], None]


def quietly(_progress: Progress) -> None:
    """Nobody listens."""


def at(phase: str, do: Callable[[], Any]) -> Listen:
    """Calls `do` at the first sign of `phase`."""
    done: list[None] = []

    def listen(progress: Progress) -> None:
        if progress.phase == phase and not done:
            done.append(None)
            do()

    return listen


def kill(device: Device) -> None:
    assert device.pid
    os.kill(device.pid, signal.SIGKILL)


def test_the_second_render_is_warm_and_equal(device: Device, weights: Path, tmp_path: Path) -> None:
    first = device.render(request(weights, wan()), tmp_path / "a.mp4", quietly).message
    second = device.render(request(weights, wan()), tmp_path / "b.mp4", quietly).message
    assert second["warm"] is True
    assert first["digests"] == second["digests"]
    assert (tmp_path / "a.mp4").read_bytes() == (tmp_path / "b.mp4").read_bytes()
    assert second["timings"]["load"] < 0.1
    assert second["peak_memory"] > 100 << 20
    assert second["geometry"] == {
        "width": 96,
        "height": 64,
        "frames": 17,
        "fps": 16,
        "audio_rate": None,
        "audio_channels": None,
        "audio_samples": None,
    }


def test_the_fingerprint_names_every_file_that_was_loaded(device: Device, weights: Path, tmp_path: Path) -> None:
    made = device.render(request(weights, ltx()), tmp_path / "a.mp4", quietly).message
    model = made["fingerprint"]["model"]
    assert (model["repository"], model["class"], model["dtype"]) == (LTX, "LTX2Pipeline", "float32")
    assert {"model_index.json", "vocoder/diffusion_pytorch_model.safetensors"} <= set(model["files"])
    assert all(len(digest) == 64 for digest in model["files"].values())
    assert made["digests"]["samples"]


def test_a_pin_that_does_not_fit_is_refused_even_when_warm(device: Device, weights: Path, tmp_path: Path) -> None:
    files = device.render(request(weights, wan()), tmp_path / "a.mp4", quietly).message["fingerprint"]["model"]["files"]
    wrong = {**files, "vae/config.json": "0" * 64}
    answer = device.render(request(weights, wan(), **wrong), tmp_path / "a.mp4", quietly).message
    assert (answer["type"], answer["failure"]["code"]) == ("failed", "weights_changed")
    assert answer["failure"]["evidence"] == {"file": "vae/config.json"}


def test_a_cancelled_render_leaves_the_process_warm(device: Device, weights: Path, tmp_path: Path) -> None:
    steps: list[int] = []
    with pytest.raises(Stopped, match="cancelled"):
        device.render(
            request(weights, long(wan())),
            tmp_path / "a.mp4",
            lambda progress: steps.append(progress.step),
            lambda: "cancelled" if steps and steps[-1] > 1 else None,
        )
    pid = device.pid
    assert pid
    assert steps[-1] < 399
    assert device.render(request(weights, wan()), tmp_path / "b.mp4", quietly).message["type"] == "done"
    assert device.pid == pid


def test_a_killed_and_a_silent_process_are_noticed_and_started_again(weights: Path, tmp_path: Path) -> None:
    """Killed while loading, killed while denoising; the digest after that is the one from before. Then stopped dead."""
    device, before, video = Device(weights), request(weights, wan()), tmp_path / "a.mp4"
    endless = request(weights, long(wan()))
    try:
        with pytest.raises(ChildDied) as loading:
            device.render(before, video, at("load", lambda: kill(device)))
        first = device.render(before, video, quietly).message["digests"]
        with pytest.raises(ChildDied) as denoising:
            device.render(endless, video, at("denoise", lambda: kill(device)))
        assert device.pid is None
        assert device.render(before, video, quietly).message["digests"] == first
        device.hang_limit = 1.0
        with pytest.raises(ChildHung):
            device.render(endless, video, at("denoise", lambda: os.kill(device.pid or 0, signal.SIGSTOP)))
        assert device.pid is None
    finally:
        device.close()
    assert (loading.value.phase, loading.value.status) == ("load", -signal.SIGKILL)
    assert (denoising.value.phase, denoising.value.status) == ("denoise", -signal.SIGKILL)


def test_the_probe_says_what_is_here_and_what_is_not(device: Device) -> None:
    found = device.probe([WAN, "matchframe/absent", "../../etc/x"]).message["checkpoints"]
    assert (found[WAN]["class"], len(found[WAN]["revision"])) == ("WanPipeline", 40)
    assert "transformer_2/config.json" in found[WAN]["files"]
    assert found["matchframe/absent"]["failure"]["code"] == "weights_missing"
    assert found["../../etc/x"]["failure"]["code"] == "repository_invalid"


def test_the_parent_never_imports_torch() -> None:
    heavy = {"torch", "diffusers", "transformers", "django"}
    code = f"import sys, runner.__main__; sys.exit(bool({heavy} & set(sys.modules)))"
    root = Path(__file__).resolve().parents[2]
    assert subprocess.run([sys.executable, "-c", code], cwd=root, check=False).returncode == 0
