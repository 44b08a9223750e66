"""The words of a server's refusals and errors, and which of them are passed on."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from presets_app.backends.comfyui import failures, outputs, previews, replies
from presets_app.core.problems import Failure

SAMPLES = Path(os.environ.get("MATCHFRAME_SAMPLES", "/nowhere")) / "comfyui" / "server"
# What each sample of a refusal has to be: (cause, code).
REFUSALS = {
    "invalid_empty": ("preset", "prompt_no_outputs"),
    "invalid_missing_node": ("preset", "exception_during_validation"),
    "invalid_no_class_type": ("preset", "missing_node_type"),
    "invalid_no_outputs": ("preset", "prompt_no_outputs"),
    "invalid_required_input_missing": ("preset", "required_input_missing"),
    "invalid_return_type_mismatch": ("preset", "return_type_mismatch"),
    "invalid_seed_2_64": ("preset", "value_bigger_than_max"),
    "invalid_type": ("preset", "invalid_input_type"),
    "invalid_unknown_class": ("environment", "missing_node_type"),
    "invalid_value_not_in_list": ("environment", "value_not_in_list"),
    "invalid_value_smaller_than_min": ("preset", "value_smaller_than_min"),
    "invalid_value_too_big": ("preset", "value_bigger_than_max"),
}
HISTORIES = {
    "failing_node": ("environment", "node_failed"),
    "interrupted": ("environment", "interrupted"),
    "emptyimage": None,
    "savevideo": None,
    "wan22_t2v_14B": None,
}


def of(failure: Failure | None) -> tuple[str, str] | None:
    return (failure.cause, failure.code) if failure else None


def sample(name: str) -> Any:
    if not SAMPLES.is_dir():
        pytest.skip("MATCHFRAME_SAMPLES names no folder with real replies of a ComfyUI server")
    return json.loads((SAMPLES / name).read_text("utf-8"))


@pytest.mark.parametrize("name", REFUSALS)
def test_a_real_refusal_has_its_cause(name: str) -> None:
    told = sample(f"{name}.prompt_response.json")
    assert of(failures.of_refusal(told["status"], told["body"])) == REFUSALS[name]


@pytest.mark.parametrize("name", HISTORIES)
def test_a_real_record_of_the_history_has_its_outcome(name: str) -> None:
    told = sample(f"{name}.history.json")
    watched = replies.ended(next(iter(told.values())), "http://127.0.0.1:8188/view")
    assert of(watched.failure) == HISTORIES[name]
    assert (watched.status == "done") == (HISTORIES[name] is None)


def test_a_real_queue_tells_who_is_before_whom() -> None:
    queue = sample("queue_running_and_pending.json")
    running, pending = queue["queue_running"][0][1], queue["queue_pending"][0][1]
    assert replies.queued(queue, running) == replies.Waiting(None, "186a7b1ec92e4992a93d53c1c36509d1")
    assert replies.queued(queue, pending) == replies.Waiting(1, "other")


@pytest.mark.parametrize(
    ("told", "cause", "code"),
    [
        ({"exception_type": "torch.OutOfMemoryError", "node_type": "KSampler"}, "environment", "out_of_memory"),
        ({"exception_type": "RuntimeError", "exception_message": "HIP out of memory."}, "environment", "out_of_memory"),
        ({"exception_type": "PIL.UnidentifiedImageError", "node_type": "LoadImage"}, "input", "input_unreadable"),
        ({"exception_type": "SafetensorError", "node_type": "UNETLoader"}, "environment", "model_file_unreadable"),
        ({"exception_message": "Unauthorized: Please login first", "node_type": "Veo"}, "account", "not_admitted"),
        ({"exception_type": "TypeError", "node_type": "KSampler"}, "preset", "node_failed"),
        ({"exception_type": "TypeError", "node_type": "SomebodysNode"}, "environment", "node_failed"),
    ],
)
def test_a_node_that_raises_has_a_cause(told: dict[str, Any], cause: str, code: str) -> None:
    assert of(failures.of_execution(told)) == (cause, code)


@pytest.mark.parametrize(
    ("status", "body", "cause", "code"),
    [
        (401, None, "account", "not_admitted"),
        (413, None, "input", "request_too_large"),
        (502, "<html>", "service", "server_error"),
        (400, {"message": "no"}, "service", "unexpected_answer"),
        (400, {"error": {"type": "no_prompt"}}, "ours", "no_prompt"),
        (400, {"error": {"type": "of_tomorrow", "message": "New"}}, "preset", "graph_refused"),
    ],
)
def test_a_refusal_of_any_form_has_a_cause(status: int, body: Any, cause: str, code: str) -> None:
    assert of(failures.of_refusal(status, body)) == (cause, code)


def test_a_picture_that_is_not_there_is_the_inputs_fault() -> None:
    error = {"type": "custom_validation_failed", "message": "Custom validation failed", "details": "image - Invalid"}
    told = {"7": {"class_type": "LoadImage", "errors": [error]}}
    assert of(failures.of_refusal(400, {"error": {}, "node_errors": told})) == ("input", "custom_validation_failed")


def test_what_a_server_says_is_one_short_printable_line() -> None:
    failure = failures.of_execution({"node_type": "X\x1b[31m", "exception_message": "a\nb\x00" + "c" * 5000})
    assert failure.message.isprintable() and len(failure.message) < 500


@pytest.mark.parametrize(
    "raw",
    [
        {"filename": "../../x"},
        {"filename": "..\\..\\x.mp4"},
        {"filename": "/etc/passwd.mp4"},
        {"filename": "C:x.mp4"},
        {"filename": "x.mp4", "subfolder": "../.."},
        {"filename": "x.mp4", "subfolder": "/etc"},
        {"filename": "x.mp4", "subfolder": "a//b"},
        {"filename": "x.mp4", "subfolder": "C:\\x"},
        {"filename": "x.mp4\x00.png"},
        {"filename": "x.mp4", "type": "models"},
        {"filename": "x" * 300 + ".mp4"},
        {"filename": 7},
    ],
)
def test_a_name_that_leaves_the_servers_folders_is_refused(raw: dict[str, Any]) -> None:
    with pytest.raises(outputs.BadName):
        outputs.checked(raw)


def test_the_save_nodes_video_is_taken_before_previews_and_pictures() -> None:
    graph = {"1": {"class_type": "PreviewVideo"}, "2": {"class_type": "SaveVideo"}, "3": {"class_type": "SaveImage"}}
    frames = [{"filename": f"i_{n}.png", "subfolder": "", "type": "output"} for n in (1, 2)]
    told = {
        "0": {"images": [{"filename": "input.png", "subfolder": "", "type": "input"}]},
        "1": {"images": [{"filename": "p.mp4", "subfolder": "", "type": "temp"}]},
        "2": {"images": [{"filename": "v.mp4", "subfolder": "video\\day", "type": "output"}], "animated": [True]},
        "3": {"images": frames},
    }
    assert outputs.made(told, graph) == outputs.Made((outputs.Output("v.mp4", "video\\day", "output"),))
    del told["2"]
    assert outputs.made(told, graph) == outputs.Made((outputs.Output("p.mp4", "", "temp"),))
    del told["1"]
    pictures = tuple(outputs.Output(f"i_{n}.png", "", "output") for n in (1, 2))
    assert outputs.made(told, graph) == outputs.Made(pictures, pictures=True)
    del told["3"]
    assert outputs.made(told, graph) is None  # an input that a node shows again is no output


def test_a_preview_is_a_small_picture_of_a_prompt_and_nothing_else() -> None:
    jpeg, named = b"\xff\xd8\xff\xe0 a fox", json.dumps({"prompt_id": "p", "image_type": "image/jpeg"}).encode()
    told = b"\0\0\0\4" + len(named).to_bytes(4, "big") + named + jpeg
    assert previews.picture_in(told) == previews.Preview("p", jpeg)
    assert previews.picture_in(b"\0\0\0\1\0\0\0\1" + jpeg) == previews.Preview("", jpeg)
    for message in (b"", b"\0\0\0\1", b"\0\0\0\3\0\0\0\1" + jpeg, b"\0\0\0\1\0\0\0\1<svg>", told[:40]):
        assert previews.picture_in(message) is None
    assert previews.picture_in(b"\0\0\0\1\0\0\0\1" + jpeg + bytes(previews.LIMIT)) is None
