from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from presets_app.core import lints
from presets_app.core.problems import Problem
from tests.core.examples import ltx2, wan22


def codes(problems: list[Problem]) -> list[str]:
    return [problem.code for problem in problems]


def found(document: dict[str, Any], code: str) -> Problem:
    (problem,) = [problem for problem in lints.check(document) if problem.code == code]
    return problem


def with_stage(document: dict[str, Any], index: int, **values: Any) -> dict[str, Any]:
    document["stages"][index].update(values)
    return document


def test_a_preset_by_the_book_has_nothing_to_remark():
    assert lints.check(wan22()) == []


def test_the_reference_preset_is_warned_only_of_the_size_that_comfyui_floors():
    warned = [problem for problem in lints.review(ltx2(hardware={})) if problem.severity != "note"]
    (problem,) = warned
    assert (problem.code, problem.severity, problem.path) == ("size_rule", "warning", "/height")
    assert "diffusers refuses" in problem.message
    assert "352 or 384" in problem.hint
    assert "704 or 768" in problem.hint


@pytest.mark.parametrize(
    ("document", "near"),
    [
        (ltx2(frames=122), "121 or 129"),
        (ltx2(frames=8), "1 or 9"),
        (wan22(frames=82), "81 or 85"),
        (wan22(frames=80), "77 or 81"),
    ],
)
def test_a_frame_count_that_cannot_be_right_is_an_error_naming_the_nearest(document: dict[str, Any], near: str):
    problem = found(document, "frames_rule")
    assert (problem.severity, problem.path) == ("error", "/frames")
    assert near in problem.hint
    assert problem.source


@pytest.mark.parametrize("frames", [1, 9, 121, 257])
def test_8k_plus_1_frames_are_right_for_ltx(frames: int):
    assert "frames_rule" not in codes(lints.check(ltx2(frames=frames)))


@pytest.mark.parametrize("frames", [1, 5, 81, 121])
def test_4k_plus_1_frames_are_right_for_wan(frames: int):
    assert "frames_rule" not in codes(lints.check(wan22(frames=frames)))


def test_a_service_that_decides_lengths_itself_has_no_frames_rule():
    assert lints.check(wan22(family="wan-2.6", frames=120, width=1281, fps=30, runtime={})) == []


def test_wan_5b_needs_multiples_of_32_and_a14b_of_16():
    five = wan22(variant="ti2v-5b", fps=24, width=1280, height=720, stages=[{"role": "base", "shift": 5}])
    assert "32" in found(five, "size_rule").message
    assert "size_rule" not in codes(lints.check(wan22(height=720)))
    assert "size_rule" in codes(lints.check(wan22(height=724)))


def test_wan_5b_is_known_by_its_files_when_no_variant_is_stated():
    document = wan22(models={"transformer": ["wan2.2_ti2v_5B_fp16.safetensors"]}, fps=24)
    del document["variant"]
    assert "fps_for_family" not in codes(lints.check(document))


@pytest.mark.parametrize(("fps", "words"), [(24, "fast"), (12, "slow"), ("30000/1001", "fast"), (15.5, "slow")])
def test_wan_a14b_is_made_for_16_frames_a_second(fps: Any, words: str):
    problem = found(wan22(fps=fps), "fps_for_family")
    assert problem.severity == "warning"
    assert words in problem.message


def test_16_over_1_is_16():
    assert lints.check(wan22(fps="16/1")) == []


def test_an_output_rate_of_its_own_changes_the_motion():
    assert found(wan22(output={"fps": 24}), "fps_of_output").path == "/output/fps"
    assert "fps_of_output" not in codes(lints.check(wan22(output={"fps": "16/1"})))


def test_a_model_that_is_told_another_rate_is_a_warning() -> None:
    told = [{"role": "base", "guidance_options": {"frame_rate": 25}}]
    assert found(ltx2(fps=24, stages=told), "fps_told").path == "/fps"
    assert "fps_told" not in codes(lints.check(ltx2(fps=25, stages=told)))


@pytest.mark.parametrize(
    ("width", "height", "shift", "warned"),
    [(1280, 720, 5, 0), (1280, 704, 3, 2), (1280, 720, 8, 2), (832, 480, 3, 0), (832, 480, 5, 2), (1024, 576, 12, 0)],
)
def test_flow_shift_is_about_5_at_720p_and_3_at_480p(width: int, height: int, shift: float, warned: int):
    document = wan22(width=width, height=height)
    for stage in document["stages"]:
        stage["shift"] = shift
    problems = [problem for problem in lints.check(document) if problem.code == "flow_shift"]
    assert len(problems) == warned
    assert all(problem.severity == "warning" and problem.source for problem in problems)


def test_a_shift_left_to_each_renderer_is_remarked():
    document = wan22()
    del document["stages"][1]["shift"]
    assert found(document, "flow_shift_unstated").severity == "note"


@pytest.mark.parametrize("runtime", [{"vae_dtype": "bfloat16"}, {"dtype": "bfloat16"}])
def test_wans_vae_belongs_in_float32(runtime: dict[str, Any]):
    assert found(wan22(runtime=runtime), "wan_vae_dtype").severity == "warning"


def test_noise_drawn_on_a_gpu_does_not_travel():
    assert found(wan22(runtime={"vae_dtype": "float32", "noise_device": "cuda"}), "noise_device").severity == "warning"


def test_steps_must_be_the_number_of_sigmas_less_one():
    problem = found(with_stage(ltx2(), 1, steps=4), "steps_sigmas")
    assert problem.path == "/stages/1/steps"
    assert "Set steps to 3" in problem.hint


def test_sigmas_must_fall():
    assert found(with_stage(ltx2(), 1, sigmas=[0.9, 0.9, 0.4, 0.0]), "sigmas_order").severity == "error"


def test_a_scheduler_beside_sigmas_has_no_effect():
    assert found(with_stage(ltx2(), 1, scheduler="simple"), "sigmas_and_scheduler").severity == "note"


def test_an_end_step_beyond_the_end_is_the_end():
    problem = found(with_stage(wan22(), 1, end_step=10_000), "end_step_clamped")
    assert (problem.severity, problem.path) == ("note", "/stages/1/end_step")
    assert "Write 20." in problem.hint


def test_a_stage_that_ends_before_it_starts_does_nothing():
    assert found(with_stage(wan22(), 1, start_step=20), "step_order").severity == "error"


def test_a_gap_between_two_stages_is_remarked():
    assert "step 10" in found(with_stage(wan22(), 1, start_step=12), "step_gap").hint


def test_two_stages_of_one_role_cannot_be_told_apart():
    assert found(with_stage(wan22(), 1, role="high_noise"), "stage_role_twice").path == "/stages/1/role"


def test_one_expert_of_two_is_remarked():
    document = wan22()
    del document["stages"][1]
    assert "low_noise" in found(document, "wan_expert_missing").message


def test_guidance_on_a_distilled_model_is_remarked():
    assert found(with_stage(ltx2(), 1, guidance=3.0), "distilled_guidance").path == "/stages/1/guidance"
    assert codes(lints.check(ltx2(variant="distilled"))).count("distilled_guidance") == 1
    assert "distilled_guidance" not in codes(lints.check(ltx2()))


def test_one_step_of_ltx_has_no_finite_result():
    assert found(with_stage(ltx2(), 0, steps=1), "one_step_nan").severity == "error"


@pytest.mark.parametrize("name", ["/home/ada/x.safetensors", "C:\\models\\x.safetensors", "../x", "~/x", "file:///x"])
def test_a_path_of_one_machine_does_not_travel(name: str):
    for document in (with_stage(ltx2(), 0, model=name), ltx2(models={"vae": [name]}), ltx2(inputs={"image": name})):
        assert found(document, "path_not_portable").severity == "warning"


def test_shots_and_sound_where_a_family_has_none_are_remarked():
    assert found(ltx2(shots=[{"prompt": "x"}]), "shots_for_family")
    assert found(wan22(audio={"generate": True}), "audio_for_family")


def test_a_review_puts_errors_first_and_then_goes_by_path():
    problems = lints.review(ltx2(frames=122, extra=1, environment=["x y"], output={"fps": 30}))
    order = {"error": 0, "warning": 1, "note": 2}
    keys = [(order[problem.severity], problem.path) for problem in problems]
    assert keys == sorted(keys)
    assert codes(problems)[:3] == ["secret_in_environment", "schema_unknown_field", "frames_rule"]


def test_a_review_says_each_thing_once():
    problems = lints.review(ltx2(environment=["x y"]))
    assert codes(problems).count("secret_in_environment") == 1


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5) | st.just(10**400),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(sorted(ltx2())), inner, max_size=3),
    max_leaves=8,
)


@settings(max_examples=60, deadline=None)
@given(st.sampled_from([ltx2, wan22]), st.dictionaries(st.sampled_from(sorted(ltx2())), JSON, max_size=4), JSON)
def test_no_shape_makes_a_review_raise(maker: Any, overrides: dict[str, Any], anything: Any):
    lints.review(maker(**overrides))
    lints.review(anything)
    stage_keys = ("role", "model", "loras", "sigmas", "steps", "shift", "start_step", "end_step", "guidance", "seed")
    for key in stage_keys:
        lints.review(maker(stages=[{key: anything, "role": "base"}, anything, {key: anything}]))
