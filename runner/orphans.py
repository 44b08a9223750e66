"""Work of a runner that is gone goes back to the front of the queue once; the second time a person is told.

A render that takes its whole runner down each time would take down every runner after it.
"""

from __future__ import annotations

import os
import socket

from redis import Redis
from rq import Queue, Worker
from rq.exceptions import DeserializationError, NoSuchJobError
from rq.job import Job, JobStatus
from rq.serializers import JSONSerializer

from presets_app.core.errors import MatchframeError
from presets_app.core.generation import GenerationResult
from presets_app.core.problems import Failure
from runner import logs, rendering_jobs, room, step_jobs

RENDER, STEP = "runner.worker.render", "runner.worker.step"
MOST_DEATHS = 1  # of a runner under one job, after which the job still goes back


def put_back(queue_name: str, connection: Redis) -> list[str]:
    """Ids of the jobs put back. Looks at runners of this host by process id, and at others by their heartbeats."""
    queue = Queue(queue_name, connection=connection, serializer=JSONSerializer)
    dead = _bury(connection)
    registry, returned = queue.started_job_registry, []
    for job_id in registry.get_job_ids(cleanup=False):
        try:
            job = Job.fetch(job_id, connection=connection, serializer=JSONSerializer)
        except NoSuchJobError:
            continue
        if not _is_orphan(job, dead, connection):
            continue
        job.meta["orphaned"] = job.meta.get("orphaned", 0) + 1
        job.save_meta()  # type: ignore[no-untyped-call]
        registry.remove_executions(job)
        if job.meta["orphaned"] > MOST_DEATHS:
            _give_up(job, queue)
            continue
        queue.enqueue_job(job, at_front=True)
        returned.append(job_id)
        logs.note("took over a job of a runner that is gone", job=job_id)
    return returned


def _give_up(job: Job, queue: Queue) -> None:
    """Fail the job, and send its render's failure as the result that the runner could not send."""
    logs.warn("a job took its runner down twice", job=job.id, phase=job.meta.get("phase"))
    job.set_status(JobStatus.FAILED)
    queue.failed_job_registry.add(job, ttl=job.failure_ttl or -1, exc_string="its runner died twice")
    try:
        name, arguments = job.func_name, job.args
    except DeserializationError:
        return
    if name == RENDER and len(arguments) == 2:  # an item and the digest of its request
        _tell(str(arguments[0]), str(arguments[1]), str(job.meta.get("phase", "load")))
    elif name == STEP and len(arguments) == 2:  # a piece of work and the digest of its request
        step_jobs.tell_lost(room.current(), str(arguments[0]), str(arguments[1]))


def _tell(item: str, digest: str, phase: str) -> None:
    here = room.current()
    try:
        request = rendering_jobs.read_request(here, item, digest)
    except (MatchframeError, OSError, ValueError) as error:
        logs.warn("the request of a lost job cannot be read", item=item, error=type(error).__name__)
        return
    text = f"The runner itself ended twice while it rendered this, last in the phase {phase}."
    hint = "Look at the machine: its memory, its driver, its kernel log. Run the item again when the cause is known."
    failure = Failure("environment", "runner_died_twice", "after_change", text, hint, {"phase": phase})
    result = rendering_jobs.keep(here, GenerationResult(item, request.attempt, "failed", failure=failure))
    here.send("presets_app.jobs.runs.finished", f"finished-{item}-{request.attempt}", item, request.attempt, result)


def _bury(connection: Redis) -> set[str]:
    """Names of this host's workers whose process is gone; they are taken off the list of workers."""
    dead = set()
    for worker in Worker.all(connection=connection):
        if worker.hostname == socket.gethostname() and worker.pid and not _runs(int(worker.pid)):
            dead.add(worker.name)
            worker.register_death()  # type: ignore[no-untyped-call]
    return dead


def _is_orphan(job: Job, dead: set[str], connection: Redis) -> bool:
    name = job.worker_name
    return bool(name) and (name in dead or Worker.find_by_key(f"rq:worker:{name}", connection=connection) is None)


def _runs(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
