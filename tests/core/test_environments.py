from __future__ import annotations

import json
from typing import Any

import pytest

from presets_app.core import environments, manifest
from tests.core.examples import wan22

IMAGE = "registry.example.org/team/runner@sha256:" + "d" * 64


def pinned(**driver: Any) -> dict[str, Any]:
    libraries = {"torch": "2.13.0+cu128", "diffusers": "0.42.1", "sentencepiece": None}
    told = {"python": "3.11.9", "libraries": libraries, "packages": {"jinja2": "3.1.6"}, **driver}
    fingerprint = {
        "model": {"files": {"vae/a.safetensors": "a" * 64}, "sizes": {"vae/a.safetensors": 12}},
        "driver": told,
    }
    return manifest.from_fingerprint("harbour", "local", wan22(), fingerprint)


def codes(made: environments.Environment) -> list[tuple[str, str]]:
    return [(problem.code, problem.severity) for problem in made.problems]


def test_constraints_name_every_installed_package_once_and_the_index_of_a_cuda_build():
    made = environments.pip(pinned())
    lines = made.text.splitlines()
    assert [line for line in lines if "==" in line] == ["diffusers==0.42.1", "jinja2==3.1.6", "torch==2.13.0+cu128"]
    assert "# Python 3.11.9" in lines
    assert "# --extra-index-url https://download.pytorch.org/whl/cu128" in lines
    assert made.problems == []


@pytest.mark.parametrize(
    ("name", "version"),
    [("a b", "1"), ("x", "1\n--index-url http://mallory"), ("--hash", "1"), ("x", "1; rm -rf"), ("x", {"a": 1})],
)
def test_what_is_no_plain_name_and_version_is_left_out_and_said(name: str, version: Any):
    made = environments.pip(pinned(packages={"jinja2": "3.1.6", name: version}))
    assert "mallory" not in made.text
    assert len([line for line in made.text.splitlines() if not line.startswith("#")]) == 3
    assert codes(made) == [("environment_unsafe", "warning")]


def test_a_declared_version_stands_with_the_person_who_said_it():
    made = environments.pip(manifest.with_declared(pinned(), "driver.libraries.xformers", "0.0.30", "Ada"))
    assert "xformers==0.0.30  # declared by Ada, unverified" in made.text


@pytest.mark.parametrize("form", ["pip", "comfyui", "container"])
def test_a_closed_service_has_no_environment_to_write_out(form: str):
    closed = manifest.from_fingerprint("harbour", "cloud", wan22(), {"model": {"model_id": "vendor/wan"}})
    made = environments.FORMS[form](closed)
    assert (made.text, codes(made)) == ("", [("environment_unknown", "error")])


def test_a_comfyui_environment_has_its_commit_and_each_node_by_commit_or_version():
    core = {"version": "0.27.0", "commit": "c" * 40, "frontend": "1.45.20"}
    nodes = {"kjnodes": "1.0.5", "video": "e" * 40, "own": {"unknown": "the server does not tell"}}
    made = environments.comfyui(pinned(comfyui=core, custom_nodes=nodes))
    body = json.loads(made.text)
    assert body["comfyui"] == core
    named = {node["name"]: node for node in body["custom_nodes"]}
    assert named["kjnodes"]["version"] == "1.0.5"
    assert named["video"]["commit"] == "e" * 40
    assert body["models"] == [{"file": "vae/a.safetensors", "sha256": "a" * 64, "size": 12}]
    assert codes(made) == [("environment_open", "warning")]


def test_a_container_is_named_by_its_digest_or_not_at_all():
    assert environments.container(pinned(container={"image": IMAGE})).text == f"{IMAGE}\n"
    for image, code in (({"unknown": "MATCHFRAME_IMAGE is not set"}, "unknown"), ("team/runner:latest", "unsafe")):
        made = environments.container(pinned(container={"image": image}))
        assert (made.text, codes(made)) == ("", [(f"environment_{code}", "error")])


def test_a_model_file_without_a_known_hash_is_listed_all_the_same():
    named = {"named": ["loras/a.safetensors"], "files": {"unknown": "the server tells no hash"}}
    told = {"model": named, "driver": {"comfyui": {"version": "0.27.0"}}}
    body = json.loads(environments.comfyui(manifest.from_fingerprint("harbour", "comfy", wan22(), told)).text)
    assert body["models"] == [{"file": "loras/a.safetensors", "sha256": None, "size": None}]
