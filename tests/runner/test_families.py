"""Every family on its tiny checkpoint: what it is called with, what it renders, what it refuses to load."""

from __future__ import annotations

import hashlib
import inspect
import shutil
import weakref
from pathlib import Path
from typing import Any

import diffusers
import numpy as np
import pytest
from PIL import Image
from safetensors.torch import load_file, save_file

from presets_app.core import weights_named
from presets_app.core.generation import WeightsPin
from runner import pipelines
from runner import weights as room
from runner.failures import CannotRender
from tests.runner.presets import LTX, WAN, ltx, snapshot, wan, with_stage
from tests.runner.test_pipelines import digest, quietly

pytestmark = [pytest.mark.render, pytest.mark.journey]
Document = dict[str, Any]
DISTILLED, LTX_2_3, UPSAMPLER = LTX + "-distilled", LTX + ".3", LTX + "-upsampler"
WAN_I2V, WAN_5B = "matchframe/tiny-wan-2.2-i2v", "matchframe/tiny-wan-2.2-ti2v"
LTX_LORA = LTX + "-lora/tiny-ltx-2-lora.safetensors"
WAN_LORA = "matchframe/tiny-wan-2.2-lora/tiny-wan-2.2-lora.safetensors"
REFINE = {"role": "refine", "seed": 2, "guidance": 1.0, "scale": 2, "sigmas": [0.9, 0.5, 0.0]}
FIVE: Document = {"frames": 9, "variant": "ti2v-5b", "stages": [{"role": "base", "seed": 1, "steps": 2, "shift": 5.0}]}
CALLED_WITH = {"generator", "callback_on_step_end", "prompt_embeds", "negative_prompt_embeds"}
MASKS = {"prompt_attention_mask", "negative_prompt_attention_mask"}


@pytest.fixture(scope="module")
def pictures(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Two small pictures by the SHA-256 of their files, the first one reddish."""
    folder, made = tmp_path_factory.mktemp("pictures"), {}
    for number, colour in enumerate(((220, 60, 40), (30, 90, 200))):
        path = folder / f"{number}.png"
        Image.fromarray(np.full((64, 96, 3), colour, np.uint8)).save(path)
        made[hashlib.sha256(path.read_bytes()).hexdigest()] = path
    return made


def kept(pictures: dict[str, Path], *names: str) -> Document:
    return {name: {"sha256": sha, "media_type": "image/png"} for name, sha in zip(names, pictures, strict=False)}


def extras_of(root: Path, document: Document) -> dict[str, room.Extra]:
    hashes = room.Hashes()
    unpinned = WeightsPin("", "")
    return {part.name: room.verify_part(root, part, unpinned, hashes) for part in weights_named.parts(document)}


def loaded(root: Path, document: Document, repository: str) -> Any:
    return pipelines.load(document, snapshot(root, repository), extras_of(root, document))


def short(document: Document) -> Document:
    """Two steps, the second expert's among them."""
    return with_stage({**document, "frames": 9}, steps=2) if document["family"] != "wan-2.2" else brief_wan(document)


def brief_wan(document: Document) -> Document:
    first, second = document["stages"]
    return {
        **document,
        "frames": 9,
        "stages": [{**first, "steps": 2, "end_step": 1}, {**second, "steps": 2, "start_step": 1}],
    }


def two_stages(**changes: Any) -> Document:
    first = {**ltx()["stages"][0], "steps": 2}
    models = {"transformer": [LTX], "latent_upscaler": [UPSAMPLER]}
    return ltx(models=models, frames=9, stages=[first, REFINE], **changes)


def test_every_argument_of_every_pipeline_is_sent(weights: Path, pictures: dict[str, Path]) -> None:
    """A library that changes a default changes nothing here, and one that adds an argument fails this test."""
    keyed = kept(pictures, "first_image", "last_image")
    cases = [
        (two_stages(), LTX),
        (short(ltx(task="i2v", inputs=kept(pictures, "image"))), LTX),
        (short(ltx(task="flf2v", inputs=keyed)), LTX),
        (short(wan()), WAN),
        (short(wan(task="flf2v", inputs=keyed)), WAN_I2V),
    ]
    seen = set()
    for document, repository in cases:
        for call in loaded(weights, document, repository).render(document, quietly, pictures).calls:
            seen.add(call["pipeline"])
            expected = set(inspect.signature(getattr(diffusers, call["pipeline"]).__call__).parameters) - {"self"}
            around = CALLED_WITH | MASKS | {"latents", "audio_latents"}
            assert expected - around <= set(call["arguments"]), call["pipeline"]
            assert set(call["arguments"]) <= expected | {"boundary_ratio"}
    assert len(seen) == 6


def test_distilled_weights_take_eight_fixed_noise_levels_in_one_pass_each(weights: Path) -> None:
    document = ltx(variant="distilled", frames=9, stages=[{"role": "base", "seed": 1, "guidance": 1.0}])
    model = loaded(weights, document, DISTILLED)
    sizes: list[int] = []
    model.pipe.transformer.register_forward_pre_hook(
        lambda _module, _args, kwargs: sizes.append(len(kwargs["hidden_states"])), with_kwargs=True
    )
    made = model.render(document, quietly)
    sigmas = [round(float(sigma), 6) for sigma in model.pipe.scheduler.sigmas]
    assert sigmas == [1.0, 0.99375, 0.9875, 0.98125, 0.975, 0.909375, 0.725, 0.421875, 0.0]
    assert sizes == [1] * 8
    off = {"guidance_scale": 1, "stg_scale": 0, "modality_scale": 1, "guidance_rescale": 0}
    assert {**off, **{f"audio_{key}": value for key, value in off.items()}}.items() <= made.calls[0][
        "arguments"
    ].items()


def test_distilled_and_full_weights_are_told_apart(weights: Path) -> None:
    with pytest.raises(CannotRender, match="eight noise levels") as silent:
        loaded(weights, ltx(), DISTILLED)
    with pytest.raises(CannotRender, match="full model's weights"):
        loaded(weights, ltx(variant="distilled", stages=[{"role": "base", "seed": 1}]), LTX)
    assert silent.value.failure.code == "weights_wrong_variant"


def test_two_stages_upsample_renoise_and_keep_the_sound_going(weights: Path) -> None:
    document = two_stages()
    model = loaded(weights, document, LTX)
    made, again = model.render(document, quietly), model.render(document, quietly)
    assert digest(made) == digest(again)
    assert made.frames.shape == (9, 128, 192, 3)
    assert made.samples is not None
    base, upsample, refine = made.calls
    assert [base["arguments"]["output_type"], upsample["arguments"]["output_type"]] == ["latent", "latent"]
    assert (refine["arguments"]["noise_scale"], refine["arguments"]["width"]) == (0.9, 192)
    assert refine["scheduler"]["use_dynamic_shifting"] is False
    other = {**document, "stages": [document["stages"][0], {**REFINE, "seed": 3}]}
    assert digest(model.render(other, quietly)) != digest(made)


def test_another_upsampler_is_used_at_once_and_none_is_kept_for_one_stage(weights: Path, tmp_path: Path) -> None:
    document = two_stages()
    model, extra = loaded(weights, document, LTX), next(iter(extras_of(weights, document).values()))
    expected = digest(model.render(document, quietly))
    tensors = load_file(extra.path / "diffusion_pytorch_model.safetensors")
    other = Path(shutil.copytree(extra.path, tmp_path / "latent_upsampler"))
    tensors["final_conv.bias"] += 1
    save_file(tensors, other / "diffusion_pytorch_model.safetensors", metadata={"format": "pt"})
    changed = room.Extra(extra.part, other, {"other": "0" * 64}, {})
    model.prepare(document, {extra.part.name: changed})
    assert digest(model.render(document, quietly)) != expected
    model.prepare(short(ltx()), {})
    assert model.upsampler == ("", None)


def test_a_lora_acts_in_its_own_stage_and_leaves_no_trace(weights: Path) -> None:
    plain = two_stages()
    with_lora = two_stages()
    with_lora["stages"] = [plain["stages"][0], {**REFINE, "loras": [{"file": LTX_LORA, "strength": 1.0}]}]
    model = loaded(weights, with_lora, LTX)
    changed = digest(model.render(with_lora, quietly))
    model.prepare(plain, extras_of(weights, plain))
    expected = digest(model.render(plain, quietly))
    none = two_stages()
    none["stages"] = [plain["stages"][0], {**REFINE, "loras": [{"file": LTX_LORA, "strength": 0.0}]}]
    model.prepare(none, extras_of(weights, none))
    assert digest(model.render(none, quietly)) == expected != changed
    assert model.lora_files.keys() == {LTX_LORA}


def test_each_expert_of_wan_has_loras_of_its_own(weights: Path) -> None:
    high, low = brief_wan(wan())["stages"]
    held = {"loras": [{"file": WAN_LORA, "strength": 2.0}]}
    experts = ([high, low], [{**high, **held}, low], [high, {**low, **held}])
    cases = [wan(frames=9, stages=stages) for stages in experts]
    model = loaded(weights, cases[1], WAN)
    rendered = []
    for document in cases:
        model.prepare(document, extras_of(weights, document))
        rendered.append(model.render(document, quietly))
    assert len({digest(made) for made in rendered}) == 3
    assert rendered[2].calls[0]["loras"] == {f"low_noise:{WAN_LORA}": 2.0}


def test_a_lora_of_another_model_is_refused_by_the_tensor_that_does_not_fit(weights: Path) -> None:
    with pytest.raises(CannotRender, match=r"transformer_blocks|no linear layer") as refused:
        loaded(weights, with_stage(brief_wan(wan()), loras=[{"file": LTX_LORA}]), WAN)
    assert (refused.value.failure.code, refused.value.failure.cause) == ("lora_unusable", "preset")


@pytest.mark.parametrize(
    ("document", "repository"),
    [(ltx(), LTX), (ltx(family="ltx-2.3"), LTX_2_3), (wan(), WAN_I2V), (wan(**FIVE), WAN_5B)],
    ids=["ltx-2", "ltx-2.3", "wan-2.2-a14b", "wan-2.2-5b"],
)
def test_a_picture_changes_the_video_and_repeats(
    weights: Path, pictures: dict[str, Path], document: Document, repository: str
) -> None:
    first, second = ({"first_image": asset} for asset in kept(pictures, "a", "b").values())
    brief = document if repository == WAN_5B else short(document)
    red, blue = {**brief, "task": "i2v", "inputs": first}, {**brief, "task": "i2v", "inputs": second}
    model = loaded(weights, red, repository)
    one, again, other = (model.render(given, quietly, pictures) for given in (red, red, blue))
    assert digest(one) == digest(again) != digest(other)
    assert one.calls[0]["pipeline"] in ("LTX2ImageToVideoPipeline", "WanImageToVideoPipeline")
    assert one.audio_rate == {"ltx-2": 24_000, "ltx-2.3": 48_000}.get(document["family"])


def test_text_and_picture_pipelines_share_one_checkpoints_models(weights: Path, pictures: dict[str, Path]) -> None:
    text, pictured = wan(**FIVE), wan(**FIVE, task="i2v", inputs=kept(pictures, "first_image"))
    model = loaded(weights, text, WAN_5B)
    expected = digest(model.render(text, quietly))
    model.prepare(pictured, {})
    model.render(pictured, quietly, pictures)
    assert model._pipe(pictured).transformer is model.pipe.transformer
    assert digest(model.render(text, quietly)) == expected


@pytest.mark.parametrize(
    ("document", "repository", "code"),
    [
        (ltx(family="ltx-2.3"), LTX, "weights_wrong_variant"),
        (ltx(), LTX_2_3, "weights_wrong_variant"),
        (wan(**FIVE), WAN, "weights_wrong_variant"),
        (wan(), WAN_5B, "weights_wrong_variant"),
        (wan(), WAN_I2V, "weights_wrong_class"),
        (wan(), UPSAMPLER, "weights_wrong_class"),
    ],
    ids=["2.0 for 2.3", "2.3 for 2.0", "A14B for 5B", "5B for A14B", "pictures for text", "an upsampler"],
)
def test_the_wrong_folder_is_named_before_it_renders(
    weights: Path, document: Document, repository: str, code: str
) -> None:
    with pytest.raises(CannotRender) as refused:
        loaded(weights, document, repository)
    assert refused.value.failure.code == code


def test_a_file_that_is_no_picture_and_one_that_was_not_handed_over_are_refused(weights: Path, tmp_path: Path) -> None:
    page = tmp_path / "page.png"
    page.write_bytes(b"<html>")
    document = wan(**FIVE, task="i2v", inputs={"first_image": {"sha256": "5e" * 32}})
    model = loaded(weights, document, WAN_5B)
    with pytest.raises(CannotRender, match="not a picture") as unreadable:
        model.render(document, quietly, {"5e" * 32: page})
    with pytest.raises(CannotRender, match="was not handed"):
        model.render(document, quietly, {})
    assert unreadable.value.failure.code == "input_not_readable"


@pytest.mark.parametrize(("make", "repository"), [(wan, WAN), (ltx, LTX)])
def test_a_dropped_text_encoder_is_let_go_of_and_the_bits_stay(weights: Path, make: Any, repository: str) -> None:
    document = short(make())
    whole = digest(loaded(weights, document, repository).render(document, quietly))
    dropping = {**document, "runtime": {**document["runtime"], "offload": "text"}}
    checkpoint = loaded(weights, dropping, repository)
    encoder = weakref.ref(checkpoint.pipe.text_encoder)
    for _again in range(2):  # the second time it is read anew
        assert digest(checkpoint.render(dropping, quietly)) == whole
        assert checkpoint.pipe.text_encoder is None and encoder() is None
