"""A preset on a ComfyUI server through the whole app: added, asked, rendered, cancelled, lost and found again."""

from __future__ import annotations

import hashlib
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from django.db import transaction

from presets_app import wiring
from presets_app.artifacts import get_json
from presets_app.backends import registry
from presets_app.core.errors import Invalid
from presets_app.models import Attempt, Item, Run, Target
from presets_app.queries import progress
from presets_app.services import presets, runs, served_outputs, servers, serving, targets
from presets_app.services.requests import Input
from tests.backends.comfyui.served import document
from tests.support.people import People
from tests.support.stack import Stack

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True), pytest.mark.services]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Callable[..., tuple[subprocess.Popen[str], str]]]:
    """`start("--slow", "0.2")`: the process and the address of a stand-in."""
    running: list[subprocess.Popen[str]] = []

    def begin(*extra: str, port: str = "0") -> tuple[subprocess.Popen[str], str]:
        argv = [sys.executable, "-m", "runner.standins.comfyui", "--port", port, "--state", str(tmp_path / "comfy")]
        process = subprocess.Popen([*argv, *extra], stdout=subprocess.PIPE, text=True)
        running.append(process)
        assert process.stdout is not None
        return process, process.stdout.readline().split()[-1]

    yield begin
    for process in running:
        process.kill()
        process.wait(10)
        assert process.stdout is not None
        process.stdout.close()


def add(project: Any, people: People, address: str, **options: Any) -> Target:
    given = {"base_url": address, **options}
    return targets.add(project, people.olu, "comfy", name="Comfy", kind="comfyui", options=given)


def begin(project: Any, people: People, target: Target, count: int = 1, **more: Any) -> Run:
    preset = presets.save(project, people.ada, document(**more), message="Look").preset
    inputs = [Input(f"shot-{n}", {"prompt": f"a fox, take {n}"}) for n in range(count)]
    return runs.start(runs.Work(preset, target, inputs, revision=preset.head), people.ada)


def drained(redis_url: str, run: Run) -> Run:
    Stack(redis_url, Path(), Path()).drain()
    run.refresh_from_db()
    return run


def served(run: Run) -> serving.Server:
    fresh = Run.objects.select_related("target__project", "project").get(pk=run.pk)
    return serving.Server(fresh, servers.client(fresh.target), registry.load_server("comfyui"))


def taken(address: str) -> int:
    return int(httpx.get(f"{address}/standin/stats").json()["prompts"])


def test_a_preset_is_rendered_there_and_everything_about_it_is_kept(
    project: Any, people: People, redis_url: str, start: Any
) -> None:
    _, address = start()
    target = add(project, people, address)
    assert targets.last_answer(target)["version"] == "0.27.0"
    run = drained(redis_url, begin(project, people, target, 2))
    assert (run.state, run.done, run.spent) == ("done", 2, 0)
    item = run.items.order_by("position")[0]
    result = get_json(wiring.artifacts(), item.result)
    assert wiring.artifacts().get(item.video)[4:8] == b"ftyp"
    assert [(seed["sent"], seed["returned"]) for seed in result["seeds"]] == [(2**64 - 1, 2**64 - 1), (0, 0)]
    assert result["timings"]["total"] > 0
    assert b"execution_success" in wiring.artifacts().get(result["log"])
    attempt = Attempt.objects.get(item=item)
    assert (attempt.state, attempt.vendor_id) == ("done", registry.load_server("comfyui").work_id(item.id, 1))


def test_frames_that_a_server_saves_as_pictures_become_a_video_with_their_digest(
    project: Any, people: People, redis_url: str, start: Any
) -> None:
    _, address = start()
    target = add(project, people, address)
    moving, again = (
        drained(redis_url, begin(project, people, target, name=name, output={"container": "webp"}))
        for name in ("One", "Two")
    )
    assert (moving.state, again.state) == ("done", "done"), moving.items.get().failure
    item, result = moving.items.get(), get_json(wiring.artifacts(), moving.items.get().result)
    assert wiring.artifacts().get(item.video)[4:8] == b"ftyp"
    assert wiring.artifacts().get(result["originals"][0]["sha256"])[8:12] == b"WEBP"
    assert (result["geometry"]["width"], result["geometry"]["frames"]) == (64, 5)
    assert result["digests"]["taken"] == "from_file"
    assert item.raw_frames == again.items.get().raw_frames != ""  # the same seeds, other names


def test_a_picture_goes_along_under_its_contents_name(
    project: Any, people: People, redis_url: str, start: Any, tmp_path: Path
) -> None:
    _, address = start("--model", "diffusion_models/wan2.2_i2v.safetensors")
    data = b"\x89PNG\r\n a fox"
    digest = wiring.artifacts().put(data)
    asset = {"sha256": digest, "name": "fox.png", "media_type": "image/png"}
    run = drained(redis_url, begin(project, people, add(project, people, address), task="i2v", inputs={"image": asset}))
    assert run.state == "done", run.items.get().failure
    kept = tmp_path / "comfy" / "input" / f"matchframe-{digest}.png"
    assert hashlib.sha256(kept.read_bytes()).hexdigest() == digest


def test_an_intent_of_a_process_that_died_is_taken_up_and_never_sent_twice(
    project: Any, people: People, redis_url: str, start: Any
) -> None:
    _, address = start()
    run = begin(project, people, add(project, people, address), 2)
    backend, client = registry.load_server("comfyui"), servers.client(run.target)
    first, second = run.items.order_by("position")
    for item in (first, second):  # both were intended, and only the first got to the server
        name = backend.work_id(item.id, 1)
        Item.objects.filter(pk=item.pk).update(state="running", attempts=1)
        Attempt.objects.create(item=item, number=1, vendor_id=name)
        if item == first:
            client.submit(name, get_json(wiring.artifacts(), item.request)["body"])
    client.close()
    assert drained(redis_url, run).done == 2
    assert taken(address) == 2


def test_a_cancelled_run_stops_what_renders_and_what_waits(
    project: Any, people: People, redis_url: str, start: Any
) -> None:
    _, address = start("--slow", "3")
    run = begin(project, people, add(project, people, address), 3)
    server = served(run)
    assert server._fill() == 2  # one renders, one waits; the third was not sent
    server._collect()
    with transaction.atomic():
        runs.cancel(Run.objects.get(pk=run.pk), people.ada)
    server.work()
    server.client.close()
    assert set(Item.objects.filter(run=run).values_list("state", flat=True)) == {"cancelled"}
    assert set(Attempt.objects.filter(item__run=run).values_list("state", flat=True)) == {"cancelled"}
    state = httpx.get(f"{address}/queue").json()
    assert state["queue_pending"] == []


def test_progress_is_told_and_a_restarted_server_has_lost_it(
    project: Any, people: People, redis_url: str, start: Any
) -> None:
    process, address = start("--slow", "0.5")
    target = add(project, people, address)
    run = begin(project, people, target)
    server, item = served(run), run.items.get()
    server._fill()
    while not progress.of(item.id).get("steps") and progress.of(item.id).get("phase") != "denoise":
        server.client.wait(0.05)
        server._collect()
    process.kill()
    process.wait()
    start(port=address.rpartition(":")[2])
    server.work()
    server.client.close()
    item.refresh_from_db()
    assert (item.state, item.failure["code"], item.failure["retry"]) == ("failed", "prompt_lost", "now")
    assert progress.of(item.id) == {}
    runs.retry(item, people.ada)
    assert drained(redis_url, run).state == "done"


def test_an_output_that_cannot_be_kept_fails_the_item_and_nothing_else(
    project: Any, people: People, redis_url: str, start: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, address = start("--fault", "huge")
    monkeypatch.setattr(served_outputs, "VIDEO_LIMIT", 1000)
    run = drained(redis_url, begin(project, people, add(project, people, address)))
    assert (run.state, run.items.get().failure["code"]) == ("failed", "reply_too_large")


def test_files_that_come_to_the_server_later_are_found_when_a_run_needs_them(
    project: Any, people: People, redis_url: str, start: Any
) -> None:
    process, address = start()
    target = add(project, people, address)
    other = [{**stage, "model": "mine.safetensors"} for stage in document()["stages"]]
    with pytest.raises(Invalid) as caught:
        begin(project, people, target, name="Mine", stages=other)
    assert caught.value.code == "value_not_in_list"
    told = servers.lacking(target, [])
    assert [row["renders"] for row in told] == [False]
    assert told[0]["missing_models"][0]["path"].startswith("/stages/")
    process.kill()
    process.wait()
    start("--model", "diffusion_models/mine.safetensors", port=address.rpartition(":")[2])
    run = begin(project, people, target, name="Mine too", stages=other)
    assert drained(redis_url, run).state == "done"


def test_another_server_at_the_address_is_told_on_adding(project: Any, people: People, stand_in: str) -> None:
    with pytest.raises(Invalid) as caught:
        add(project, people, stand_in)
    assert caught.value.code == "not_comfyui"
    kept = add(project, people, "http://127.0.0.1:9")
    assert kept.probe_failure is not None and kept.probe_failure["code"] == "connect_failed"
