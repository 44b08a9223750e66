"""The web side's worker: runs a fixed list of functions and nothing else, whatever a job names."""

from __future__ import annotations

import logging
from typing import Any

from rq import SimpleWorker
from rq.job import Job
from rq.queue import Queue

from presets_app.services import parity_flow, recipes_flow, recipes_work
from presets_app.services import queue as queue_names
from presets_app.services.queue import ALLOWED

logger = logging.getLogger(__name__)


def broken_down(function: str, args: list[Any]) -> None:
    """Tell what waits for a job that ended with an exception."""
    if function == queue_names.Job.JUDGE.value[1]:
        parity_flow.give_up(str(args[0]))
    elif function == queue_names.Job.RECIPE.value[1]:
        recipes_flow.give_up(str(args[0]))
    elif function == queue_names.Job.RECIPE_WORK.value[1]:
        recipes_work.give_up(int(args[0]))


class FixedListWorker(SimpleWorker):
    """A job in Redis may name any function of any module; only those that this project enqueues are run."""

    def perform_job(self, job: Job, queue: Queue, *args: Any, **kwargs: Any) -> bool:
        name = job.func_name or ""
        if name in ALLOWED:
            done = bool(super().perform_job(job, queue, *args, **kwargs))
            if not done:
                broken_down(name, list(job.args))
            return done
        logger.error("refused a job that names %s", name[:120])
        self.handle_job_failure(job, queue, exc_string="This worker does not run that function.")
        return False
