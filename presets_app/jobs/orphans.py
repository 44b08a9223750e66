"""Jobs of a worker that was killed: put back in front of the queue by the next one that starts. Every job here may
run twice: each looks first at what is done already."""

from __future__ import annotations

import os
import socket
from typing import Any

from redis import Redis
from rq import Queue, Worker
from rq.exceptions import NoSuchJobError
from rq.job import Job
from rq.serializers import JSONSerializer

MOST_DEATHS = 3  # of the worker; a job that takes it down each time is left to fail


def put_back(queues: list[str], connection: Redis) -> list[str]:
    """Ids of the jobs put back. Workers of this host are known dead by their process; those of other hosts are left
    to their heartbeats."""
    dead = _bury(connection)
    returned = []
    for queue in (Queue(name, connection=connection, serializer=JSONSerializer) for name in queues):
        for identity in queue.started_job_registry.get_job_ids(cleanup=False):
            job = _fetch(identity, connection)
            if job is not None and job.worker_name in dead and _again(job):
                queue.started_job_registry.remove_executions(job)
                queue.enqueue_job(job, at_front=True)
                returned.append(identity)
    return returned


def _fetch(identity: str, connection: Redis) -> Job | None:
    try:
        return Job.fetch(identity, connection=connection, serializer=JSONSerializer)
    except NoSuchJobError:
        return None


def _again(job: Job) -> bool:
    meta: dict[str, Any] = job.meta
    meta["orphaned"] = meta.get("orphaned", 0) + 1
    job.save_meta()  # type: ignore[no-untyped-call]
    return bool(meta["orphaned"] <= MOST_DEATHS)


def _bury(connection: Redis) -> set[str]:
    """Names of this host's workers whose process is gone; they are taken off the list of workers."""
    gone = set()
    for worker in Worker.all(connection=connection):
        if worker.hostname == socket.gethostname() and worker.pid and not _runs(int(worker.pid)):
            gone.add(worker.name)
            worker.register_death()  # type: ignore[no-untyped-call]
    return gone


def _runs(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
