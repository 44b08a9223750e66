"""What is written and taken for granted about diffusers is what the installed library says."""

from __future__ import annotations

import inspect
from typing import Any

import diffusers
import pytest
from diffusers.pipelines.ltx2 import utils as ltx2_utils
from diffusers.utils import export_to_video
from hypothesis import HealthCheck, given, settings

from presets_app.backends.diffusers import calls, importing, naming, schedules
from presets_app.backends.diffusers.exporting import to_form
from tests.backends.diffusers.documents import SHA, Document, documents, example


def parameters(name: str) -> dict[str, Any]:
    found = inspect.signature(getattr(diffusers, name).__call__).parameters
    return {key: parameter.default for key, parameter in found.items()}


def assert_real(part: Document) -> None:
    """Every argument and every scheduler setting is a parameter of the class that is named."""
    assert set(part["call"]) <= set(parameters(part["pipeline"]))
    if "scheduler" in part:
        kind = getattr(diffusers, part["scheduler"]["class"])
        assert {key for key in part["scheduler"] if key != "class"} <= set(inspect.signature(kind).parameters)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(documents())
def test_the_exported_arguments_are_parameters_of_the_real_classes(document: Document) -> None:
    output = to_form(document).output
    for part in (output, *output.get("stages", ())):
        assert_real(part)


def test_only_tensors_and_what_makes_them_are_left_out_of_a_call() -> None:
    left = set(parameters("LTX2Pipeline")) - set(to_form(example()).output["call"]) - {"self"}
    tensors = {name for name in left if "embeds" in name or "latents" in name or "mask" in name}
    duration = {"min_seconds", "max_seconds"}  # only without num_frames
    enhancing = {"prompt_max_new_tokens", "prompt_enhancement_kwargs", "prompt_enhancement_seed"}  # only when it is on
    assert left - tensors == duration | enhancing | {"generator", "callback_on_step_end"} | {
        "callback_on_step_end_tensor_inputs"
    }


@pytest.mark.parametrize("name", calls.DEFAULTS)
def test_the_defaults_are_those_of_the_installed_version(name: str) -> None:
    real = parameters(name)
    known = {key: value for key, value in calls.DEFAULTS[name].items() if key != "num_frames" or real[key] is not None}
    assert {key: real[key] for key in known} == known
    fixed = {"ltx2": calls.LTX2_FIXED, "ltx": calls.LTX_FIXED, "wan": calls.WAN_FIXED}[naming.PIPELINES[name].library]
    if naming.PIPELINES[name].written:
        assert {key: real[key] for key in fixed} == fixed


def test_the_names_and_numbers_are_those_of_the_installed_version() -> None:
    assert diffusers.__version__ == naming.VERSION
    assert all(hasattr(diffusers, name) for name in (*naming.PIPELINES, *naming.UPSAMPLERS))
    assert {name: getattr(ltx2_utils, name) for name in calls.SIGMAS} == calls.SIGMAS
    assert inspect.signature(export_to_video).parameters["fps"].default == calls.EXPORT_FPS
    assert set(calls.UPSAMPLE) <= set(parameters("LTX2LatentUpsamplePipeline"))


@pytest.mark.parametrize("steps", [1, 4, 20, 50])
@pytest.mark.parametrize("shift", [1.0, 3.0, 12.0])
def test_the_timesteps_are_those_of_the_real_schedulers(steps: int, shift: float) -> None:
    real_unipc = diffusers.UniPCMultistepScheduler(
        prediction_type="flow_prediction", use_flow_sigmas=True, flow_shift=shift
    )
    real_euler = diffusers.FlowMatchEulerDiscreteScheduler(shift=shift)
    for name, scheduler in ((schedules.UNIPC, real_unipc), (schedules.EULER, real_euler)):
        scheduler.set_timesteps(steps)
        made = schedules.times(name, steps, shift)
        assert made == pytest.approx([float(time) for time in scheduler.timesteps], abs=1.001)
        sigmas = [float(sigma) for sigma in scheduler.sigmas][:-1]
        assert schedules.OF_CLASS[name](steps, shift) == pytest.approx(sigmas, abs=1e-4)


@pytest.mark.parametrize("name", [schedules.UNIPC, schedules.EULER])
def test_a_step_becomes_a_boundary_and_a_step_again(name: str) -> None:
    for shift in (1.0, 5.0, 12.0):
        times = schedules.times(name, 30, shift)
        boundaries = [schedules.boundary_at(step, times) for step in range(31)]
        assert [schedules.step_at(boundary, times) for boundary in boundaries] == list(range(31))
        assert all(schedules.is_halfway(boundary, times) for boundary in boundaries)
        assert not schedules.is_halfway(0.875, times)


def test_comfyuis_schedules_are_as_far_from_diffusers_as_they_are() -> None:
    assert schedules.distance("normal", schedules.OF_CLASS[schedules.EULER], 20, 5.0) == 0
    same = schedules.distance("simple", schedules.OF_CLASS[schedules.UNIPC], 20, 5.0)
    other = schedules.distance("simple", schedules.OF_CLASS[schedules.EULER], 20, 5.0)
    assert same is not None
    assert other is not None
    assert schedules.is_same(same, 5.0)
    assert not schedules.is_same(other, 5.0)
    assert schedules.distance("beta", schedules.OF_CLASS[schedules.EULER], 20, 5.0) is None


def test_an_image_with_a_place_and_a_strength_is_written_as_a_condition() -> None:
    asset = {"sha256": SHA, "name": "end.png", "frame": -1, "strength": 0.5}
    output = to_form(example(task="flf2v", inputs={"first_image": "a.png", "last_image": asset})).output
    assert output["pipeline"] == "LTX2ConditionPipeline"
    condition = inspect.signature(ltx2_condition()).parameters
    assert all(set(entry) <= set(condition) for entry in output["call"]["conditions"])
    assert [entry["index"] for entry in output["call"]["conditions"]] == [0, -1]


@pytest.mark.parametrize(("frame", "latent"), [(0, 0), (1, 1), (9, 2), (17, 3), (113, 15)])
def test_a_frame_is_counted_in_latents_and_is_the_same_frame_again(frame: int, latent: int) -> None:
    asset = {"sha256": SHA, "name": "mid.png", "frame": frame, "strength": 0.5}
    made = to_form(example(task="flf2v", inputs={"first_image": "a.png", "key": asset}))
    assert [entry["index"] for entry in made.output["call"]["conditions"]] == [0, latent]
    assert "input_frame_moved" not in {problem.code for problem in made.problems}
    back = importing.to_document(made.output).document
    assert back is not None
    assert back["inputs"]["key"].get("frame", 0) == frame


def test_a_picture_between_two_latents_is_said_to_come_early() -> None:
    asset = {"sha256": SHA, "name": "mid.png", "frame": 12}
    made = to_form(example(task="flf2v", inputs={"first_image": "a.png", "key": asset}))
    problem = next(problem for problem in made.problems if problem.code == "input_frame_moved")
    assert (problem.path, problem.hint) == ("/inputs/key/frame", "Use 9 or 17.")
    loss = next(loss for loss in made.losses if loss.path == "/inputs/key/frame")
    assert (loss.status, loss.after) == ("approximated", 2)


def ltx2_condition() -> Any:
    from diffusers.pipelines.ltx2.pipeline_ltx2_condition import LTX2VideoCondition

    return LTX2VideoCondition
