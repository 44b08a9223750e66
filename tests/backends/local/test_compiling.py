"""A request for the runner: whole documents, exact pins."""

from __future__ import annotations

from typing import Any

import pytest

from presets_app.backends.local.capability import losses
from presets_app.backends.local.compiling import compile_request
from presets_app.core.errors import Invalid
from presets_app.core.generation import GenerationRequest, WeightsPin
from tests.backends.wavespeed.documents import ltx

PIN = WeightsPin("matchframe/tiny-ltx-2", "a" * 40, {"vae/model.safetensors": "b" * 64})


def request(document: dict[str, Any], pin: WeightsPin = PIN, attempt: int = 1) -> GenerationRequest:
    return compile_request(document, item="item", attempt=attempt, run="run", weights=pin, local_only=True)


def test_the_document_goes_whole_and_survives_its_json_form() -> None:
    made = request(ltx())
    assert GenerationRequest.from_json(made.as_json()) == made
    assert (made.document, made.local_only) == (ltx(), True)


@pytest.mark.parametrize(
    ("pin", "code"),
    [
        (WeightsPin("no-slash", "a" * 40), "weights_repository_invalid"),
        (WeightsPin("a/..", "a" * 40), "weights_repository_invalid"),
        (WeightsPin("a/b", "main"), "weights_revision_invalid"),
        (WeightsPin("a/b", "a" * 40, {"../x": "b" * 64}), "weights_file_invalid"),
        (WeightsPin("a/b", "a" * 40, {"x": "short"}), "weights_file_invalid"),
    ],
)
def test_a_pin_that_is_not_exact_is_refused(pin: WeightsPin, code: str) -> None:
    with pytest.raises(Invalid) as caught:
        request(ltx(), pin)
    assert caught.value.code == code


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"family": "wan-2.5"}, "family_unsupported"),
        ({"task": "v2v"}, "task_unsupported"),
        ({"task": "i2v"}, "input_missing"),
        ({"task": "i2v", "inputs": {"first_image": "first.png"}}, "input_not_kept"),
        ({"stages": [{"role": "base", "loras": [{"file": "film.safetensors"}]}]}, "lora_invalid"),
    ],
)
def test_a_document_without_a_pipeline_is_refused_before_it_is_queued(changes: dict[str, Any], code: str) -> None:
    with pytest.raises(Invalid) as caught:
        request(ltx(**changes))
    assert caught.value.code == code


def test_every_member_of_the_document_is_accounted_for() -> None:
    assert [loss.path[1:] for loss in losses(ltx())] == list(ltx())
