"""The index can be thrown away: Git holds what people decided, and brings it back row by row."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.db import models as fields

from presets_app import models
from tests.management.conftest import Manage
from tests.management.flow import ADA, GRACE, PRESET, checked, opened, published
from tests.support.project import add_local, document, freeze

pytestmark = pytest.mark.django_db(transaction=True)
INDEX = (
    models.Preset,
    models.Revision,
    models.Manifest,
    models.InputSet,
    models.Migration,
    models.Approval,
    models.Decision,
    models.Tick,
    models.Live,
    models.Release,
    models.Snapshot,
)


@pytest.fixture
def studio(saved: Any, local: Any, people: Any, redis_url: str) -> Any:
    add_local(saved.project, people.olu, slug="second")
    freeze(saved.project, people.ada, 2)
    return saved.project


@pytest.fixture
def lived(manage: Manage, studio: Any, written: Any, tmp_path: Path) -> Any:
    """A project with two releases, a rollback, a decision, an open migration and a changed policy."""
    project = studio
    published(manage, project, tmp_path)
    manage("presets", "save", written(document(prompt="A boat")), "--message", "A boat", *ADA)
    published(manage, project, tmp_path)
    manage("snapshots", "take", PRESET, "--note", "before the update", *ADA)
    snapshot = manage("snapshots", "list").value["snapshots"][-1]["id"]
    assert manage("releases", "roll-back", snapshot, "--reason", "Worse", *GRACE).code == 0
    check = models.Check.objects.get(pk=checked(manage, project, tmp_path))
    check.pairs.update(needs_person=True)
    doubt = {"kind": "weights", "why": "Full against distilled."}
    models.Check.objects.filter(pk=check.pk).update(verdict="inconclusive", review=doubt)
    key = check.pairs.get().key
    assert manage("parity", "decide", check.id, key, "accept", "--reason", "Same look", *ADA).code == 0
    assert manage("parity", "tick", check.id, "shadows", "--note", "They hold", *ADA).value["review"]["open"][0]
    opened(manage, check.id)
    assert manage("projects", "policy", "--set", "streak=2", "--reason", "Careful", "--as", "olu").code == 0
    return project


def everything() -> dict[str, Any]:
    """Every index row, with what it points to by a name that outlives a new primary key."""
    found = {model.__name__: sorted(_row(row) for row in model.objects.all()) for model in INDEX}
    found["policy"] = list(models.Project.objects.values("slug", "policy", "indexed"))
    found["pairs"] = sorted(models.Pair.objects.values_list("check_of_id", "key", "decision"))
    found["checks"] = sorted(models.Check.objects.values_list("id", "outcome", "undecided", "unticked"))
    return found


def _row(row: fields.Model) -> str:
    values = {}
    for field in row._meta.concrete_fields:
        value = getattr(row, field.name)
        if isinstance(field, fields.BigAutoField):
            continue
        values[field.name] = str(getattr(value, "slug", value)) if isinstance(field, fields.ForeignKey) else value
    return repr(sorted(values.items()))


def test_a_rebuilt_index_equals_the_one_it_replaces(manage: Manage, lived: Any):
    before = everything()
    assert all(before[model.__name__] for model in INDEX)
    answered = manage("reindex")
    assert answered.code == 0
    assert everything() == before
    assert answered.value["commits"] == answered.value["projects"][0]["commits"] > 15


def test_corrupted_missing_and_invented_rows_are_put_right(manage: Manage, lived: Any):
    before = everything()
    models.Preset.objects.update(digest="0" * 64, revisions=99, changed_by="mallory")
    models.Revision.objects.update(author="mallory", number=7)
    models.Approval.objects.update(by="mallory")
    models.Migration.objects.update(state="approved")
    models.Live.objects.update(digest="f" * 64, since="2001-01-01T00:00:00Z")
    models.Live.objects.filter(target="second").delete()
    models.Release.objects.update(by="mallory")
    models.Snapshot.objects.update(good=False)
    models.Manifest.objects.all().delete()
    models.InputSet.objects.update(items=0)
    models.Pair.objects.update(decision="reject")
    models.Check.objects.filter(state="judged").update(outcome="fail", undecided=9)
    models.Project.objects.update(policy={}, indexed="")
    _invent(lived)
    assert everything() != before
    assert manage("reindex", "--project", "studio").code == 0
    assert everything() == before


def _invent(project: Any) -> None:
    """Rows that no commit stands behind."""
    migration = models.Migration.objects.first()
    at = migration.opened_at
    models.Approval.objects.create(migration=migration, number=9, by="mallory", at=at)
    check = models.Check.objects.first()
    models.Decision.objects.create(
        project=project, check_id=check.id, number=9, key="x", choice="accept", reason="x", by="mallory", at=at
    )
    preset = models.Preset.objects.first()
    models.Release.objects.create(project=project, preset=preset, kind="publish", commit="e" * 40, by="mallory", at=at)
    models.Live.objects.create(project=project, preset=preset, target="third", since=at, commit="e" * 40)
    models.Preset.objects.create(
        project=project, slug="ghost", name="Ghost", family="ltx-2", task="t2v", changed_at=at, changed_by="mallory"
    )


def test_runs_checks_and_the_audit_log_outlive_a_rebuild(manage: Manage, lived: Any):
    kept = (models.Run, models.Item, models.Check, models.Pair, models.AuditEvent, models.RestoreProof)
    before = [model.objects.count() for model in kept]
    events = list(models.AuditEvent.objects.values_list("id", "verb", "by", "commit"))
    assert manage("reindex").code == 0
    assert [model.objects.count() for model in kept] == before
    assert list(models.AuditEvent.objects.values_list("id", "verb", "by", "commit")) == events


def test_a_project_that_is_not_there_is_refused(manage: Manage, lived: Any):
    refused = manage("reindex", "--project", "nowhere")
    assert (refused.code, refused.codes) == (1, ["project_not_found"])
