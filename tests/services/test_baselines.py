"""The first good run of a preset on a target is kept; later ones are held against it, and any output is rendered
again from what is kept of it."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.db.models import ProtectedError

from presets_app import wiring
from presets_app.artifacts import get_json
from presets_app.core.errors import Conflict, Invalid, NotPermitted
from presets_app.core.generation import GenerationResult, RawDigests, SeedUsed
from presets_app.models import Baseline, Run
from presets_app.queries import baselines as shown
from presets_app.queries import outputs
from presets_app.services import baselines, finishing, manifests, replaying, runs
from presets_app.services.requests import Input
from tests.support import project as support
from tests.support.pages import browser
from tests.support.people import People
from tests.support.rendered import fail

pytestmark = pytest.mark.django_db
INPUTS = [Input("one"), Input("two", {"seed": {"base": 77}})]


@pytest.fixture
def side(saved: Any, local: Any, people: People) -> Any:
    manifests.pin(saved, local, people.ada)
    return saved, local


def started(side: Any, people: People) -> Run:
    return runs.start(runs.Work(*side, INPUTS, revision=side[0].head), people.ada)


def rendered(
    run: Run, *, raw: str = "a", torch: str = "2.13.0", steps: int = 4, said: str = "", returned: int = 10
) -> Run:
    """What a runner tells of every item of a run, with its log."""
    fingerprint = support.answer(torch=torch)["fingerprint"]
    model = {"repository": support.TINY, **support.answer()["checkpoints"][support.TINY], "dtype": "float32"}
    for item in run.items.order_by("position"):
        timings = {"denoise": 0.5, "total": 1.0}
        log = json.dumps({"call": {"steps": steps}, "timings": timings}, indent=1, sort_keys=True) + f"\n{said}"
        result = GenerationResult(
            item.id,
            1,
            "done",
            digests=RawDigests(raw * 64),
            seeds=(SeedUsed("base", int(item.seeds), returned, "cpu"),),
            timings=timings,
            peak_memory=2**30,
            fingerprint={**fingerprint, "model": model},
            log=wiring.artifacts().put(log.encode()),
        )
        finishing.finish(result)
    run.refresh_from_db()
    return run


def test_the_first_run_that_renders_everything_becomes_the_baseline_and_no_later_one(side: Any, people: People):
    broken = started(side, people)
    for item in broken.items.all():
        fail(item)
    assert not Baseline.objects.exists()
    first = rendered(started(side, people))
    rendered(started(side, people))
    assert [(row.run_id, row.number, row.by) for row in Baseline.objects.all()] == [(first.id, 1, "matchframe")]


def test_all_of_it_is_kept_from_any_purge(side: Any, people: People):
    run = rendered(started(side, people))
    kept = shown.kept(run.project)
    item = run.items.first()
    assert {item.request, item.result, get_json(wiring.artifacts(), item.result)["log"]} <= kept
    assert Baseline.objects.get().record in kept
    assert all(wiring.artifacts().has(digest) for digest in kept)
    with pytest.raises(ProtectedError):
        run.delete()


def test_an_equal_run_differs_in_nothing(side: Any, people: People):
    rendered(started(side, people))
    found = shown.compared(Baseline.objects.get(), rendered(started(side, people)))
    assert [(row["key"], row["same"]) for row in found["outputs"]] == [("one", True), ("two", True)]
    assert (found["changes"], found["log"], found["unpaired"]) == ([], [], [])


def test_a_later_run_is_told_by_pixels_pins_and_log_lines(side: Any, people: People):
    rendered(started(side, people))
    later = rendered(started(side, people), raw="b", torch="2.14.0", steps=8, said="Warning: falls back")
    found = shown.compared(Baseline.objects.get(), later)
    assert [row["same"] for row in found["outputs"]] == [False, False]
    assert [change["sentence"] for change in found["changes"]] == ["torch 2.13.0 -> 2.14.0"]
    lines = [(line["key"], line["kind"], line["before"], line["after"]) for line in found["log"]]
    assert ("one", "changed", '  "steps": 4', '  "steps": 8') in lines
    assert ("one", "added", None, "Warning: falls back") in lines
    page = browser("vic").get(f"/p/studio/runs/{later.id}")
    assert page.context["against"]["sentence"].startswith("0 of 2 outputs have the same")
    assert [change.label for change in page.context["moved"]] == ["torch"]
    assert b"Warning: falls back" in page.content


def test_a_failed_run_is_held_against_it_too(side: Any, people: People):
    first = rendered(started(side, people))
    broken = started(side, people)
    for item in broken.items.all():
        fail(item)
    (row, _other) = shown.compared(Baseline.objects.get(), broken)["outputs"]
    assert (row["state"], row["same"], row["failure"]) == ("failed", None, "The service is out of order.")
    assert browser("vic").get(f"/p/studio/runs/{first.id}").context["run"]["baseline"] is True


def test_another_baseline_is_an_approvers_word_with_a_reason(side: Any, people: People):
    rendered(started(side, people))
    later = rendered(started(side, people), raw="b")
    with pytest.raises(NotPermitted):
        baselines.replace(later, people.ada, "new driver")
    with pytest.raises(Invalid):
        baselines.replace(later, people.grace, "  ")
    with pytest.raises(Conflict):
        baselines.replace(started(side, people), people.grace, "new driver")
    assert baselines.replace(later, people.grace, "new driver").number == 2
    current = shown.current(*side)
    assert current is not None
    assert (current.run_id, current.reason) == (later.id, "new driver")


def test_an_output_tells_the_seed_sent_and_the_one_returned(side: Any, people: People):
    run = rendered(started(side, people), returned=4711)
    told = outputs.pins(outputs.item(run, "two"))
    assert told["seeds"] == [{"stage": "base", "sent": 77, "returned": 4711, "noise_device": "cpu"}]
    assert told["manifest"]["seeds"]["base.returned"]["value"] == 4711
    assert told["as_pinned"] is True
    assert outputs.item(run, "2") == outputs.item(run, "two")


def test_a_replay_asks_for_the_same_document_weights_and_the_seed_that_was_used(side: Any, people: People):
    run = rendered(started(side, people), returned=4711)
    support.tell(side[1], support.answer(revision="c" * 40))
    manifests.pin(*side, people.ada)  # the side is pinned to other weights by now
    item = outputs.item(run, "two")
    again = replaying.replay(item, people.ada)
    sent, was = (outputs.request_of(held) for held in (again.items.get(), item))
    assert sent["document"]["stages"][0]["seed"] == 4711
    assert sent["weights"] == was["weights"]
    assert (sent["item"], sent["attempt"]) == (again.items.get().id, 1)
    assert again.manifest == run.manifest


def test_what_was_not_rendered_or_has_no_known_seed_is_not_replayed(side: Any, people: People):
    with pytest.raises(Conflict):
        replaying.replay(started(side, people).items.first(), people.ada)
    with pytest.raises(Invalid, match="Nobody knows the seed"):
        replaying.with_seeds({"stages": [{"role": "base"}]}, {"seeds": []})


def test_the_start_of_a_run_notes_what_is_no_longer_as_pinned(side: Any, people: People):
    assert manifests.standing(*side)["same"] is True
    support.tell(side[1], support.answer(torch="2.14.0"))
    told = manifests.standing(*side)
    assert (told["same"], told["changes"]) == (False, ["torch 2.13.0 -> 2.14.0"])
    run = started(side, people)
    assert run.project.events.filter(verb="run.start", subject=run.id).get().detail["moved"] == told["changes"]


def test_without_raw_digests_only_equal_files_are_called_the_same():
    silent = {"raw_frames": "", "raw_samples": "", "video": "a"}
    assert shown.same_output(silent, {**silent}) is True
    assert shown.same_output(silent, {**silent, "video": "b"}) is None
    assert shown.same_output({**silent, "raw_frames": "1"}, {**silent, "raw_frames": "2"}) is False


def test_runs_without_an_input_in_common_are_compared_by_log_and_pins_only(side: Any, people: People):
    rendered(started(side, people))
    other = runs.start(runs.Work(*side, [Input("three")], revision=side[0].head), people.ada)
    found = shown.compared(Baseline.objects.get(), rendered(other, torch="2.14.0", said="Warning: falls back"))
    assert (found["outputs"], found["unpaired"]) == ([], ["one", "three", "two"])
    assert [change["label"] for change in found["changes"]] == ["torch"]
    assert [(line["key"], line["after"]) for line in found["log"]] == [("three", "Warning: falls back")]
