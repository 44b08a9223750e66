"""A preset as an LTX API request: rates, sizes and lengths that depend on each other."""

from __future__ import annotations

from typing import Any

import pytest

from presets_app.backends.base import Exported
from presets_app.backends.ltx_api.catalogue import rates, seconds, sizes
from presets_app.backends.ltx_api.exporting import to_form
from tests.backends.wavespeed.documents import ltx


def clip(**changes: Any) -> dict[str, Any]:
    stage = {"role": "base", "seed": 10, "steps": 8}
    whole = {"family": "ltx-2.3", "width": 1920, "height": 1088, "frames": 121, "stages": [stage], **changes}
    return ltx(**whole)


def codes(found: Exported, severity: str) -> set[str]:
    return {problem.code for problem in found.problems if problem.severity == severity}


def note(found: Exported, path: str) -> str:
    return next(loss.note for loss in found.losses if loss.path == path)


def test_a_request_goes_to_version_2_with_rewriting_off_and_no_key() -> None:
    found = to_form(clip())
    assert found.output == {
        "model": "ltx-2-3-pro",
        "method": "POST",
        "path": "/v2/text-to-video",
        "body": {
            "model": "ltx-2-3-pro",
            "prompt": "A puppet",
            "generate_audio": True,
            "resolution": "1920x1080",
            "fps": 24,
            "duration": 5,
            "enhance_prompt": False,
        },
    }


def test_seed_negative_prompt_and_sampling_are_lost_aloud() -> None:
    found = to_form(clip())
    assert {"seed_not_supported", "negative_prompt_not_supported", "sampling_not_supported"} <= codes(found, "warning")
    assert next(loss.status for loss in found.losses if loss.path == "/stages/0/seed") == "dropped"


def test_the_model_follows_the_variant_the_length_and_the_presets_own_word() -> None:
    assert to_form(clip(variant="distilled")).output["model"] == "ltx-2-3-fast"
    assert to_form(clip(frames=361)).output["model"] == "ltx-2-3-fast"
    named = to_form(clip(models={"transformer": ["ltx-2-3-pro"]}, frames=361))
    assert (named.output["model"], named.output["body"]["duration"]) == ("ltx-2-3-pro", 10)
    assert "length_not_offered" in codes(named, "warning")
    assert "tier_chosen" not in codes(named, "note")
    assert "tier_chosen" in codes(to_form(clip()), "note")


@pytest.mark.parametrize(
    ("rate", "sent", "severity"),
    [(16, 24, "error"), (30, 25, "warning"), ("24000/1001", 24, "note"), (60, 50, "warning")],
)
def test_a_rate_that_is_not_offered_is_the_nearest_or_an_error_when_far(rate: Any, sent: int, severity: str) -> None:
    found = to_form(clip(fps=rate))
    assert found.output["body"]["fps"] == sent
    assert "fps_not_offered" in codes(found, severity)


def test_the_nearest_rate_changes_the_frames_that_come_back() -> None:
    assert note(to_form(clip(fps=30)), "/frames").endswith("At 25 fps about 100 frames are likely to come back.")


@pytest.mark.parametrize(
    ("model", "size", "rate", "longest"),
    [
        ("ltx-2-fast", "1920x1080", 25, 20),
        ("ltx-2-fast", "1920x1080", 50, 10),
        ("ltx-2-fast", "3840x2160", 25, 10),
        ("ltx-2-pro", "1920x1080", 25, 10),
        ("ltx-2-3-fast", "720x1280", 24, 20),
        ("ltx-2-3-fast", "2560x1440", 24, 10),
        ("ltx-2-3-fast", "1280x720", 48, 10),
        ("ltx-2-5-pro", "1920x1080", 50, 10),
    ],
)
def test_lengths_depend_on_model_size_and_rate(model: str, size: str, rate: int, longest: int) -> None:
    assert size in sizes(model)
    assert rate in rates(model)
    assert max(seconds(model, size, rate)) == longest


def test_a_long_clip_at_a_high_rate_is_cut_to_what_is_offered() -> None:
    found = to_form(clip(fps=50, frames=1001, variant="distilled"))
    assert (found.output["body"]["fps"], found.output["body"]["duration"]) == (50, 10)
    assert "length_not_offered" in codes(found, "warning")


@pytest.mark.parametrize(
    ("task", "inputs", "path", "fields"),
    [
        ("i2v", ["image"], "/v2/image-to-video", {"image_uri"}),
        ("flf2v", ["first_image", "last_image"], "/v2/image-to-video", {"image_uri", "last_frame_uri"}),
        ("a2v", ["audio"], "/v2/audio-to-video", {"audio_uri"}),
        ("ia2v", ["image", "audio"], "/v2/audio-to-video", {"audio_uri", "image_uri"}),
    ],
)
def test_the_task_chooses_the_endpoint(task: str, inputs: list[str], path: str, fields: set[str]) -> None:
    found = to_form(clip(task=task, inputs={name: f"https://files.test/{name}" for name in inputs}))
    assert found.output["path"] == path
    assert fields <= set(found.output["body"])
    assert codes(found, "error") == set()


def test_a_prompt_over_the_limit_and_an_unknown_family_are_errors() -> None:
    assert "value_not_allowed" in codes(to_form(clip(prompt="x" * 5001)), "error")
    assert codes(to_form(clip(family="wan-2.2")), "error") == {"no_model"}
