from __future__ import annotations

import ast
import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from presets_app.backends import forms
from presets_app.backends.diffusers.exporting import to_form
from presets_app.core.generation import WeightsPin
from presets_app.core.ledger import leaves, unaccounted
from tests.backends.diffusers.documents import DISTILLED, SHA, Document, example, wan
from tests.core.examples import ltx2, wan22

OFF = {
    "guidance_scale": 1.0,
    "stg_scale": 0.0,
    "modality_scale": 1.0,
    "guidance_rescale": 0.0,
    "audio_guidance_scale": 1.0,
    "audio_stg_scale": 0.0,
    "audio_modality_scale": 1.0,
    "audio_guidance_rescale": 0.0,
}


def stage(document: Document, number: int = 0, **changes: Any) -> Document:
    """The document with one of its stages changed."""
    stages = [{**one, **changes} if place == number else one for place, one in enumerate(document["stages"])]
    return {**document, "stages": stages}


def codes(document: Document) -> set[tuple[str, str, str]]:
    return {(problem.severity, problem.code, problem.path) for problem in to_form(document).problems}


def loss(document: Document, path: str) -> Any:
    return next(entry for entry in to_form(document).losses if entry.path == path)


def test_the_form_is_found_by_its_name() -> None:
    assert forms.writer_of("diffusers") is to_form


def test_guidance_that_is_off_is_said_by_all_eight_arguments() -> None:
    call = to_form(stage(example(), guidance=1.0)).output["call"]
    assert {key: call[key] for key in OFF} == OFF
    assert call["spatio_temporal_guidance_blocks"] is None


def test_sigmas_go_without_the_last_zero_and_past_the_full_models_schedule() -> None:
    output = to_form(stage(example(), sigmas=DISTILLED, steps=8, guidance=1.0)).output
    assert output["call"]["sigmas"] == DISTILLED[:-1]
    assert output["call"]["num_inference_steps"] == 8
    told = {"use_dynamic_shifting": False, "shift_terminal": None, "shift": 1.0}
    assert output["scheduler"] == {"class": "FlowMatchEulerDiscreteScheduler", **told}


def test_the_two_experts_are_two_guidances_one_schedule_and_a_boundary() -> None:
    output = to_form(wan()).output
    assert (output["call"]["guidance_scale"], output["call"]["guidance_scale_2"]) == (4.0, 3.0)
    assert output["scheduler"]["flow_shift"] == 12.0
    assert 0.8 < output["config"]["boundary_ratio"] < 0.9
    assert output["from_pretrained"]["torch_dtype"] == {"default": "bfloat16", "vae": "float32"}


def test_a_pin_is_written_and_without_one_the_script_does_not_start() -> None:
    pin = WeightsPin("Lightricks/LTX-2", "ab" * 20)
    pinned, open_ = to_form(example(), pins=pin), to_form(example())
    assert f'REVISION = "{"ab" * 20}"'.replace('"', "'") in pinned.output["script"]
    assert pinned.problems == []
    assert [(problem.code, problem.severity) for problem in open_.problems] == [("revision_not_pinned", "warning")]
    assert "REVISION = ''" in open_.output["script"]
    assert "sys.exit" in open_.output["script"]
    assert open_.output["from_pretrained"]["revision"] is None


def test_the_second_stage_of_ltx_2_is_an_upsampling_and_a_call_of_twice_the_size() -> None:
    document = example(stages=[example()["stages"][0], {**example()["stages"][0], "role": "refine", "scale": 2}])
    output = to_form(stage(document, 1, sigmas=[0.909375, 0.725, 0.421875, 0.0], steps=3)).output
    upsample, second = output["stages"]
    assert output["call"]["output_type"] == upsample["call"]["output_type"] == "latent"
    assert upsample["pipeline"] == "LTX2LatentUpsamplePipeline"
    assert (second["call"]["width"], second["call"]["height"]) == (1536, 1024)
    assert second["call"]["noise_scale"] == second["call"]["sigmas"][0] == 0.909375
    assert second["generator"]["seed"] == 10


def test_a_fractional_rate_stays_exact_and_the_trap_is_told() -> None:
    document = example(fps="30000/1001")
    output = to_form(document).output
    assert output["export"]["fps"] == "30000/1001"
    assert output["call"]["frame_rate"] == pytest.approx(29.97002997)
    notes = [entry.note for entry in to_form(document).losses if entry.target_path == "/export/fps"]
    assert "encode_video would write 29" in notes[0]


@pytest.mark.parametrize(
    ("document", "expected"),
    [
        (wan(family="wan-2.6"), ("error", "family_not_in_diffusers", "/family")),
        (wan(task="s2v"), ("error", "task_not_in_diffusers", "/task")),
        (example(task="a2v"), ("error", "task_not_in_diffusers", "/task")),
        (stage(example(), sampler="res_2s"), ("warning", "sampler_not_in_diffusers", "/stages/0/sampler")),
        (stage(example(), scheduler="beta"), ("warning", "schedule_not_in_diffusers", "/stages/0/scheduler")),
        (wan22(), ("warning", "schedule_not_in_diffusers", "/stages/0/scheduler")),
        (ltx2(), ("error", "size_not_in_diffusers", "/height")),
        (example(frames=122), ("error", "frames_not_in_diffusers", "/frames")),
        (stage(wan(), 1, steps=30), ("error", "stages_differ", "/stages/1/steps")),
        (stage(wan(), 1, shift=3.0), ("error", "stages_differ", "/stages/1/shift")),
        (stage(wan(), guidance=1.0), ("error", "guidance_not_expressible", "/stages/0/guidance")),
        (stage(wan(), sigmas=[1.0, 0.0]), ("error", "sigmas_not_in_pipeline", "/stages/0/sigmas")),
        (wan(audio={"generate": True}), ("error", "audio_not_in_pipeline", "/audio/generate")),
        (stage(example(), denoise=0.5), ("error", "stage_not_in_diffusers", "/stages/0/denoise")),
        (example(stages=[]), ("error", "stages_not_in_diffusers", "/stages")),
        (example(task="i2v"), ("error", "input_missing", "/inputs/first_image")),
        (example(runtime={"attention": "magic"}), ("warning", "attention_not_in_diffusers", "/runtime/attention")),
        (example(runtime={"quantization": "q4"}), ("warning", "quantization_not_written", "/runtime/quantization")),
        (example(output={"container": "gif"}), ("warning", "output_not_written", "/output/container")),
        (wan(models={"transformer": ["a.safetensors"]}), ("warning", "weights_by_file", "/models/transformer")),
        (wan(shots=[{"prompt": "x"}]), ("error", "input_not_in_pipeline", "/shots/0/prompt")),
    ],
)
def test_what_diffusers_cannot_be_told_is_a_problem_with_its_place(
    document: Document, expected: tuple[str, str, str]
) -> None:
    assert expected in codes(document)
    there = to_form(document)
    assert unaccounted(document, [path for path, _ in leaves(there.output)], there.losses) == set()


def test_a_schedule_that_is_not_the_same_says_by_how_much() -> None:
    entry = loss(wan22(), "/stages/0/scheduler")
    assert entry.status == "approximated"
    assert entry.note == "Up to 0.184 of sigma."


def test_a_sound_that_is_off_beside_a_picture_that_is_not_cannot_be_had() -> None:
    options = {"stg_scale": 1.0, "audio_stg_scale": 0.0, "spatio_temporal_guidance_blocks": [29]}
    path = "/stages/0/guidance_options/audio_stg_scale"
    assert ("error", "guidance_not_expressible", path) in codes(stage(example(), guidance_options=options))


def test_a_stage_without_a_seed_is_an_error_and_the_script_asks_for_one() -> None:
    document = example()
    del document["stages"][0]["seed"]
    assert ("error", "seed_missing", "/stages/0/seed") in codes(document)
    assert "SEED = None" in to_form(document).output["script"]


def test_a_document_with_a_secret_is_not_written_and_the_secret_not_repeated() -> None:
    secret = "hf_" + "a1B2" * 8
    there = to_form(example(prompt=f"a dog {secret}"))
    assert there.output == {}
    assert [problem.code for problem in there.problems] == ["secret_found"]
    assert secret not in json.dumps([entry.as_json() for entry in there.losses]) + str(there.problems)


def test_two_files_of_one_name_are_told_apart_by_their_hash() -> None:
    first, last = {"sha256": SHA, "name": "a.png"}, {"sha256": "7d" * 32, "name": "a.png"}
    output = to_form(wan(task="flf2v", inputs={"first_image": first, "last_image": last})).output
    assert (output["call"]["image"], output["call"]["last_image"]) == ("a.png", "7d7d7d7d-a.png")
    assert output["inputs"]["last_image"] == {"file": "7d7d7d7d-a.png", "sha256": "7d" * 32}


HOSTILE = [
    "'); import os; os.system('true'); ('",
    '"""\nimport os\n"""',
    "\\'; __import__('os').system('true') #",
    "{__import__('os')}\n'''\nimport os",
    "\u2028import os\u2029\r\nimport os\x85",
    "\u202eimport os",
]


@pytest.mark.parametrize("text", HOSTILE)
def test_no_text_of_a_document_becomes_code(text: str) -> None:
    """The script of a hostile document has the same code as that of an honest one, literals apart."""
    hostile = document_of(text, text[:30])
    honest = document_of("x", "x")
    assert shape(to_form(hostile).output["script"]) == shape(to_form(honest).output["script"])


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=40), st.text(min_size=1, max_size=40))
def test_no_text_at_all_becomes_code(text: str, file: str) -> None:
    output = to_form(document_of(text, file)).output
    if output:
        assert shape(output["script"]) == shape(to_form(document_of("x", "x")).output["script"])


def test_a_text_encoder_that_is_let_go_of_stays_on_the_device_in_a_script_and_that_is_said() -> None:
    told = loss(wan(runtime={"dtype": "bfloat16", "offload": "text"}), "/runtime/offload")
    assert (told.status, told.target_path, told.after) == ("approximated", "/placement/offload", "none")


def document_of(text: str, file: str) -> Document:
    image = {"sha256": SHA, "name": f"{file}.png"}
    document = example(
        name=text,
        task="i2v",
        prompt=text,
        negative_prompt=text,
        inputs={"image": image},
        models={"transformer": ["org/name"], "vae": [file]},
        output={"video_codec": file, "pixel_format": text, "preset": file, "audio_codec": text, "color_space": text},
        runtime={"dtype": text, "vae_dtype": file, "attention": text, "offload": file, "noise_device": text},
    )
    return stage(document, loras=[{"file": f"{file}.safetensors", "strength": 1.0}], role=file, sampler=text)


def shape(script: str) -> str:
    """The tree of a script without its texts."""
    tree = ast.parse(script)
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            node.value = ""
    return ast.dump(tree)


@settings(max_examples=100, deadline=None)
@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(st.sampled_from([*wan(), *wan()["stages"][0], "loras", "inputs", "runtime"]), inner)
        ),
        max_leaves=12,
    )
)
def test_a_document_of_any_shape_is_answered(part: Any) -> None:
    for key in ("stages", "models", "runtime", "inputs", "output", "fps", "width"):
        to_form(wan(**{key: part}))
        to_form(example(**{key: part}))
    if isinstance(part, dict):
        to_form(part)
        to_form(stage(wan(), **part))
