"""The stand-in's memory: one JSON file a prediction, so that a client can go on polling after a restart."""

from __future__ import annotations

import json
import os
import secrets
import threading
import time
from collections import Counter
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from presets_app.core.canonical import digest

FINAL = ("completed", "failed", "cancelled", "timeout")
CONCURRENT = 3  # of the Bronze level: more tasks wait as `created`


@dataclass
class Task:
    """One prediction. `seed` is what is rendered with, `polls` how often it was asked for since the start."""

    task_id: str
    number: int
    model: str
    body: dict[str, Any]
    seed: int
    fault: str
    created: float
    status: str = "created"
    code: int | None = None
    error: str = ""
    outputs: list[str] = field(default_factory=list)
    inference_ms: int = 0
    deleted: bool = False
    polls: int = 0


class TaskStore:
    """Safe to use from the server's threads and the rendering one; files appear whole or not at all."""

    def __init__(self, folder: Path, slow: float) -> None:
        self.folder = folder
        self.outputs = folder / "outputs"
        self.outputs.mkdir(parents=True, exist_ok=True)
        (folder / "predictions").mkdir(exist_ok=True)
        self._slow = slow
        self._lock = threading.RLock()
        self._tasks = {task.task_id: task for task in self._kept()}

    def add(self, model: str, body: dict[str, Any], fault: str, seed: int) -> Task:
        with self._lock:
            task = Task(secrets.token_hex(16), self.count() + 1, model, body, seed, fault, time.time())
            self._tasks[task.task_id] = task
            self.keep(task)
            return task

    def get(self, task_id: str) -> Task | None:
        task = self._tasks.get(task_id)
        return None if task is None or task.deleted else task

    def all(self) -> list[Task]:
        """Oldest first, deleted ones left out."""
        with self._lock:
            return sorted((task for task in self._tasks.values() if not task.deleted), key=lambda task: task.number)

    def count(self) -> int:
        return len(self._tasks)

    def delete(self, task_id: str) -> None:
        with self._lock:
            if task := self.get(task_id):
                task.deleted = True
                self.keep(task)

    def waiting(self) -> list[Task]:
        return [task for task in self.all() if task.status not in FINAL]

    def keep(self, task: Task) -> None:
        place = self.folder / "predictions" / f"{task.task_id}.json"
        with self._lock:
            beside = place.with_suffix(".new")
            beside.write_text(json.dumps(asdict(task)), "utf-8")
            os.replace(beside, place)

    def shown(self, task: Task, *, polled: bool) -> str:
        """The status that the outside sees: created, then processing at least once, then how it ended. A poll counts
        as one step of the way; `slow` holds the end back."""
        with self._lock:
            if polled:
                task.polls += 1
            ended = task.status in FINAL and time.time() >= task.created + self._slow
            if ended and task.polls > 2:
                return task.status
            ahead = sum(other.number < task.number for other in self.waiting())
            return "created" if task.polls <= 1 or ahead >= CONCURRENT else "processing"

    def stats(self) -> dict[str, Any]:
        """How many submits were taken, in all and by the digest of (model, body)."""
        with self._lock:
            bodies = Counter(digest([task.model, task.body]) for task in self._tasks.values())
            return {"submits": self.count(), "bodies": dict(bodies)}

    def _kept(self) -> list[Task]:
        found = []
        for path in (self.folder / "predictions").glob("*.json"):
            task = Task(**json.loads(path.read_text("utf-8")))
            task.polls = 2 if task.status in FINAL else 0
            found.append(task)
        return found
