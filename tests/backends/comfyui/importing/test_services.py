"""Nodes that send the work to a service."""

from __future__ import annotations

from typing import Any

from tests.backends.comfyui.importing.graphs import codes, imported


def called(kind: str, save: str = "SaveVideo", **inputs: Any) -> dict[str, tuple[str, dict[str, Any]]]:
    given = "video" if save == "SaveVideo" else "images"
    return {
        "service": (kind, inputs),
        "save": (save, {given: ("service", 0), "filename_prefix": "x"}),
        "start": ("LoadImage", {"image": "start.png"}),
        "end": ("LoadImage", {"image": "end.png"}),
    }


def test_what_a_service_is_asked_for_is_kept_and_the_rest_is_said() -> None:
    found = imported(
        called(
            "LtxvApiImageToVideo",
            image=("start", 0),
            model="LTX-2 (Pro)",
            prompt="a fox",
            duration=8,
            resolution="1920x1080",
            fps=25,
            generate_audio=True,
        )
    )
    made = found.document
    assert made is not None
    assert (made["family"], made["task"], made["prompt"]) == ("ltx-2", "i2v", "a fox")
    assert (made["width"], made["height"], made["fps"], made["frames"]) == (1920, 1080, 25, 201)
    assert (made["inputs"], made["audio"]) == ({"image": "start.png"}, {"generate": True})
    assert {("service_node", "/stages"), ("duration_in_seconds", "/frames")} <= codes(found)


def test_inputs_that_are_grouped_under_the_model_are_read() -> None:
    found = imported(
        called(
            "Wan2TextToVideoApi",
            **{"model": "wan2.6-t2v", "model.prompt": "a fox", "model.duration": 5, "seed": 3, "prompt_extend": True},
        )
    )
    made = found.document
    assert made is not None
    assert (made["family"], made["prompt"], made["stages"][0]["seed"]) == ("wan-2.6", "a fox", 3)
    assert made["prompt_expansion"] == {"enabled": True}
    assert "frames" not in made
    assert {("prompt_expanded_at_run", "/prompt"), ("value_not_in_file", "/frames")} <= codes(found)


def test_a_service_of_another_family_is_said() -> None:
    found = imported(called("Wan2TextToVideoApi", **{"model": "wan2.7-t2v", "model.prompt": "a fox"}))
    assert ("family_not_supported", "/family") in codes(found)
    assert found.document is not None
    assert "family" not in found.document


def test_first_and_last_picture_and_a_still() -> None:
    both = imported(called("LtxApi25ImageToVideo", image=("start", 0), last_frame=("end", 0), model="LTX-2.5 (Pro)"))
    assert both.document is not None
    assert (both.document["task"], both.document["inputs"]) == (
        "flf2v",
        {"first_image": "start.png", "last_image": "end.png"},
    )
    still = imported(
        called("WanTextToImageApi", "SaveImage", model="wan2.5-t2i", prompt="a fox", width=1024, height=768)
    )
    assert still.document is not None
    assert (still.document["task"], still.document["frames"], still.document["height"]) == ("t2i", 1, 768)
