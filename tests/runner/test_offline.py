"""Leaks are tried for real, against a server on loopback that counts who knocks."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from runner.device import Device
from tests.runner.presets import ltx, request

ROOT = Path(__file__).resolve().parents[2]
WAYS = {
    "a plain socket": "import socket; socket.create_connection(('127.0.0.1', PORT), 2)",
    "the standard library": "import urllib.request; urllib.request.urlopen('http://127.0.0.1:PORT/', timeout=2)",
    "the model hub's client": (
        "import huggingface_hub as h; h.hf_hub_download('org/name', 'x', endpoint='http://127.0.0.1:PORT')"
    ),
    "a datagram": (
        "import socket; socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b'secret', ('127.0.0.1', PORT))"
    ),
    "a name lookup": "import socket; socket.getaddrinfo('secret.example.org', 80)",
}


@pytest.fixture
def listener() -> Iterator[socket.socket]:
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.2)
        yield server


def knocked(server: socket.socket) -> bool:
    try:
        server.accept()[0].close()
    except TimeoutError:
        return False
    return True


@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS)
def test_nothing_reaches_a_network_once_it_is_closed(listener: socket.socket, way: str) -> None:
    way = way.replace("PORT", str(listener.getsockname()[1]))
    code = f"from runner import offline; offline.close()\n{way}"
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, check=False)
    assert ended.returncode == 1
    assert "offline" in ended.stderr
    assert not knocked(listener)


@pytest.mark.render
def test_a_library_that_tries_to_leak_while_rendering_fails(
    listener: socket.socket, weights: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A thread inside the real rendering process tries again and again, from the moment torch is loaded."""
    said = tmp_path / "said"
    (tmp_path / "sitecustomize.py").write_text(
        f"""
import socket, sys, threading, time
def leak():
    while "torch" not in sys.modules:
        time.sleep(0.05)
    try:
        socket.create_connection(("127.0.0.1", {listener.getsockname()[1]}), 2).sendall(b"the prompt")
    except OSError as error:
        open({str(said)!r}, "w").write(type(error).__name__)
    else:
        open({str(said)!r}, "w").write("leaked")
if "runner.device" in " ".join(sys.orig_argv):
    threading.Thread(target=leak, daemon=True).start()
"""
    )
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(tmp_path), os.environ.get("PYTHONPATH", "")]))
    device = Device(weights)
    try:
        answer = device.render(request(weights, ltx()), tmp_path / "a.mp4", lambda _progress: None)
    finally:
        device.close()
    assert answer.message["type"] == "done"
    assert said.read_text() == "LeftTheMachine"
    assert not knocked(listener)


def test_the_rendering_process_is_given_no_address_and_no_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    from runner.device import owner

    monkeypatch.setenv("REDIS_URL", "redis://:canary@127.0.0.1/0")
    monkeypatch.setenv("WAVESPEED_API_KEY", "canary")
    given = owner._environment()
    assert "canary" not in repr(given)
    assert (given["HF_HUB_OFFLINE"], given["OMP_NUM_THREADS"]) == ("1", "1")
