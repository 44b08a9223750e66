"""The page of one run, and starting, cancelling and trying again."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from redis import Redis
from rq.job import Job
from rq.serializers import JSONSerializer

from presets_app.models import Item, Run
from presets_app.services import manifests, runs
from presets_app.services.requests import Input
from tests.support import project as support
from tests.support.people import People
from tests.support.rendered import clip, fail, finish
from tests.web.parity.test_detail import signed_in

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.services]


@pytest.fixture
def run(project: Any, people: People, saved: Any, local: Any, redis_url: str) -> Run:
    manifests.pin(saved, local, people.ada)
    given = [Input(key, {"key": key}) for key in ("one", "two")]
    return runs.start(runs.Work(saved, local, given, revision=saved.head), people.ada)


def address(run: Run, tail: str = "") -> str:
    return f"/p/studio/runs/{run.id}{tail}"


def test_an_unfinished_run_polls_and_a_finished_one_does_not(run: Run, tmp_path: Path) -> None:
    vic = signed_in("vic")
    assert b"hx-trigger" in vic.get(address(run)).content
    for item in run.items.all():
        finish(item, clip(tmp_path))
    page = vic.get(address(run)).content
    assert b"hx-trigger" not in page
    assert b"2 of 2 inputs are rendered" in page


def test_each_step_reaches_the_page_with_the_name_of_its_phase(run: Run, redis_url: str) -> None:
    """Polls answer 204 while nothing moves, and with the page when the runner has gone on by a step."""
    vic, first = signed_in("vic"), run.items.order_by("position").first()
    assert first
    job = Job.fetch(f"render-{first.id}-1", connection=Redis.from_url(redis_url), serializer=JSONSerializer)

    def poll(seen: str, **meta: Any) -> tuple[int, str, str]:
        job.meta.update(meta)
        job.save_meta()
        answer = vic.get(address(run), {"seen": seen}, HTTP_HX_REQUEST="true")
        text = answer.content.decode()
        return answer.status_code, text, (re.findall(r"seen=([^\"&]+)", text) or [seen])[0]

    _, text, seen = poll("", phase="load", step=0, steps=0, warm=False)
    assert "Now: loading the weights" in text
    status, text, seen = poll(seen, phase="denoise", step=3, steps=8, warm=True)
    assert (status, "Now: denoising, step 3 of 8, on a warm pipeline" in text) == (200, True)
    assert poll(seen)[0] == 204
    assert "step 4 of 8" in poll(seen, step=4)[1]


def test_a_preview_is_shown_while_it_renders_to_members_only(run: Run, redis_url: str) -> None:
    vic, first, redis = signed_in("vic"), run.items.order_by("position").first(), Redis.from_url(redis_url)
    assert first
    job = Job.fetch(f"render-{first.id}-1", connection=redis, serializer=JSONSerializer)
    job.meta.update(phase="encode", step=0, steps=0, warm=True, preview="0a")
    job.save_meta()
    picture = re.findall(r'<img class="run-preview" src="([^"]+)"', vic.get(address(run)).content.decode())[0]
    assert picture == f"/p/studio/media/preview/{first.id}?of=0a"
    assert vic.get(picture).status_code == 404  # the runner has not laid it there yet, or it is past
    for data, status in ((b"\xff\xd8\xff\xe0 a fox", 200), (b"<svg onload=x>", 404)):
        redis.set(f"matchframe:preview:{first.id}", data)
        assert vic.get(picture).status_code == status
    redis.set(f"matchframe:preview:{first.id}", b"\xff\xd8\xff\xe0 a fox")
    assert vic.get(picture)["Content-Type"] == "image/jpeg"
    assert signed_in("mallory").get(picture).status_code == 404


def test_a_failure_is_shown_with_cause_and_hint(run: Run) -> None:
    for item in run.items.all():
        fail(item)
    page = signed_in("vic").get(address(run)).content.decode()
    assert "Try again later." in page
    assert "service/out_of_order" in page


def test_failed_items_are_tried_again(run: Run) -> None:
    for item in run.items.all():
        fail(item)
    assert signed_in("ada").post(address(run, "/retry")).status_code == 303
    assert set(Item.objects.filter(run=run).values_list("state", "attempts")) == {("queued", 2)}


def test_a_run_is_cancelled_once(run: Run) -> None:
    ada = signed_in("ada")
    assert ada.post(address(run, "/cancel"), {"reason": "Wrong preset."}).status_code == 303
    run.refresh_from_db()
    assert (run.state, run.cancelled) == ("cancelled", 2)
    assert ada.post(address(run, "/cancel"), {"reason": "Again."}).status_code == 409


def test_a_viewer_starts_and_cancels_nothing(run: Run) -> None:
    vic = signed_in("vic")
    assert vic.post(address(run, "/cancel")).status_code == 403
    assert vic.post("/p/studio/runs/new", {}).status_code == 403


def test_a_run_from_the_form_needs_something_live_or_a_revision(run: Run, project: Any, people: People) -> None:
    batch = support.freeze(project, people.ada, 3)
    form = {"preset": "puppet-at-dusk", "target": "local", "inputs": batch.slug, "kind": "preview"}
    ada = signed_in("ada")
    refused = ada.post("/p/studio/runs/new", form)
    assert refused.status_code == 422
    assert b"Nothing of Puppet at dusk is live" in refused.content
    assert ada.post("/p/studio/runs/new", {**form, "revision": "newest"}).status_code == 303
    assert Run.objects.count() == 2


@pytest.mark.parametrize("number", ["nothing", "0" * 20, "..%2f..", "%00"])
def test_a_run_that_is_not_there_is_not_found(run: Run, number: str) -> None:
    assert signed_in("ada").get(f"/p/studio/runs/{number}").status_code == 404


def test_the_list_answers_without_growing(run: Run, django_assert_max_num_queries: Any) -> None:
    vic = signed_in("vic")
    with django_assert_max_num_queries(20):
        assert run.name in vic.get("/p/studio/runs/?kind=preview").content.decode()
    assert vic.get("/p/studio/runs/?kind=x&state='&before=%00&after=%ff").status_code == 200
