from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest

from runner import limits
from runner.failures import CannotRender
from tests.runner.presets import ltx, wan, with_stage

KEPT = {"sha256": "5e" * 32, "media_type": "image/png"}
NO_IMAGE, INEXPRESSIBLE = "input_not_an_image", "input_not_expressible"
ONE = {"role": "base", "seed": 1, "steps": 6, "guidance": 3.0}
FIVE = {"variant": "ti2v-5b", "stages": [ONE]}


def two(**changes: Any) -> dict[str, Any]:
    """Two stages of LTX-2, the second one changed."""
    second = {"role": "refine", "seed": 2, "guidance": 1.0, "sigmas": [0.9, 0.5, 0.0], **changes}
    return ltx(models={"transformer": ["org/name"]}, stages=[ONE, second])


REFUSED = [
    ("122 frames of LTX-2", ltx(frames=122), "frames_invalid"),
    ("18 frames of WAN", wan(frames=18), "frames_invalid"),
    ("a width that is no number", ltx(width="96"), "size_invalid"),
    ("360 pixels of LTX-2", ltx(height=360), "size_invalid"),
    ("100 pixels of WAN", wan(width=100), "size_invalid"),
    ("one step of the full schedule", with_stage(ltx(), steps=1), "steps_too_few"),
    ("no steps", with_stage(ltx(), steps=None), "steps_missing"),
    ("no seed", with_stage(wan(), seed=None), "seed_missing"),
    ("a seed of 2^64", with_stage(ltx(), seed=2**64), "seed_invalid"),
    ("a negative seed", with_stage(ltx(), seed=-1), "seed_invalid"),
    ("a rate of zero", ltx(fps=0), "fps_invalid"),
    ("a rate over zero", ltx(fps="30/0"), "fps_invalid"),
    ("a text encoder of its own", ltx(runtime={"text_encoder_dtype": "float32"}), "dtype_unsupported"),
    ("another family", ltx(family="ltxv"), "family_unsupported"),
    ("an image for text to video", ltx(inputs={"image": {"sha256": "0" * 64}}), "inputs_unsupported"),
    ("another task", wan(task="v2v"), "task_unsupported"),
    ("image to video without one", wan(task="i2v"), "input_missing"),
    ("a picture that is only named", wan(task="i2v", inputs={"image": "a.png"}), "input_not_kept"),
    ("a video as the picture", ltx(task="i2v", inputs={"image": {**KEPT, "media_type": "video/mp4"}}), NO_IMAGE),
    ("flf2v without a last image", ltx(task="flf2v", inputs={"image": KEPT}), "input_missing"),
    ("two pictures at one frame", ltx(task="i2v", inputs={"image": KEPT, "first_image": KEPT}), "inputs_unsupported"),
    ("a picture nowhere in time", ltx(task="i2v", inputs={"image": KEPT, "mid": KEPT}), "input_frame_missing"),
    ("a picture between latents", ltx(task="i2v", inputs={"image": {**KEPT, "frame": 8}}), INEXPRESSIBLE),
    ("a faint picture for WAN", wan(task="i2v", inputs={"image": {**KEPT, "strength": 0.5}}), INEXPRESSIBLE),
    ("a last image for the 5B", wan(**FIVE, task="flf2v", inputs={"image": KEPT, "last_image": KEPT}), INEXPRESSIBLE),
    ("a LoRA by its bare name", with_stage(wan(), loras=[{"file": "a.safetensors"}]), "lora_invalid"),
    ("a pickled LoRA", with_stage(wan(), loras=[{"file": "org/name/a.pt"}]), "lora_invalid"),
    ("a LoRA out of its folder", with_stage(wan(), loras=[{"file": "org/name/../../a.safetensors"}]), "lora_invalid"),
    ("one LoRA twice", with_stage(wan(), loras=[{"file": "org/name/a.safetensors"}] * 2), "lora_twice"),
    (
        "a LoRA of no expert",
        wan(stages=[{**ONE, "loras": [{"file": "o/n/a.safetensors"}]}]),
        "lora_stage_missing",
    ),
    ("two stages of the 5B", wan(variant="ti2v-5b"), "stages_unsupported"),
    ("48 pixels of the 5B", wan(**FIVE, height=48), "size_invalid"),
    ("three stages of LTX-2", ltx(stages=[ONE] * 3), "stages_unsupported"),
    ("a second stage three times as large", two(scale=3), "scale_unsupported"),
    ("a second stage without noise levels", two(sigmas=None, steps=3), "sigmas_missing"),
    ("a second stage without an upsampler", {**two(), "models": {}}, "upsampler_invalid"),
    ("sigmas that rise", with_stage(ltx(), sigmas=[1.0, 0.5, 0.7, 0.0]), "sigmas_invalid"),
    ("sigmas without their end", with_stage(ltx(), sigmas=[1.0, 0.5]), "sigmas_invalid"),
    ("sigmas and a shift", with_stage(ltx(), sigmas=[1.0, 0.5, 0.0], shift=3.0), "schedule_twice"),
    ("other steps of the distilled", with_stage(ltx(variant="distilled"), steps=12), "sigmas_missing"),
    ("sound of another rate", ltx(audio={"sample_rate": 44100}), "audio_unsupported"),
    ("sound from WAN", wan(audio={"generate": True}), "audio_unsupported"),
    ("a sampler it lacks", with_stage(ltx(), sampler="euler_ancestral"), "sampler_unsupported"),
    ("a quantization", ltx(runtime={"quantization": "fp8"}), "quantization_unsupported"),
    ("noise drawn on a GPU", ltx(runtime={"noise_device": "cuda"}), "noise_device_unsupported"),
    ("another attention", ltx(runtime={"attention": "sage"}), "attention_unsupported"),
    ("explicit sigmas for WAN", with_stage(wan(), sigmas=[1.0, 0.5, 0.0]), "sigmas_unsupported"),
    ("stages with two shifts", with_stage(wan(), shift=3.0), "stages_differ"),
    ("a gap between the stages", with_stage(wan(), end_step=3), "stages_differ"),
    ("guidance the pipeline would drop", with_stage(wan(), guidance=1.0), "guidance_not_expressible"),
    (
        "sound guidance of zero beside the picture's",
        with_stage(ltx(), guidance_options={"guidance_rescale": 0.7, "audio_guidance_rescale": 0}),
        "guidance_not_expressible",
    ),
    ("blocks not named", with_stage(ltx(), guidance_options={"stg_scale": 1.0}), "guidance_blocks_missing"),
    ("an unknown option", with_stage(ltx(), guidance_options={"magic": 1}), "guidance_option_unknown"),
    ("no stages", ltx(stages=[]), "stages_invalid"),
]


@pytest.mark.parametrize(("what", "document", "code"), REFUSED, ids=[case[0] for case in REFUSED])
def test_what_a_pipeline_would_render_wrongly_is_refused_before_loading(
    what: str, document: dict[str, Any], code: str
) -> None:
    with pytest.raises(CannotRender) as refused:
        limits.check(document)
    failure = refused.value.failure
    assert (failure.code, failure.cause, failure.retry) == (code, "preset", "after_change")
    assert failure.evidence["path"].startswith("/")


def test_what_the_families_can_do_passes() -> None:
    limits.check(wan())
    limits.check(ltx())
    limits.check(two())
    limits.check(wan(**FIVE, task="i2v", inputs={"first_image": KEPT}))
    limits.check(wan(task="flf2v", inputs={"first_image": KEPT, "end_image": KEPT}))
    limits.check(ltx(task="i2v", inputs={"image": KEPT, "mid": {**KEPT, "frame": 9, "strength": 0.5}}))
    limits.check(with_stage(ltx(), seed=2**64 - 1))


def test_the_distilled_weights_have_their_own_noise_levels() -> None:
    bare = ltx(variant="distilled", stages=[{"role": "base", "seed": 1}])
    limits.check(bare)
    assert limits.sigmas_of(bare, 0) == (1.0, 0.99375, 0.9875, 0.98125, 0.975, 0.909375, 0.725, 0.421875, 0.0)
    assert limits.steps_in(bare, 0) == 8
    assert limits.sigmas_of(ltx(), 0) is None


def test_the_nearest_frame_counts_are_named() -> None:
    with pytest.raises(CannotRender) as refused:
        limits.check(ltx(frames=122))
    assert refused.value.failure.hint == "Use 121 or 129."


def test_a_rational_rate_is_kept_exactly() -> None:
    assert limits.fps_of(ltx(fps="30000/1001")) == Fraction(30000, 1001)
    assert limits.fps_of(ltx(fps=23.976)) == Fraction(2997, 125)


def test_a_file_this_runner_does_not_write_is_refused() -> None:
    with pytest.raises(CannotRender, match="mp4"):
        limits.check_output(ltx(output={"container": "webm"}))
    with pytest.raises(CannotRender, match="the rate that it renders"):
        limits.check_output(ltx(output={"fps": 30}))
    limits.check_output(ltx(output={"container": "mp4", "video_codec": "h264", "crf": 18}))


def test_wans_text_encoder_may_compute_in_another_number_format() -> None:
    limits.check(wan(runtime={"dtype": "float32", "text_encoder_dtype": "bfloat16"}))
    limits.check(ltx(runtime={"dtype": "float32", "text_encoder_dtype": "float32"}))
