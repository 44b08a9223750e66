from __future__ import annotations

import os
from typing import Any

import pytest

from presets_app import models, wiring
from presets_app.artifacts import put_json
from tests.management.conftest import Manage

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_healthy_project_has_nothing_to_heal(manage: Manage, saved: Any, redis_url: str):
    answered = manage("check_store")
    assert answered.code == 0
    assert answered.value == {
        "healed": {"commits": 0, "runs": 0, "checks": 0, "recipes": 0, "leftovers": 0},
        "projects": [{"project": "studio", "tidied": True, "problems": []}],
        "problems": [],
    }


def test_a_commit_that_was_never_indexed_is_indexed_with_its_audit_line(manage: Manage, saved: Any, redis_url: str):
    head = saved.project.indexed
    parent = models.AuditEvent.objects.exclude(commit="").order_by("id").first().commit
    models.Revision.objects.all().delete()
    models.Preset.objects.all().delete()
    models.AuditEvent.objects.filter(commit=head).delete()
    models.Project.objects.update(indexed=parent)
    assert manage("check_store").value["healed"]["commits"] == 1
    assert manage("presets", "show", "puppet-at-dusk").value["head"] == saved.head
    assert manage("audit", "list").value["events"][0]["commit"] == head


def test_a_run_whose_items_never_reached_the_queue_is_sent(manage: Manage, saved: Any, local: Any, redis_url: str):
    from redis import Redis

    manage("manifests", "capture", saved.slug, "local", "--no-probe", "--as", "ada")
    manage("runs", "start", saved.slug, "--target", "local", "--items", "2", "--revision", "1")
    with Redis.from_url(redis_url) as client:
        client.flushall()
        assert manage("check_store").value["healed"]["runs"] == 1
        assert client.llen("rq:queue:gpu:local") == 2


def test_a_hook_in_a_repository_is_a_problem(manage: Manage, saved: Any, redis_url: str):
    hook = wiring.store_path("studio") / "hooks" / "post-update"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text("#!/bin/sh\n", encoding="ascii")
    hook.chmod(0o755)
    answered = manage("check_store")
    assert answered.code == 1
    assert answered.value["projects"][0]["problems"] == answered.value["problems"] != []


def test_what_a_killed_writer_left_goes_and_a_lost_artifact_of_a_baseline_is_told(
    manage: Manage, saved: Any, local: Any, redis_url: str
):
    store = wiring.artifacts()
    kept = store.put(b"a log that a baseline keeps")
    record = put_json(store, {"keeps": [kept], "items": []})
    run = models.Run.objects.create(
        id="r1", project=saved.project, preset=saved, target=local, name="r", kind="batch", created_by="ada"
    )
    models.Baseline.objects.create(
        project=saved.project, preset=saved, target=local, run=run, number=1, record=record, by="ada"
    )
    place = wiring.artifact_path(kept)
    left = place.with_name(".new-left")
    left.write_bytes(b"half")
    os.utime(left, (0, 0))
    answered = manage("check_store", "--read")
    assert (answered.code, answered.value["healed"]["leftovers"], left.exists()) == (0, 1, False)
    place.chmod(0o600)
    place.write_bytes(b"other bytes")
    assert manage("check_store").code == 0
    assert [problem["code"] for problem in manage("check_store", "--read").value["problems"]] == ["baseline_lost"]
    place.unlink()
    assert manage("check_store").code == 1
