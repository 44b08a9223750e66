"""The commands that read files and need no project."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from presets_app.core.documents import to_yaml_bytes
from tests.management.conftest import Manage
from tests.support.project import batch, document

Written = Callable[..., str]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("{", "json_invalid"),
        ('{"a": NaN}', "number_not_finite"),
        ('{"a": 1, "a": 2}', "key_duplicate"),
        ("", "document_empty"),
        ("[1]", "document_not_object"),
        ('{"prompt": "' + "x" * 1_100_000 + '"}', "document_too_large"),
    ],
)
def test_a_file_that_holds_no_document_cannot_be_checked(manage: Manage, written: Written, text: str, code: str):
    answered = manage("presets", "check", written(text))
    assert (answered.code, answered.codes) == (2, [code])


def test_a_folder_and_a_missing_file_are_named_as_unreadable(manage: Manage, tmp_path: Path):
    for place in (tmp_path, tmp_path / "none.json", "with\0nul"):
        answered = manage("presets", "check", str(place))
        assert (answered.code, answered.codes) == (2, ["file_unreadable"])


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"frames": 122}, "frames_rule"),
        ({"family": "sora"}, "schema_choice"),
        ({"stages": [{"role": "base", "seed": 2**64, "steps": 4, "guidance": 3.0}]}, "seed_range"),
        ({"name": "../../etc/passwd"}, "name_invalid"),
        ({"name": "-rf"}, "name_invalid"),
        ({"prompt": "x" * 20_000}, "prompt_too_long"),
    ],
)
def test_what_is_wrong_with_a_preset_is_named(manage: Manage, written: Written, change: dict, code: str):
    answered = manage("presets", "check", written(document(**change)))
    assert answered.code == 1
    assert code in answered.codes


def test_a_secret_is_found_and_never_repeated(manage: Manage, written: Written):
    key = "hf_" + "A1b2C3d4" * 4
    answered = manage("presets", "check", written(document(description=f"use {key}")))
    assert answered.code == 1
    assert key not in str(answered.value)


def test_a_yaml_preset_has_the_digest_of_its_json(manage: Manage, written: Written):
    one = manage("presets", "check", written(document()))
    other = manage("presets", "check", written(to_yaml_bytes(document()).decode(), "preset.yaml"))
    assert one.value["digest"] == other.value["digest"]


def test_a_difference_is_told_by_meaning_and_is_no_failure(manage: Manage, written: Written):
    stages = [{"role": "base", "seed": 42, "steps": 4, "guidance": 3.0}]
    answered = manage("presets", "diff", written(document(), "a"), written(document(stages=stages), "b"))
    assert answered.code == 0
    assert answered.value["summary"] == "seed 10 -> 42"
    assert answered.value["changes"][0]["path"] == "/stages/0/seed"


def test_a_wavespeed_request_becomes_a_draft_that_says_what_is_missing(manage: Manage, written: Written):
    request = {"model": "wavespeed-ai/ltx-2-19b/text-to-video", "input": {"prompt": "A boat", "seed": 7, "loras": []}}
    answered = manage("presets", "convert", written(request), "--to", "document")
    assert answered.code == 1
    assert answered.value["document"]["prompt"] == "A boat"
    assert answered.value["document"]["stages"][0]["seed"] == 7
    assert {"not_stated"} <= set(answered.codes)
    fields = {loss["target_path"] for loss in answered.value["losses"]}
    assert fields >= {"/input/prompt", "/input/seed", "/input/loras"}


def test_what_cannot_be_converted_is_said(manage: Manage, written: Written):
    unknown = manage("presets", "convert", written({"a": 1}), "--to", "document")
    assert (unknown.code, unknown.codes) == (2, ["form_unknown"])
    elsewhere = manage("presets", "convert", written(document()), "--to", "sora")
    assert (elsewhere.code, elsewhere.codes) == (1, ["form_unknown"])
    broken = manage("presets", "convert", written("{"), "--to", "document")
    assert (broken.code, broken.value["document"], broken.codes) == (2, None, ["json_invalid"])


def test_an_input_set_is_checked_and_counted(manage: Manage, written: Written):
    answered = manage("inputs", "check", written(batch(3, labels=["hands"])))
    assert answered.code == 0
    assert (answered.value["items"], answered.value["labels"]) == (3, {"hands": 3})


def test_a_key_used_twice_is_refused(manage: Manage, written: Written):
    twice = {**batch(2), "items": [{"key": "a", "prompt": "x"}, {"key": "a", "prompt": "y"}]}
    answered = manage("inputs", "check", written(twice))
    assert (answered.code, answered.codes) == (1, ["item_key_twice"])


def test_the_honest_sentence_is_flat(manage: Manage):
    answered = manage("parity", "sentence", "--batch", "200", "--sample", "10", "--failed", "0")
    assert answered.value == {
        "batch": 200,
        "sample": 10,
        "failed": 0,
        "max_bad": 50,
        "confidence": 0.95,
        "sentence": "0 of 10 failed: up to 50 of 200 could still be bad (95%)",
    }


def test_numbers_that_contradict_each_other_are_refused(manage: Manage):
    more = manage("parity", "sentence", "--batch", "10", "--sample", "11", "--failed", "0")
    assert (more.code, more.codes) == (1, ["numbers_contradict"])
    huge = manage("parity", "plan", "--batch", "100000000")
    assert (huge.code, huge.codes) == (1, ["batch_too_large"])


def test_a_plan_takes_the_larger_of_share_and_standard(manage: Manage):
    answered = manage("parity", "plan", "--batch", "200", "--standard", "standard")
    assert (answered.value["n"], answered.value["by_percent"], answered.value["minimum"]) == (30, 10, 30)
    refused = manage("parity", "plan", "--batch", "200", "--percent", "50", "--standard", "gold")
    assert (refused.code, refused.codes) == (1, ["percent_out_of_range", "standard_unknown"])
