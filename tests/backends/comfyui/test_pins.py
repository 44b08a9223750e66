"""What a server tells for a manifest, and what it leaves unknown."""

from __future__ import annotations

import hashlib
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import pytest

from presets_app.backends.comfyui.client import open_client
from presets_app.backends.comfyui.pins import facts, files_in
from presets_app.backends.errors import VendorRefused
from tests.backends.comfyui.served import HIGH, body, serving
from tests.backends.servers import victim

STATS = {
    "system": {
        "os": "linux",
        "comfyui_version": "0.27.0",
        "python_version": "3.11.7 (main)",
        "pytorch_version": "2.13.0+cu130",
        "comfy_package_versions": [{"name": "comfyui-frontend-package", "installed": "1.45.20"}],
        "argv": ["main.py", "--listen", "192.168.7.7", "--use-sage-attention"],
    },
    "devices": [{"name": "cuda:0 NVIDIA H200", "type": "cuda", "vram_total": 150754820096, "vram_free": 1}],
}
SNAPSHOT = {
    "comfyui": "c0ffee" + "0" * 34,
    "git_custom_nodes": {
        "https://github.com/someone/ComfyUI-Thing.git": {"hash": "ab" * 20, "disabled": False},
        "https://github.com/someone/off.git": {"hash": "cd" * 20, "disabled": True},
    },
    "cnr_custom_nodes": {"comfyui-videohelpersuite": "1.7.9"},
    "pips": {"torch==2.13.0": "", "numpy==2.4.6": ""},
}
NODES = {
    "VHS_VideoCombine": {"python_module": "custom_nodes.ComfyUI-VideoHelperSuite"},
    "Own": {"python_module": "custom_nodes.of_the_house"},
    "KSampler": {"python_module": "nodes"},
}


class Told:
    """A server's answers by address; {} of a server that is none."""

    def __init__(self, **answers: Any) -> None:
        self.answers = answers

    def read(self, path: str, *, limit: int = 0, **query: str) -> Any:
        return self.answers.get(path.strip("/").replace("/", "_"))


def test_a_server_with_the_manager_tells_commit_packs_and_packages() -> None:
    told = facts(Told(system_stats=STATS, object_info=NODES, v2_snapshot_get_current=SNAPSHOT), {})["driver"]
    assert told["comfyui"]["version"] == "0.27.0"
    assert told["comfyui"]["commit"] == SNAPSHOT["comfyui"]
    assert told["comfyui"]["frontend"] == "1.45.20"
    assert told["custom_nodes"] == {
        "ComfyUI-VideoHelperSuite": "1.7.9",
        "of_the_house": {"unknown": "the server has no ComfyUI-Manager that would tell"},
        "ComfyUI-Thing": "ab" * 20,
    }
    assert told["packages"] == {"torch": "2.13.0", "numpy": "2.4.6"}
    assert told["gpu"]["devices"] == [{"name": "cuda:0 NVIDIA H200", "type": "cuda", "memory": 150754820096}]
    assert told["flags"] == "--listen --use-sage-attention"


def test_what_a_bare_server_does_not_tell_is_unknown_and_never_made_up(tmp_path: Path) -> None:
    with serving(tmp_path) as server:
        told = facts(open_client(server.address), body()["prompt"])
    assert set(told["driver"]["comfyui"]["commit"]) == {"unknown"}
    assert set(told["driver"]["packages"]) == {"unknown"}
    assert set(told["model"]["files"]) == {"unknown"}
    assert f"diffusion_models/{HIGH}" in told["model"]["named"]


def test_model_files_are_hashed_where_this_machine_sees_the_servers_folder(tmp_path: Path) -> None:
    data = b"weights of a tiny model"
    for folder, name in files_in(body()["prompt"]):
        place = tmp_path / ("clip" if folder == "text_encoders" else folder) / name  # "clip" as older servers have it
        place.parent.mkdir(exist_ok=True)
        place.write_bytes(data)
    told = facts(Told(system_stats=STATS, object_info={}), body()["prompt"], models_folder=tmp_path)["model"]
    assert len(told["files"]) == 4
    assert told["files"][f"diffusion_models/{HIGH}"] == {"sha256": hashlib.sha256(data).hexdigest(), "size": len(data)}


def test_a_preset_cannot_have_a_file_outside_the_folder_hashed(tmp_path: Path) -> None:
    (tmp_path / "secret.safetensors").write_bytes(b"x")
    (tmp_path / "models" / "loras").mkdir(parents=True)
    graph = {"1": {"class_type": "LoraLoaderModelOnly", "inputs": {"lora_name": "../../secret.safetensors"}}}
    told = facts(Told(system_stats=STATS, object_info={}), graph, models_folder=tmp_path / "models")["model"]
    assert set(told["files"]) == {"unknown"}


def test_what_is_no_comfyui_is_told_apart() -> None:
    def answer(request: BaseHTTPRequestHandler) -> None:
        request.send_response(200)
        request.send_header("Content-Length", "16")
        request.end_headers()
        request.wfile.write(b'{"version": "2"}')

    with victim(answer) as other, pytest.raises(VendorRefused) as caught:
        facts(open_client(other.url), {})
    assert caught.value.code == "not_comfyui"
