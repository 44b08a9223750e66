from __future__ import annotations

import json
from typing import Any

import pytest

from presets_app.core import documents, manifest
from presets_app.core.diff import sentence
from tests.core.examples import ltx2, wan22

FILES = {"transformer/a.safetensors": "a" * 64, "vae/b.safetensors": "b" * 64}


def fingerprint(**driver: Any) -> dict[str, Any]:
    return {
        "model": {
            "repository": "org/name",
            "revision": "c" * 40,
            "files": FILES,
            "class": "WanPipeline",
            "dtype": "bfloat16",
        },
        "driver": {
            "python": "3.11.7",
            "os": "Linux",
            "torch": "2.13.0",
            "diffusers": "0.42.1",
            "transformers": "5.23.0",
            "gpu": None,
            "driver": "560.35",
            "cuda": None,
            "attention": "native",
            "flags": {"tf32": False},
            **driver,
        },
        "determinism": {"threads": 1},
    }


def made(**driver: Any) -> dict[str, Any]:
    return manifest.from_fingerprint("harbour", "local", wan22(), fingerprint(**driver))


def test_a_runners_fingerprint_becomes_a_valid_and_complete_manifest():
    result = made()
    assert manifest.validate_manifest(result) == []
    assert manifest.is_complete(result) == []
    assert result["document_digest"] == documents.document_digest(wan22())
    assert result["driver"]["flags.tf32"] == {"value": False, "status": "captured"}
    assert result["driver"]["determinism.threads"] == {"value": 1, "status": "captured"}
    assert result["seeds"]["high_noise"] == {"value": 3, "status": "captured"}
    assert result["seeds"]["noise_device"]["value"] == "cpu"


def test_no_gpu_is_a_fact_and_not_unknown():
    assert made()["driver"]["gpu"] == {"value": None, "status": "captured"}


def test_what_a_closed_service_does_not_say_is_unknown_with_its_reason():
    result = manifest.from_fingerprint("harbour", "cloud", wan22(), {"model": {"cloud_model": "vendor/wan-2.6"}})
    assert manifest.validate_manifest(result) == []
    problems = {problem.path: problem for problem in manifest.is_complete(result)}
    assert problems["/model/revision"].severity == "warning"
    assert problems["/driver/torch"].severity == "note"
    assert "did not report" in problems["/driver/torch"].message


def test_a_declared_pin_names_the_person_and_is_remarked():
    result = made()
    result["driver"]["driver"] = manifest.declared("570.12", "Ada")
    (problem,) = manifest.is_complete(result)
    assert (problem.code, problem.severity) == ("pin_declared", "note")
    assert "Ada" in problem.message
    assert manifest.spelled(result["driver"]["driver"]) == "570.12, declared by Ada (unverified)"


def test_an_updated_driver_reads_as_one_change():
    (change,) = manifest.differences(made(), made(driver="570.12"))
    assert sentence(change) == "driver 560.35 -> 570.12"
    assert change.path == "/driver/driver"


def test_a_pin_that_is_no_longer_reported_is_a_change():
    old, new = made(), made()
    new["driver"]["torch"] = manifest.unknown("the runner is down")
    assert [sentence(change) for change in manifest.differences(old, new)] == ["torch 2.13.0 -> unknown"]


def test_the_same_value_declared_instead_of_captured_is_a_change():
    old, new = made(), made()
    new["driver"]["torch"] = manifest.declared("2.13.0", "Ada")
    (change,) = manifest.differences(old, new)
    assert change.after == "2.13.0, declared by Ada (unverified)"


def test_one_changed_weights_file_is_named():
    old, new = made(), made()
    new["model"]["files"] = manifest.captured({**FILES, "vae/b.safetensors": "d" * 64, "new.json": "e" * 64})
    assert [sentence(change) for change in manifest.differences(old, new)] == [
        f"file new.json added: {'e' * 12}",
        f"file vae/b.safetensors {'b' * 12} -> {'d' * 12}",
    ]


def test_another_document_and_another_seed_are_told():
    other = wan22()
    other["stages"][0]["seed"] = 9
    changed = manifest.from_fingerprint("harbour", "local", other, fingerprint())
    labels = [change.label for change in manifest.differences(made(), changed)]
    assert labels == ["document", "seed of high_noise"]


def test_equal_manifests_have_one_digest_and_no_differences():
    assert manifest.digest(made()) == manifest.digest(json.loads(json.dumps(made())))
    assert manifest.differences(made(), made()) == []
    assert manifest.digest(made()) != manifest.digest(made(driver="570.12"))


def test_the_digest_of_files_does_not_depend_on_their_order():
    assert manifest.files_digest(FILES) == manifest.files_digest(dict(reversed(FILES.items())))
    assert manifest.files_digest(FILES) != manifest.files_digest({**FILES, "x": "a" * 64})


def test_seeds_that_a_vendor_returned_take_the_place_of_those_sent():
    result = manifest.from_fingerprint("x", "cloud", ltx2(), {"seeds": {"base": 77}})
    assert result["seeds"]["base"]["value"] == 77
    assert result["seeds"]["refine"]["value"] == 0


@pytest.mark.parametrize(
    ("change", "path"),
    [
        ({"format": "x"}, "/format"),
        ({"preset": "../x"}, "/preset"),
        ({"target": ""}, "/target"),
        ({"document_digest": "abc"}, "/document_digest"),
        ({"driver": []}, "/driver"),
        ({"driver": {"torch": "2.13.0"}}, "/driver/torch"),
        ({"driver": {"torch": {"value": 1, "status": "guessed"}}}, "/driver/torch"),
        ({"driver": {"torch": {"value": 1, "status": "declared"}}}, "/driver/torch"),
        ({"driver": {"torch": {"value": 1, "status": "unknown"}}}, "/driver/torch"),
        ({"extra": 1}, ""),
    ],
)
def test_a_malformed_manifest_is_a_problem_at_its_place(change: dict[str, Any], path: str):
    (problem,) = manifest.validate_manifest({**made(), **change})
    assert (problem.code, problem.path, problem.severity) == ("manifest_invalid", path, "error")


def test_a_secret_in_a_captured_flag_is_found():
    problems = manifest.validate_manifest(made(flags={"args": "--token=hf_" + "Q7" * 15}))
    assert [problem.code for problem in problems] == ["secret_found"]


@pytest.mark.parametrize("value", [None, [], "x", {}, {"driver": {"a": 1}, "model": 5}])
def test_anything_may_be_asked_about(value: Any):
    assert manifest.validate_manifest(value)
    if isinstance(value, dict):
        manifest.is_complete(value)
        manifest.differences(value, made())
