"""An LTX API request as a draft."""

from __future__ import annotations

from typing import Any

from presets_app.backends.ltx_api.importing import to_document
from tests.backends.request_shapes import assert_read

BODY = {"prompt": "an eagle", "model": "ltx-2-3-fast", "duration": 5, "resolution": "1280x720", "fps": 25}


def read(**changes: Any) -> Any:
    value = {**BODY, **changes}
    found = to_document(value)
    assert_read(found, value)
    return found


def test_seconds_and_rate_make_the_nearest_frames_and_say_what_they_miss() -> None:
    found = read(enhance_prompt=False)
    assert (found.document["frames"], found.document["fps"]) == (129, 25)  # 125 lies between 121 and 129
    loss = next(loss for loss in found.losses if loss.path == "/frames")
    assert (loss.status, loss.target_path, loss.after) == ("approximated", "/duration", 5)
    assert "125 frames; 129 is the nearest that the family renders, 4 or 0.16 s more" in loss.note
    assert "frames_approximated" in {problem.code for problem in found.problems}


def test_seconds_without_a_rate_make_no_frames() -> None:
    value = {name: held for name, held in BODY.items() if name != "fps"}
    found = to_document(value)
    assert "frames" not in found.document
    assert {"/frames", "/fps"} <= {problem.path for problem in found.problems if problem.code == "not_stated"}


def test_what_the_service_rewrote_is_in_the_draft_and_comes_back_in_an_export() -> None:
    from presets_app.backends.ltx_api.exporting import to_form

    document = read(enhance_prompt=True).document
    assert document["prompt_expansion"] == {"enabled": True, "by": "enhance_prompt (LTX API)"}
    assert to_form(document).output["body"]["enhance_prompt"] is True


def test_an_unstated_rewriting_and_a_camera_motion_are_named() -> None:
    codes = {problem.code for problem in read(camera_motion="dolly_in").problems}
    assert {"prompt_rewriting_unknown", "camera_motion_not_kept"} <= codes


def test_first_and_last_frames_sound_and_a_file_inside_the_request() -> None:
    both = read(image_uri="https://a.test/1", last_frame_uri="storage://2", endpoint="/v1/image-to-video")
    assert both.document["inputs"] == {"first_image": "https://a.test/1", "last_image": "storage://2"}
    assert both.document["task"] == "flf2v"
    inline = read(image_uri="data:image/png;base64," + "A" * 3000)
    assert "input_inline" in {problem.code for problem in inline.problems}
    assert "AAAA" not in repr(inline.losses)
    assert inline.document["task"] == "i2v"


def test_an_edit_of_a_video_is_no_preset() -> None:
    found = read(endpoint="/v2/extend", video_uri="https://a.test/v.mp4", mode="end")
    assert "task" not in found.document
    assert "task_not_kept" in {problem.code for problem in found.problems}


def test_unknown_fields_are_dropped_and_named() -> None:
    found = read(sparkle=3)
    assert any(loss.status == "dropped" and loss.target_path == "/sparkle" for loss in found.losses)
    assert any(problem.code == "field_not_known" and "sparkle" in problem.message for problem in found.problems)
