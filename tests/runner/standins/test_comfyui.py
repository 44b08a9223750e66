"""The stand-in says what the real server says, in its words and forms."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.backends.comfyui.served import body, serving

SAMPLES = Path(os.environ.get("MATCHFRAME_SAMPLES", "/nowhere")) / "comfyui" / "server"


@pytest.fixture(scope="module")
def http(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    with serving(tmp_path_factory.mktemp("comfyui")) as server, httpx.Client(base_url=server.address) as client:
        yield client


def refused(http: httpx.Client, change: dict[str, Any]) -> dict[str, Any]:
    graph = {**body()["prompt"], **change}
    answer = http.post("/prompt", json={"prompt": graph})
    assert answer.status_code == 400
    told: dict[str, Any] = answer.json()
    return told


def test_a_refusal_names_the_node_and_the_outputs_that_need_it(http: httpx.Client) -> None:
    save = {"class_type": "SaveVideo", "inputs": {"filename_prefix": "x", "format": "auto", "codec": "auto"}}
    told = refused(http, {"99": save})
    assert told["error"]["type"] == "prompt_outputs_failed_validation"
    assert told["node_errors"]["99"]["errors"][0]["type"] == "required_input_missing"
    assert told["node_errors"]["99"]["class_type"] == "SaveVideo"
    assert refused(http, {"99": {"class_type": "NoSuchNode"}})["error"]["type"] == "missing_node_type"


def test_what_it_does_not_have_looks_as_on_a_real_server(http: httpx.Client) -> None:
    assert http.get("/object_info/NoSuchNode").json() == {}
    assert http.get("/history/none").json() == {}
    assert http.get("/view", params={"filename": "none.mp4"}).status_code == 404
    assert http.get("/view", params={"filename": "../x"}).status_code == 400
    assert http.post("/interrupt", json={"prompt_id": "none"}).content == b""


@pytest.mark.parametrize("name", ["wan22_t2v_14B", "savevideo"])
def test_a_real_record_and_the_stand_ins_have_the_same_members(http: httpx.Client, name: str) -> None:
    if not SAMPLES.is_dir():
        pytest.skip("MATCHFRAME_SAMPLES names no folder with real replies of a ComfyUI server")
    real = next(iter(json.loads((SAMPLES / f"{name}.history.json").read_text("utf-8")).values()))
    identity = http.post("/prompt", json={"prompt": body()["prompt"]}).json()["prompt_id"]
    while not (made := http.get(f"/history/{identity}").json()):
        pass
    made = made[identity]
    assert set(made) == set(real)
    assert set(made["status"]) == set(real["status"])
    assert [kind for kind, _ in made["status"]["messages"]] == [kind for kind, _ in real["status"]["messages"]]
    assert {tuple(sorted(held)) for held in made["outputs"].values()} == {
        tuple(sorted(held)) for held in real["outputs"].values()
    }
