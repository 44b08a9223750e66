"""Nothing that is rendered here can leave: each of the runner's two processes may reach what it needs and no more.

The rendering process talks to its parent through pipes, so every connection and every other program is refused in it.
The parent may reach its queue and start the rendering process. An audit hook cannot be taken off again, and sees what
Python code does in whatever library; below it, `sealing` holds for C code too.
"""

from __future__ import annotations

import socket
import sys
import threading
from collections.abc import Callable
from typing import Any
from urllib.parse import unquote, urlsplit

from runner import sealing

RENDERER = ("-m", "runner.device")  # all that the parent may start, with its own interpreter
_REDIS_PORT = 6379
_TOLD_BY_FILE = -1  # the family of a socket that was there before
_REACHING = frozenset(
    {
        "socket.connect",
        "socket.bind",
        "socket.sendto",
        "socket.sendmsg",
        "socket.getaddrinfo",
        "socket.getnameinfo",
        "socket.gethostbyname",
        "socket.gethostbyaddr",
    }
)
_STARTING = frozenset({"subprocess.Popen", "os.system", "os.exec", "os.posix_spawn", "os.spawn", "pty.spawn"})


class LeftTheMachine(OSError):
    """Raised where something tried to reach a network, or to start a program that could."""


def close() -> str:
    """From now on this process reaches nothing and starts nothing. "" when the kernel holds it too, else why not."""
    sys.addaudithook(_refuse)
    return sealing.seal()


def open_only(queue_url: str) -> None:
    """From now on this process reaches the Redis of `queue_url`, and starts the rendering process; nothing else."""
    sys.addaudithook(_Door(queue_url))


def _refuse(event: str, arguments: tuple[Any, ...]) -> None:
    if event in _REACHING or (event == "socket.__new__" and arguments[1] not in (socket.AF_UNIX, _TOLD_BY_FILE)):
        raise LeftTheMachine("The rendering process is offline: nothing here may reach a network.")
    if event in _STARTING:
        raise LeftTheMachine("The rendering process is offline: nothing here may start another program.")


class _Door:
    """A hook that knows one address. A name is looked up again when its answer changes, as it does when a container
    is started anew."""

    def __init__(self, queue_url: str) -> None:
        parts = urlsplit(queue_url)
        self._path = unquote(parts.path) if parts.scheme == "unix" else ""
        self._host, self._port = parts.hostname or "localhost", parts.port or _REDIS_PORT
        self._known: frozenset[str] = frozenset()
        self._own = threading.local()
        self._checks: dict[str, Callable[..., bool]] = {
            "socket.connect": lambda _socket, address: self._is_queue(address),
            "socket.getaddrinfo": lambda host, *_rest: self._is_host(host),
            "subprocess.Popen": lambda program, arguments, *_rest: _is_renderer(program, arguments),
        }

    def __call__(self, event: str, arguments: tuple[Any, ...]) -> None:
        if event not in _REACHING and event not in _STARTING:
            return
        check = self._checks.get(event)
        if check is None or not check(*arguments):
            raise LeftTheMachine("The runner is offline: it may reach its queue and start its renderer, nothing else.")

    def _is_queue(self, address: Any) -> bool:
        if self._path:
            return bool(address == self._path)
        if not isinstance(address, tuple) or address[1] != self._port:
            return False
        if address[0] not in self._known:
            self._known = self._looked_up()
        return address[0] in self._known

    def _is_host(self, host: Any) -> bool:
        if getattr(self._own, "asking", False):
            return True
        return not self._path and host == self._host

    def _looked_up(self) -> frozenset[str]:
        self._own.asking = True
        try:
            found = socket.getaddrinfo(self._host, self._port, type=socket.SOCK_STREAM)
        except OSError:
            return frozenset()
        finally:
            self._own.asking = False
        return frozenset(str(entry[4][0]) for entry in found)


def _is_renderer(program: Any, arguments: Any) -> bool:
    return program in (None, sys.executable) and list(arguments) == [sys.executable, *RENDERER]
