from __future__ import annotations

import json
from typing import Any

import pytest

from presets_app.core import documents, manifest
from presets_app.core.diff import sentence
from presets_app.core.errors import Conflict, Invalid
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


def test_a_file_has_its_size_beside_its_hash_and_reads_as_before():
    told = fingerprint()
    told["model"]["sizes"] = {"vae/b.safetensors": 512}
    result = manifest.from_fingerprint("harbour", "local", wan22(), told)
    files = result["model"]["files"]["value"]
    assert files["vae/b.safetensors"] == {"sha256": "b" * 64, "size": 512}
    assert manifest.file_hashes(files) == FILES
    assert manifest.differences(made(), result) == []


def test_packages_are_compared_one_by_one():
    old, new = (
        made(packages=held) for held in ({"jinja2": "3.1.6", "rich": "15.0"}, {"jinja2": "3.2", "tqdm": "4.70"})
    )
    assert [sentence(change) for change in manifest.differences(old, new)] == [
        "package jinja2 3.1.6 -> 3.2",
        "package rich removed: 15.0",
        "package tqdm added: 4.70",
    ]


@pytest.mark.parametrize(
    ("key", "label"),
    [("gpu.driver", "driver"), ("libraries.torch", "torch"), ("custom_nodes.kj_nodes", "node kj_nodes"), ("os", "OS")],
)
def test_a_pin_is_called_what_people_call_it(key: str, label: str):
    assert manifest.label_of("driver", key) == label


def test_what_a_target_says_it_does_not_know_is_unknown_with_its_reason():
    pin = made(container={"image": {"unknown": "MATCHFRAME_IMAGE is not set"}})["driver"]["container.image"]
    assert pin == manifest.unknown("MATCHFRAME_IMAGE is not set")


def test_a_person_declares_what_is_not_known_and_never_what_was_read():
    stated = manifest.with_declared(made(vbios={"unknown": "no NVML"}), "driver.vbios", " 96.00 ", "Ada")
    assert stated["driver"]["vbios"] == manifest.declared("96.00", "Ada")
    with pytest.raises(Conflict, match="nobody can declare"):
        manifest.with_declared(made(), "driver.torch", "9", "Ada")
    for name, value in (
        ("torch", "1"),
        ("weather.sun", "1"),
        ("driver.x", ""),
        ("driver.x", "a\nb"),
        ("driver.x", "y" * 501),
    ):
        with pytest.raises(Invalid):
            manifest.with_declared(made(), name, value, "Ada")


def test_a_secret_is_never_declared():
    with pytest.raises(Invalid) as refused:
        manifest.with_declared(made(), "driver.token", "hf_" + "Q7" * 15, "Ada")
    assert "Q7Q7" not in str(refused.value) + str(refused.value.problems)


def test_what_was_declared_stays_until_the_target_says_it_itself():
    held = manifest.with_declared(made(vbios={"unknown": "no NVML"}), "driver.vbios", "96.00", "Ada")
    silent, telling = made(vbios={"unknown": "no NVML"}), made(vbios="95.02")
    assert manifest.carried_over(silent, held)["driver"]["vbios"]["by"] == "Ada"
    assert manifest.carried_over(telling, held) == telling
    assert manifest.carried_over(telling, None) == telling


def test_an_output_has_each_stages_seed_as_sent_and_as_returned():
    used = [
        {"stage": "high_noise", "sent": 3, "returned": 3, "noise_device": "cpu"},
        {"stage": "low_noise", "sent": None, "returned": 77, "noise_device": None},
    ]
    seeds = manifest.of_output("harbour", "local", wan22(), {"fingerprint": fingerprint(), "seeds": used})["seeds"]
    assert seeds["high_noise"]["value"] == seeds["high_noise.returned"]["value"] == 3
    assert seeds["high_noise.noise_device"]["value"] == "cpu"
    assert seeds["low_noise"]["status"] == "unknown"
    assert seeds["low_noise.returned"] == manifest.captured(77)


def test_the_seeds_policy_says_whether_the_preset_fixes_them():
    open_stage = {**wan22(), "stages": [{"role": "base"}]}
    assert made()["seeds"]["policy"]["status"] == "captured"
    assert manifest.from_fingerprint("x", "y", open_stage, {})["seeds"]["policy"]["status"] == "unknown"


def test_a_comfyui_server_is_not_asked_for_what_it_does_not_have():
    told = {"model": {"named": []}, "driver": {"comfyui": {"version": "0.27.0"}}}
    result = manifest.from_fingerprint("harbour", "comfy", wan22(), told)
    assert not {"repository", "revision"} & result["model"].keys()
    assert "diffusers" not in result["driver"]
    assert result["model"]["files"]["status"] == "unknown"
