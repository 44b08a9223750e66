"""A preset as a DashScope request."""

from __future__ import annotations

from typing import Any

import pytest

from presets_app.backends.base import Exported
from presets_app.backends.dashscope.exporting import to_form
from tests.backends.wavespeed.documents import wan

ADDRESS = "https://files.test/a"


def clip(**changes: Any) -> dict[str, Any]:
    stage = {"role": "base", "seed": 3}
    return wan(**{"family": "wan-2.6", "width": 1280, "height": 720, "frames": 81, "stages": [stage], **changes})


def codes(found: Exported, severity: str) -> set[str]:
    return {problem.code for problem in found.problems if problem.severity == severity}


def test_a_request_says_that_it_is_asynchronous_and_switches_rewriting_off() -> None:
    assert to_form(clip()).output == {
        "model": "wan2.6-t2v",
        "method": "POST",
        "path": "/api/v1/services/aigc/video-generation/video-synthesis",
        "headers": {"Content-Type": "application/json", "X-DashScope-Async": "enable"},
        "body": {
            "model": "wan2.6-t2v",
            "input": {"prompt": "A puppet", "negative_prompt": "blurry"},
            "parameters": {"size": "1280*720", "duration": 5, "seed": 3, "prompt_extend": False},
        },
    }


def test_the_switch_for_rewriting_is_reported_with_its_own_default() -> None:
    loss = next(loss for loss in to_form(clip()).losses if loss.target_path == "/body/parameters/prompt_extend")
    assert (loss.status, loss.after) == ("defaulted", False)
    assert "default is on" in loss.note


@pytest.mark.parametrize(
    ("family", "task", "inputs", "model", "given"),
    [
        ("wan-2.6", "i2v", ["image"], "wan2.6-i2v", {"img_url"}),
        ("wan-2.6", "ia2v", ["image", "audio"], "wan2.6-i2v", {"img_url", "audio_url"}),
        ("wan-2.5", "a2v", ["audio"], "wan2.5-t2v-preview", {"audio_url"}),
        ("wan-2.2", "i2v", ["image"], "wan2.2-i2v-plus", {"img_url"}),
        ("wan-2.2", "flf2v", ["first_image", "last_image"], "wan2.2-kf2v-flash", {"first_frame_url", "last_frame_url"}),
        ("wan-2.2", "s2v", ["image", "audio"], "wan2.2-s2v", {"image_url", "audio_url"}),
    ],
)
def test_the_task_chooses_model_and_fields(
    family: str, task: str, inputs: list[str], model: str, given: set[str]
) -> None:
    found = to_form(clip(family=family, task=task, inputs=dict.fromkeys(inputs, ADDRESS)))
    assert found.output["model"] == model
    assert given <= set(found.output["body"]["input"])
    assert codes(found, "error") == set()


def test_pictures_bring_a_tier_and_not_a_size() -> None:
    found = to_form(clip(task="i2v", inputs={"image": ADDRESS}))
    assert found.output["body"]["parameters"]["resolution"] == "720P"
    assert "size" not in found.output["body"]["parameters"]


def test_references_are_listed_in_their_order() -> None:
    both = [f"{ADDRESS}/1.mp4", f"{ADDRESS}/2.png"]
    found = to_form(clip(task="r2v", references=both))
    assert found.output["body"]["input"]["reference_urls"] == both
    assert codes(to_form(clip(task="r2v", references=[*both, "c.png"])), "error") >= {"input_not_uploaded"}


def test_a_model_of_one_length_says_what_it_misses() -> None:
    found = to_form(clip(family="wan-2.2", frames=161))
    loss = next(loss for loss in found.losses if loss.path == "/frames")
    assert (loss.status, loss.after) == ("approximated", 5)
    assert "161 frames at 16 fps are 10.0625 s; 5 s is asked for, 5.0625 s or 81 frames less." in loss.note
    assert "length_not_offered" in codes(found, "warning")


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"prompt": "x" * 1501}, "value_not_allowed"),
        ({"negative_prompt": "x" * 501}, "value_not_allowed"),
        ({"stages": [{"role": "base", "seed": 2**31}]}, "seed_not_allowed"),
        ({"stages": [{"role": "base", "loras": [{"file": ADDRESS}]}]}, "lora_not_supported"),
        ({"family": "ltx-2"}, "no_model"),
        ({"family": "wan-2.2", "variant": "ti2v-5b"}, "no_model"),
    ],
)
def test_what_the_service_does_not_take_is_an_error(changes: dict[str, Any], code: str) -> None:
    assert code in codes(to_form(clip(**changes)), "error")


def test_shots_stand_in_the_prompt_and_are_said_to_need_rewriting() -> None:
    found = to_form(clip(shots=[{"prompt": "One.", "frames": 32}, {"prompt": "Two."}]))
    body = found.output["body"]
    assert body["input"]["prompt"] == "A puppet Shot 1 [0-2 s]: One. Shot 2: Two."
    assert body["parameters"]["shot_type"] == "multi"
    assert "shots_need_rewriting" in codes(found, "warning")
