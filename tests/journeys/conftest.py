"""One stack for all journeys: Redis, a runner, a stand-in for each fault."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from redis import Redis

from tests.support.project import running_stand_in
from tests.support.redis_server import running_redis
from tests.support.stack import Stack, running_stack


@pytest.fixture(scope="session")
def session_stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    folder = tmp_path_factory.mktemp("stack")
    with running_redis(folder / "redis") as url, running_stack(url, folder) as stack:
        yield stack


@pytest.fixture
def stack(session_stack: Stack, places: Path, settings: Any) -> Stack:
    """The session's stack, its queues emptied, with this test's settings pointing to it."""
    with Redis.from_url(session_stack.redis_url) as client:
        for key in client.keys("rq:queue:*") + client.keys("rq:job:*"):
            client.delete(key)
    settings.REDIS_URL = session_stack.redis_url
    settings.RQ_QUEUES = {name: {**queue, "URL": session_stack.redis_url} for name, queue in settings.RQ_QUEUES.items()}
    settings.ARTIFACTS_DIR, settings.WEIGHTS_DIR = session_stack.artifacts, session_stack.weights
    return session_stack


@pytest.fixture(scope="session")
def stand_in_with(session_stack: Stack, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[..., str]]:
    """`stand_in_with("--fault", "other-seed")`: the address of a rendering stand-in with these arguments."""
    known: dict[tuple[str, ...], str] = {}
    with ExitStack() as running:

        def start(*arguments: str) -> str:
            if arguments not in known:
                folder = tmp_path_factory.mktemp("cloud")
                context = running_stand_in(folder, *arguments, weights=session_stack.weights)
                known[arguments] = running.enter_context(context)
            return known[arguments]

        yield start
