"""kill -9 at each gap between Git, database, queue and vendor: nothing is lost, nothing is sent twice."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connections, transaction

from presets_app.backends.local.client import render_job
from presets_app.models import Attempt, AuditEvent, Item, Preset, Run
from presets_app.services import healing, indexing, runs
from tests.support import project as support
from tests.support.people import People, settle
from tests.support.stack import Stack

pytestmark = [
    pytest.mark.journey,
    pytest.mark.django_db(transaction=True),
    pytest.mark.services,
    pytest.mark.xdist_group("stack"),
]
ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def shared_database(settings: Any, places: Path, django_db_blocker: Any) -> Any:
    """A database file that another process can open, in the place of the test's own."""
    kept = connections["default"]
    own = {**kept.settings_dict, "NAME": str(places / "shared.sqlite3")}
    with django_db_blocker.unblock():
        connections["default"] = kept.__class__(own, alias="default")
        call_command("migrate", verbosity=0, interactive=False)
        yield own["NAME"]
        connections["default"].close()
        connections["default"] = kept


@pytest.fixture
def doomed(shared_database: str, stack: Stack, places: Path, settings: Any) -> Callable[[str, str], None]:
    """`doomed(gap, argument)`: another process does it and is killed at the gap."""

    def run(gap: str, argument: str) -> None:
        env = {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "presets_app.config.settings",
            "MATCHFRAME_DATA": str(places),
            "DATABASE_URL": f"sqlite:///{shared_database}",
            "SECRET_KEY": settings.SECRET_KEY,
            "REDIS_URL": stack.redis_url,
            "MATCHFRAME_ARTIFACTS": str(stack.artifacts),
            "MATCHFRAME_WEIGHTS": str(stack.weights),
        }
        argv = [sys.executable, "-m", "tests.journeys.dying", gap, "studio", argument]
        ended = subprocess.run(argv, cwd=ROOT, env=env, capture_output=True, text=True, timeout=60, check=False)
        assert ended.returncode == -signal.SIGKILL, ended.stderr[-2000:]

    return run


@pytest.fixture
def studio(shared_database: str, stack: Stack) -> Any:
    from presets_app.services import audit, projects

    project = projects.create("studio", "Studio", audit.MATCHFRAME)
    settle(project)
    return project


@pytest.fixture
def crew(studio: Any) -> People:
    return settle(studio)


def test_a_save_whose_process_died_before_the_database_is_indexed_once(
    studio: Any, crew: People, doomed: Callable[[str, str], None]
) -> None:
    doomed("between-git-and-database", "Half saved")
    assert not Preset.objects.filter(name="Half saved").exists()
    assert healing.heal()["commits"] == 1
    assert healing.heal()["commits"] == 0
    saved = Preset.objects.get(name="Half saved")
    event = AuditEvent.objects.get(commit=saved.head)
    assert (event.by, event.verb) == ("ada", "preset.save")


def test_the_next_save_heals_what_the_last_one_left(
    studio: Any, crew: People, doomed: Callable[[str, str], None]
) -> None:
    doomed("between-git-and-database", "Half saved")
    support.save(studio, crew.ada, name="Whole")
    assert set(Preset.objects.values_list("name", flat=True)) == {"Half saved", "Whole"}


def test_a_run_whose_process_died_before_the_queue_is_sent_once(
    studio: Any, crew: People, stack: Stack, doomed: Callable[[str, str], None]
) -> None:
    preset = support.save(studio, crew.ada)
    support.add_local(studio, crew.olu)
    _pinned_for_real(stack, studio, preset, crew)
    doomed("between-database-and-queue", preset.slug)
    run = Run.objects.get()
    assert healing.heal()["runs"] == 1
    healing.heal()
    stack.until(lambda: Run.objects.get(pk=run.pk).state == "done", "the render")
    item = Item.objects.get(run=run)
    assert item.state == "done"
    assert render_job(item.id, 1).endswith("-1")


def test_an_intent_whose_process_died_before_the_submit_is_sent_exactly_once(
    studio: Any, crew: People, stack: Stack, stand_in_with: Callable[..., str], doomed: Callable[[str, str], None]
) -> None:
    address, run = _cloud_run(stack, studio, crew, stand_in_with)
    before = submits(address)
    doomed("between-intent-and-submit", run.id)
    assert Attempt.objects.get().state == "intended"
    assert submits(address) == before
    _resume(stack, run)
    assert submits(address) == before + 1
    assert Item.objects.get(run=run).state == "done"


def test_a_submit_whose_process_died_before_its_record_is_never_paid_twice(
    studio: Any, crew: People, stack: Stack, stand_in_with: Callable[..., str], doomed: Callable[[str, str], None]
) -> None:
    address, run = _cloud_run(stack, studio, crew, stand_in_with)
    before = submits(address)
    doomed("between-submit-and-its-record", run.id)
    assert Attempt.objects.get().vendor_id == ""
    assert submits(address) == before + 1
    _resume(stack, run)
    assert submits(address) == before + 1
    assert Item.objects.get(run=run).state == "done"


def test_a_result_that_nobody_took_is_found_again(studio: Any, crew: People, stack: Stack) -> None:
    preset = support.save(studio, crew.ada)
    support.add_local(studio, crew.olu)
    _pinned_for_real(stack, studio, preset, crew)
    given = [runs.Input("one", {"key": "one"})]
    run = runs.start(runs.Work(preset, preset.project.targets.get(), given, revision=preset.head), crew.ada)
    item = Item.objects.get(run=run)
    from presets_app import wiring

    client = wiring.local_client("local")
    _wait(lambda: client.result(item.id, 1) != "")
    _forget(stack)
    healing.heal()
    item.refresh_from_db()
    assert item.state == "done"


def test_an_index_that_was_lost_is_rebuilt_from_git(studio: Any, crew: People) -> None:
    preset = support.save(studio, crew.ada)
    Preset.objects.filter(pk=preset.pk).update(name="Wrong", digest="0" * 64)
    assert indexing.rebuild(studio) == 2
    again = Preset.objects.get(pk=preset.pk)
    assert (again.name, again.digest) == (preset.name, preset.digest)


def submits(address: str) -> int:
    with urllib.request.urlopen(f"{address}/standin/stats", timeout=10) as answer:  # noqa: S310 - our own stand-in
        return int(json.load(answer)["submits"])


def _pinned_for_real(stack: Stack, project: Any, preset: Any, crew: People) -> None:
    from presets_app.services import manifests

    for target in project.targets.all():
        stack.ask(target)
        manifests.pin(preset, target, crew.ada)


def _cloud_run(stack: Stack, project: Any, crew: People, stand_in_with: Callable[..., str]) -> tuple[str, Run]:
    address = stand_in_with()
    preset = support.save(project, crew.ada)
    cloud = support.add_cloud(project, crew.olu, address)
    _pinned_for_real(stack, project, preset, crew)
    given = [runs.Input("one", {"key": "one", "seed": int.from_bytes(os.urandom(3), "big")})]
    return address, runs.start(runs.Work(preset, cloud, given, revision=preset.head), crew.ada)


def _resume(stack: Stack, run: Run) -> None:
    with transaction.atomic():
        runs.send(run)
    stack.until(lambda: Run.objects.get(pk=run.pk).state in ("done", "failed"), "the run to end")


def _forget(stack: Stack) -> None:
    from redis import Redis

    Redis.from_url(stack.redis_url).delete("rq:queue:results")


def _wait(ready: Callable[[], bool]) -> None:
    import time

    deadline = time.monotonic() + 60
    while not ready():
        assert time.monotonic() < deadline
        time.sleep(0.1)
