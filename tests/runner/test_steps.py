"""Steps of recipes in the rendering process: words by a tiny language model."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from presets_app.core.recipes.expanding import INSTRUCTION, cleaned
from runner.device import Device
from runner.failures import CannotRender
from runner.progress import Progress
from runner.recipes import language_models
from runner.weights import Hashes

pytestmark = [pytest.mark.render, pytest.mark.journey]
TINY = "matchframe/tiny-qwen-2.5"
WORDS = {"kind": "expand_prompt", "text": "A paper boat", "instruction": INSTRUCTION, "max_tokens": 24}


def quiet(_progress: Progress) -> None:
    return


def words(device: Device, folder: Path, **more: Any) -> dict[str, Any]:
    asked = {**WORDS, "model": {"repository": TINY}, "seed": 0, "temperature": 0, **more}
    answer = device.step(asked, folder, quiet).message
    return dict(answer)


def test_words_repeat_with_their_seed_and_name_the_exact_model(device: Device, tmp_path: Path):
    greedy, again = words(device, tmp_path), words(device, tmp_path)
    assert greedy["values"] == again["values"]
    assert cleaned(greedy["values"]["answer"])
    assert (greedy["values"]["tokens"], len(greedy["values"]["model"]["revision"])) == (24, 40)
    one, other = (words(device, tmp_path, temperature=1.0, seed=seed)["values"]["answer"] for seed in (1, 2))
    assert one != other
    assert words(device, tmp_path, temperature=1.0, seed=1)["values"]["answer"] == one


def test_weights_that_are_not_here_are_named(device: Device, tmp_path: Path):
    failure = words(device, tmp_path, model={"repository": "nobody/nothing"})["failure"]
    assert (failure["code"], failure["evidence"]["repository"]) == ("weights_missing", "nobody/nothing")


def test_a_language_model_that_brings_code_or_pickles_is_refused(own_weights: Path):
    folder = next((own_weights / "models--matchframe--tiny-qwen-2.5" / "snapshots").iterdir())
    (folder / "pytorch_model.bin").write_bytes(b"\x80\x04K\x01.")
    with pytest.raises(CannotRender, match=r"pytorch_model\.bin is not a kind of file"):
        language_models.load({"repository": TINY}, own_weights, Hashes(), quiet)
