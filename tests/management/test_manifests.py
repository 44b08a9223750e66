from __future__ import annotations

import json
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command

from presets_app.services import manifests
from tests.management.conftest import Manage
from tests.support.project import TINY, answer, tell

pytestmark = pytest.mark.django_db


@pytest.fixture
def side(saved: Any, local: Any, people: Any) -> tuple[str, str]:
    manifests.pin(saved, local, people.ada)
    return saved.slug, "local"


def test_an_environment_is_one_object_for_programs_and_the_file_itself_for_people(manage: Manage, side: Any):
    made = manage("manifests", "export", *side, "--as", "pip")
    assert (made.code, made.value["as"], made.value["name"]) == (0, "pip", "constraints.txt")
    assert "torch==2.13.0" in made.value["text"].splitlines()
    out = StringIO()
    call_command("manifests", "export", *side, "--as", "pip", stdout=out)
    assert out.getvalue() == made.value["text"]


def test_what_a_manifest_does_not_hold_is_not_written_out(manage: Manage, side: Any):
    for form in ("comfyui", "container"):
        refused = manage("manifests", "export", *side, "--as", form)
        assert (refused.code, refused.codes, refused.value["text"]) == (1, ["environment_unknown"], "")


def test_a_person_declares_a_pin_and_it_survives_the_next_capture(manage: Manage, side: Any, local: Any):
    assert manage("manifests", "declare", *side, "driver.driver", "570.12").codes == ["person_missing"]
    stated = manage("manifests", "declare", *side, "driver.driver", "570.12", "--as", "ada")
    assert stated.value["manifest"]["driver"]["driver"] == {"by": "Ada", "status": "declared", "value": "570.12"}
    tell(local, answer(torch="2.14.0"))
    again = manage("manifests", "capture", *side, "--no-probe", "--as", "ada")
    assert again.value["manifest"]["driver"]["driver"]["by"] == "Ada"
    assert manage("manifests", "verify", *side, "--no-probe").value["same"] is True
    assert manage("manifests", "declare", *side, "driver.python", "3", "--as", "ada").codes == ["pin_captured"]
    assert manage("manifests", "declare", *side, "driver.driver", "1", "--as", "vic").codes == ["not_permitted"]


def test_a_changed_file_is_named_and_one_that_cannot_be_used_is_said(manage: Manage, side: Any, local: Any):
    told = answer()
    told["checkpoints"][TINY]["files"] = {"transformer/model.safetensors": "d" * 64}
    tell(local, told)
    moved = manage("manifests", "verify", *side, "--no-probe")
    assert (moved.code, moved.value["same"]) == (1, False)
    (change,) = moved.value["changes"]
    assert change["sentence"] == "file transformer/model.safetensors bbbbbbbbbbbb -> dddddddddddd"
    failure = {"code": "weights_unsafe_file", "message": "x.bin is not a kind of file.", "hint": "Remove it."}
    told["checkpoints"][TINY] = {"revision": None, "files": {}, "failure": failure}
    tell(local, told)
    unsafe = manage("manifests", "verify", *side, "--no-probe")
    assert (unsafe.code, unsafe.value["same"], unsafe.codes) == (1, False, ["weights_unsafe_file"])


def test_two_files_are_compared_without_a_project(manage: Manage, side: Any, written: Any, settings: Any):
    one = manage("manifests", "show", *side).value["manifest"]
    one["driver"]["gpu.driver"] = {"status": "captured", "value": "560.35"}
    other = json.loads(json.dumps(one))
    other["driver"]["gpu.driver"]["value"] = "570.12"
    found = manage("manifests", "diff", written(one, "one.json"), written(other, "other.json"))
    assert [change["sentence"] for change in found.value["changes"]] == ["driver 560.35 -> 570.12"]


def test_there_is_no_baseline_before_the_first_good_run(manage: Manage, side: Any):
    assert manage("runs", "baseline", *side).codes == ["no_baseline"]
