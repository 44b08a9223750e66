"""The queue's and the worker's own faults as Failures; what happens inside a render the runner says itself."""

from __future__ import annotations

from presets_app.core.problems import Failure


def queue_unreachable() -> Failure:
    text = "The queue does not answer."
    return Failure("environment", "queue_unreachable", "later", text, "Start the queue, or check its address.")


def no_worker(pool: str) -> Failure:
    text = f"No runner listens on the pool {pool!r}."
    hint = "Start one on the GPU machine with `python -m runner`."
    return Failure("environment", "no_worker", "later", text, hint, {"pool": pool})


def lost(job_status: str) -> Failure:
    """The job ended without the runner having said how: the worker was killed, or the queue was cleared."""
    text = "The runner stopped before it could say what came of the render."
    hint = "Look at the runner's log for the time; the item can be run again."
    return Failure("environment", "runner_lost", "now", text, hint, {"job_status": job_status})
