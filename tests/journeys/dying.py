"""A process that does one thing and is killed (SIGKILL) at a named gap: run by test_killed_processes.

python -m tests.journeys.dying GAP PROJECT ARGUMENT
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable
from typing import Any

import django


def die(*_: Any, **__: Any) -> Any:
    os.kill(os.getpid(), signal.SIGKILL)


def after(function: Callable[..., Any]) -> Callable[..., Any]:
    """The same function, and then the end."""

    def inner(*args: Any, **named: Any) -> Any:
        function(*args, **named)
        return die()

    return inner


def main(gap: str, slug: str, argument: str) -> None:
    django.setup()
    from presets_app.backends.local.client import LocalClient
    from presets_app.backends.wavespeed.client import WaveSpeedClient
    from presets_app.queries import people, projects
    from presets_app.services import dispatching, indexing, queue, recipes_flow, runs
    from tests.support import project as support

    project = projects.only_or_named(slug)
    ada = people.actor_named("ada", project)
    if gap == "between-git-and-database":
        indexing.refresh = die
        support.save(project, ada, name=argument)
    if gap == "between-database-and-queue":
        LocalClient.enqueue = die  # type: ignore[method-assign]
        queue._enqueue = die
        preset = projects.preset(project, argument)
        given = [runs.Input("one", {"key": "one"})]
        runs.start(runs.Work(preset, projects.target(project, "local"), given, revision=preset.head), ada)
    if gap == "recipe-before-the-queue":
        queue._enqueue = die
        recipes_flow.advance(argument)
    if gap == "between-intent-and-submit":
        WaveSpeedClient.submit = die  # type: ignore[method-assign]
        dispatching.dispatch(argument)
    if gap == "between-submit-and-its-record":
        WaveSpeedClient.submit = after(WaveSpeedClient.submit)  # type: ignore[method-assign]
        dispatching.dispatch(argument)
    sys.exit("nobody died")


if __name__ == "__main__":
    main(*sys.argv[1:])
