from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from presets_app.core.errors import Unavailable
from presets_app.management import waiting
from presets_app.queries import projects
from presets_app.services import targets
from tests.management.conftest import Manage
from tests.support.project import TINY, freeze
from tests.support.rendered import clip, fail, finish

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def pinned(manage: Manage, saved: Any, local: Any, redis_url: str) -> Any:
    assert manage("manifests", "capture", saved.slug, "local", "--no-probe", "--as", "ada").code == 0
    return saved


def test_a_run_of_the_preset_itself_raises_its_seeds_item_by_item(manage: Manage, pinned: Any):
    started = manage("runs", "start", pinned.slug, "--target", "local", "--items", "3", "--revision", "1")
    assert (started.code, started.value["total"], started.value["state"]) == (0, 3, "waiting")
    assert [item["key"] for item in started.value["items"]] == ["preset", "seed-plus-1", "seed-plus-2"]
    assert [_request(item)["stages"][0]["seed"] for item in started.value["items"]] == [10, 11, 12]
    assert manage("runs", "list").value["runs"][0]["id"] == started.value["id"]


def _request(item: dict[str, Any]) -> dict[str, Any]:
    from presets_app import wiring
    from presets_app.artifacts import get_json

    request = get_json(wiring.artifacts(), item["request"])
    return request["document"]


def test_each_item_is_in_the_queue_once_after_the_command(manage: Manage, pinned: Any, redis_url: str):
    from redis import Redis
    from rq import Queue
    from rq.serializers import JSONSerializer

    run = manage("runs", "start", pinned.slug, "--target", "local", "--items", "2", "--revision", "newest").value
    with Redis.from_url(redis_url) as connection:
        waiting_jobs = Queue("gpu:local", connection=connection, serializer=JSONSerializer).job_ids
    assert waiting_jobs == [f"render-{item['id']}-1" for item in run["items"]]


def test_a_run_without_a_revision_takes_what_is_live_or_says_that_it_takes_the_newest(manage: Manage, pinned: Any):
    started = manage("runs", "start", pinned.slug, "--target", "local", "--items", "1")
    assert (started.code, started.value["revision"]) == (0, pinned.head)
    assert "nothing of" in started.progress
    assert "rendering its newest revision" in started.progress


def test_a_run_on_a_side_that_was_never_pinned_pins_it_or_is_refused_and_leaves_nothing(
    manage: Manage, saved: Any, local: Any, redis_url: str, monkeypatch: pytest.MonkeyPatch
):
    refused = manage("runs", "start", saved.slug, "--target", "local", "--no-pin")
    assert (refused.code, refused.codes) == (1, ["not_pinned"])
    assert manage("runs", "list").value["runs"] == []
    # The runner's answer is in place already; nobody is there to be asked again.
    monkeypatch.setattr("presets_app.management.asking.ask", lambda target, say, seconds: target)
    started = manage("runs", "start", saved.slug, "--target", "local", "--as", "ada")
    assert (started.code, started.value["total"]) == (0, 1)
    assert manage("manifests", "show", saved.slug, "local").value["by"] == "ada"


def test_without_a_queue_nothing_is_started(manage: Manage, pinned: Any, settings: Any, tmp_path: Path):
    settings.REDIS_URL = f"unix://{tmp_path}/none.sock"
    answered = manage("runs", "start", pinned.slug, "--target", "local", "--revision", "1")
    assert (answered.code, answered.codes) == (2, ["queue_silent"])
    assert manage("runs", "list").value["runs"] == []


def test_a_batch_is_rendered_only_as_far_as_somebody_said(manage: Manage, pinned: Any, people: Any):
    freeze(pinned.project, people.ada, 30)
    start = ("runs", "start", pinned.slug, "--target", "local", "--revision", "1", "--inputs", "batch")
    assert manage(*start).codes == ["items_missing"]
    assert manage(*start, "--items", "0").codes == ["no_inputs"]
    assert manage(*start, "--items", "2").value["items"][1]["key"] == "shot-002"


def test_waiting_tells_each_step_and_ends_with_the_run(manage: Manage, pinned: Any, tmp_path: Path):
    started = manage("runs", "start", pinned.slug, "--target", "local", "--items", "2", "--revision", "1").value
    run = projects.run(pinned.project, started["id"])
    told: list[str] = []

    def say(text: str) -> None:
        told.append(text)
        item = run.items.exclude(state="done").first()
        if item is not None:
            finish(item, clip(tmp_path))

    waiting.for_run(run, say, 10)
    assert run.state == "done"
    counts = [line.split(": ")[1] for line in told]
    assert counts == [
        "waiting, 0 of 2 done, 0 failed",
        "running, 1 of 2 done, 0 failed",
        "done, 2 of 2 done, 0 failed",
    ]


def test_waiting_in_vain_ends_with_a_sentence(manage: Manage, pinned: Any):
    started = manage("runs", "start", pinned.slug, "--target", "local", "--revision", "1", "--wait", "--timeout", "0.1")
    assert (started.code, started.codes) == (2, ["took_too_long"])
    with pytest.raises(Unavailable, match=r"Waited 0\.1 s for water in vain"):
        waiting.wait(lambda: False, "water", 0.1)


def test_a_failed_item_is_tried_again_as_a_new_attempt(manage: Manage, pinned: Any, tmp_path: Path):
    started = manage("runs", "start", pinned.slug, "--target", "local", "--items", "2", "--revision", "1").value
    run = projects.run(pinned.project, started["id"])
    first, second = run.items.order_by("position")
    assert manage("runs", "retry", run.id).codes == ["nothing_failed"]
    fail(first)
    finish(second, clip(tmp_path))
    assert manage("runs", "show", run.id).value["items"][0]["failure"]["cause"] == "service"
    again = manage("runs", "retry", run.id)
    assert (again.code, again.value["state"], again.value["failed"]) == (0, "running", 0)
    assert [item["attempts"] for item in again.value["items"]] == [2, 1]
    assert manage("runs", "retry", run.id, second.key).codes == ["state_changed"]
    assert manage("runs", "retry", run.id, "nobody").codes == ["item_not_found"]


def test_a_cancelled_run_says_so_and_is_cancelled_once(manage: Manage, pinned: Any):
    started = manage("runs", "start", pinned.slug, "--target", "local", "--items", "2", "--revision", "1").value
    stopped = manage("runs", "cancel", started["id"], "--reason", "wrong prompt", "--as", "ada")
    assert (stopped.code, stopped.value["state"], stopped.value["cancelled"]) == (0, "cancelled", 2)
    again = manage("runs", "cancel", started["id"], "--as", "ada")
    assert (again.code, again.codes) == (1, ["state_changed"])


def test_nothing_local_only_reaches_a_cloud(manage: Manage, saved: Any, cloud: Any, people: Any, redis_url: str):
    freeze(saved.project, people.ada, 2, local_only=True)
    start = ("runs", "start", saved.slug, "--target", "cloud", "--revision", "1", "--inputs", "batch", "--items", "1")
    refused = manage(*start)
    assert (refused.code, refused.codes) == (1, ["input_local_only"])
    assert manage("runs", "list").value["runs"] == []


def test_a_model_that_the_cloud_does_not_offer_is_refused_before_anything_is_sent(
    manage: Manage, saved: Any, cloud: Any, people: Any, redis_url: str
):
    targets.change(cloud, people.olu, {**cloud.settings, "models": {TINY: "gone/model"}})
    refused = manage("runs", "start", saved.slug, "--target", "cloud", "--revision", "1")
    assert (refused.code, refused.codes) == (1, ["model_not_offered"])
    assert manage("runs", "list").value["runs"] == []
