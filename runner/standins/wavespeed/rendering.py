"""The one rendering thread: takes tasks in order, renders them with the tiny pipelines, writes the mp4."""

from __future__ import annotations

import importlib
import logging
import os
import queue
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from presets_app.core.errors import MatchframeError
from runner.standins.wavespeed.catalogue import MODELS
from runner.standins.wavespeed.documents import Delivery, delivery_of, document_of
from runner.standins.wavespeed.faults import TASK_FAULTS
from runner.standins.wavespeed.tasks import Task, TaskStore

log = logging.getLogger(__name__)
REPOSITORIES = {"ltx-2": "matchframe/tiny-ltx-2", "wan-2.2": "matchframe/tiny-wan-2.2-t2v"}
SERVICE_ERROR = 5000


def snapshot(weights: Path, repository: str) -> Path:
    """The current revision's folder of a checkpoint. Raises OSError when it is not there."""
    place = weights / ("models--" + repository.replace("/", "--"))
    folder = place / "snapshots" / (place / "refs" / "main").read_text("ascii").strip()
    if not folder.is_dir():
        raise FileNotFoundError(2, "no such checkpoint", str(folder))
    return folder


class Renderer:
    """Loads torch in its own thread at the first task, so that the server answers before that."""

    def __init__(self, store: TaskStore, weights: Path) -> None:
        self._store = store
        self._folders = {family: snapshot(weights, name) for family, name in REPOSITORIES.items()}
        self._queue: queue.Queue[Task] = queue.Queue()
        self._resident: dict[tuple[str, ...], Any] = {}
        for task in store.waiting():
            self._queue.put(task)

    def start(self) -> None:
        threading.Thread(target=self._run, daemon=True, name="render").start()

    def put(self, task: Task) -> None:
        self._queue.put(task)

    def _run(self) -> None:
        while True:
            task = self._queue.get()
            try:
                self._one(task)
            except (MatchframeError, OSError, RuntimeError, ValueError, TypeError, KeyError):
                log.exception("task %s", task.task_id)
                task.status, task.code, task.error = "failed", SERVICE_ERROR, "internal error"
            self._store.keep(task)

    def _one(self, task: Task) -> None:
        """Render or fail one task; its final status is set last."""
        if task.fault in TASK_FAULTS:
            status, task.code, task.error = TASK_FAULTS[task.fault]
            task.status = status
            return
        model = MODELS[task.model]
        begun = time.monotonic()
        document = document_of(model, task.body, task.seed)
        rendered = self._rendered(document, "bfloat16" if task.fault == "bf16" else None)
        frames = _late(rendered.frames) if task.fault == "one-frame-late" else rendered.frames
        name = f"{task.task_id}.mp4"
        self._write(self._store.outputs / name, frames, rendered, delivery_of(model, task.body), document["fps"])
        task.inference_ms = int((time.monotonic() - begun) * 1000)
        task.outputs = [] if task.fault == "no-outputs" else [name]
        task.status = "completed"

    def _rendered(self, document: dict[str, Any], dtype: str | None) -> Any:
        pipelines = importlib.import_module("runner.pipelines")
        importlib.import_module("runner.determinism").settle()
        runtime = document.get("runtime") or {}
        key = (document["family"], str(dtype or runtime.get("dtype")), str(runtime.get("vae_dtype")))
        if key not in self._resident:
            self._resident[key] = pipelines.load(document, self._folders[document["family"]], dtype=dtype)
        return self._resident[key].render(document, lambda progress: None)

    def _write(self, place: Path, frames: Any, rendered: Any, delivery: Delivery, fps: float) -> None:
        encoding = importlib.import_module("runner.encode")
        beside = place.with_suffix(f".{os.getpid()}.new")
        pictures = _scaled(frames, delivery)
        encoding.encode(pictures, fps, beside, samples=rendered.samples, audio_rate=rendered.audio_rate)
        os.replace(beside, place)


def _late(frames: Any) -> Any:
    return frames[[0, *range(len(frames) - 1)]]


def _scaled(frames: Any, delivery: Delivery) -> Iterator[Any]:
    """Frames one by one in the delivered size and number: unchanged when they have it, else nearest neighbours."""
    count, height, width = frames.shape[:3]
    rows = [row * height // delivery.height for row in range(delivery.height)]
    columns = [column * width // delivery.width for column in range(delivery.width)]
    for number in range(delivery.frames):
        frame = frames[number * count // delivery.frames]
        same = (height, width) == (delivery.height, delivery.width)
        yield frame if same else frame[rows][:, columns]
