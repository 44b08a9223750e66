"""A preset as a RunPod job: a public endpoint, or worker-comfyui."""

from __future__ import annotations

from typing import Any

from presets_app.backends.base import Exported
from presets_app.backends.comfyui.exporting import to_form as to_graph
from presets_app.backends.runpod.exporting import to_form
from tests.backends.request_shapes import assert_written
from tests.backends.wavespeed.documents import wan
from tests.core.examples import wan22


def codes(found: Exported, severity: str) -> set[str]:
    return {problem.code for problem in found.problems if problem.severity == severity}


def small(**changes: Any) -> dict[str, Any]:
    models = {
        "transformer": ["high.safetensors", "low.safetensors"],
        "text_encoder": ["umt5.safetensors"],
        "vae": ["wan_2.1_vae.safetensors"],
    }
    return wan22(width=832, height=480, models=models, **changes)


def test_a_720p_preset_goes_to_the_public_endpoint_with_its_sampling() -> None:
    found = to_form(wan22())
    assert found.output == {
        "model": "wan-2-2-t2v-720",
        "method": "POST",
        "path": "/v2/wan-2-2-t2v-720/run",
        "body": {
            "input": {
                "prompt": "A harbour in the morning fog",
                "size": "1280*720",
                "duration": 5,
                "seed": 3,
                "num_inference_steps": 20,
                "guidance": 3.5,
                "flow_shift": 5,
                "enable_prompt_optimization": False,
            }
        },
    }
    assert "runpod_route" in codes(found, "note")


def test_a_shift_that_is_no_whole_number_is_an_error() -> None:
    document = wan22()
    document["stages"][0]["shift"] = 4.5
    assert [p.path for p in to_form(document).problems if p.code == "value_not_allowed"] == ["/stages/0/shift"]


def test_loras_of_a_picture_go_to_the_endpoint_for_loras() -> None:
    document = wan22(task="i2v", inputs={"image": "https://a.test/1.png"})
    for stage, name in zip(document["stages"], ("high", "low"), strict=True):
        stage["loras"] = [{"file": f"https://a.test/{name}.safetensors", "strength": 1.0}]
    given = to_form(document).output["body"]["input"]
    assert given["high_noise_loras"] == [{"path": "https://a.test/high.safetensors", "scale": 1.0}]
    assert given["low_noise_loras"] == [{"path": "https://a.test/low.safetensors", "scale": 1.0}]


def test_a_preset_that_no_public_endpoint_renders_as_it_is_goes_to_ones_own_worker() -> None:
    found = to_form(small())
    assert (found.output["model"], found.output["path"]) == ("worker-comfyui", "/v2/{endpoint_id}/run")
    assert found.output["body"]["input"]["workflow"] == to_graph(small()).output
    assert_written(found, small())


def test_the_worker_is_given_files_and_never_local_only_ones() -> None:
    asset = {"sha256": "0" * 64, "name": "a.png"}
    assert "input_not_uploaded" in codes(to_form(small(task="i2v", inputs={"image": asset})), "error")
    hidden = {**asset, "local_only": True}
    assert "input_local_only" in codes(to_form(small(task="i2v", inputs={"image": hidden})), "error")


def test_wan_2_6_mirrors_its_maker_and_an_unknown_task_is_an_error() -> None:
    found = to_form(wan(family="wan-2.6", width=1280, height=720, frames=81))
    assert found.output["body"]["input"]["enable_prompt_expansion"] is False
    assert codes(to_form(wan(family="wan-2.6", task="r2v")), "error") == {"no_model"}
