"""The way to the runner for a step of a recipe that renders nothing: the same queue, another function."""

from __future__ import annotations

from typing import Any

from redis import Redis
from rq import Queue
from rq.exceptions import DuplicateJobError, NoSuchJobError
from rq.job import Job
from rq.serializers import JSONSerializer

from presets_app.backends.local import failures
from presets_app.backends.local.client import CANCEL_KEY, answering, checked_digest, checked_name
from presets_app.core.problems import Failure

STEP = "runner.worker.step"
TIMEOUT = 3600  # seconds for one piece of work
_DAY = 24 * 3600
_KEPT = 7 * _DAY  # how long a finished job's record keeps its id taken
_ENDED = ("failed", "stopped", "canceled")


class StepClient:
    """One pool of runners. Every method may raise FetchFailed when the queue does not answer; each can be repeated."""

    def __init__(self, redis_url: str, pool: str) -> None:
        self._redis = Redis.from_url(redis_url, socket_timeout=10, socket_connect_timeout=5)
        self._queue = Queue(f"gpu:{checked_name(pool)}", connection=self._redis, serializer=JSONSerializer)

    def enqueue(self, work: str, attempt: int, request_digest: str) -> str:
        """Put one attempt into the queue, once however often it is asked; the job's id."""
        name, arguments = step_job(work, attempt), (work, checked_digest(request_digest))
        with answering():
            try:
                self._queue.enqueue_call(
                    STEP,
                    args=arguments,
                    job_id=name,
                    timeout=TIMEOUT,
                    result_ttl=_KEPT,
                    failure_ttl=_KEPT,
                    unique=True,
                )
            except DuplicateJobError:
                return name
        return name

    def result(self, work: str, attempt: int) -> str:
        """The digest of the result that the runner stored, "" while it has none. For results whose way through the
        queue was cut off."""
        job = self._job(work, attempt)
        if job is None:
            return ""
        with answering():
            value: Any = job.return_value()
        return str(value.get("result", "")) if isinstance(value, dict) else ""

    def progress(self, work: str, attempt: int) -> dict[str, Any]:
        """What the runner tells of an attempt: `status` and the members of job.meta (phase, step, steps)."""
        job = self._job(work, attempt)
        if job is None:
            return {}
        with answering():
            status = job.get_status()
        return {**(job.meta or {}), "status": str(getattr(status, "value", "unknown"))}

    def lost(self, work: str, attempt: int) -> Failure | None:
        """Why an attempt ended without a result of its own; None while it may still bring one."""
        status = self.progress(work, attempt).get("status")
        return failures.lost(status) if status in _ENDED else None

    def cancel(self, work: str) -> None:
        """Ask for the work to stop."""
        with answering():
            self._redis.set(CANCEL_KEY + checked_name(work), "1", ex=_DAY)

    def _job(self, work: str, attempt: int) -> Job | None:
        with answering():
            try:
                return Job.fetch(step_job(work, attempt), connection=self._redis, serializer=JSONSerializer)
            except NoSuchJobError:
                return None


def step_job(work: str, attempt: int) -> str:
    """The id of an attempt's job."""
    return f"step-{checked_name(work)}-{int(attempt)}"
