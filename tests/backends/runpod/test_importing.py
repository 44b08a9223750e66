"""A RunPod job as a draft."""

from __future__ import annotations

from typing import Any

from presets_app.backends.runpod.importing import to_document
from tests.backends.request_shapes import GRAPH, WAN, assert_read


def read(value: dict[str, Any]) -> Any:
    found = to_document(value)
    assert_read(found, value)
    return found


def codes(found: Any) -> set[str]:
    return {problem.code for problem in found.problems}


def test_sampling_comes_with_the_request_and_an_unnamed_endpoint_is_said_to_be_assumed() -> None:
    found = read({"input": WAN})
    assert found.document["stages"] == [{"role": "base", "seed": 7, "steps": 30, "guidance": 5, "shift": 5}]
    assert (found.document["family"], found.document["width"]) == ("wan-2.2", 1280)
    assert "family_assumed" in codes(found)
    assert "family" not in read({"input": {"prompt": "x"}}).document


def test_loras_of_each_expert_make_two_stages_that_share_their_sampling() -> None:
    loras = {
        "high_noise_loras": [{"path": "https://a.test/h", "scale": 1}],
        "low_noise_loras": [{"path": "maker/l", "scale": 0.5}],
    }
    given = {"prompt": "x", "image": "https://a.test/1", "num_inference_steps": 8, "seed": -1, **loras}
    found = read({"path": "/v2/wan-2-2-t2v-720-lora/runsync", "body": {"input": given}})
    assert [stage["role"] for stage in found.document["stages"]] == ["high_noise", "low_noise"]
    assert [stage["steps"] for stage in found.document["stages"]] == [8, 8]
    assert found.document["stages"][1]["loras"] == [{"file": "maker/l", "strength": 0.5}]
    assert "seed" not in found.document["stages"][0]
    assert {"seed_random", "size_not_stated"} <= codes(found)


def test_a_graph_is_read_as_comfyui_would_and_pictures_are_not_told() -> None:
    picture = "data:image/png;base64," + "A" * 500
    found = read({"input": {"workflow": GRAPH, "images": [{"name": "a.png", "image": picture}]}})
    assert (found.document["family"], found.document["frames"]) == ("wan-2.2", 121)
    assert found.document["stages"][0]["seed"] == 898471028164125
    assert "AAAA" not in repr(found)
    assert any(loss.target_path == "/input/workflow/7/inputs/seed" for loss in found.losses)


def test_a_partner_key_beside_a_graph_is_found_and_never_told() -> None:
    found = read({"input": {"workflow": GRAPH, "comfy_org_api_key": "comfyui-0123456789abcdef"}})
    assert "secret_found" in codes(found)
    assert "0123456789abcdef" not in repr(found)
