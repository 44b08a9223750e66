"""No network in the rendering process: what is local-only stays here even if a library would like to ask a server.

The process talks to its parent through pipes only, so every socket is refused by an audit hook. A hook cannot be
taken off again, and it sees sockets that Python code opens, in whatever library.
"""

from __future__ import annotations

import sys
from typing import Any

_REFUSED = frozenset(
    {"socket.connect", "socket.bind", "socket.sendto", "socket.sendmsg", "socket.getaddrinfo", "socket.gethostbyname"}
)


class LeftTheMachine(OSError):
    """Raised where something tried to reach a network from the rendering process."""


def close() -> None:
    """Refuse every connection of this process from now on."""
    sys.addaudithook(_refuse)


def _refuse(event: str, _arguments: tuple[Any, ...]) -> None:
    if event in _REFUSED:
        raise LeftTheMachine("The rendering process is offline: nothing here may reach a network.")
