"""What stays loaded, by what it is known, and what has to go."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from presets_app.core.generation import WeightsPin
from runner import weights as room
from runner.device import residents
from runner.device.residents import Residents, key_of
from tests.runner.presets import LTX, WAN, ltx, snapshot, wan, with_stage

pytestmark = pytest.mark.render
FILES = {"model_index.json": "0" * 64}


def got(kept: Residents, root: Path, document: dict[str, Any], repository: str) -> tuple[Any, bool]:
    folder = snapshot(root, repository)
    resident = kept.get(document, folder, room.verify(folder, WeightsPin(repository, folder.name), kept.hashes))
    return resident.loaded, resident.warm


def test_what_decides_the_bits_is_the_key_and_nothing_else(tmp_path: Path) -> None:
    one = key_of(wan(), tmp_path, FILES)
    assert key_of(with_stage(wan(prompt="Rain", width=128), seed=9), tmp_path, FILES) == one
    assert key_of(wan(task="i2v", inputs={"image": {"sha256": "0" * 64}}), tmp_path, FILES) == one
    others = [
        key_of(wan(runtime={"dtype": "bfloat16"}), tmp_path, FILES),
        key_of(wan(runtime={"dtype": "float32", "vae_dtype": "bfloat16"}), tmp_path, FILES),
        key_of(wan(runtime={"dtype": "float32", "text_encoder_dtype": "bfloat16"}), tmp_path, FILES),
        key_of(wan(runtime={"dtype": "float32", "offload": "model"}), tmp_path, FILES),
        key_of(wan(), tmp_path / "other", FILES),
        key_of(wan(), tmp_path, {"model_index.json": "1" * 64}),
    ]
    assert len({one, *others}) == 7


def test_a_checkpoint_is_loaded_once_and_the_time_it_took_is_remembered(weights: Path) -> None:
    kept = Residents()
    folder = snapshot(weights, WAN)
    first = kept.get(wan(), folder, FILES)
    cold = first.seconds
    assert (first.warm, cold > 0) == (False, True)
    again = kept.get(wan(prompt="Rain"), folder, FILES)
    assert (again.warm, again.seconds, again.loaded) == (True, cold, first.loaded)


def test_the_one_longest_unused_goes_when_weights_would_fill_the_memory(
    weights: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = Residents()
    wan_model, _ = got(kept, weights, wan(), WAN)
    got(kept, weights, ltx(), LTX)
    assert got(kept, weights, wan(), WAN) == (wan_model, True)
    monkeypatch.setattr(residents, "memory", lambda: 1 << 20)  # a device that holds neither beside the other
    assert got(kept, weights, wan(runtime={"dtype": "bfloat16"}), WAN)[1] is False
    assert got(kept, weights, wan(), WAN)[1] is False
    assert got(kept, weights, wan(), WAN)[1] is True
