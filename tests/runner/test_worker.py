"""The queue's side, on a real Redis: what is run, what is refused, what comes back."""

from __future__ import annotations

import hashlib
import pickle
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from redis import Redis
from rq import Callback, Queue
from rq.job import Job, JobStatus
from rq.serializers import JSONSerializer

from presets_app.artifacts import LocalStore, file_digest, get_json, put_json
from presets_app.core.generation import GenerationResult
from runner import orphans, rendering_jobs, room
from runner.device import Device
from runner.progress import Progress
from runner.worker import RunnerWorker
from tests.runner.presets import WAN, long, ltx, request, wan
from tests.runner.test_device import kill
from tests.support.redis_server import running_redis

pytestmark = [pytest.mark.services, pytest.mark.render, pytest.mark.journey]
QUEUE = "gpu:local"


class Place:
    """A queue with a room behind it; `work` runs what waits and returns."""

    def __init__(self, redis: Redis, store: LocalStore, device: Device, scratch: Path, weights: Path) -> None:
        self.redis, self.store, self.weights = redis, store, weights
        self.queue = Queue(QUEUE, connection=redis, serializer=JSONSerializer)
        self.room = room.Room(device, store, redis, scratch)
        room.enter(self.room)

    def put(self, document: dict[str, Any], item: str = "item-1") -> Job:
        digest = put_json(self.store, request(self.weights, document, item).as_json())
        return self.enqueue("runner.worker.render", item, digest)

    def enqueue(self, function: str, *args: Any, **more: Any) -> Job:
        return self.queue.enqueue_call(function, args=args, **more)

    def work(self) -> None:
        RunnerWorker([QUEUE], connection=self.redis).work(burst=True, logging_level="ERROR")

    def news(self) -> list[tuple[str, list[Any]]]:
        results = Queue("results", connection=self.redis, serializer=JSONSerializer)
        return [(job.func_name, list(job.args)) for job in results.jobs]

    def result(self) -> GenerationResult:
        return GenerationResult.from_json(get_json(self.store, self.news()[-1][1][-1]))


@pytest.fixture(scope="module")
def redis(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Redis]:
    with running_redis(tmp_path_factory.mktemp("redis")) as url, Redis.from_url(url) as client:
        yield client


@pytest.fixture
def place(redis: Redis, device: Device, weights: Path, tmp_path: Path) -> Place:
    redis.flushall()
    return Place(redis, LocalStore(tmp_path / "artifacts"), device, tmp_path, weights)


def test_a_render_brings_a_video_its_digests_and_the_news(place: Place) -> None:
    job = place.put(ltx())
    place.work()
    assert job.get_status(refresh=True) is JobStatus.FINISHED
    (function, args) = place.news()[0]
    assert (function, args[:2]) == ("presets_app.jobs.runs.finished", ["item-1", 1])
    result = place.result()
    assert (result.status, result.failure) == ("done", None)
    assert result.video
    assert result.digests
    assert file_digest(place.store.path(result.video.sha256)) == result.video.sha256
    assert place.store.size(result.video.sha256) == result.video.size
    assert {"verify", "load", "text", "denoise", "decode", "encode", "store", "start", "total"} <= set(result.timings)
    assert result.seeds[0].sent == 1
    assert b'"guidance_scale": 3.0' in place.store.get(result.log or "")


def test_progress_and_warmth_stand_in_the_jobs_meta(place: Place) -> None:
    place.put(wan())
    job = place.put(wan(), "item-2")
    place.work()
    job.refresh()
    assert job.meta.pop("preview") == hashlib.sha256(place.redis.get("matchframe:preview:item-2")).hexdigest()[:16]
    assert job.meta == {"phase": "store", "step": 0, "steps": 0, "warm": True}


def test_a_job_naming_os_system_fails_without_being_run(place: Place, tmp_path: Path) -> None:
    canary = tmp_path / "canary"
    job = place.enqueue("os.system", f"touch {canary}")
    place.work()
    assert job.get_status(refresh=True) is JobStatus.FAILED
    assert not canary.exists()
    assert "not on this worker's list" in str(job.latest_result().exc_string)


@pytest.mark.parametrize("function", ["runner.room.current", "builtins.exec", "runner.worker.RunnerWorker", "render"])
def test_nothing_beside_the_list_runs(place: Place, function: str) -> None:
    job = place.enqueue(function)
    place.work()
    assert job.get_status(refresh=True) is JobStatus.FAILED


def test_a_callback_is_no_way_around_the_list(place: Place, tmp_path: Path) -> None:
    canary = tmp_path / "canary"
    canary.write_text("here")
    for way in ("on_success", "on_failure", "on_stopped"):
        place.enqueue("runner.worker.render", "item-1", "0" * 64, **{way: Callback("os.unlink")})
    place.work()
    failed = place.queue.failed_job_registry.get_job_ids()
    assert len(failed) == 3
    assert all("callbacks" in str(Job.fetch(name, place.redis).latest_result().exc_string) for name in failed)
    assert canary.exists()


def test_a_pickled_job_is_refused_unread(place: Place, tmp_path: Path) -> None:
    canary = tmp_path / "canary"

    class Trap:
        def __reduce__(self) -> tuple[Any, ...]:
            return (Path.touch, (canary,))

    job = place.enqueue("runner.worker.render", "item-1", "0" * 64)
    place.redis.hset(job.key, "data", pickle.dumps(Trap()))
    place.work()
    assert job.get_status(refresh=True) is JobStatus.FAILED
    assert not canary.exists()


def test_a_render_that_cannot_be_is_a_finished_job_with_a_cause(place: Place) -> None:
    job = place.put(ltx(frames=122))
    place.work()
    assert job.get_status(refresh=True) is JobStatus.FINISHED
    result = place.result()
    assert result.failure
    assert (result.status, result.failure.code, result.failure.cause) == ("failed", "frames_invalid", "preset")


def test_an_item_that_was_cancelled_is_not_rendered(place: Place) -> None:
    place.redis.set(room.CANCEL_KEY + "item-1", "1")
    place.put(wan())
    place.work()
    assert place.result().status == "cancelled"
    assert not place.redis.exists(room.CANCEL_KEY + "item-1")


def test_a_request_for_another_item_or_none_at_all_fails_the_job(place: Place) -> None:
    digest = put_json(place.store, request(place.weights, wan(), "item-1").as_json())
    jobs = [
        place.enqueue("runner.worker.render", "item-2", digest),
        place.enqueue("runner.worker.render", "item-1", "f" * 64),
        place.enqueue("runner.worker.render", "item-1", "../../etc/passwd"),
        place.enqueue("runner.worker.render", "../x", digest),
        place.enqueue("runner.worker.render", "item-1", put_json(place.store, {"format": "matchframe/request/1"})),
    ]
    place.work()
    assert [job.get_status(refresh=True) for job in jobs] == [JobStatus.FAILED] * 5
    assert place.news() == []


def test_a_probe_brings_the_fingerprint_and_the_checkpoints(place: Place) -> None:
    digest = put_json(place.store, {"format": "matchframe/probe/1", "repositories": [WAN]})
    place.enqueue("runner.worker.probe", "probe-1", digest)
    place.work()
    ((function, args),) = place.news()
    assert (function, args[0]) == ("presets_app.jobs.targets.probed", "probe-1")
    body = get_json(place.store, args[1])
    assert (body["format"], body["probe"]) == ("matchframe/probe-result/1", "probe-1")
    assert body["checkpoints"][WAN]["class"] == "WanPipeline"
    assert body["fingerprint"]["driver"]["libraries"]["diffusers"] == "0.42.1"


def test_a_process_killed_once_is_tried_again_and_twice_is_a_failure(place: Place, device: Device) -> None:
    document = long(wan())
    short = request(place.weights, wan())
    deaths: list[str] = []

    def kill_times(most: int) -> Any:
        def meter(progress: Progress) -> None:
            if progress.phase == "load" and progress.warm is not None and len(deaths) < most:
                deaths.append(progress.phase)
                kill(device)

        return meter

    once = rendering_jobs.attempt(place.room, short, kill_times(1))
    twice = rendering_jobs.attempt(place.room, request(place.weights, document), kill_times(3))
    assert once.status == "done"
    assert twice.failure
    assert (twice.failure.code, twice.failure.cause) == ("runner_child_died", "environment")
    assert twice.failure.evidence["status"] == -9


def orphaned(place: Place, job: Job) -> None:
    """As a killed runner leaves it: started, by a worker whose process is gone."""
    dead = RunnerWorker([QUEUE], connection=place.redis)
    dead.register_birth()
    place.redis.hset(dead.key, "pid", 2**22 + 1)  # above the largest process id there is
    place.queue.remove(job)
    dead.prepare_execution(job)
    dead.prepare_job_execution(job)


def test_a_dead_runners_render_goes_back_once_and_the_second_time_to_a_person(place: Place) -> None:
    job = place.put(wan())
    orphaned(place, job)
    assert orphans.put_back(QUEUE, place.redis) == [job.id]
    assert place.queue.job_ids == [job.id]
    job.meta = {**job.get_meta(refresh=True), "phase": "decode"}
    job.save_meta()
    orphaned(place, job)
    assert orphans.put_back(QUEUE, place.redis) == []
    assert place.queue.job_ids == []
    assert job.get_status(refresh=True) is JobStatus.FAILED
    failure = place.result().failure
    assert failure
    assert (failure.code, failure.cause, failure.evidence) == ("runner_died_twice", "environment", {"phase": "decode"})
    assert orphans.put_back(QUEUE, place.redis) == []
    assert len(place.news()) == 1


def test_a_runner_at_work_looks_for_the_work_of_others_that_died(place: Place) -> None:
    lost = place.put(wan(frames=18))
    orphaned(place, lost)
    RunnerWorker([QUEUE], connection=place.redis).clean_registries()
    assert place.queue.job_ids == [lost.id]


def test_heartbeats_go_on_while_a_render_runs(place: Place) -> None:
    beats: list[None] = []
    place.room.beat = lambda: beats.append(None)
    for now in (0.0, 9.0, 11.0, 15.0, 21.5):
        place.room._last_beat = place.room._last_beat if now else -100.0
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("runner.room.time.monotonic", lambda now=now: now)
            place.room.reason_to_stop("item-1")
    assert len(beats) == 3


PHASES = ["start", "text", "decode", "encode"]  # loading and denoising are in test_device


def test_a_process_killed_in_a_phase_without_steps_renders_the_same_once_more(place: Place, device: Device) -> None:
    whole = rendering_jobs.attempt(place.room, request(place.weights, wan()), lambda _progress: None)
    pids = {device.pid}
    for phase in PHASES:
        killed: list[str] = []

        def meter(progress: Progress, phase: str = phase, killed: list[str] = killed) -> None:
            if progress.phase == phase and not killed:
                killed.append(phase)
                kill(device)

        if phase == "start":
            device.kill()
            device.prepare()
            kill(device)
        again = rendering_jobs.attempt(place.room, request(place.weights, wan()), meter)
        assert (again.status, again.warm, again.digests) == ("done", False, whole.digests), phase
        assert killed == ([] if phase == "start" else [phase])
        pids.add(device.pid)
    assert len(pids) == len(PHASES) + 1


def test_another_attention_kernel_gets_another_process_and_the_same_one_keeps_it(place: Place, device: Device) -> None:
    def rendered(attention: str) -> tuple[Any, GenerationResult]:
        document = wan(runtime={"dtype": "float32", "attention": attention})
        result = rendering_jobs.attempt(place.room, request(place.weights, document), lambda _progress: None)
        return device.pid, result

    (first, sdpa), (second, math), (third, again), (fourth, back) = map(rendered, ("sdpa", "math", "math", "native"))
    assert first != second == third != fourth
    assert (math.warm, again.warm, back.warm) == (False, True, False)
    kernels = [result.fingerprint["determinism"]["attention"] for result in (sdpa, math, back)]
    assert kernels == ["sdpa", "math", "sdpa"]
    assert sdpa.digests == back.digests
    assert math.digests == again.digests
