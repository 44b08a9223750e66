from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from presets_app.backends import forms
from presets_app.backends.diffusers import importing
from presets_app.core.ledger import leaves
from tests.backends.diffusers.documents import DISTILLED, SHA, example

FLAT = {
    "pipeline": "WanPipeline",
    "model": "Wan-AI/Wan2.2-T2V-A14B-Diffusers",
    "prompt": "A paper boat",
    "width": 1280,
    "height": 720,
    "num_frames": 81,
    "num_inference_steps": 40,
    "guidance_scale": 4.0,
    "guidance_scale_2": 3.0,
    "flow_shift": 12.0,
    "seed": 7,
    "fps": 16,
}
NESTED = {
    "_class_name": "LTX2Pipeline",
    "from_pretrained": {"pretrained_model_name_or_path": "Lightricks/LTX-2", "torch_dtype": "torch.bfloat16"},
    "kwargs": {
        "prompt": "A puppet",
        "width": 768,
        "height": 512,
        "num_frames": 121,
        "frame_rate": 24.0,
        "sigmas": DISTILLED[:-1],
        "guidance_scale": 1.0,
        "stg_scale": 0.0,
        "modality_scale": 1.0,
    },
    "scheduler": {"_class_name": "FlowMatchEulerDiscreteScheduler", "use_dynamic_shifting": False},
    "loras": [{"name": "a.safetensors", "scale": 0.8}],
    "generator": {"device": "cpu", "manual_seed": 3},
    "enable_model_cpu_offload": True,
    "vae": {"tiling": True},
    "export": {"output_path": "puppet.mp4", "fps": 24},
}


def read(value: dict[str, Any]) -> Any:
    assert importing.recognises(value)
    return importing.to_document(value)


def test_a_flat_call_is_a_document() -> None:
    back = read(FLAT)
    document = back.document
    high, low = document["stages"]
    assert (document["family"], document["variant"], document["task"]) == ("wan-2.2", "t2v-a14b", "t2v")
    assert (document["width"], document["height"], document["frames"], document["fps"]) == (1280, 720, 81, 16)
    assert (high["role"], high["guidance"], high["seed"], high["shift"]) == ("high_noise", 4.0, 7, 12.0)
    assert (low["role"], low["guidance"], low["shift"], low["steps"]) == ("low_noise", 3.0, 12.0, 40)
    assert back.problems == []
    assert {loss.target_path for loss in back.losses if loss.target_path} == {path for path, _ in leaves(FLAT)}


def test_a_nested_call_is_a_document() -> None:
    document = read(NESTED).document
    stage = document["stages"][0]
    assert (stage["sigmas"], stage["steps"], stage["seed"]) == (DISTILLED, 8, 3)
    assert stage["loras"] == [{"file": "a.safetensors", "strength": 0.8}]
    assert document["runtime"] == {
        "dtype": "bfloat16",
        "offload": "model",
        "vae_tiling": True,
        "noise_device": "cpu",
    }
    assert (document["fps"], document["output"]["container"], document["name"]) == (24, "mp4", "Puppet")


def test_guidance_that_the_call_leaves_to_the_library_is_written_and_told() -> None:
    back = read({"pipeline": "LTX2Pipeline", "model": "Lightricks/LTX-2", "prompt": "x", "guidance_scale": 4.0})
    options = back.document["stages"][0]["guidance_options"]
    assert (options["stg_scale"], options["audio_guidance_scale"], options["spatio_temporal_guidance_blocks"]) == (
        1.0,
        7.0,
        [28],
    )
    told = {problem.code: problem for problem in back.problems}
    assert told["guidance_by_default"].severity == "warning"
    assert "stg_scale" in told["guidance_by_default"].message
    assert {problem.path for problem in back.problems if problem.code == "default_of_diffusers"} >= {"/width", "/fps"}


def test_sigmas_that_pass_through_the_full_schedule_are_warned_about() -> None:
    moved = {**NESTED, "scheduler": "FlowMatchEulerDiscreteScheduler"}
    assert "sigmas_moved" in {problem.code for problem in read(moved).problems}
    assert "sigmas_moved" not in {problem.code for problem in read(NESTED).problems}
    distilled = {**moved, "from_pretrained": "diffusers/LTX-2.3-Distilled-Diffusers"}
    assert "sigmas_moved" not in {problem.code for problem in read(distilled).problems}


@pytest.mark.parametrize(
    ("repository", "family", "variant"),
    [
        ("Lightricks/LTX-2", "ltx-2", "dev"),
        ("diffusers/LTX-2.3-Distilled-Diffusers", "ltx-2.3", "distilled"),
        ("Lightricks/LTX-2.5-Diffusers", "ltx-2.5", "dev"),
    ],
)
def test_the_family_of_ltx_is_told_by_the_repository(repository: str, family: str, variant: str) -> None:
    document = read({**NESTED, "from_pretrained": repository}).document
    assert (document["family"], document["variant"]) == (family, variant)


@pytest.mark.parametrize(
    ("name", "repository", "family", "variant", "roles"),
    [
        ("WanPipeline", "Wan-AI/Wan2.2-T2V-A14B-Diffusers", "wan-2.2", "t2v-a14b", ["high_noise", "low_noise"]),
        ("WanPipeline", "Wan-AI/Wan2.2-TI2V-5B-Diffusers", "wan-2.2", "ti2v-5b", ["base"]),
        ("WanPipeline", "Wan-AI/Wan2.1-T2V-1.3B-Diffusers", "wan-2.1", "t2v-1.3b", ["base"]),
        (
            "WanImageToVideoPipeline",
            "Wan-AI/Wan2.2-I2V-A14B-Diffusers",
            "wan-2.2",
            "i2v-a14b",
            ["high_noise", "low_noise"],
        ),
        ("DiffusionPipeline", "Wan-AI/Wan2.2-I2V-A14B-Diffusers", "wan-2.2", "i2v-a14b", ["high_noise", "low_noise"]),
    ],
)
def test_the_family_of_wan_is_told_by_the_repository(
    name: str, repository: str, family: str, variant: str, roles: list[str]
) -> None:
    document = read({"pipeline": name, "model": repository, "prompt": "x", "num_frames": 81}).document
    assert (document["family"], document["variant"]) == (family, variant)
    assert [stage["role"] for stage in document["stages"]] == roles
    assert document["task"] == ("i2v" if "I2V-A14B" in repository else "t2v")


def test_a_pipeline_of_another_model_is_refused_by_name_and_read_as_far_as_it_goes() -> None:
    back = read({"pipeline": "StableDiffusionPipeline", "prompt": "a cat", "num_inference_steps": 20})
    assert back.document["prompt"] == "a cat"
    assert "family" not in back.document
    told = next(problem for problem in back.problems if problem.code == "family_not_supported")
    assert (told.severity, told.path) == ("error", "/family")
    assert "StableDiffusionPipeline" in told.message


def test_what_is_not_understood_is_dropped_by_name_and_its_value_not_repeated() -> None:
    secret = "hf_" + "a1B2" * 8
    back = read({**FLAT, "token": secret, "colour": "a-value-of-nobody", "call": {"max_sequence_length": 64}})
    told = json.dumps([problem.as_json() for problem in back.problems] + [loss.as_json() for loss in back.losses])
    assert {"/token", "/colour"} <= {loss.target_path for loss in back.losses if loss.status == "dropped"}
    assert {"field_not_in_preset", "argument_not_in_preset", "secret_left_out"} <= {one.code for one in back.problems}
    assert secret not in told
    assert "a-value-of-nobody" not in told
    assert "colour" in told


def test_a_secret_in_what_would_be_kept_stops_the_import() -> None:
    secret = "hf_" + "a1B2" * 8
    back = read({**FLAT, "prompt": f"a dog {secret}"})
    assert back.document is None
    assert [(problem.code, problem.path) for problem in back.problems] == [("secret_found", "/prompt")]
    assert secret not in str(back)


def test_an_unstated_seed_is_told_and_minus_one_is_no_seed() -> None:
    for given_seed in ({}, {"seed": -1}):
        flat = {key: value for key, value in FLAT.items() if key != "seed"}
        back = read({**flat, **given_seed})
        assert "seed" not in back.document["stages"][0]
        assert ("seed_random", "/stages/0/seed") in {(problem.code, problem.path) for problem in back.problems}


def test_steps_beside_sigmas_are_those_of_the_sigmas() -> None:
    nested = {**NESTED, "kwargs": {**NESTED["kwargs"], "num_inference_steps": 30}}
    back = read(nested)
    assert back.document["stages"][0]["steps"] == 8
    assert "steps_beside_sigmas" in {problem.code for problem in back.problems}


def test_a_file_with_a_hash_keeps_it() -> None:
    flat = {**FLAT, "pipeline": "WanImageToVideoPipeline", "image": "a.png", "last_image": "b.png"}
    back = read({**flat, "inputs": {"image": {"file": "a.png", "sha256": SHA}}})
    assert back.document["inputs"] == {"first_image": {"sha256": SHA, "name": "a.png"}, "last_image": "b.png"}
    assert back.document["task"] == "flf2v"


def test_the_reader_is_found_among_all_forms_and_knows_its_own() -> None:
    for value in (FLAT, NESTED):
        reader: Any = forms.reader_of(value)
        assert reader.recognises is importing.recognises
    for foreign in ({}, example(), {"a": 1}, {"model": "x/y", "input": {"prompt": "x"}}, {"type": "object"}):
        assert not importing.recognises(foreign)


KEYS = [*FLAT, *NESTED, *NESTED["kwargs"], "stages", "inputs", "conditions", "placement", "config", "class", "frames"]


@settings(max_examples=200, deadline=None)
@given(
    st.dictionaries(
        st.sampled_from(KEYS),
        st.recursive(
            st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=4),
            lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(KEYS), inner, max_size=3),
            max_leaves=10,
        ),
        max_size=8,
    ),
    st.sampled_from(["LTX2Pipeline", "WanPipeline", "LTX2ConditionPipeline", "WanVideoToVideoPipeline"]),
)
def test_a_call_of_any_shape_is_answered_and_accounted_for(value: dict[str, Any], name: str) -> None:
    value["pipeline"] = name
    back = importing.to_document(value)
    told = {loss.target_path for loss in back.losses}
    assert {path for path, _ in leaves(value) if path not in told} == set()
