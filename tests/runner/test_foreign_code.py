"""Weights are data: pickles, repositories' own code and custom pipelines are refused, or never looked at.

Each trap would write a canary file. The loader is asked without the hashing before it, which refuses most of these.
"""

from __future__ import annotations

import json
import pickle
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from presets_app.core import schema
from presets_app.core.generation import WeightsPin
from runner import pipelines
from runner import weights as room
from runner.failures import CannotRender
from runner.weights import Hashes
from tests.runner.presets import LTX, WAN, ltx, snapshot, wan

VAE = "vae/diffusion_pytorch_model.safetensors"


@pytest.fixture
def canary(tmp_path: Path) -> Path:
    return tmp_path / "canary"


def pickled(canary: Path) -> bytes:
    class Trap:
        def __reduce__(self) -> tuple[Any, ...]:
            return (Path.touch, (canary,))

    return pickle.dumps(Trap())


def edit(path: Path, **changes: Any) -> None:
    path.write_text(json.dumps({**json.loads(path.read_text("utf-8")), **changes}), "utf-8")


@pytest.mark.parametrize("kind", ["bin", "pt", "pth", "ckpt", "pkl", "msgpack", "h5", "gguf", "py", "so", "zip"])
def test_a_file_that_is_no_data_is_refused_by_name(own_weights: Path, canary: Path, kind: str) -> None:
    folder = snapshot(own_weights, WAN)
    (folder / "vae" / f"diffusion_pytorch_model.{kind}").write_bytes(pickled(canary))
    with pytest.raises(CannotRender) as refused:
        room.verify(folder, WeightsPin(WAN, folder.name), Hashes())
    assert refused.value.failure.code == "weights_unsafe_file"
    assert refused.value.failure.evidence == {"file": f"vae/diffusion_pytorch_model.{kind}"}


@pytest.mark.parametrize("name", ["diffusion_pytorch_model.bin", "diffusion_pytorch_model.ckpt"])
def test_a_pickle_in_the_place_of_the_weights_is_not_opened(own_weights: Path, canary: Path, name: str) -> None:
    folder = snapshot(own_weights, WAN)
    (folder / VAE).unlink()
    (folder / "vae" / name).write_bytes(pickled(canary))
    with pytest.raises(CannotRender) as refused:
        pipelines.load(wan(), folder)
    assert refused.value.failure.code == "weights_incomplete"
    assert not canary.exists()


def test_a_pickle_under_the_name_of_safetensors_is_not_opened(own_weights: Path, canary: Path) -> None:
    folder = snapshot(own_weights, WAN)
    (folder / VAE).write_bytes(pickled(canary))
    with pytest.raises(CannotRender) as refused:
        pipelines.load(wan(), folder)
    assert refused.value.failure.code == "weights_incomplete"
    assert not canary.exists()


@pytest.mark.parametrize("repository", ["own", "another"])
def test_a_class_that_a_configuration_names_is_not_imported(own_weights: Path, canary: Path, repository: str) -> None:
    """`auto_map` is how a repository offers code of its own, and `trust_remote_code` how one accepts it."""
    folder, place = snapshot(own_weights, LTX), "modeling.Evil" if repository == "own" else "evil/code--modeling.Evil"
    for part, config in (("text_encoder", "config.json"), ("tokenizer", "tokenizer_config.json")):
        (folder / part / "modeling.py").write_text(f"open({str(canary)!r}, 'w')\nclass Evil: pass\n")
        kinds = ("AutoModel", "AutoModelForImageTextToText", "AutoConfig", "AutoTokenizer")
        edit(folder / part / config, auto_map=dict.fromkeys(kinds, place), trust_remote_code=True)
    assert pipelines.load(ltx(), folder).dtype == "float32"
    assert not canary.exists()


def custom(folder: Path) -> None:
    edit(folder / "model_index.json", _class_name=["pipeline", "Evil"])


def another(folder: Path) -> None:
    edit(folder / "model_index.json", _class_name="StableDiffusionPipeline")


def own_part(folder: Path) -> None:
    edit(folder / "model_index.json", vae=["evil", "Evil"])


def own_scheduler(folder: Path) -> None:
    edit(folder / "scheduler" / "scheduler_config.json", _class_name="Evil")


@pytest.mark.parametrize("change", [custom, another, own_part, own_scheduler])
def test_a_custom_pipeline_and_a_part_of_an_unknown_class_are_refused(
    own_weights: Path, canary: Path, change: Callable[[Path], None]
) -> None:
    folder = snapshot(own_weights, WAN)
    for name in ("pipeline.py", "vae/evil.py", "evil.py", "scheduler/evil.py"):
        (folder / name).write_text(f"open({str(canary)!r}, 'w')\nclass Evil: pass\n")
    change(folder)
    with pytest.raises(CannotRender) as refused:
        pipelines.load(wan(), folder)
    assert refused.value.failure.code == "weights_wrong_class"
    assert not canary.exists()


@pytest.mark.parametrize("field", ["custom_pipeline", "trust_remote_code", "custom_revision"])
def test_a_preset_cannot_ask_for_code(field: str) -> None:
    for document in ({**wan(), field: "org/evil"}, {**wan(), "runtime": {field: True}}):
        (problem,) = schema.validate(document)
        assert (problem.severity, problem.path.rpartition("/")[2]) == ("error", field)
