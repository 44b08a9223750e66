"""`presets check` and `presets fix`, `targets secrets`, `projects mute`: from the command line."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.core.examples import ltx2, wan22
from tests.management.conftest import Manage
from tests.support.project import document

Written = Callable[..., str]
VALUE = "q7Zr19xkPw83mNvT"


def test_check_offers_fixes_and_fix_makes_them(manage: Manage, written: Written):
    file = written(wan22(frames=82, fps=24))
    checked = manage("presets", "check", file)
    offered = {entry["code"]: entry for entry in checked.value["fixes"]}
    assert offered["frames_rule"]["changes"] == [{"pointer": "/frames", "value": 81}]
    assert offered["fps_for_family"]["label"] == "Use 16 frames a second"
    mended = manage("presets", "fix", file, "--code", "frames_rule")
    assert (mended.code, mended.value["document"]["frames"]) == (0, 81)
    again = manage("presets", "fix", written(mended.value["document"]), "--code", "fps_for_family")
    assert again.value["problems"] == []


def test_fix_mends_all_of_one_code_or_the_one_that_is_named(manage: Manage, written: Written):
    shifted = wan22()
    for stage in shifted["stages"]:
        stage["shift"] = 12
    both = manage("presets", "fix", written(shifted), "--code", "flow_shift")
    assert [stage["shift"] for stage in both.value["document"]["stages"]] == [5.0, 5.0]
    one = manage("presets", "fix", written(shifted), "--code", "flow_shift", "--path", "/stages/1/shift")
    assert [stage["shift"] for stage in one.value["document"]["stages"]] == [12, 5.0]


@pytest.mark.parametrize("code", ["flow_shift", "secret_found", "no_such_code", ""])
def test_what_has_no_fix_is_said(manage: Manage, written: Written, code: str):
    refused = manage("presets", "fix", written(wan22()), "--code", code)
    assert refused.code != 0
    assert refused.codes == ["fix_not_found"]


def test_a_document_with_a_secret_is_neither_printed_nor_quoted(manage: Manage, written: Written):
    token = "hf_abcdefghij0123456789KLMNOP"
    file = written(ltx2(prompt=token, name=token, family=token, height=360))
    for answer in (manage("presets", "check", file), manage("presets", "fix", file, "--code", "frames_rule")):
        assert answer.code != 0
        assert token not in json.dumps(answer.value)
    mixed = written(wan22(frames=82, description=token))
    refused = manage("presets", "fix", mixed, "--code", "frames_rule")
    assert refused.codes == ["secret_found"]
    assert token not in json.dumps(refused.value)


def test_values_in_environment_are_mended_to_names(manage: Manage, written: Written):
    file = written(wan22(environment=[f"WAVESPEED_API_KEY={VALUE}", f"RENDER_TOKEN={VALUE}"]))
    checked = manage("presets", "check", file)
    assert VALUE not in json.dumps(checked.value)
    mended = manage("presets", "fix", file, "--code", "secret_in_environment")
    assert mended.value["document"]["environment"] == ["WAVESPEED_API_KEY", "RENDER_TOKEN"]
    assert VALUE not in json.dumps(mended.value)


@pytest.mark.parametrize("text", ["{", "", "[1]"])
def test_a_file_that_cannot_be_read_is_said(manage: Manage, written: Written, text: str):
    assert manage("presets", "fix", written(text), "--code", "frames_rule").code == 2


@pytest.mark.django_db
def test_check_says_which_names_a_target_lacks(manage: Manage, written: Written, local: Any, tmp_path: Path):
    file = written(document(environment=["WAVESPEED_API_KEY", "RENDER_TOKEN"]))
    checked = manage("presets", "check", file, "--target", "local")
    assert [row["message"] for row in checked.value["problems"] if row["code"] == "variable_missing"] == [
        "Local runner has no value for RENDER_TOKEN."
    ]
    (tmp_path / "key").write_text(f"{VALUE}\n", encoding="utf-8")
    kept = manage(
        "targets", "secrets", "local", "--set", "RENDER_TOKEN", "--from-file", tmp_path / "key", "--as", "olu"
    )
    assert [(row["name"], row["person"]) for row in kept.value["variables"]] == [("RENDER_TOKEN", "Olu")]
    assert VALUE not in json.dumps(kept.value)
    assert "variable_missing" not in manage("presets", "check", file, "--target", "local").codes


@pytest.mark.django_db
def test_a_value_comes_from_standard_input_and_goes_again(
    manage: Manage, local: Any, people: Any, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("sys.stdin", io.StringIO(VALUE))
    assert manage("targets", "secrets", "local", "--set", "RENDER_TOKEN", "--as", "ada").codes == ["not_permitted"]
    monkeypatch.setattr("sys.stdin", io.StringIO(VALUE))
    assert manage("targets", "secrets", "local", "--set", "RENDER_TOKEN", "--as", "olu").code == 0
    assert manage("targets", "secrets", "local", "--remove", "RENDER_TOKEN", "--as", "ada").codes == ["not_permitted"]
    assert manage("targets", "secrets", "local", "--remove", "RENDER_TOKEN", "--as", "olu").value["variables"] == []
    assert manage("targets", "secrets", "local", "--remove", "X", "--as", "olu").codes == ["variable_not_found"]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("held", "code"), [(b"\xff\xfe", "value_not_text"), (b"", "value_empty"), (b"x" * 20_000, "value_too_long")]
)
def test_a_file_that_holds_no_value_is_refused(
    manage: Manage, local: Any, people: Any, tmp_path: Path, held: bytes, code: str
):
    (tmp_path / "key").write_bytes(held)
    refused = manage("targets", "secrets", "local", "--set", "X", "--from-file", tmp_path / "key", "--as", "olu")
    assert refused.codes == [code]


@pytest.mark.django_db
def test_a_warning_is_turned_off_and_on(manage: Manage, saved: Any, people: Any):
    off = manage("projects", "mute", "audio_harsh", "--preset", saved.slug, "--reason", "No voices", "--as", "grace")
    assert [(row["code"], row["preset"], row["reason"]) for row in off.value["muted"]] == [
        ("audio_harsh", saved.slug, "No voices")
    ]
    assert manage("projects", "mute", "audio_harsh", "--reason", "x", "--as", "ada").codes == ["not_permitted"]
    assert manage("projects", "mute", "audio_harsh", "--as", "grace").codes == ["reason_missing"]
    assert manage("projects", "mute", "secret_found", "--reason", "x", "--as", "grace").codes == ["mute_refused"]
    on = manage("projects", "unmute", "audio_harsh", "--preset", saved.slug, "--as", "grace")
    assert on.value["muted"] == []
