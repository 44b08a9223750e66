"""A DashScope request as a draft."""

from __future__ import annotations

from typing import Any

import pytest

from presets_app.backends.dashscope.exporting import to_form
from presets_app.backends.dashscope.importing import recognises, to_document
from tests.backends.request_shapes import assert_read


def read(given: dict[str, Any], model: str = "wan2.6-t2v", **parameters: Any) -> Any:
    value = {"model": model, "input": {"prompt": "a cat", **given}, "parameters": parameters}
    assert recognises(value)
    found = to_document(value)
    assert_read(found, value)
    return found


def codes(found: Any) -> set[str]:
    return {problem.code for problem in found.problems}


def test_left_out_rewriting_is_on_because_that_is_the_services_default() -> None:
    found = read({}, size="1280*720")
    assert found.document["prompt_expansion"] == {"enabled": True, "by": "prompt_extend (DashScope)"}
    assert "prompt_rewritten" in codes(found)
    assert to_form(found.document).output["body"]["parameters"]["prompt_extend"] is True


def test_a_model_without_the_switch_rewrites_nothing() -> None:
    found = read({"reference_urls": ["https://a.test/1.mp4"]}, "wan2.6-r2v")
    assert "prompt_expansion" not in found.document
    assert (found.document["task"], found.document["references"]) == ("r2v", ["https://a.test/1.mp4"])


@pytest.mark.parametrize(
    ("model", "given", "task"),
    [
        ("wan2.6-i2v", {"img_url": "https://a.test/1"}, "i2v"),
        ("wan2.2-kf2v-flash", {"first_frame_url": "https://a.test/1", "last_frame_url": "https://a.test/2"}, "flf2v"),
        ("wan2.5-t2v-preview", {"audio_url": "https://a.test/1"}, "a2v"),
        ("wan2.2-s2v", {"image_url": "https://a.test/1", "audio_url": "https://a.test/2"}, "s2v"),
    ],
)
def test_the_task_follows_from_the_inputs(model: str, given: dict[str, str], task: str) -> None:
    assert read(given, model).document["task"] == task


def test_a_tier_alone_leaves_the_size_to_be_said() -> None:
    found = read({"img_url": "https://a.test/1"}, "wan2.6-i2v", resolution="720P", prompt_extend=False)
    assert "width" not in found.document
    assert "size_not_stated" in codes(found)


def test_several_shots_and_an_unknown_family_are_named() -> None:
    assert "shots_not_stated" in codes(read({}, shot_type="multi"))
    found = read({"media": [{"type": "first_frame", "url": "https://a.test/1"}]}, "wan2.7-i2v")
    assert {"family_not_supported", "input_not_understood"} <= codes(found)
    assert "family" not in found.document
