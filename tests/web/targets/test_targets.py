"""The places that render: what each page says of them, and asking one again."""

from __future__ import annotations

import json
from typing import Any

import pytest
from redis import Redis
from rq import Worker

from presets_app.core.problems import Failure
from presets_app.models import Item
from presets_app.services import manifests, runs, targets
from presets_app.services.requests import Input
from tests.support import project as support
from tests.support.pages import browser, queries
from tests.support.people import People

pytestmark = pytest.mark.django_db
HERE = "/p/studio/targets/"


def seen(tail: str = "", username: str = "vic") -> str:
    answer = browser(username).get(HERE + tail)
    assert answer.status_code == 200
    return str(answer.content.decode())


def test_what_a_stand_in_really_is_stands_on_both_pages(cloud: Any) -> None:
    assert cloud.stand_in in seen()
    assert cloud.stand_in in seen("cloud")


def test_a_key_is_never_shown(cloud: Any) -> None:
    assert support.STAND_IN_KEY not in seen("cloud", "olu")


def test_a_target_that_never_answered_says_so(project: Any, people: People) -> None:
    targets.add(project, people.olu, "new", name="New runner", kind="local", options={"pool": "local"})
    assert "It has not been asked about itself yet." in seen()


def test_a_failed_probe_is_shown_with_what_to_do(cloud: Any) -> None:
    failure = Failure("config", "key_refused", "after_change", "The service refused the key.", "Set another key.")
    cloud.probe_failure = failure.as_json()
    cloud.save()
    for tail in ("", "cloud"):
        assert "The service refused the key. Set another key." in seen(tail)


def test_the_page_answers_without_a_queue_and_says_that_nothing_renders(local: Any) -> None:
    page = seen("local")
    assert "does not answer" in page
    assert "The queue does not answer." in page
    assert "2.13.0" in page


def test_a_queue_without_a_runner_is_told_apart_from_no_queue(local: Any, redis_url: str) -> None:
    page = seen("local")
    assert "The queue does not answer." not in page
    assert "Waiting" in page


def test_a_local_target_says_its_card_what_is_warm_and_what_a_render_takes(
    project: Any, saved: Any, local: Any, people: People, redis_url: str
) -> None:
    page = seen("local")
    assert "none, it renders on the CPU" in page
    assert "nothing is loaded" in page
    worker = Worker(["gpu:local"], connection=Redis.from_url(redis_url))
    worker.register_birth()
    held = {"repository": "org/warm-model", "revision": "ab" * 20, "bytes": 3 << 30, "seconds": 12.0}
    worker.connection.hset(worker.key, "matchframe_warm", json.dumps([held]))
    manifests.pin(saved, local, people.ada)
    given = [Input(key, {"key": key}) for key in ("one", "two", "three", "four")]
    run = runs.start(runs.Work(saved, local, given, revision=saved.head), people.ada)
    for item, (seconds, warm) in zip(run.items.all(), ((9.0, False), (2.0, True), (4.0, True)), strict=False):
        Item.objects.filter(pk=item.pk).update(state="done", seconds=seconds, warm=warm, peak_memory=5 << 30)
    page, every = seen("local"), seen().replace("\N{NO-BREAK SPACE}", " ")
    worker.register_death()
    for words in ("org/warm-model", "9.00 s, 3.00 s", "1 item"):
        assert words in every, words
    assert "org/warm-model" in page
    assert "abababababab" in page
    figures = page[page.index('id="figures"') :].replace("\N{NO-BREAK SPACE}", " ")
    for words in ("9.00 s", "3.00 s", "1 render", "2 renders", "5.0 GiB"):
        assert words in figures, words


def test_a_drifted_target_names_what_changed_and_for_which_preset(saved: Any, local: Any, people: People) -> None:
    manifests.pin(saved, local, people.ada)
    assert "drifted" not in seen()
    support.tell(local, support.answer(torch="2.14.0"))
    assert "drifted" in seen()
    page = seen("local")
    assert "2.13.0" in page
    assert "2.14.0" in page
    assert saved.name in page


def test_what_renders_nothing_offers_nothing_to_ask(project: Any, people: People) -> None:
    targets.add(project, people.olu, "clips", name="Clips", kind="files", options={})
    assert "Look again" not in seen("clips", "olu")
    answer = browser("olu").post(f"{HERE}clips/probe")
    assert answer.status_code == 422
    assert "Clips renders nothing; there is nothing to ask." in answer.content.decode()


def test_a_local_only_project_asks_no_cloud(cloud: Any, project: Any) -> None:
    project.local_only = True
    project.save()
    assert "Look again" not in seen("cloud", "olu")
    answer = browser("olu").post(f"{HERE}cloud/probe")
    assert answer.status_code == 422
    assert "is local-only" in answer.content.decode()


@pytest.mark.parametrize("tail", ["none", "none/probe", "x" * 300])
def test_a_target_that_is_not_there_is_nothing(project: Any, people: People, tail: str) -> None:
    client = browser("olu")
    answer = client.post(HERE + tail) if tail.endswith("probe") else client.get(HERE + tail)
    assert answer.status_code == 404


@pytest.mark.parametrize(("username", "status"), [(None, 302), ("mallory", 404), ("vic", 403)])
def test_who_may_not_ask_a_target_is_refused(local: Any, username: str | None, status: int) -> None:
    assert browser(username).post(f"{HERE}local/probe").status_code == status


@pytest.mark.parametrize("username", ["vic", "ada", "grace", "olu"])
def test_the_button_is_there_for_whoever_may_press_it(local: Any, username: str) -> None:
    assert ("Look again" in seen("local", username)) == (username != "vic")


def test_the_number_of_queries_does_not_grow_with_pins(local: Any, project: Any, people: People) -> None:
    manifests.pin(support.save(project, people.ada), local, people.ada)
    few = [queries(browser("vic"), HERE + tail) for tail in ("", "local")]
    for number in range(3):
        manifests.pin(support.save(project, people.ada, name=f"Look {number}"), local, people.ada)
    assert [queries(browser("vic"), HERE + tail) for tail in ("", "local")] == few
