"""The whole runner as its own process: stopped, killed, started again."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest
from redis import Redis
from rq import Queue
from rq.job import Job, JobStatus
from rq.serializers import JSONSerializer

from presets_app.artifacts import LocalStore, get_json, put_json
from runner import room
from tests.runner.presets import long, request, wan
from tests.runner.test_offline import knocked, planted
from tests.support.redis_server import running_redis

pytestmark = [pytest.mark.services, pytest.mark.render, pytest.mark.journey]
ROOT = Path(__file__).resolve().parents[2]
QUEUE = "gpu:local"


class Place:
    def __init__(self, url: str, weights: Path, folder: Path) -> None:
        self.redis = Redis.from_url(url)
        self.store = LocalStore(folder / "artifacts")
        self.weights = weights
        self.queue = Queue(QUEUE, connection=self.redis, serializer=JSONSerializer)
        places = {"REDIS_URL": url, "MATCHFRAME_ARTIFACTS": str(self.store.root), "MATCHFRAME_WEIGHTS": str(weights)}
        self.environment = {**os.environ, **places}
        self.started: list[subprocess.Popen[bytes]] = []

    def start(self, *under: str) -> psutil.Process:
        command = [*under, sys.executable, "-m", "runner", "--queue", QUEUE]
        self.started.append(subprocess.Popen(command, env=self.environment, cwd=ROOT, stderr=subprocess.DEVNULL))
        return psutil.Process(self.started[-1].pid)

    def put(self, item: str) -> Job:
        return self.enqueue(long(wan()), item)

    def enqueue(self, document: dict[str, Any], item: str) -> Job:
        digest = put_json(self.store, request(self.weights, document, item).as_json())
        return self.queue.enqueue_call("runner.worker.render", args=(item, digest), job_id=f"render-{item}-1")

    def status_of_result(self) -> str:
        results = Queue("results", connection=self.redis, serializer=JSONSerializer)
        return str(get_json(self.store, results.jobs[-1].args[-1])["status"])


@pytest.fixture
def place(weights: Path, tmp_path: Path) -> Iterator[Place]:
    with running_redis(tmp_path / "redis") as url:
        made = Place(url, weights, tmp_path)
        yield made
        for process in made.started:
            process.kill()
            process.wait()
        made.redis.close()


def until(true: Callable[[], bool], seconds: float = 60.0) -> None:
    limit = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < limit, "it did not happen in time"
        time.sleep(0.05)


def denoising(job: Job) -> Callable[[], bool]:
    def look() -> bool:
        return bool(job.get_meta(refresh=True).get("phase") == "denoise")

    return look


def test_a_runner_that_is_told_to_stop_puts_its_render_back_and_leaves_nothing(place: Place) -> None:
    runner, job = place.start(), place.put("item-1")
    until(denoising(job))
    children = runner.children(recursive=True)
    began = time.monotonic()
    runner.send_signal(signal.SIGTERM)
    assert place.started[0].wait(15) == 0
    assert time.monotonic() - began < 10
    assert not any(child.is_running() and child.status() != psutil.STATUS_ZOMBIE for child in children)
    assert job.get_status(refresh=True) is JobStatus.QUEUED
    assert place.queue.job_ids == [job.id]
    assert job.get_meta(refresh=True)["phase"] == "waiting"


def test_a_killed_runners_render_is_taken_over_and_can_then_be_cancelled(place: Place) -> None:
    runner, job = place.start(), place.put("item-2")
    until(denoising(job))
    children = runner.children(recursive=True)
    runner.kill()
    place.started[0].wait()
    until(lambda: not any(child.is_running() and child.status() != psutil.STATUS_ZOMBIE for child in children), 10)
    assert job.get_status(refresh=True) is JobStatus.STARTED
    place.redis.set(room.CANCEL_KEY + "item-2", "1")
    place.start()
    until(lambda: job.get_status(refresh=True) is JobStatus.FINISHED, 15)
    assert job.get_meta(refresh=True)["orphaned"] == 1
    assert place.status_of_result() == "cancelled"


def test_a_runner_that_had_nothing_to_do_still_takes_work(place: Place) -> None:
    """redis-py's own read limit is 5 seconds."""
    place.start()
    time.sleep(6.5)
    job = place.enqueue(wan(frames=18), "item-3")
    until(lambda: job.get_status(refresh=True) is JobStatus.FINISHED, 15)
    assert place.status_of_result() == "failed"


def test_a_library_in_the_runner_itself_cannot_leak_while_it_serves_its_queue(place: Place, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(0.2)
        entered = "getattr(sys.modules.get('runner.room'), '_rooms', None)"
        said = planted(tmp_path, listener.getsockname()[1], "runner", entered, below="reach")
        place.environment["PYTHONPATH"] = str(tmp_path)
        place.start()
        job = place.enqueue(wan(frames=18), "item-4")
        until(lambda: job.get_status(refresh=True) is JobStatus.FINISHED, 15)
        until(lambda: said.exists() and len(said.read_text().splitlines()) == 4, 5)
        assert not knocked(listener)
    assert {line.split()[-1] for line in said.read_text().splitlines()} == {"LeftTheMachine"}


def test_the_runner_serves_its_queue_from_a_network_namespace_with_nothing_in_it(place: Place) -> None:
    """As the shipped deployments start it: the queue is a socket file, and there is not even a loopback."""
    alone = ["unshare", "--user", "--map-root-user", "--net"]
    if subprocess.run([*alone, "true"], check=False, capture_output=True).returncode:
        pytest.skip("this machine gives nobody a network namespace of their own")
    place.start(*alone)
    job = place.enqueue(wan(), "item-5")
    until(lambda: job.get_status(refresh=True) is JobStatus.FINISHED)
    assert place.status_of_result() == "done"


def test_the_queue_may_be_named_in_a_file(place: Place, tmp_path: Path) -> None:
    file = tmp_path / "redis_url"
    file.write_text(place.environment.pop("REDIS_URL") + "\n")
    place.environment["REDIS_URL_FILE"] = str(file)
    place.start()
    job = place.enqueue(wan(frames=18), "item-6")
    until(lambda: job.get_status(refresh=True) is JobStatus.FINISHED, 15)


def test_a_file_for_the_queue_that_is_not_there_is_said(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "runner", "--queue", QUEUE]
    env = {"PATH": "", "REDIS_URL_FILE": str(tmp_path / "none")}
    ended = subprocess.run(command, env=env, cwd=ROOT, capture_output=True, text=True, check=False)
    assert ended.returncode == 2
    assert "REDIS_URL_FILE names a file that cannot be read" in ended.stderr


def test_a_runner_without_its_environment_says_what_it_needs() -> None:
    command = [sys.executable, "-m", "runner", "--queue", QUEUE]
    ended = subprocess.run(command, env={"PATH": ""}, cwd=ROOT, capture_output=True, text=True, check=False)
    assert ended.returncode == 2
    assert "REDIS_URL" in ended.stderr


def test_a_redis_that_does_not_answer_is_said_without_its_address(tmp_path: Path) -> None:
    url = f"unix://:canary@{tmp_path}/none.sock"
    places = {"REDIS_URL": url, "MATCHFRAME_ARTIFACTS": str(tmp_path), "MATCHFRAME_WEIGHTS": str(tmp_path)}
    command = [sys.executable, "-m", "runner", "--queue", QUEUE]
    ended = subprocess.run(command, env=places, cwd=ROOT, capture_output=True, text=True, check=False)
    assert ended.returncode == 2
    assert "Redis does not answer" in ended.stderr
    assert "canary" not in ended.stderr
