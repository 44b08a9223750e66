"""Small real HTTP servers on loopback that count what reaches them."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

MP4 = b"\x00\x00\x00\x18ftypmp42" + b"\x00" * 64


@dataclass
class Victim:
    """A running server; `hits` holds (method, path, headers) of every request that arrived."""

    port: int
    hits: list[tuple[str, str, dict[str, str]]] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"


Answer = Callable[[BaseHTTPRequestHandler], None]


@contextmanager
def victim(answer: Answer, wrap: Callable[[ThreadingHTTPServer], None] = lambda server: None) -> Iterator[Victim]:
    seen = Victim(0)

    class Handler(BaseHTTPRequestHandler):
        def handle_any(self) -> None:
            seen.hits.append((self.command, self.path, dict(self.headers)))
            length = int(self.headers.get("content-length", 0))
            self.rfile.read(length)
            try:
                answer(self)
            except OSError:
                self.close_connection = True

        do_GET = do_POST = do_PUT = handle_any

        def log_message(self, *args: object) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    wrap(server)
    seen.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield seen
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def reply(status: int, body: bytes, media_type: str = "application/json", **headers: str) -> Answer:
    """An answer with a body; header names are spelled with underscores."""

    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(status)
        handler.send_header("Content-Type", media_type)
        handler.send_header("Content-Length", str(len(body)))
        for name, value in headers.items():
            handler.send_header(name.replace("_", "-"), value)
        handler.end_headers()
        handler.wfile.write(body)

    return answer
