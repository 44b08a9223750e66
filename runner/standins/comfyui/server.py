"""HTTP and websocket on loopback: which address means what."""

from __future__ import annotations

import json
import logging
import re
import shutil
import threading
import uuid
from email import message_from_bytes
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from runner.standins.comfyui import nodes
from runner.standins.comfyui.events import Events, accept
from runner.standins.comfyui.prompts import Queue
from runner.standins.comfyui.validation import refusal

log = logging.getLogger(__name__)
VERSION = "0.27.0"
BODY_LIMIT = 64 << 20
_HUGE = 10 * 1024**3
_FOLDERS = ("output", "input", "temp")
_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


class StandIn(ThreadingHTTPServer):
    """Listens on 127.0.0.1 only."""

    daemon_threads = True
    allow_reuse_address = True

    def __init__(self, port: int, folder: Path, *, fault: str = "", slow: float = 0.0, models: Any = None) -> None:
        super().__init__(("127.0.0.1", port), Handler)
        self.folder, self.fault = folder, fault
        self.input = folder / "input"
        self.input.mkdir(parents=True, exist_ok=True)
        self.known = nodes.schemas({**nodes.MODELS, **(models or {})})
        self.events = Events()
        self.queue = Queue(folder, self.known, self.events, fault, slow)
        threading.Thread(target=self.queue.work, daemon=True).start()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"

    def stats(self) -> dict[str, Any]:
        system = {
            "os": "linux",
            "comfyui_version": VERSION,
            "comfy_package_versions": [{"name": "comfyui-frontend-package", "installed": "1.45.20"}],
            "python_version": "3.11.7 (stand-in)",
            "pytorch_version": "0 (stand-in)",
            "argv": ["main.py", "--cpu", "--port", str(self.server_address[1])],
        }
        device = {"name": "cpu", "type": "cpu", "index": None, "vram_total": 8 << 30, "vram_free": 6 << 30}
        return {"system": system, "devices": [device]}


class Handler(BaseHTTPRequestHandler):
    """One request, or one websocket."""

    server: StandIn
    protocol_version = "HTTP/1.1"
    timeout = 60

    def do_GET(self) -> None:
        path, query = self._asked()
        queue = self.server.queue
        if path == "/ws" and self.server.fault != "silent":
            self._listen(query.get("clientId") or uuid.uuid4().hex)
        elif path == "/view":
            self._view(query)
        elif path == "/queue":
            self._send(200, queue.state())
        elif path == "/history":
            self._send(200, queue.history)
        elif path.startswith("/history/"):
            found = queue.history.get(path.removeprefix("/history/"))
            self._send(200, {path.removeprefix("/history/"): found} if found else {})
        else:
            self._tell(path)

    def _tell(self, path: str) -> None:
        """What the server is."""
        if path == "/system_stats":
            self._send(200, self.server.stats())
        elif path == "/object_info":
            self._send(200, self.server.known)
        elif path.startswith("/object_info/"):
            name = path.removeprefix("/object_info/")
            self._send(200, {name: self.server.known[name]} if name in self.server.known else {})
        elif path == "/prompt":
            self._send(200, {"exec_info": {"queue_remaining": self.server.queue.remaining()}})
        elif path == "/standin/stats":
            self._send(200, {"prompts": self.server.queue.taken})
        else:
            self._send(404, None)

    def do_POST(self) -> None:
        path, _ = self._asked()
        body = self.rfile.read(min(int(self.headers.get("Content-Length", "0")), BODY_LIMIT))
        if path == "/upload/image":
            self._upload(body)
            return
        try:
            value = json.loads(body or b"{}")
        except ValueError:
            value = {}
        if path == "/prompt":
            self._prompt(value)
        elif path == "/interrupt":
            self.server.queue.interrupt(value.get("prompt_id"))
            self._send(200, None)
        elif path == "/queue":
            self.server.queue.delete(value.get("delete", []))
            self._send(200, None)
        elif path == "/history":
            self.server.queue.history.clear()
            self._send(200, None)
        else:
            self._send(404, None)

    def _prompt(self, value: dict[str, Any]) -> None:
        if self.server.fault == "server-error":
            self._send(500, None)
            return
        inputs = {place.name for place in self.server.input.iterdir()}
        error, told = refusal(value.get("prompt"), self.server.known, inputs)
        prompt_id = value.get("prompt_id") or str(uuid.uuid4())
        if error is None and not _ID.fullmatch(prompt_id):
            error = {"type": "invalid_prompt_id", "message": "Invalid prompt id", "details": "", "extra_info": {}}
        if error is not None:
            self._send(400, {"error": error, "node_errors": told})
            return
        number = self.server.queue.add(prompt_id, value["prompt"], {"client_id": value.get("client_id")})
        if self.server.fault == "no-reply":
            self.close_connection = True
            return
        self._send(200, {"prompt_id": prompt_id, "number": number, "node_errors": self._left_out(value["prompt"])})

    def _left_out(self, graph: dict[str, Any]) -> dict[str, Any]:
        if self.server.fault != "partial":
            return {}
        node = next(reversed(graph))
        error = {"type": "required_input_missing", "message": "Required input is missing", "details": "images"}
        held = {"errors": [{**error, "extra_info": {"input_name": "images"}}], "dependent_outputs": [node]}
        return {node: {**held, "class_type": graph[node]["class_type"]}}

    def _upload(self, body: bytes) -> None:
        kind = self.headers.get("Content-Type", "")
        form = message_from_bytes(f"Content-Type: {kind}\r\n\r\n".encode("latin-1") + body)
        part = next((part for part in form.walk() if part.get_filename()), None)
        if part is None:
            self._send(400, None)
            return
        name = Path(str(part.get_filename())).name
        data = part.get_payload(decode=True)
        if self.server.fault == "renames":
            name = f"{Path(name).stem} (1){Path(name).suffix}"
        self.server.input.joinpath(name).write_bytes(b"others" if self.server.fault == "taken" else bytes(data))
        self._send(200, {"name": name, "subfolder": "", "type": "input"})

    def _view(self, query: dict[str, str]) -> None:
        name, folder = query.get("filename", ""), query.get("type", "output")
        root = (self.server.folder / folder).resolve()
        place = (root / query.get("subfolder", "") / name).resolve()
        if folder not in _FOLDERS or ".." in name or name.startswith("/"):
            self._send(400, None)
        elif not place.is_relative_to(root) or not place.is_file():
            self._send(404, None)
        elif self.server.fault == "not-a-video" and folder == "output":
            self._bytes("video/mp4", b"this is a text and no video")
        elif self.server.fault == "huge" and folder == "output":
            self._pour(place)
        else:
            self._bytes("video/mp4" if place.suffix == ".mp4" else "application/octet-stream", place.read_bytes())

    def _pour(self, place: Path) -> None:
        self._head(200, "video/mp4", _HUGE)
        with place.open("rb") as stream:
            shutil.copyfileobj(stream, self.wfile)
        self.close_connection = True

    def _listen(self, client_id: str) -> None:
        self.send_response(101)
        for name, value in (("Upgrade", "websocket"), ("Connection", "Upgrade")):
            self.send_header(name, value)
        self.send_header("Sec-WebSocket-Accept", accept(self.headers.get("Sec-WebSocket-Key", "")))
        self.end_headers()
        self.close_connection = True
        self.connection.settimeout(None)
        events = self.server.events
        events.join(client_id, self.wfile)
        remaining = {"exec_info": {"queue_remaining": self.server.queue.remaining()}}
        events.send(client_id, "status", {"status": remaining, "sid": client_id})
        try:
            events.listen(self.rfile, self.wfile)
        except OSError:
            log.debug("a listener went away")
        finally:
            events.leave(client_id, self.wfile)

    def _asked(self) -> tuple[str, dict[str, str]]:
        parts = urlsplit(self.path)
        query = {name: values[0] for name, values in parse_qs(parts.query, keep_blank_values=True).items()}
        return parts.path.removeprefix("/api"), query

    def _send(self, status: int, value: Any) -> None:
        content = b"" if value is None else json.dumps(value).encode()
        self._head(status, "application/json" if content else "application/octet-stream", len(content))
        self.wfile.write(content)

    def _bytes(self, kind: str, content: bytes) -> None:
        self._head(200, kind, len(content))
        self.wfile.write(content)

    def _head(self, status: int, kind: str, length: int) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(length))
        self.end_headers()

    def log_message(self, format: str, *args: Any) -> None:
        log.debug(format, *args)
