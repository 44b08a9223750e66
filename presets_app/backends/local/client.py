"""The only way to the runner: its queue. Carries ids and digests as JSON; the function is named by a string."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from redis import Redis
from redis.exceptions import RedisError
from rq import Queue, Worker
from rq.exceptions import DuplicateJobError, NoSuchJobError
from rq.job import Job
from rq.serializers import JSONSerializer

from presets_app.backends.base import Health
from presets_app.backends.errors import FetchFailed
from presets_app.backends.local import failures
from presets_app.core.errors import Invalid
from presets_app.core.problems import Failure, Problem

RENDER = "runner.worker.render"
PROBE = "runner.worker.probe"
CANCEL_KEY = "matchframe:cancel:"  # runner.worker looks for it between steps
WARM = "matchframe_warm"  # runner.worker writes it into its record
_NAME = re.compile(r"[A-Za-z0-9_-]{1,100}")
_DIGEST = re.compile(r"[0-9a-f]{64}")
_DAY = 24 * 3600
_KEPT = 7 * _DAY  # how long a finished job's record answers `progress` and keeps its id taken
_ENDED = ("failed", "stopped", "canceled")


class LocalClient:
    """One pool of runners. Every method may raise FetchFailed when the queue does not answer; `sent` is then True,
    and the same call can be repeated, because a job's id is made of the item and the attempt."""

    def __init__(self, redis_url: str, pool: str, *, job_timeout: int = 6 * 3600) -> None:
        self._redis = Redis.from_url(redis_url, socket_timeout=10, socket_connect_timeout=5)
        self._pool = checked_name(pool)
        self._timeout = job_timeout
        self._queue = Queue(f"gpu:{pool}", connection=self._redis, serializer=JSONSerializer)

    def enqueue(self, item_id: str, attempt: int, request_digest: str) -> str:
        """Put one attempt into the queue, once however often it is asked; the job's id."""
        return self._put(RENDER, render_job(item_id, attempt), (item_id, checked_digest(request_digest)))

    def probe(self, probe_id: str, request_digest: str) -> str:
        """Ask the runner for its fingerprint (and a hash of the weights); the job's id."""
        return self._put(PROBE, f"probe-{checked_name(probe_id)}", (probe_id, checked_digest(request_digest)))

    def progress(self, item_id: str, attempt: int) -> dict[str, Any]:
        """What the runner reports of an attempt: `status` (RQ's word, or `unknown`) and the members of job.meta
        (phase, step, steps)."""
        job = self._job(render_job(item_id, attempt))
        if job is None:
            return {"status": "unknown"}
        with answering():
            status = job.get_status()
        return {**(job.meta or {}), "status": getattr(status, "value", "unknown")}

    def lost(self, item_id: str, attempt: int) -> Failure | None:
        """Why an attempt ended without a result of its own; None while it may still bring one."""
        status = self.progress(item_id, attempt)["status"]
        return failures.lost(status) if status in _ENDED else None

    def result(self, item_id: str, attempt: int) -> str:
        """The digest of the result that the runner stored for an attempt, "" while it has none. For results whose
        way through the queue was cut off."""
        job = self._job(render_job(item_id, attempt))
        if job is None:
            return ""
        with answering():
            value = job.return_value()
        return str(value.get("result", "")) if isinstance(value, dict) else ""

    def cancel(self, item_id: str) -> None:
        """Ask for an item to stop: between two steps when it runs, before the first when it waits."""
        with answering():
            self._redis.set(CANCEL_KEY + checked_name(item_id), "1", ex=_DAY)

    def health(self) -> Health:
        """Runners alive on this pool and jobs waiting for one."""
        try:
            with answering():
                workers = len(Worker.all(queue=self._queue))
                waiting = self._queue.count
        except FetchFailed as error:
            return Health(False, list(error.problems), {})
        facts: dict[str, str | int] = {"workers": workers, "waiting": waiting}
        if workers:
            return Health(True, [], facts)
        why = failures.no_worker(self._pool)
        return Health(False, [Problem(why.code, "error", "", why.message, why.hint)], facts)

    def warm(self) -> list[dict[str, Any]]:
        """What the pool's runners said last that they keep loaded: {repository, revision, bytes, seconds} each."""
        with answering():
            told = [self._redis.hget(worker.key, WARM) for worker in Worker.all(queue=self._queue)]
        found: list[dict[str, Any]] = []
        for text in told:
            listed = json.loads(text) if isinstance(text, (bytes, str)) else []
            found += [held for held in listed if isinstance(held, dict)] if isinstance(listed, list) else []
        return found

    def _put(self, function: str, job_id: str, args: tuple[str, ...]) -> str:
        with answering():
            try:
                self._queue.enqueue_call(
                    function,
                    args=args,
                    job_id=job_id,
                    timeout=self._timeout,
                    result_ttl=_KEPT,
                    failure_ttl=_KEPT,
                    unique=True,
                )
            except DuplicateJobError:
                return job_id
        return job_id

    def _job(self, job_id: str) -> Job | None:
        with answering():
            try:
                return Job.fetch(job_id, connection=self._redis, serializer=JSONSerializer)
            except NoSuchJobError:
                return None


def render_job(item_id: str, attempt: int) -> str:
    """The id of an attempt's job. Raises Invalid for an id that is no plain word."""
    return f"render-{checked_name(item_id)}-{int(attempt)}"


@contextmanager
def answering() -> Iterator[None]:
    try:
        yield
    except RedisError:
        raise FetchFailed(failures.queue_unreachable(), sent=True) from None


def checked_name(name: str) -> str:
    if not _NAME.fullmatch(name):
        raise Invalid("An id in the queue holds letters, digits, - and _ only.", code="id_invalid")
    return name


def checked_digest(value: str) -> str:
    if not _DIGEST.fullmatch(value):
        raise Invalid("A request is named by its SHA-256.", code="digest_invalid")
    return value
