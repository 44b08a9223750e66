"""Jobs of a runner that was killed: put back in front of the queue by the next one that starts."""

from __future__ import annotations

import os
import socket

from redis import Redis
from rq import Queue, Worker
from rq.exceptions import NoSuchJobError
from rq.job import Job
from rq.serializers import JSONSerializer

from runner import logs

MOST_DEATHS = 3  # of the whole runner; a job that takes it down each time is left to fail


def put_back(queue_name: str, connection: Redis) -> list[str]:
    """Ids of the jobs put back. Looks at runners of this host by process id; others are left to their heartbeats."""
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
        if job.meta["orphaned"] > MOST_DEATHS:
            continue
        registry.remove_executions(job)
        queue.enqueue_job(job, at_front=True)
        returned.append(job_id)
        logs.note("took over a job of a runner that is gone", job=job_id)
    return returned


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
