"""The RQ worker of a GPU machine, and the only three functions it will run.

A job is JSON that anybody who can write to Redis could have written. A stock worker runs whatever it names, and its
callbacks and webhooks too; this one refuses all that is not on its list before anything is imported.
"""

from __future__ import annotations

import json
import re
import time
from types import FrameType
from typing import Any

from redis import Redis
from redis.exceptions import RedisError
from rq import Queue, Retry, SimpleWorker, get_current_job
from rq.exceptions import DeserializationError
from rq.job import Job
from rq.serializers import JSONSerializer

from presets_app.artifacts import get_json, put_json
from runner import ahead, logs, orphans, rendering_jobs, room, step_jobs
from runner.device import ChildDied, Stopped

ALLOWED = frozenset({"runner.worker.render", "runner.worker.probe", "runner.worker.step"})
PROBE_FORMAT = "matchframe/probe/1"
PROBE_RESULT_FORMAT = "matchframe/probe-result/1"
MOST_REPOSITORIES = 100
HEARTBEAT = 90  # seconds after which a job of a runner that is gone counts as abandoned
WORKER_TTL = 60  # seconds; the idle worker shows itself a little more often
WARM = "matchframe_warm"  # a field of the worker's record; the targets page reads it
LOOK_AROUND = 60  # seconds between looks for the work of runners that are gone
_ID = re.compile(r"[A-Za-z0-9_-]{1,100}")
_PUT_BACK = Retry(max=1000, enqueue_at_front=True)  # a shutdown is nobody's failure; the job keeps its place


def render(item_id: str, request_digest: str) -> dict[str, Any] | Retry:
    """Render one attempt; a failed render is a finished job with a failed result."""
    here = room.current()
    request = rendering_jobs.read_request(here, _checked(item_id), request_digest)
    began = time.monotonic()
    logs.note("render", item=item_id, attempt=request.attempt, request=request_digest[:8])
    try:
        result = rendering_jobs.attempt(here, request, room.Meter(get_current_job()))
    except Stopped:
        logs.note("put back", item=item_id, attempt=request.attempt)
        return _PUT_BACK
    digest = rendering_jobs.keep(here, result)
    job_id = f"finished-{item_id}-{request.attempt}"
    here.send("presets_app.jobs.runs.finished", job_id, item_id, request.attempt, digest)
    code = result.failure.code if result.failure else ""
    seconds = round(time.monotonic() - began, 2)
    logs.note("rendered", item=item_id, status=result.status, code=code, seconds=seconds, warm=result.warm)
    return {"status": result.status, "result": digest}


def probe(probe_id: str, request_digest: str) -> dict[str, Any] | Retry:
    """Say what this machine is, and hash the checkpoints asked for."""
    here = room.current()
    repositories = _repositories(get_json(here.store, request_digest))
    try:
        answer = here.device.probe(repositories, lambda: here.reason_to_stop("")).message
    except Stopped:
        return _PUT_BACK
    except ChildDied as death:
        raise RuntimeError(f"the rendering process ended in the phase {death.phase} (status {death.status})") from death
    if answer["type"] != "done":
        raise RuntimeError(f"the probe failed: {answer.get('failure', {}).get('code', 'cancelled')}")
    body = {
        "format": PROBE_RESULT_FORMAT,
        "probe": _checked(probe_id),
        "fingerprint": answer["fingerprint"],
        "checkpoints": answer["checkpoints"],
    }
    digest = put_json(here.store, body)
    here.send("presets_app.jobs.targets.probed", f"probed-{probe_id}", probe_id, digest)
    logs.note("probed", probe=probe_id, checkpoints=len(repositories))
    return {"result": digest}


def step(work_id: str, request_digest: str) -> dict[str, Any] | Retry:
    """Do a step of a recipe that renders nothing; a failed one is a finished job with a failed result."""
    here = room.current()
    asked = step_jobs.read_request(here, _checked(work_id), request_digest)
    began = time.monotonic()
    try:
        result = step_jobs.attempt(here, asked, room.Meter(get_current_job()))
    except Stopped:
        return _PUT_BACK
    digest = put_json(here.store, result)
    step_jobs.send(here, asked, digest)
    seconds = round(time.monotonic() - began, 2)
    logs.note("did a step", work=work_id, kind=asked["kind"], status=result["status"], seconds=seconds)
    return {"status": result["status"], "result": digest}


class RunnerWorker(SimpleWorker):
    """A SimpleWorker (a forked one could not keep a GPU's pipelines) that runs its list only."""

    def __init__(self, queues: list[str], *, connection: Redis, name: str | None = None) -> None:
        made = [Queue(queue, connection=connection, serializer=JSONSerializer) for queue in queues]
        super().__init__(
            made,
            name=name,
            connection=connection,
            serializer=JSONSerializer,
            worker_ttl=WORKER_TTL,
            maintenance_interval=LOOK_AROUND,
        )

    def clean_registries(self) -> None:
        """Orphans first: RQ's own cleaning fails them, and nobody would be told."""
        for queue in self.queues:
            orphans.put_back(queue.name, self.connection)
        super().clean_registries()  # type: ignore[no-untyped-call]

    def perform_job(self, job: Job, queue: Queue) -> bool:
        why = refusal(job)
        if why:
            logs.warn("refused a job", job=job.id, why=why)
            job.webhooks = []  # a failure would be told to them too
            self.prepare_job_execution(job, len(self.queues) == 1)
            self.handle_execution_ended(job, queue, 0)
            self.handle_job_failure(job, queue, started_job_registry=queue.started_job_registry, exc_string=why)
            return False
        room.current().beat = lambda: self.maintain_heartbeats(job)
        room.current().look_ahead = lambda: ahead.begin(room.current(), self.queues, self.connection, refusal)
        try:
            return bool(super().perform_job(job, queue))
        finally:
            room.current().beat = room.current().look_ahead = lambda: None
            self._tell_what_is_warm()

    def _tell_what_is_warm(self) -> None:
        """Beside the worker's own facts in Redis, so that it goes when they do."""
        try:
            self.connection.hset(self.key, WARM, json.dumps(room.current().device.resident))
        except RedisError as error:
            logs.warn("what is warm is not told", error=type(error).__name__)

    def get_heartbeat_ttl(self, job: Job) -> int:
        return HEARTBEAT

    def subscribe(self) -> None:
        """No command channel: it could stop a job by killing this process's group. Cancelling has its own key."""

    def request_stop(self, signum: int, frame: FrameType | None) -> None:
        room.current().stop()
        super().request_stop(signum, frame)  # type: ignore[no-untyped-call]


def refusal(job: Job) -> str:
    """Why a job is not run; "" when it is. Nothing the job names is imported to find out."""
    try:
        name, instance = job.func_name, job.instance
    except DeserializationError:
        job.data = b'["unreadable", null, [], {}]'  # RQ asks for the name again while failing the job
        return "the job is not JSON"
    if name not in ALLOWED or instance is not None:
        return f"{str(name)[:80]} is not on this worker's list"
    if any((job._success_callback_name, job._failure_callback_name, job._stopped_callback_name)):
        return "the job has callbacks"
    if job.webhooks:
        return "the job has webhooks"
    return ""


def _checked(name: str) -> str:
    if not isinstance(name, str) or not _ID.fullmatch(name):
        raise ValueError("an id holds letters, digits, - and _ only")
    return name


def _repositories(value: Any) -> list[str]:
    names = value.get("repositories") if isinstance(value, dict) and value.get("format") == PROBE_FORMAT else None
    if (
        not isinstance(names, list)
        or len(names) > MOST_REPOSITORIES
        or not all(isinstance(name, str) for name in names)
    ):
        raise ValueError(f"not a {PROBE_FORMAT} document")
    return names
