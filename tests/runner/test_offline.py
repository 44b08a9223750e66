"""Leaks are tried for real, against a server on loopback that counts who knocks."""

from __future__ import annotations

import errno
import os
import platform
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
        "import huggingface_hub as h; h.HfApi(endpoint='http://127.0.0.1:PORT').model_info('org/name', timeout=2)"
    ),
    "a datagram": (
        "import socket; socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b'secret', ('127.0.0.1', PORT))"
    ),
    "a name lookup": "import socket; socket.getaddrinfo('secret.example.org', 80)",
    "an older name lookup": "import socket; socket.gethostbyname('secret.example.org')",
    "another program": "import subprocess; subprocess.run(['curl', 'http://127.0.0.1:PORT/secret'])",
    "a shell": "import os; os.system('curl http://127.0.0.1:PORT/secret')",
    "a program in its place": "import os; os.execvp('curl', ['curl', 'http://127.0.0.1:PORT/secret'])",
    "a spawned program": "import os; os.posix_spawn('/usr/bin/curl', ['curl', 'http://127.0.0.1:PORT/'], {})",
}
BELOW_PYTHON = {
    "a socket of C code": "libc.socket(2, 1, 0)",
    "a packet socket of C code": "libc.socket(17, 3, 768)",
    "a ring that opens sockets": "libc.syscall(425, 8, ctypes.create_string_buffer(120))",
    "a program started by C code": "libc.execv(b'/bin/true', (ctypes.c_char_p * 2)(b'true'))",
    "another process's memory": "libc.ptrace(0, 0, 0, 0)",
}


def online() -> dict[str, str]:
    """Without the switches that libraries keep to, which other tests of this process may have set: the hook must do."""
    return {name: value for name, value in os.environ.items() if not name.endswith("_OFFLINE")}


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


def test_a_download_stops_at_the_switches_that_the_renderer_is_born_with(listener: socket.socket) -> None:
    """Without a socket refused, so without the client's six tries of half a minute."""
    from runner.device import owner

    port = listener.getsockname()[1]
    code = f"import huggingface_hub as h; h.hf_hub_download('org/name', 'x', endpoint='http://127.0.0.1:{port}')"
    env = owner._environment()
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=env, check=False)
    assert "LocalEntryNotFoundError" in ended.stderr
    assert not knocked(listener)


def only_linux() -> None:
    if sys.platform != "linux" or platform.machine() not in ("x86_64", "aarch64"):
        pytest.skip(f"no kernel filter is written for {sys.platform} on {platform.machine()}")


@pytest.mark.parametrize("way", BELOW_PYTHON.values(), ids=BELOW_PYTHON)
def test_the_kernel_refuses_what_python_does_not_see(way: str) -> None:
    """Each call works, or fails for another reason, before the filter is on."""
    only_linux()
    code = f"""
import ctypes
from runner import sealing
libc = ctypes.CDLL(None, use_errno=True)
assert sealing.seal() == ""
print({way}, ctypes.get_errno())
"""
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, check=False)
    assert ended.stdout.split() == ["-1", str(errno.EACCES)], ended.stderr


def test_threads_from_before_and_after_and_forked_children_are_behind_the_filter_too() -> None:
    only_linux()
    code = r"""
import ctypes, os, threading
from runner import sealing
sealed = threading.Event()
def reach():
    sealed.wait()
    os.write(1, b"%d\n" % ctypes.CDLL(None).socket(2, 1, 0))
threads = [threading.Thread(target=reach), threading.Thread(target=reach)]
threads[0].start()
assert sealing.seal() == ""
sealed.set()
threads[1].start()
for thread in threads:
    thread.join()
if not os.fork():
    reach()
    os._exit(0)
os.wait()
"""
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, check=False)
    assert ended.stdout.split() == ["-1"] * 3, ended.stderr


@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS)
def test_the_runner_itself_reaches_its_queue_and_nothing_else(listener: socket.socket, way: str) -> None:
    way = way.replace("PORT", str(listener.getsockname()[1]))
    with socket.create_server(("127.0.0.1", 0)) as queue:
        code = (
            "from runner import offline; import socket\n"
            f"offline.open_only('redis://:word@localhost:{queue.getsockname()[1]}/0')\n"
            f"socket.create_connection(('localhost', {queue.getsockname()[1]}), 2)\n{way}"
        )
        ended = subprocess.run(
            [sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, check=False, env=online()
        )
        queue.settimeout(0.2)
        assert knocked(queue)
    assert ended.returncode == 1
    assert "The runner is offline" in ended.stderr
    assert not knocked(listener)


def test_a_queue_behind_a_socket_file_opens_no_network_at_all(tmp_path: Path) -> None:
    """Another socket file, the queue's own port number and a program under the renderer's arguments are refused."""
    queue = tmp_path / "queue.sock"
    ways = [
        f"s.connect({str(queue)!r}); s.close()",
        f"s.connect({str(tmp_path / 'other.sock')!r})",
        "socket.create_connection(('127.0.0.1', 6379), 1)",
        "subprocess.Popen([sys.executable, *offline.RENDERER], executable='/bin/true')",
    ]
    code = f"""
import socket, subprocess, sys
from runner import offline
offline.open_only("unix://{queue}?db=1")
for way in {ways!r}:
    s = socket.socket(socket.AF_UNIX)
    try:
        exec(way)
    except offline.LeftTheMachine:
        print("refused")
    else:
        print("reached")
"""
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(queue))
        server.listen()
        ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, check=False)
    assert ended.stdout.split() == ["reached", "refused", "refused", "refused"], ended.stderr


LEAKS = """
import ctypes, socket, subprocess, sys, threading, time
def reach():
    socket.create_connection(("127.0.0.1", PORT), 2).sendall(b"the prompt")
def start():
    subprocess.run(["curl", "http://127.0.0.1:PORT/the-prompt"])
def ask():
    socket.getaddrinfo("the-prompt.example.org", 80)
def below():
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.socket(2, 1, 0) < 0:
        raise OSError(ctypes.get_errno(), "the kernel")
def leak():
    while not (READY):
        time.sleep(0.01)
    for way in (reach, start, ask, WAYS_BELOW):
        try:
            way()
        except OSError as error:
            print("way", way.__name__, type(error).__name__, flush=True, file=open("SAID", "a"))
        else:
            print("way", way.__name__, "leaked", flush=True, file=open("SAID", "a"))
if sys.orig_argv[1:3] == ["-m", "PROCESS"]:
    threading.Thread(target=leak, daemon=True).start()
"""


def planted(folder: Path, port: int, process: str, ready: str, below: str = "below") -> Path:
    """Code that a library of `process` would run in a thread of its own; the file where it says what came of it."""
    said = folder / f"said-{process}"
    given = {"PORT": str(port), "SAID": str(said), "PROCESS": process, "READY": ready, "WAYS_BELOW": below}
    text = LEAKS
    for word, value in given.items():
        text = text.replace(word, value)
    (folder / "sitecustomize.py").write_text(text)
    return said


@pytest.mark.render
@pytest.mark.journey
def test_a_library_that_tries_to_leak_while_rendering_fails(
    listener: socket.socket, weights: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A thread inside the real rendering process tries, from the moment torch is loaded."""
    said = planted(tmp_path, listener.getsockname()[1], "runner.device", "'torch' in sys.modules")
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(tmp_path), os.environ.get("PYTHONPATH", "")]))
    device = Device(weights)
    try:
        answer = device.render(request(weights, ltx()), tmp_path / "a.mp4", lambda _progress: None)
    finally:
        device.close()
    assert answer.message["type"] == "done"
    ends = dict(line.split()[1:] for line in said.read_text().splitlines())
    below = ends.pop("below")
    assert ends == dict.fromkeys(("reach", "start", "ask"), "LeftTheMachine")
    assert not knocked(listener)
    only_linux()
    assert below == "PermissionError"


def test_the_rendering_process_is_given_no_address_and_no_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    from runner.device import owner

    monkeypatch.setenv("REDIS_URL", "redis://:canary@127.0.0.1/0")
    monkeypatch.setenv("WAVESPEED_API_KEY", "canary")
    given = owner._environment()
    assert "canary" not in repr(given)
    assert (given["HF_HUB_OFFLINE"], given["OMP_NUM_THREADS"]) == ("1", "1")
