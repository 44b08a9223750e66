"""Waiting for work that other processes do, with a line of progress when something moves."""

from __future__ import annotations

import time
from argparse import ArgumentParser
from collections.abc import Callable
from typing import Any

from presets_app.core.errors import Unavailable
from presets_app.core.lifecycle import FINISHED_CHECK, FINISHED_RUN
from presets_app.queries import health

PAUSE = (0.1, 1.0)  # seconds between looks, from quick to calm
PATIENCE = 3600.0  # seconds
Say = Callable[[str], None]


def arguments(parser: ArgumentParser) -> None:
    parser.add_argument("--wait", action="store_true", help="answer when it is over")
    parser.add_argument("--timeout", type=float, help="seconds to wait at most")


def require_queue() -> None:
    """Raises Unavailable before anything is started that would wait for a queue that does not answer."""
    if not health.redis_answers():
        hint = "Start Matchframe with `make up`, or name a Redis with REDIS_URL."
        raise Unavailable("The queue does not answer, so nothing was started.", code="queue_silent", hint=hint)


def wait(ready: Callable[[], bool], what: str, seconds: float | None = None) -> None:
    """Look until `ready` is true. Raises Unavailable after `seconds`."""
    limit, pause = seconds if seconds is not None else PATIENCE, PAUSE[0]
    deadline = time.monotonic() + limit
    while not ready():
        if time.monotonic() > deadline:
            hint = "The work goes on; look at it again later, or wait longer with --timeout."
            raise Unavailable(f"Waited {limit:g} s for {what} in vain.", code="took_too_long", hint=hint)
        time.sleep(pause)
        pause = min(pause * 1.5, PAUSE[1])


def for_run(run: Any, say: Say, seconds: float | None = None) -> None:
    """Until nothing of the run is open any more; `run` is up to date afterwards."""
    told = ""

    def over() -> bool:
        nonlocal told
        run.refresh_from_db()
        words = f"{run.name}: {run.state}, {run.done} of {run.total} done, {run.failed} failed"
        if words != told:
            say(words)
            told = words
        return run.state in FINISHED_RUN

    wait(over, f"run {run.id}", seconds)


def for_check(check: Any, say: Say, seconds: float | None = None) -> None:
    """Until the check is judged; `check` is up to date afterwards."""
    told = ""

    def over() -> bool:
        nonlocal told
        for row in (check, check.left, check.right):
            row.refresh_from_db()
        sides = ", ".join(
            f"{run.target.slug} {run.done + run.failed} of {run.total}" for run in (check.left, check.right)
        )
        if f"{check.state}: {sides}" != told:
            told = f"{check.state}: {sides}"
            say(told)
        return check.state in FINISHED_CHECK

    wait(over, f"check {check.id}", seconds)
