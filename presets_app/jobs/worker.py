"""The web side's worker: runs a fixed list of functions and nothing else, whatever a job names."""

from __future__ import annotations

import logging
from typing import Any

from rq import SimpleWorker
from rq.job import Job
from rq.queue import Queue

from presets_app.services.queue import ALLOWED

logger = logging.getLogger(__name__)


class FixedListWorker(SimpleWorker):
    """A job in Redis may name any function of any module; only those that this project enqueues are run."""

    def perform_job(self, job: Job, queue: Queue, *args: Any, **kwargs: Any) -> bool:
        if job.func_name in ALLOWED:
            return bool(super().perform_job(job, queue, *args, **kwargs))
        logger.error("refused a job that names %s", job.func_name[:120])
        self.handle_job_failure(job, queue, exc_string="This worker does not run that function.")
        return False
