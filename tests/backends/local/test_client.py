"""The queue's client on a real Redis."""

from __future__ import annotations

import json
import uuid

import pytest
from redis import Redis
from rq import Queue
from rq.job import Job
from rq.serializers import JSONSerializer

from presets_app.backends.errors import FetchFailed
from presets_app.backends.local.client import LocalClient
from presets_app.core.errors import Invalid

DIGEST = "c" * 64


@pytest.fixture
def client(redis_server: str) -> LocalClient:
    return LocalClient(redis_server, f"pool-{uuid.uuid4().hex[:8]}")


def jobs(redis_server: str, client: LocalClient) -> list[Job]:
    queue = Queue(client._queue.name, connection=Redis.from_url(redis_server), serializer=JSONSerializer)
    return list(queue.jobs)


def test_an_attempt_is_queued_once_however_often_it_is_asked(redis_server: str, client: LocalClient) -> None:
    item = uuid.uuid4().hex
    assert {client.enqueue(item, 1, DIGEST) for _ in range(3)} == {f"render-{item}-1"}
    client.enqueue(item, 2, DIGEST)
    assert [job.id for job in jobs(redis_server, client)] == [f"render-{item}-1", f"render-{item}-2"]


def test_a_job_is_json_that_names_a_function_and_carries_ids_only(redis_server: str, client: LocalClient) -> None:
    item = uuid.uuid4().hex
    client.enqueue(item, 1, DIGEST)
    raw = Redis.from_url(redis_server).hget(f"rq:job:render-{item}-1", "data")
    assert isinstance(raw, bytes)
    import zlib

    assert json.loads(zlib.decompress(raw)) == ["runner.worker.render", None, [item, DIGEST], {}]


def test_a_probe_is_a_job_of_its_own(redis_server: str, client: LocalClient) -> None:
    probe = uuid.uuid4().hex
    assert client.probe(probe, DIGEST) == f"probe-{probe}"
    assert jobs(redis_server, client)[0].func_name == "runner.worker.probe"


def test_progress_is_what_the_job_reports(redis_server: str, client: LocalClient) -> None:
    item = uuid.uuid4().hex
    assert client.progress(item, 1) == {"status": "unknown"}
    client.enqueue(item, 1, DIGEST)
    [job] = jobs(redis_server, client)
    job.meta.update(phase="denoise", step=2, steps=4)
    job.save_meta()
    assert client.progress(item, 1) == {"status": "queued", "phase": "denoise", "step": 2, "steps": 4}
    assert client.lost(item, 1) is None
    job.set_status("failed")
    assert client.lost(item, 1).code == "runner_lost"  # type: ignore[union-attr]


def test_a_cancel_leaves_the_word_that_the_runner_looks_for(redis_server: str, client: LocalClient) -> None:
    client.cancel("item-9")
    assert Redis.from_url(redis_server).get("matchframe:cancel:item-9") == b"1"


def test_a_pool_without_a_runner_is_not_ready_and_says_how_to_start_one(client: LocalClient) -> None:
    health = client.health()
    assert (health.ready, health.facts) == (False, {"workers": 0, "waiting": 0})
    assert "python -m runner" in health.problems[0].hint


def test_a_queue_that_does_not_answer_is_an_environment_failure() -> None:
    nobody = LocalClient("unix:///nonexistent/redis.sock", "pool")
    with pytest.raises(FetchFailed) as caught:
        nobody.enqueue("item", 1, DIGEST)
    assert (caught.value.failure.code, caught.value.failure.cause) == ("queue_unreachable", "environment")
    assert nobody.health().problems[0].code == "queue_unreachable"


@pytest.mark.parametrize("item", ["../x", "a b", "", "a:b", "x" * 101])
def test_an_id_that_is_no_plain_word_is_refused(client: LocalClient, item: str) -> None:
    with pytest.raises(Invalid):
        client.enqueue(item, 1, DIGEST)
    with pytest.raises(Invalid):
        client.cancel(item)


def test_a_request_that_is_not_named_by_its_digest_is_refused(client: LocalClient) -> None:
    with pytest.raises(Invalid):
        client.enqueue("item", 1, "not a digest")
