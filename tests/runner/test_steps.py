"""Steps of recipes in the rendering process: words by a tiny language model, a clip enlarged."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest

from presets_app.core.recipes.expanding import INSTRUCTION, cleaned
from runner.device import Device
from runner.failures import CannotRender
from runner.progress import Progress
from runner.recipes import enlarging, language_models
from runner.recipes.places import MADE, SOURCE
from runner.weights import Hashes
from tests.support.clips import moving, speech, write_clip

pytestmark = [pytest.mark.render, pytest.mark.journey]
TINY = "matchframe/tiny-qwen-2.5"
WORDS = {"kind": "expand_prompt", "text": "A paper boat", "instruction": INSTRUCTION, "max_tokens": 24}


def quiet(_progress: Progress) -> None:
    return


def words(device: Device, folder: Path, **more: Any) -> dict[str, Any]:
    asked = {**WORDS, "model": {"repository": TINY}, "seed": 0, "temperature": 0, **more}
    answer = device.step(asked, folder, quiet).message
    return dict(answer)


@pytest.mark.journey
def test_words_repeat_with_their_seed_and_name_the_exact_model(device: Device, tmp_path: Path):
    greedy, again = words(device, tmp_path), words(device, tmp_path)
    assert greedy["values"] == again["values"]
    assert cleaned(greedy["values"]["answer"])
    assert (greedy["values"]["tokens"], len(greedy["values"]["model"]["revision"])) == (24, 40)
    one, other = (words(device, tmp_path, temperature=1.0, seed=seed)["values"]["answer"] for seed in (1, 2))
    assert one != other
    assert words(device, tmp_path, temperature=1.0, seed=1)["values"]["answer"] == one


@pytest.mark.journey
def test_weights_that_are_not_here_are_named(device: Device, tmp_path: Path):
    failure = words(device, tmp_path, model={"repository": "nobody/nothing"})["failure"]
    assert (failure["code"], failure["evidence"]["repository"]) == ("weights_missing", "nobody/nothing")


def test_a_language_model_that_brings_code_or_pickles_is_refused(own_weights: Path):
    folder = next((own_weights / "models--matchframe--tiny-qwen-2.5" / "snapshots").iterdir())
    (folder / "pytorch_model.bin").write_bytes(b"\x80\x04K\x01.")
    with pytest.raises(CannotRender, match=r"pytorch_model\.bin is not a kind of file"):
        language_models.load({"repository": TINY}, own_weights, Hashes(), quiet)


def test_a_clip_is_enlarged_frame_by_frame_and_keeps_its_sound(tmp_path: Path):
    frames = moving(12, (96, 64))
    source = write_clip(tmp_path / "clip.mp4", frames, sound=speech(0.5))
    source.rename(tmp_path / SOURCE)
    size = enlarging.enlarge(tmp_path / SOURCE, tmp_path / MADE, {"scale": 2, "method": "lanczos"}, quiet)
    assert size == {"width": 192, "height": 128, "frames": 12, "from": [96, 64]}
    large, sound = decoded(tmp_path / MADE)
    small, same = decoded(tmp_path / SOURCE)
    assert (large.shape, sound) == ((12, 128, 192, 3), same)
    halved = large.reshape(12, 64, 2, 96, 2, 3).mean(axis=(2, 4))
    assert np.abs(halved - small).mean() < 4


def decoded(path: Path) -> tuple[np.ndarray, list[bytes]]:
    """Frames as RGB, and the sound's packets as they lie in the file."""
    with av.open(str(path), format="mp4") as container:
        frames = np.stack([frame.to_ndarray(format="rgb24") for frame in container.decode(video=0)])
        container.seek(0)
        return frames, [bytes(packet) for packet in container.demux(audio=0) if packet.size]


def test_what_would_be_too_large_or_is_no_video_is_refused(tmp_path: Path):
    source = write_clip(tmp_path / "clip.mp4", moving(2, (1600, 900)))
    with pytest.raises(CannotRender, match="6400x3600 is larger"):
        enlarging.enlarge(source, tmp_path / MADE, {"scale": 4, "method": "bicubic"}, quiet)
    source.write_bytes(b"no video at all")
    with pytest.raises(CannotRender, match="cannot be read to its end"):
        enlarging.enlarge(source, tmp_path / MADE, {"scale": 2, "method": "bicubic"}, quiet)
