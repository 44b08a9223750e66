"""The one guarded way to a websocket: connected to an address that the fetcher has checked, over TLS for https."""

from __future__ import annotations

import logging
import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit, urlunsplit

from websockets.exceptions import InvalidHandshake, InvalidMessage, WebSocketException
from websockets.sync.client import ClientConnection, connect

from presets_app.backends.errors import FetchFailed
from presets_app.backends.fetcher import Fetcher
from presets_app.core.problems import Failure

MESSAGE_LIMIT = 32 << 20  # bytes; a failed node's message holds its inputs as text
_STEP = 5.0  # seconds for connecting, and for the handshake
_SILENT = logging.getLogger("matchframe.websocket")  # the library's own lines hold whole messages
_SILENT.addHandler(logging.NullHandler())
_SILENT.propagate = False

__all__ = ["Connection", "Ended", "opened"]

Connection = ClientConnection
Ended = (WebSocketException, OSError, EOFError)  # what reading from a connection that is over raises


@contextmanager
def opened(fetcher: Fetcher, url: str) -> Iterator[Connection]:
    """A connection to the http or https `url`, closed with the block. Raises LocalOnly, FetchRefused, FetchFailed."""
    parts = urlsplit(url)
    plain = _connected(fetcher.reachable(url))
    secured = ssl.create_default_context() if parts.scheme == "https" else None
    address = urlunsplit(("wss" if secured else "ws", *parts[1:4], ""))
    try:
        made = connect(
            address,
            sock=plain,
            ssl=secured,
            proxy=None,
            compression=None,
            user_agent_header="matchframe",
            open_timeout=_STEP,
            close_timeout=1.0,
            max_size=MESSAGE_LIMIT,
            logger=_SILENT,
            legacy=True,
        )
    except (InvalidHandshake, InvalidMessage, *Ended):
        plain.close()
        raise _failed("The server did not open a websocket.") from None
    assert isinstance(made, ClientConnection)  # noqa: S101 - `legacy` says so; the library's type covers both
    with made:
        yield made


def _connected(addresses: list[tuple[str, int]]) -> socket.socket:
    for address in addresses:
        try:
            return socket.create_connection(address, _STEP)
        except OSError:
            continue
    raise _failed("The server cannot be reached.")


def _failed(message: str) -> FetchFailed:
    return FetchFailed(
        Failure("network", "connect_failed", "later", message, "Check the target's address."), sent=False
    )
