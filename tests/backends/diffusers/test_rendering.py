"""The script of an export, run as a person would run it, against what the runner renders for the same document."""

from __future__ import annotations

import os
import subprocess
import sys
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
from PIL import Image

from presets_app.backends.diffusers.exporting import to_form
from presets_app.core.generation import WeightsPin, raw_digest
from tests.runner.presets import LTX, WAN, ltx, snapshot, wan, with_stage

pytestmark = [pytest.mark.render, pytest.mark.journey]
Document = dict[str, Any]


def run(script: str, folder: Path, weights: Path) -> subprocess.CompletedProcess[str]:
    """In a folder of its own, without network."""
    (folder / "render.py").write_text(script, "utf-8")
    environment = {"HF_HUB_OFFLINE": "1", "HF_HUB_CACHE": str(weights), "OMP_NUM_THREADS": "1"}
    return subprocess.run(
        [sys.executable, "render.py"],
        cwd=folder,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
        timeout=200,
    )


def script_of(document: Document, weights: Path, repository: str) -> str:
    pin = WeightsPin(repository, snapshot(weights, repository).name)
    output = to_form(document, pins=pin).output
    return str(output["script"])


@pytest.mark.parametrize(
    ("document", "repository"),
    [(wan(), WAN), (with_stage(ltx(fps="30000/1001"), scheduler="ltxv"), LTX)],
    ids=["wan-2.2", "ltx-2"],
)
def test_the_script_renders_the_same_bits_as_the_runner(
    weights: Path, tmp_path: Path, document: Document, repository: str
) -> None:
    from runner import pipelines

    done = run(script_of(document, weights, repository), tmp_path, weights)
    assert done.returncode == 0, done.stderr[-2000:]
    made = pipelines.render(document, snapshot(weights, repository))
    rate = str(document["fps"])
    expected = [f"frames {raw_digest('uint8', made.frames.shape, rate, [made.frames.data])}"]
    if made.samples is not None:
        samples = np.ascontiguousarray(made.samples)
        expected.append(f"samples {raw_digest('float32', samples.shape, str(made.audio_rate), [samples.data])}")
    assert done.stdout.split("\n")[:-1] == expected
    with av.open(str(tmp_path / "puppet-at-dusk.mp4")) as video:
        assert video.streams.video[0].average_rate == Fraction(rate)
        assert video.streams.video[0].frames == 17
        assert bool(video.streams.audio) == (made.samples is not None)


def test_a_script_without_a_revision_does_not_start(weights: Path, tmp_path: Path) -> None:
    script = to_form(ltx()).output["script"]
    start = script.index("if len(REVISION)")
    done = run(
        script[script.index("REPOSITORY") : script.index("FPS")] + "import sys\n" + script[start:], tmp_path, weights
    )
    assert done.returncode == 1
    assert "Set REVISION" in done.stderr


def test_two_stages_and_a_picture_run_to_the_end(weights: Path, tmp_path: Path) -> None:
    """Stage two at twice the size, over an upsampler that is made here; both are held to the picture."""
    stage = {"role": "base", "seed": 1, "steps": 2, "guidance": 1.0}
    second = {**stage, "role": "refine", "seed": 2, "scale": 2, "sigmas": [0.9, 0.5, 0.0]}
    document = ltx(task="i2v", inputs={"image": "puppet.png"}, stages=[stage, second], output={"container": "mkv"})
    Image.fromarray(np.full((64, 96, 3), 90, np.uint8)).save(tmp_path / "puppet.png")
    own = with_upsampler(weights, tmp_path)
    done = run(script_of(document, own, LTX), tmp_path, own)
    assert done.returncode == 0, done.stderr[-2000:]
    with av.open(str(tmp_path / "puppet-at-dusk.mkv")) as video:
        stream = video.streams.video[0]
        assert (stream.width, stream.height) == (192, 128)


def test_a_picture_that_is_another_one_stops_the_script(weights: Path, tmp_path: Path) -> None:
    asset = {"sha256": "5e" * 32, "name": "puppet.png"}
    Image.fromarray(np.zeros((64, 96, 3), np.uint8)).save(tmp_path / "puppet.png")
    done = run(script_of(ltx(task="i2v", inputs={"image": asset}), weights, LTX), tmp_path, weights)
    assert done.returncode == 1
    assert "puppet.png is not the file that the preset names" in done.stderr


def with_upsampler(weights: Path, folder: Path) -> Path:
    """A cache whose LTX-2 has a latent upsampler as well."""
    import shutil

    from diffusers.pipelines.ltx2.latent_upsampler import LTX2LatentUpsamplerModel

    own = Path(shutil.copytree(weights, folder / "weights"))
    model = LTX2LatentUpsamplerModel(mid_channels=32, num_blocks_per_stage=1)
    model.save_pretrained(snapshot(own, LTX) / "latent_upsampler")
    return own
