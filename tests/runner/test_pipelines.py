from __future__ import annotations

import json
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from safetensors.torch import load_file, save_file

from presets_app.core.generation import raw_digest
from runner import pipelines
from runner.failures import Cancelled, CannotRender
from runner.progress import Progress
from tests.runner.presets import LTX, WAN, ltx, snapshot, wan, with_stage

pytestmark = [pytest.mark.render, pytest.mark.journey]
FAMILIES = pytest.mark.parametrize(("document", "repository"), [(wan(), WAN), (ltx(), LTX)], ids=["wan-2.2", "ltx-2"])
Document = dict[str, Any]


def quietly(_progress: Progress) -> None:
    """Nobody listens."""


def digest(rendered: pipelines.Rendered, fps: str = "24") -> tuple[str, str]:
    samples = rendered.samples
    sound = "" if samples is None else raw_digest("float32", samples.shape, str(rendered.audio_rate), [samples.data])
    return raw_digest("uint8", rendered.frames.shape, fps, [rendered.frames.data]), sound


def psnr(one: np.ndarray, other: np.ndarray) -> float:
    error = np.mean((one.astype(float) - other.astype(float)) ** 2)
    return float("inf") if error == 0 else float(10 * np.log10(255**2 / error))


@FAMILIES
def test_one_seed_gives_one_digest_warm_and_loaded_again(weights: Path, document: Document, repository: str) -> None:
    loaded = pipelines.load(document, snapshot(weights, repository))
    first, warm = loaded.render(document, quietly), loaded.render(document, quietly)
    again = pipelines.render(document, snapshot(weights, repository))
    assert digest(first) == digest(warm) == digest(again)
    assert first.frames.shape == (17, 64, 96, 3)


@FAMILIES
def test_what_is_rendered_can_be_judged(weights: Path, document: Document, repository: str) -> None:
    """Another seed is another take of the same statistics; a shift by one frame shows; the prompt matters a little."""
    loaded = pipelines.load(document, snapshot(weights, repository))
    frames = loaded.render(document, quietly).frames
    other = loaded.render(with_stage(document, seed=2), quietly).frames
    prompted = loaded.render({**document, "prompt": "Rain over a tin roof, wide shot"}, quietly).frames
    coarse = pipelines.load(document, snapshot(weights, repository), dtype="bfloat16").render(document, quietly).frames
    assert 60 < frames.mean() < 190
    assert frames.std() > 25
    assert abs(frames.mean() - other.mean()) < 10
    assert psnr(frames, other) < 20
    assert max(psnr(one, after) for one, after in pairwise(frames)) < 25
    assert 20 < psnr(frames, prompted) < 40
    assert psnr(frames, coarse) > 40


def test_ltx_makes_sound_and_wan_does_not(weights: Path) -> None:
    heard = pipelines.render(ltx(), snapshot(weights, LTX))
    silent = pipelines.render(ltx(audio={"generate": False}), snapshot(weights, LTX))
    wordless = pipelines.render(wan(), snapshot(weights, WAN))
    assert heard.samples is not None
    assert heard.samples.dtype == np.float32
    assert heard.samples.shape[1] == 2
    assert heard.audio_rate == 24000
    assert 0.01 < heard.samples.std() < 0.5
    assert (silent.samples, wordless.samples) == (None, None)
    assert np.array_equal(silent.frames, heard.frames)


def test_phases_and_steps_are_reported_in_order(weights: Path) -> None:
    seen: list[Progress] = []
    pipelines.render(wan(), snapshot(weights, WAN), progress=seen.append)
    assert [progress.phase for progress in seen] == ["load", "text", *["denoise"] * 7, "decode"]
    assert [progress.step for progress in seen if progress.phase == "denoise"] == [0, 1, 2, 3, 4, 5, 6]


def test_a_render_stopped_between_steps_leaves_the_pipeline_as_new(weights: Path) -> None:
    loaded = pipelines.load(ltx(), snapshot(weights, LTX))
    expected = digest(loaded.render(ltx(), quietly))

    def stop(progress: Progress) -> None:
        if progress.step == 2:
            raise Cancelled

    with pytest.raises(Cancelled):
        loaded.render(ltx(), stop)
    assert digest(loaded.render(ltx(), quietly)) == expected


def test_guidance_that_is_off_costs_one_pass_a_step(weights: Path) -> None:
    loaded: Any = pipelines.load(ltx(), snapshot(weights, LTX))
    sizes: list[int] = []
    loaded.pipe.transformer.register_forward_pre_hook(
        lambda _module, _args, kwargs: sizes.append(len(kwargs["hidden_states"])), with_kwargs=True
    )
    loaded.render(with_stage(ltx(), guidance=1.0), quietly)
    assert sizes == [1] * 6


def test_the_experts_change_where_the_stages_say(weights: Path) -> None:
    loaded: Any = pipelines.load(wan(), snapshot(weights, WAN))
    steps = {"transformer": 0, "transformer_2": 0}

    def count(name: str) -> None:
        def hook(*_arguments: Any) -> None:
            steps[name] += 1

        getattr(loaded.pipe, name).register_forward_pre_hook(hook)

    for name in steps:
        count(name)
    loaded.render(wan(), quietly)
    assert steps == {"transformer": 8, "transformer_2": 4}  # each step twice: with the prompt and without


def test_the_stages_shift_is_the_schedulers_and_does_not_stick(weights: Path) -> None:
    loaded: Any = pipelines.load(wan(), snapshot(weights, WAN))
    expected = digest(loaded.render(wan(), quietly))
    assert loaded.pipe.scheduler.config.flow_shift == 12.0
    gentle = wan(stages=[{**stage, "shift": 3.0, "sampler": "euler"} for stage in wan()["stages"]])
    assert digest(loaded.render(gentle, quietly)) != expected
    assert digest(loaded.render(wan(), quietly)) == expected


def test_explicit_sigmas_are_taken_as_they_are(weights: Path) -> None:
    loaded: Any = pipelines.load(ltx(), snapshot(weights, LTX))
    sigmas = [1.0, 0.975, 0.725, 0.421875, 0.0]
    loaded.render(with_stage(ltx(), sigmas=sigmas, guidance=1.0), quietly)
    assert [round(float(sigma), 6) for sigma in loaded.pipe.scheduler.sigmas] == sigmas


def _rewrite(path: Path, change: Any) -> None:
    tensors = load_file(path)
    change(tensors)
    save_file(tensors, path, metadata={"format": "pt"})


@FAMILIES
def test_a_missing_and_a_left_over_tensor_are_refused(own_weights: Path, document: Document, repository: str) -> None:
    path = snapshot(own_weights, repository) / "transformer" / "diffusion_pytorch_model.safetensors"
    whole = path.read_bytes()
    _rewrite(path, lambda tensors: tensors.pop("proj_out.bias"))
    with pytest.raises(CannotRender, match=r"transformer.*proj_out\.bias") as missing:
        pipelines.load(document, snapshot(own_weights, repository))
    path.write_bytes(whole)
    _rewrite(path, lambda tensors: tensors.update({"surplus.weight": torch.zeros(2)}))
    with pytest.raises(CannotRender, match=r"surplus\.weight"):
        pipelines.load(document, snapshot(own_weights, repository))
    assert missing.value.failure.code == "weights_incomplete"


def test_a_missing_tensor_of_the_text_encoder_is_refused(own_weights: Path) -> None:
    path = snapshot(own_weights, WAN) / "text_encoder" / "model.safetensors"
    name = next(iter(sorted(load_file(path))))
    _rewrite(path, lambda tensors: tensors.pop(name))
    with pytest.raises(CannotRender, match="text_encoder"):
        pipelines.load(wan(), snapshot(own_weights, WAN))


def test_a_truncated_file_and_a_pickle_in_its_place_are_refused(own_weights: Path) -> None:
    folder = snapshot(own_weights, WAN)
    path = folder / "vae" / "diffusion_pytorch_model.safetensors"
    path.write_bytes(path.read_bytes()[:-1000])
    with pytest.raises(CannotRender, match="vae") as truncated:
        pipelines.load(wan(), folder)
    path.rename(folder / "vae" / "diffusion_pytorch_model.bin")
    with pytest.raises(CannotRender, match="vae"):
        pipelines.load(wan(), folder)
    assert truncated.value.failure.code == "weights_incomplete"


def test_weights_of_another_class_are_refused_by_name(weights: Path) -> None:
    with pytest.raises(CannotRender, match="LTX2Pipeline") as refused:
        pipelines.load(wan(), snapshot(weights, LTX))
    assert refused.value.failure.code == "weights_wrong_class"


def test_a_part_of_another_class_is_refused(own_weights: Path) -> None:
    folder = snapshot(own_weights, WAN)
    index = json.loads((folder / "model_index.json").read_text())
    index["vae"] = ["os", "system"]
    (folder / "model_index.json").write_text(json.dumps(index))
    with pytest.raises(CannotRender, match="system") as refused:
        pipelines.load(wan(), folder)
    assert refused.value.failure.code == "weights_wrong_class"


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_frames_that_are_not_numbers_are_refused(own_weights: Path, value: float) -> None:
    """The pipeline clamps an infinity to plain white, so it is looked for where the decoder ends."""
    folder = snapshot(own_weights, WAN)
    path = folder / "vae" / "diffusion_pytorch_model.safetensors"
    _rewrite(path, lambda tensors: tensors["decoder.conv_out.bias"].fill_(value))
    with pytest.raises(CannotRender) as refused:
        pipelines.render(wan(), folder)
    assert (refused.value.failure.code, refused.value.failure.evidence) == ("not_finite", {"part": "frames"})
