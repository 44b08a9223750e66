"""The wire protocol of the stand-in, spoken to by hand and by the real client. Nothing is rendered here."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from presets_app.backends.errors import BackendFailed, MayHaveBeenCharged, VendorRefused
from presets_app.backends.wavespeed.client import open_client
from runner.standins.wavespeed.faults import FAULTS, TASK_FAULTS, Plan
from tests.runner.standins.serving import BODY, KEY, TINY, ended, raw, serving


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with serving(tmp_path_factory.mktemp("stand-in"), plan=Plan("moderation")) as found:
        yield found


def test_nothing_is_answered_without_the_key(address: str) -> None:
    for headers in ({}, {"Authorization": "Bearer wrong"}, {"X-API-Key": KEY}, {"Authorization": KEY}):
        assert httpx.get(f"{address}/api/v3/models", headers=headers).status_code == 401
        assert httpx.post(f"{address}/api/v3/{TINY}", json=BODY, headers=headers).status_code == 401


def test_a_task_goes_from_created_over_processing_to_its_end(address: str) -> None:
    with raw(address) as client:
        task = client.post(TINY, json=BODY).json()["data"]
        assert (task["status"], task["outputs"], task["error"]) == ("created", [], "")
        seen = []
        while not seen or seen[-1] in ("created", "processing"):
            seen.append(client.get(f"predictions/{task['id']}/result").json()["data"]["status"])
            time.sleep(0.01)
        assert list(dict.fromkeys(seen)) == ["created", "processing", "failed"]


def test_a_failed_task_still_has_code_200_around_it(address: str) -> None:
    with raw(address) as client:
        task = client.post(TINY, json=BODY).json()["data"]
        ended(open_client(address, KEY), task["id"])
        reply = client.get(f"predictions/{task['id']}")
        assert (reply.status_code, reply.json()["code"]) == (200, 200)
        assert (reply.json()["data"]["status"], reply.json()["data"]["code"]) == ("failed", 1200)


def test_both_forms_of_the_poll_address_are_answered_and_named_in_turn(address: str) -> None:
    with raw(address) as client:
        tasks = [client.post(TINY, json=BODY).json()["data"] for _ in range(2)]
        assert {task["urls"]["get"].endswith("/result") for task in tasks} == {True, False}
        for form in ("", "/result"):
            assert client.get(f"predictions/{tasks[0]['id']}{form}").status_code == 200


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"prompt": None}, 1401),
        ({"seed": 2**31}, 1401),
        ({"width": 100}, 1401),
        ({"num_frames": 16}, 1401),
        ({"steps": 0}, 1401),
    ],
)
def test_a_request_that_breaks_its_schema_is_a_400_and_not_taken(
    address: str, changes: dict[str, object], code: int
) -> None:
    before = httpx.get(f"{address}/standin/stats").json()["submits"]
    with raw(address) as client:
        reply = client.post(TINY, json={**BODY, **changes})
        assert (reply.status_code, reply.json()["error_code"]) == (400, code)
        assert client.post(TINY, json={"prompt": "x"}).json()["error_code"] == 1400
        assert (
            client.post("wavespeed-ai/ltx-2-19b/text-to-video", json={"prompt": "x", "duration": 4}).status_code == 400
        )
        assert client.post("no/model", json=BODY).status_code == 404
        assert client.post(TINY, content=b"{not json").status_code == 400
        assert client.post(TINY, content=b"[" * 100_000).status_code == 400
    assert httpx.get(f"{address}/standin/stats").json()["submits"] == before


def test_a_body_that_is_too_large_is_not_read(address: str) -> None:
    head = f"POST /api/v3/{TINY} HTTP/1.1\r\nHost: x\r\nContent-Length: {1 << 40}\r\n\r\n"
    with socket.create_connection(("127.0.0.1", int(address.rpartition(":")[2])), 5) as connection:
        connection.sendall(head.encode())
        assert connection.recv(100).startswith(b"HTTP/1.1 413")


def test_the_catalogue_lists_the_real_ids_and_says_what_it_is(address: str) -> None:
    models = {model.model_id: model for model in open_client(address, KEY).catalogue()}
    assert {
        "wavespeed-ai/ltx-2-19b/text-to-video",
        "wavespeed-ai/wan-2.2/t2v-480p",
        "alibaba/wan-2.6/text-to-video",
    } <= set(models)
    tiny = models[TINY]
    assert {"width", "height", "num_frames", "fps", "seed", "steps", "guidance", "negative_prompt"} <= set(
        tiny.properties
    )
    assert all(
        "tand-in" in model.description and "untrained tiny model" in model.description for model in models.values()
    )


def test_the_history_finds_a_task_by_model_and_time_with_its_body(address: str) -> None:
    client = open_client(address, KEY)
    task = client.submit(TINY, {**BODY, "seed": 77})
    found = client.find(TINY, "2020-01-01T00:00:00Z")
    assert (found[0].vendor_id, found[0].body["seed"]) == (task.vendor_id, 77)
    assert client.find(TINY, "2999-01-01T00:00:00Z") == []
    assert client.find("wavespeed-ai/ltx-2-19b/text-to-video", "2020-01-01T00:00:00Z") == []


def test_a_deleted_task_is_gone(address: str) -> None:
    client = open_client(address, KEY)
    task = client.submit(TINY, BODY)
    with raw(address) as by_hand:
        by_hand.post("predictions/delete", json={"ids": [task.vendor_id]})
    with pytest.raises(VendorRefused) as caught:
        client.poll(task.vendor_id)
    assert caught.value.failure.code == "not_there"


def test_price_and_balance_are_told_and_a_submit_lowers_the_balance(address: str) -> None:
    client = open_client(address, KEY)
    before = float(client.check().facts["balance"])
    assert client.quote(TINY, BODY).amount == "0.01"
    assert client.quote("wavespeed-ai/ltx-2-19b/text-to-video", {"duration": 10}).amount == "0.4"
    client.submit(TINY, BODY)
    assert float(client.check().facts["balance"]) == pytest.approx(before - 0.01)
    with raw(address) as by_hand:
        assert by_hand.post("model/pricing", json={"model_id": TINY, "inputs": {}}).json()["data"]["price"] == 0.01


def test_an_upload_ticket_takes_the_bytes_once(address: str) -> None:
    with raw(address) as client:
        ticket = client.post("media/uploads", json={"filename": "a.png", "size": 3}).json()["data"]["upload"]
        assert httpx.put(ticket["url"], content=b"abc", headers=ticket["headers"]).status_code == 200
        assert httpx.put(ticket["url"], content=b"abc", headers=ticket["headers"]).status_code == 404
        assert client.post("media/uploads", json={"filename": "a.png", "size": -1}).status_code == 400


@pytest.mark.parametrize(
    "path", ["/outputs/../predictions/x.json", "/outputs/%2e%2e/x", "/outputs/" + "a" * 32 + ".mp4", "/"]
)
def test_no_other_file_can_be_had(address: str, path: str) -> None:
    assert httpx.get(address + path).status_code == 404


def test_sync_mode_that_runs_out_says_5004_and_goes_on(tmp_path: Path) -> None:
    with serving(tmp_path, plan=Plan("moderation"), slow=60) as address, raw(address) as client:
        task = client.post(TINY, json={**BODY, "enable_sync_mode": True}).json()["data"]
        assert (task["status"], task["code"]) == ("processing", 5004)
        assert client.get(f"predictions/{task['id']}").json()["data"]["status"] == "processing"


@pytest.mark.parametrize("fault", sorted(TASK_FAULTS))
def test_a_task_can_be_told_to_fail_in_each_documented_way(tmp_path: Path, fault: str) -> None:
    with serving(tmp_path, plan=Plan(fault)) as address:
        client = open_client(address, KEY)
        failure = ended(client, client.submit(TINY, BODY).vendor_id).failure
    assert failure is not None
    expected = {"service-error": "service", "moderation": "content", "media-url": "input", "no-code": "unknown"}
    assert failure.cause == expected.get(fault, failure.cause)


@pytest.mark.parametrize(("fault", "taken"), [("no-reply", 1), ("not-json-submit", 1), ("http-500", 0)])
def test_a_submit_without_a_clear_answer_is_told_apart_by_the_history(tmp_path: Path, fault: str, taken: int) -> None:
    with serving(tmp_path, plan=Plan(fault)) as address:
        client = open_client(address, KEY)
        with pytest.raises(MayHaveBeenCharged):
            client.submit(TINY, BODY)
        assert len(client.find(TINY, "2020-01-01T00:00:00Z")) == taken
        stats = httpx.get(f"{address}/standin/stats").json()
        assert (stats["submits"], stats["submit_requests"]) == (taken, 1)


def test_a_rate_limit_is_the_accounts_and_nothing_is_taken(tmp_path: Path) -> None:
    with serving(tmp_path, plan=Plan("rate-limit")) as address:
        with pytest.raises(VendorRefused) as caught:
            open_client(address, KEY).submit(TINY, BODY)
        assert (caught.value.failure.cause, caught.value.failure.code) == ("account", "rate_limited")
        assert httpx.get(f"{address}/standin/stats").json()["submits"] == 0


def test_polls_that_are_no_json_are_named(tmp_path: Path) -> None:
    with serving(tmp_path, plan=Plan("not-json")) as address:
        client = open_client(address, KEY)
        with pytest.raises(BackendFailed) as caught:
            client.poll(client.submit(TINY, BODY).vendor_id)
        assert caught.value.failure.code == "not_json"


def test_a_fault_hits_every_n_th_submit_only(tmp_path: Path) -> None:
    with serving(tmp_path, plan=Plan("http-500", 3)) as address, raw(address) as client:
        assert [client.post(TINY, json=BODY).status_code for _ in range(6)] == [200, 200, 500, 200, 200, 500]


def test_equal_bodies_are_counted_so_that_paying_twice_shows(tmp_path: Path) -> None:
    with serving(tmp_path, plan=Plan("moderation")) as address:
        client = open_client(address, KEY)
        for body in (BODY, BODY, {**BODY, "seed": 4}):
            client.submit(TINY, body)
        stats = httpx.get(f"{address}/standin/stats").json()
        assert (stats["submits"], sorted(stats["bodies"].values())) == (3, [1, 2])


def test_every_fault_is_described() -> None:
    assert set(TASK_FAULTS) <= set(FAULTS)
    assert all(FAULTS.values())
