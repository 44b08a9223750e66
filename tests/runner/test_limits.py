from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest

from runner import limits
from runner.failures import CannotRender
from tests.runner.presets import ltx, wan, with_stage

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
    ("another family", ltx(family="ltxv"), "family_unsupported"),
    ("an image", ltx(inputs={"image": {"sha256": "0" * 64}}), "inputs_unsupported"),
    ("another task", wan(task="i2v"), "task_unsupported"),
    ("a LoRA", with_stage(wan(), loras=[{"file": "a.safetensors"}]), "loras_unsupported"),
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


def test_both_families_pass_as_the_tests_write_them() -> None:
    limits.check(wan())
    limits.check(ltx())
    limits.check(with_stage(ltx(), seed=2**64 - 1))


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
    limits.check_output(ltx(output={"container": "mp4", "video_codec": "h264", "crf": 18}))
