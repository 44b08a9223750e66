"""What the functions on the queue work with: the device, the artifact store, Redis, and whether to stop."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from redis import Redis
from redis.exceptions import RedisError
from rq import Queue
from rq.job import Job
from rq.serializers import JSONSerializer

from presets_app.artifacts import ArtifactStore
from runner import logs
from runner.device import Device
from runner.progress import Progress

CANCEL_KEY = "matchframe:cancel:"  # + item id; set by the web side, looked for between messages of the child
PREVIEW_KEY = "matchframe:preview:"  # + item id; the web side shows what lies there
RESULTS = "results"
SHUTDOWN, CANCEL = "shutdown", "cancelled"
_META_EVERY = 0.2  # seconds between two writes of job.meta within one phase
_BEAT_EVERY = 10.0  # seconds between heartbeats while a job runs
_RESULT_TIMEOUT = 600
_PREVIEW_SECONDS = 600


@dataclass
class Room:
    """One a process; the worker sets `beat` to keep its heartbeats while a job runs, and `look_ahead` to begin the next
    render when this one's frames are there."""

    device: Device
    store: ArtifactStore
    redis: Redis
    scratch: Path
    beat: Callable[[], None] = lambda: None
    look_ahead: Callable[[], object] = lambda: None
    stopping: bool = False
    _last_beat: float = field(default=0.0, repr=False)

    def stop(self) -> None:
        """Called from a signal handler: end the render at the next tick, without waiting for its step."""
        self.stopping = True
        self.device.cancel_grace = 0.0

    def reason_to_stop(self, item_id: str) -> str | None:
        """SHUTDOWN, CANCEL or None. A Redis that does not answer is no reason."""
        if self.stopping:
            return SHUTDOWN
        try:
            if time.monotonic() - self._last_beat > _BEAT_EVERY:
                self._last_beat = time.monotonic()
                self.beat()
            return CANCEL if item_id and self.redis.exists(CANCEL_KEY + item_id) else None
        except RedisError as error:
            logs.warn("redis does not answer", error=type(error).__name__)
            return None

    def show(self, item_id: str, place: Path) -> str:
        """Lay a preview where the web side looks for it; another word for each picture, "" when there is none."""
        try:
            data = place.read_bytes()
            place.unlink()
            self.redis.set(PREVIEW_KEY + item_id, data, ex=_PREVIEW_SECONDS)
        except (OSError, RedisError):
            return ""
        return hashlib.sha256(data).hexdigest()[:16]

    def forget_cancel(self, item_id: str) -> None:
        """Honoured: a later attempt of the item is not meant."""
        self.redis.delete(CANCEL_KEY + item_id)

    def send(self, function: str, job_id: str, *args: Any) -> None:
        """Tell the web side, by name; its handler takes the same news twice."""
        queue = Queue(RESULTS, connection=self.redis, serializer=JSONSerializer)
        queue.enqueue_call(
            function, args=args, job_id=job_id, timeout=_RESULT_TIMEOUT, result_ttl=300, failure_ttl=86_400
        )


class Meter:
    """Writes progress into job.meta: at once when the phase changes, else a few times a second."""

    def __init__(self, job: Job | None) -> None:
        self._job = job
        self._last = ("", 0.0)
        self._warm = False
        self.preview = ""

    def __call__(self, progress: Progress) -> None:
        if progress.warm is not None:
            self._warm = progress.warm
        phase, written = self._last
        if self._job is None or (progress.phase == phase and time.monotonic() - written < _META_EVERY):
            return
        self._last = (progress.phase, time.monotonic())
        state = {"phase": progress.phase, "step": progress.step, "steps": progress.steps, "warm": self._warm}
        self._job.meta.update(state | ({"preview": self.preview} if self.preview else {}))
        try:
            self._job.save_meta()  # type: ignore[no-untyped-call]
        except RedisError as error:
            logs.warn("progress not written", error=type(error).__name__)


_rooms: list[Room] = []


def enter(room: Room) -> None:
    """Make `room` the one the queue's functions work in."""
    _rooms[:] = [room]


def current() -> Room:
    if not _rooms:
        raise RuntimeError("functions on the GPU queue run inside `python -m runner` only")
    return _rooms[0]
