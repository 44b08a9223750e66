"""What a manifest says of packages, containers and configurations."""

from __future__ import annotations

import json
from importlib.metadata import version
from pathlib import Path

import pytest

from runner import checkpoint_facts, containers, fingerprint, packages


def test_packages_are_those_that_the_libraries_require_and_no_others() -> None:
    found = packages.required(fingerprint.LIBRARIES)
    assert found["torch"] == version("torch")
    assert found["safetensors"] == version("safetensors")
    assert "pytest" not in found
    assert "django" not in found


def test_the_fingerprint_holds_them_once() -> None:
    driver = fingerprint.driver()
    assert not driver["packages"].keys() & driver["libraries"].keys()
    assert driver["packages"]["jinja2"] == version("jinja2")


def test_a_machine_without_a_driver_says_why() -> None:
    gpu = fingerprint.gpus()
    assert gpu["present"] or (gpu["reason"] and "driver" in gpu)


@pytest.mark.parametrize(
    ("told", "image"),
    [
        ("team/runner@sha256:" + "d" * 64, "team/runner@sha256:" + "d" * 64),
        ("x\ny", {"unknown": "MATCHFRAME_IMAGE is not of the form NAME@sha256:DIGEST"}),
    ],
)
def test_an_image_is_what_the_one_who_starts_it_says(told: str, image: object, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MATCHFRAME_IMAGE", told)
    assert containers.here()["image"] == image


def test_a_container_that_was_not_told_its_image_does_not_know_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("MATCHFRAME_IMAGE", raising=False)
    monkeypatch.setenv("KUBERNETES_SERVICE_HOST", "10.0.0.1")
    assert containers.here() == {"inside": True, "image": {"unknown": "MATCHFRAME_IMAGE is not set"}}


def test_a_configuration_means_the_same_wherever_and_by_whatever_it_was_saved(tmp_path: Path) -> None:
    held = {"num_layers": 2, "nested": {"_name_or_path": "/a", "x": 1}}
    places = {name: tmp_path / name / "config.json" for name in ("one", "other", "third")}
    for place in places.values():
        place.parent.mkdir()
    places["one"].write_text(json.dumps({**held, "_diffusers_version": "0.41", "_name_or_path": "/srv/a"}))
    places["other"].write_text(
        json.dumps({"nested": {"x": 1}, "num_layers": 2, "_diffusers_version": "0.42"}, indent=4)
    )
    places["third"].write_text(json.dumps({**held, "num_layers": 3}))
    told = checkpoint_facts.about({f"{name}/config.json": place for name, place in places.items()})
    digests = [told["configs"][f"{name}/config.json"] for name in ("one", "other", "third")]
    assert digests[0] == digests[1] != digests[2]
    assert told["sizes"]["one/config.json"] == places["one"].stat().st_size


def test_a_file_that_is_no_configuration_has_a_size_only(tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text("[broken")
    assert checkpoint_facts.about({"config.json": tmp_path / "config.json"}) == {
        "sizes": {"config.json": 7},
        "configs": {},
    }
