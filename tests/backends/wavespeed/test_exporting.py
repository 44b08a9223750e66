"""A preset as a WaveSpeed request without a server: the built-in catalogue decides."""

from __future__ import annotations

from typing import Any

import pytest

from presets_app.backends.base import CatalogueModel, Exported
from presets_app.backends.wavespeed.capability import built_in, limits
from presets_app.backends.wavespeed.exporting import to_form
from runner.standins.wavespeed.catalogue import MODELS as OFFERED
from tests.backends.wavespeed.documents import ltx, wan

ADDRESS = "https://files.test/a.{}"


def codes(found: Exported, severity: str) -> set[str]:
    return {problem.code for problem in found.problems if problem.severity == severity}


def clip(**changes: Any) -> dict[str, Any]:
    return ltx(width=1280, height=704, frames=121, **changes)


def test_a_request_is_the_models_path_and_its_flat_body() -> None:
    found = to_form(clip())
    assert found.output == {
        "model": "wavespeed-ai/ltx-2-19b/text-to-video",
        "method": "POST",
        "path": "/api/v3/wavespeed-ai/ltx-2-19b/text-to-video",
        "body": {"prompt": "A puppet", "resolution": "720p", "aspect_ratio": "16:9", "duration": 5, "seed": 10},
    }


def test_a_length_in_seconds_says_what_it_misses_in_seconds_and_frames() -> None:
    loss = next(loss for loss in to_form(clip()).losses if loss.path == "/frames")
    assert loss.status == "approximated"
    assert loss.note == "121 frames at 24 fps are 5.0417 s; 5 s is asked for, 0.0417 s or 1 frame less."


def test_a_service_with_a_known_rate_says_how_many_frames_are_likely() -> None:
    found = to_form(wan(width=1280, height=720, frames=121, fps=24))
    note = next(loss.note for loss in found.losses if loss.path == "/frames")
    assert note.endswith("At 16 fps about 80 frames are likely to come back.")
    assert "fps_not_offered" in codes(found, "warning")


def test_a_size_that_is_not_offered_says_what_it_misses_in_pixels() -> None:
    loss = next(loss for loss in to_form(clip()).losses if loss.path == "/height")
    assert loss.note == "1280x720 in place of 1280x704: +0 and +16 pixels, 1.02 times the area."


def test_what_decides_the_picture_and_cannot_be_asked_for_is_told_aloud() -> None:
    assert {"negative_prompt_not_supported", "sampling_not_supported"} <= codes(to_form(clip()), "warning")


@pytest.mark.parametrize(
    ("family", "task", "inputs", "model", "fields"),
    [
        ("wan-2.2", "i2v", ["image"], "wavespeed-ai/wan-2.2/image-to-video", {"image"}),
        ("wan-2.2", "flf2v", ["first_image", "last_image"], "wavespeed-ai/wan-2.2/image-to-video", {"last_image"}),
        ("wan-2.2", "s2v", ["image", "audio"], "wavespeed-ai/wan-2.2/speech-to-video", {"image", "audio"}),
        ("ltx-2.3", "ia2v", ["image", "audio"], "wavespeed-ai/ltx-2.3/lipsync", {"image", "audio"}),
        ("wan-2.6", "ia2v", ["image", "audio"], "alibaba/wan-2.6/image-to-video", {"image", "audio"}),
        ("wan-2.5", "a2v", ["audio"], "alibaba/wan-2.5/text-to-video", {"audio"}),
    ],
)
def test_the_task_chooses_the_endpoint(family: str, task: str, inputs: list[str], model: str, fields: set[str]) -> None:
    document = clip(family=family, task=task, inputs={name: ADDRESS.format(name) for name in inputs})
    found = to_form({**document, "stages": [{"role": "base", "seed": 1}]})
    assert found.output["model"] == model
    assert fields <= set(found.output["body"])
    assert codes(found, "error") == set()


def test_references_and_shots_go_to_the_model_that_reads_them() -> None:
    shots = [{"prompt": "A door opens.", "seconds": 2}, {"prompt": "A cat enters.", "seconds": 3}]
    document = clip(family="wan-2.6", task="r2v", references=[ADDRESS.format("mp4")], shots=shots)
    found = to_form({**document, "stages": [{"role": "base", "seed": 1}]})
    body = found.output["body"]
    assert body["videos"] == [ADDRESS.format("mp4")]
    assert body["prompt"] == "A puppet Shot 1 [0-2 s]: A door opens. Shot 2 [2-5 s]: A cat enters."
    assert (body["shot_type"], body["enable_prompt_expansion"]) == ("multi", False)
    assert "shots_need_rewriting" in codes(found, "warning")


def test_each_lora_is_entered_and_a_local_file_is_left_out_of_the_request() -> None:
    loras = [{"file": "https://files.test/a.safetensors"}, {"file": "style.safetensors", "strength": 0.8}]
    document = clip()
    document["stages"][0]["loras"] = loras
    found = to_form(document)
    assert found.output["body"]["loras"] == [{"path": "https://files.test/a.safetensors", "scale": 1.0}]
    fates = {(loss.path, loss.status, loss.target_path) for loss in found.losses}
    assert ("/stages/0/loras/0/file", "mapped", "/body/loras/0/path") in fates
    assert ("", "defaulted", "/body/loras/0/scale") in fates
    assert ("/stages/0/loras/1/file", "dropped", "") in fates
    assert codes(found, "error") == {"lora_not_reachable"}


def test_too_many_loras_and_a_strength_out_of_range_are_errors() -> None:
    document = clip()
    document["stages"][0]["loras"] = [{"file": "maker/a", "strength": 5}, *[{"file": "maker/b"}] * 3]
    places = {problem.path for problem in to_form(document).problems if problem.code == "value_not_allowed"}
    assert places == {"/stages/0/loras", "/stages/0/loras/0/strength"}


def test_a_local_only_input_is_refused_and_not_sent() -> None:
    image = {"sha256": "0" * 64, "local_only": True}
    found = to_form(clip(task="i2v", inputs={"image": image}))
    assert "input_local_only" in codes(found, "error")
    assert "image" not in found.output["body"]


def test_a_rewriting_that_the_preset_asks_for_is_said_to_be_off() -> None:
    document = wan(family="wan-2.6", width=1280, height=720, prompt_expansion={"enabled": True, "by": "a model"})
    found = to_form(document)
    assert found.output["body"]["enable_prompt_expansion"] is False
    assert "prompt_expansion_not_sent" in codes(found, "warning")
    own = wan(family="wan-2.6", prompt_expansion={"enabled": True, "by": "enable_prompt_expansion (WaveSpeed)"})
    assert to_form(own).output["body"]["enable_prompt_expansion"] is True


def test_a_live_catalogue_goes_before_the_built_in_one() -> None:
    live = CatalogueModel("wavespeed-ai/ltx-2-19b/text-to-video", "", "", "", "", {"properties": {"prompt": {}}})
    assert to_form(clip(), [live]).output["body"] == {"prompt": "A puppet"}
    assert to_form(clip(), []).output == {}


def test_an_unusable_document_and_one_without_a_model_make_no_request() -> None:
    for document, code in (
        ({"format": "matchframe/preset/1", "stages": 5}, "schema_type"),
        (ltx(task="v2v"), "no_model"),
    ):
        found = to_form(document)
        assert (found.output, code in codes(found, "error")) == ({}, True)
        assert {loss.status for loss in found.losses} == {"dropped"}


def test_the_built_in_catalogue_takes_what_the_stand_in_takes() -> None:
    shared = set(built_in()) & set(OFFERED)
    assert len(shared) > 15
    for model_id in shared:
        assert set(built_in()[model_id].properties) == set(OFFERED[model_id].fields), model_id


def test_every_built_in_model_names_its_source() -> None:
    assert all(model.request_schema["x-source"] for model in built_in().values())


def test_limits_are_the_problems_of_the_export() -> None:
    assert limits(clip()) == to_form(clip()).problems
    assert [problem.code for problem in limits(ltx(family="wan-2.1"))] == ["no_model"]
