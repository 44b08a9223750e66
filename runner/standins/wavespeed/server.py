"""HTTP on loopback: the door, the key, bodies of a bounded size, and which address means what."""

from __future__ import annotations

import hmac
import json
import logging
import re
import secrets
import shutil
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from runner.standins.wavespeed.routes import Reply, Service, envelope, problem

log = logging.getLogger(__name__)
API = "/api/v3/"
JSON_LIMIT = 1 << 20
UPLOAD_LIMIT = 64 << 20
_POLL = re.compile(r"predictions/([A-Za-z0-9_-]{1,128})(/result)?")
_UPLOAD = re.compile(r"/uploads/([0-9a-f]{32})")


class StandIn(ThreadingHTTPServer):
    """Listens on 127.0.0.1 only. `service` is set once the port is known."""

    daemon_threads = True
    allow_reuse_address = True
    service: Service

    def __init__(self, port: int, key: str, uploads: Path) -> None:
        super().__init__(("127.0.0.1", port), Handler)
        self.key = key
        self.uploads = uploads
        self.uploads.mkdir(parents=True, exist_ok=True)
        self.tickets: set[str] = set()
        self.lock = threading.Lock()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"


class Handler(BaseHTTPRequestHandler):
    """One request."""

    server: StandIn
    protocol_version = "HTTP/1.1"
    timeout = 30

    def do_GET(self) -> None:
        path = self.path.partition("?")[0]
        if path == "/standin/stats":
            self._send(self.server.service.stats())
        elif path.startswith("/outputs/"):
            self._send(self.server.service.output(path.removeprefix("/outputs/")))
        else:
            self._send(self._get(path.removeprefix(API)) if self._admitted(path) else self._door(path))

    def do_POST(self) -> None:
        path = self.path.partition("?")[0]
        body = self._body(JSON_LIMIT)
        if body is None:
            self._send(problem(413, "request body too large"))
            return
        if not self._admitted(path):
            self._send(self._door(path))
            return
        try:
            value = json.loads(body or b"{}")
        except (ValueError, RecursionError):
            self._send(problem(400, "the body is not JSON", 1401))
            return
        self._send(self._post(path.removeprefix(API), value))

    def do_PUT(self) -> None:
        """Raw bytes for an upload ticket; the ticket is the right to send them, once."""
        found = _UPLOAD.fullmatch(self.path)
        body = self._body(UPLOAD_LIMIT)
        with self.server.lock:
            known = found is not None and found[1] in self.server.tickets
            self.server.tickets.discard(found[1] if found else "")
        if body is None or found is None or not known:
            self._send(problem(404 if body is not None else 413, "no such upload"))
            return
        (self.server.uploads / found[1]).write_bytes(body)
        self._send(Reply(200, {}))

    def _get(self, path: str) -> Reply:
        if found := _POLL.fullmatch(path):
            return self.server.service.poll(found[1])
        if path == "models":
            return self.server.service.models()
        return self.server.service.balance() if path == "balance" else problem(404, "not found")

    def _post(self, path: str, value: Any) -> Reply:
        service = self.server.service
        if path == "predictions":
            return service.history(value)
        if path == "predictions/delete":
            return service.delete(value)
        if path in ("model/price", "model/pricing"):
            return service.price(value)
        return self._ticket(value) if path == "media/uploads" else service.submit(path, value)

    def _ticket(self, value: Any) -> Reply:
        size = value.get("size") if isinstance(value, dict) else None
        if not isinstance(size, int) or not 0 < size <= UPLOAD_LIMIT:
            return problem(400, "size: missing or out of range", 1401)
        ticket = secrets.token_hex(16)
        with self.server.lock:
            self.server.tickets.add(ticket)
        place = f"{self.server.address}/uploads/{ticket}"
        upload = {"method": "PUT", "url": place, "headers": {"Content-Type": "application/octet-stream"}}
        name = str(value.get("filename", ""))[:200]
        return envelope({"type": "image", "download_url": place, "filename": name, "size": size, "upload": upload})

    def _admitted(self, path: str) -> bool:
        given = self.headers.get("Authorization", "").encode("utf-8", "replace")
        return path.startswith(API) and hmac.compare_digest(given, f"Bearer {self.server.key}".encode())

    def _door(self, path: str) -> Reply:
        return problem(401, "unauthorized") if path.startswith(API) else problem(404, "not found")

    def _body(self, limit: int) -> bytes | None:
        """None for a body that is too large; it is not read, so the connection cannot be used again."""
        stated = self.headers.get("Content-Length", "0")
        length = int(stated) if stated.isdecimal() and len(stated) < 12 else limit + 1
        if length > limit:
            self.close_connection = True
            return None
        return self.rfile.read(length)

    def _send(self, reply: Reply) -> None:
        if reply.hang_up:
            self.close_connection = True
            return
        if reply.file is not None:
            self._send_file(reply.file)
            return
        content = reply.page or json.dumps(reply.value).encode()
        self._head(reply.status, "text/html" if reply.page else "application/json", len(content))
        self.wfile.write(content)

    def _send_file(self, place: Path) -> None:
        with place.open("rb") as stream:
            self._head(200, "video/mp4", place.stat().st_size)
            shutil.copyfileobj(stream, self.wfile)

    def _head(self, status: int, media_type: str, length: int) -> None:
        self.send_response(status)
        self.send_header("Content-Type", media_type)
        self.send_header("Content-Length", str(length))
        self.end_headers()

    def log_message(self, format: str, *args: Any) -> None:
        log.debug(format, *args)
