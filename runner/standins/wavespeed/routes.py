"""The endpoints: each takes a request and gives a reply; the wire form is the vendor's."""

from __future__ import annotations

import re
import secrets
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from runner.standins.wavespeed.catalogue import MODELS, SEED_LIMIT
from runner.standins.wavespeed.faults import Plan
from runner.standins.wavespeed.rendering import Renderer
from runner.standins.wavespeed.tasks import FINAL, Task, TaskStore
from runner.standins.wavespeed.validation import fault_of

PAGE = b"<!doctype html><title>Bad gateway</title><p>The stand-in was told to answer with a page.</p>"
SYNC_WAIT = 2.0  # seconds; the real service holds longer, and says 5004 when that runs out as well
_START_BALANCE = 100.0
_NOT_TAKEN = {"http-500": (500, "internal server error"), "rate-limit": (429, "Too Many Requests")}


@dataclass(frozen=True)
class Reply:
    """`value` is sent as JSON, `page` as a web page, `file` as a video; `hang_up` closes without an answer."""

    status: int = 200
    value: Any = None
    page: bytes = b""
    file: Path | None = None
    hang_up: bool = False


def envelope(data: Any) -> Reply:
    return Reply(200, {"code": 200, "message": "success", "data": data})


def problem(status: int, message: str, code: int | None = None) -> Reply:
    return Reply(status, {"message": message, **({"error_code": code} if code is not None else {})})


class Service:
    """Everything behind the door; `address` is the origin that goes into the replies' URLs."""

    def __init__(self, store: TaskStore, renderer: Renderer, plan: Plan, address: str) -> None:
        self._store = store
        self._renderer = renderer
        self._plan = plan
        self._address = address
        self._requests = 0
        self._polls = 0

    def submit(self, model_id: str, body: Any) -> Reply:
        """Take a paid task, unless it is malformed or the plan says otherwise."""
        model = MODELS.get(model_id)
        if model is None:
            return problem(404, "model not found")
        if fault := fault_of(model, body):
            return problem(400, fault[1], fault[0])
        self._requests += 1
        planned = self._plan.at(self._requests)
        if planned in _NOT_TAKEN:
            return problem(*_NOT_TAKEN[planned])
        return self._taken(model_id, body, planned)

    def _taken(self, model_id: str, body: dict[str, Any], planned: str) -> Reply:
        task = self._store.add(model_id, body, planned, _seed(body, planned))
        self._renderer.put(task)
        if planned == "no-reply":
            return Reply(hang_up=True)
        if planned == "not-json-submit":
            return Reply(200, page=PAGE)
        return envelope(self._waited(task) if body.get("enable_sync_mode") else self._view(task, polled=False))

    def poll(self, task_id: str) -> Reply:
        """Both documented forms of the address lead here."""
        task = self._store.get(task_id)
        if task is None or (task.fault == "expired" and task.status in FINAL):
            return problem(404, "prediction not found")
        self._polls += 1
        if task.fault == "not-json":
            return Reply(200, page=PAGE)
        if task.fault == "poll-500" and self._polls % 2:
            return problem(500, "internal server error")
        return envelope(self._view(task, polled=True))

    def history(self, asked: Any) -> Reply:
        """Newest first; without `created_after` the last 24 hours."""
        asked = asked if isinstance(asked, dict) else {}
        since = _moment(asked.get("created_after"), time.time() - 24 * 3600)
        until = _moment(asked.get("created_before"), time.time() + 1)
        size, page = _between(asked.get("page_size"), 10, 100), _between(asked.get("page"), 1, 1_000_000)
        found = [
            {**self._view(task, polled=False), "inputs": task.body}
            for task in reversed(self._store.all())
            if since <= task.created <= until and asked.get("model") in (None, task.model)
        ]
        status = asked.get("status")
        kept = [item for item in found if status in (None, item["status"])]
        return envelope({"page": page, "items": kept[(page - 1) * size : page * size]})

    def delete(self, asked: Any) -> Reply:
        ids = asked.get("ids") if isinstance(asked, dict) else None
        for task_id in ids if isinstance(ids, list) else []:
            self._store.delete(str(task_id))
        return envelope({"deleted": len(ids or [])})

    def models(self) -> Reply:
        return envelope([model.entry(self._address) for model in MODELS.values()])

    def price(self, asked: Any) -> Reply:
        """The base price for five seconds; longer ones in proportion."""
        asked = asked if isinstance(asked, dict) else {}
        model, inputs = MODELS.get(str(asked.get("model_id"))), asked.get("inputs")
        if model is None:
            return problem(404, "model not found")
        price = _price(model.price, inputs)
        return envelope({"model_id": model.model_id, "price": price, "discounted_price": price, "currency": "USD"})

    def balance(self) -> Reply:
        spent = sum(_price(MODELS[task.model].price, task.body) for task in self._store.all() if task.model in MODELS)
        return envelope({"balance": round(_START_BALANCE - spent, 4)})

    def stats(self) -> Reply:
        return Reply(200, {**self._store.stats(), "submit_requests": self._requests, "polls": self._polls})

    def output(self, name: str) -> Reply:
        """An output's file; the name is checked, so that no path can be asked for."""
        place = self._store.outputs / name
        if not re.fullmatch(r"[0-9a-f]{32}\.mp4", name) or not place.is_file():
            return problem(404, "not found")
        task = self._store.get(name[:32])
        return problem(404, "not found") if task is None or task.fault == "output-gone" else Reply(200, file=place)

    def _view(self, task: Task, *, polled: bool) -> dict[str, Any]:
        status = self._store.shown(task, polled=polled)
        ended = status in FINAL
        # Documents and official clients show two forms of this address; tasks take turns.
        form = "/result" if task.number % 2 else ""
        made = datetime.fromtimestamp(task.created, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        outputs = [f"{self._address}/outputs/{name}" for name in task.outputs] if ended else []
        view = {
            "id": task.task_id,
            "model": task.model,
            "status": status,
            "outputs": outputs,
            "urls": {"get": f"{self._address}/api/v3/predictions/{task.task_id}{form}"},
            "has_nsfw_contents": [False for _ in outputs],
            "created_at": made,
            "error": task.error if ended else "",
            "timings": {"inference": task.inference_ms if ended else 0},
            "executionTime": task.inference_ms if ended else 0,
        }
        return {**view, "code": task.code} if ended and task.code is not None else view

    def _waited(self, task: Task) -> dict[str, Any]:
        """Sync mode: hold the reply for a while, then say 5004; the task goes on and has to be polled."""
        deadline = time.monotonic() + SYNC_WAIT
        task.polls = 2
        while time.monotonic() < deadline:
            view = self._view(task, polled=True)
            if view["status"] in FINAL:
                return view
            time.sleep(0.05)
        return {**self._view(task, polled=False), "code": 5004, "error": "Sync mode timed out. Poll for the result."}


def _seed(body: dict[str, Any], fault: str) -> int:
    sent = body.get("seed", -1)
    return secrets.randbelow(SEED_LIMIT) if sent < 0 or fault == "other-seed" else int(sent)


def _price(base: float, inputs: Any) -> float:
    seconds = inputs.get("duration") if isinstance(inputs, dict) else None
    return round(base * seconds / 5, 4) if isinstance(seconds, (int, float)) else base


def _moment(text: Any, otherwise: float) -> float:
    try:
        return datetime.fromisoformat(str(text)).timestamp()
    except ValueError:
        return otherwise


def _between(value: Any, low: int, high: int) -> int:
    return min(max(value, low), high) if isinstance(value, int) else low
