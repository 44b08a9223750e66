"""Work for later: a fixed list of functions, ids only, on commit, once.

A job's id is made of what it is for, so that asking twice leaves one job.
"""

from __future__ import annotations

from enum import Enum

import django_rq
from django.db import transaction
from redis.exceptions import RedisError
from rq.job import Job as RqJob

from presets_app import wiring
from presets_app.core.errors import Unavailable


class Job(Enum):
    """(queue, dotted name). Workers run nothing else."""

    DISPATCH = ("cloud", "presets_app.jobs.runs.dispatch")
    SERVE = ("servers", "presets_app.jobs.runs.dispatch")
    FINISHED = ("results", "presets_app.jobs.runs.finished")
    JUDGE = ("default", "presets_app.jobs.parity.judge")
    PROBE_CLOUD = ("default", "presets_app.jobs.targets.probe_cloud")
    PROBED = ("results", "presets_app.jobs.targets.probed")
    RECIPE = ("default", "presets_app.jobs.recipes.advance")
    RECIPE_WORK = ("default", "presets_app.jobs.recipes.work")
    RECIPE_FRAMES = ("default", "presets_app.jobs.recipes.prepare")
    RECIPE_STEPPED = ("results", "presets_app.jobs.recipes.stepped")
    HEAL = ("default", "presets_app.jobs.store.heal")


ALLOWED = frozenset(job.value[1] for job in Job)
TIMEOUTS = {Job.DISPATCH: 24 * 3600, Job.SERVE: 24 * 3600, Job.JUDGE: 3600}  # seconds


def later(job: Job, *ids: str) -> None:
    """Enqueue once the surrounding transaction has committed; a job of this name that waits or runs is left alone."""
    transaction.on_commit(lambda: _enqueue(job, ids))


def job_id(job: Job, *ids: str) -> str:
    return "-".join([job.name.lower().replace("_", "-"), *(part.replace(":", "-") for part in ids)])


def is_alive(job: Job, *ids: str) -> bool:
    """Whether such a job waits or runs now."""
    return _alive(job_id(job, *ids))


def _enqueue(job: Job, ids: tuple[str, ...]) -> None:
    name, function = job.value
    identity = job_id(job, *ids)
    try:
        if _alive(identity):
            return
        django_rq.get_queue(name, commit_mode="auto").enqueue(
            function, *ids, job_id=identity, job_timeout=TIMEOUTS.get(job, 600), result_ttl=300, failure_ttl=86_400
        )
    except (RedisError, OSError) as error:
        hint = "What was saved is kept. See /readyz; try again once Redis answers."
        raise Unavailable("The queue does not answer, so nothing was started.", code="queue_down", hint=hint) from error


def _alive(identity: str) -> bool:
    from rq.exceptions import NoSuchJobError  # noqa: PLC0415 - kept beside its only use

    try:
        held = RqJob.fetch(identity, connection=wiring.redis(), serializer="rq.serializers.JSONSerializer")
    except NoSuchJobError:
        return False
    return held.get_status(refresh=True) in ("queued", "started", "deferred", "scheduled")
