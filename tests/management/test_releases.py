"""From a judged check to a release and back, each step by the person who may take it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from presets_app.queries import projects
from tests.management.conftest import Manage
from tests.management.flow import ADA, GRACE, PRESET, checked, opened, published
from tests.support.project import add_local, document, freeze
from tests.support.rendered import judge

pytestmark = pytest.mark.django_db(transaction=True)
Written = Callable[..., str]


@pytest.fixture
def studio(saved: Any, local: Any, people: Any, redis_url: str) -> Any:
    add_local(saved.project, people.olu, slug="second")
    freeze(saved.project, people.ada, 2)
    return saved.project


def test_a_migration_opens_with_its_checklist_filled_by_evidence(manage: Manage, studio: Any, tmp_path: Path):
    migration = opened(manage, checked(manage, studio, tmp_path))
    shown = manage("preset_migrations", "show", migration).value
    assert (shown["state"], shown["from"], shown["to"]) == ("open", "local", "second")
    rows = {row["key"]: row for row in shown["checklist"]}
    assert all(row["done"] for row in rows.values()), [key for key, row in rows.items() if not row["done"]]
    assert rows["hardware"]["by"] == "ada"
    assert rows["sample"]["by"] == "evidence"
    refused = manage("preset_migrations", "tick", migration, "sample", *ADA)
    assert (refused.code, refused.codes) == (1, ["row_not_tickable"])


def test_whoever_made_it_cannot_approve_it_and_another_approver_can(
    manage: Manage, studio: Any, people: Any, tmp_path: Path
):
    migration = opened(manage, checked(manage, studio, tmp_path))
    assert manage("approvals", "give", migration, *ADA).codes == ["not_permitted"]
    manage("projects", "add-member", "ada", "--role", "owner", "--as", "olu")
    own = manage("approvals", "give", migration, *ADA)
    assert (own.code, own.codes) == (1, ["own_work"])
    seen = manage("approvals", "show", migration).value
    assert (seen["stands"], [p["code"] for p in seen["problems"]]) == (False, ["not_approved"])
    stale = manage("approvals", "give", migration, "--seen", "0" * 64, *GRACE)
    assert (stale.code, stale.codes) == (1, ["approval_stale"])
    given = manage("approvals", "give", migration, "--seen", seen["binding"], *GRACE)
    assert (given.code, given.value["state"], given.value["digests"]) == (0, "approved", seen["digests"])
    assert manage("approvals", "show", migration).value["stands"] is True


def test_what_changes_after_the_approval_voids_it(manage: Manage, written: Written, studio: Any, tmp_path: Path):
    migration = opened(manage, checked(manage, studio, tmp_path))
    manage("approvals", "give", migration, *GRACE)
    manage("presets", "save", written(document(prompt="Something else")), "--message", "later", *ADA)
    assert manage("approvals", "show", migration).value["stands"] is False
    refused = manage("releases", "publish", migration, *GRACE)
    assert (refused.code, refused.codes) == (1, ["approval_void"])
    assert "the preset" in refused.value["problems"][0]["message"]
    assert manage("releases", "live").value["live"] == []


def test_an_unfinished_checklist_and_a_closed_migration_are_refused(manage: Manage, studio: Any, tmp_path: Path):
    migration = opened(manage, checked(manage, studio, tmp_path))
    manage("preset_migrations", "tick", migration, "who", "--undo", *ADA)
    assert manage("approvals", "give", migration, *GRACE).codes == ["checklist_open"]
    assert manage("preset_migrations", "withdraw", migration, *ADA).codes == ["reason_missing"]
    closed = manage("preset_migrations", "withdraw", migration, "--reason", "Not now", *ADA)
    assert (closed.value["state"], closed.value["closed_by"]) == ("withdrawn", "ada")
    again = manage("preset_migrations", "reject", migration, "--reason", "No", *GRACE)
    assert (again.code, again.codes) == (1, ["state_changed"])
    assert [row["id"] for row in manage("preset_migrations", "list", "--state", "withdrawn").value["migrations"]] == [
        migration
    ]


def test_a_check_can_be_attached_later_and_must_be_of_this_document(
    manage: Manage, written: Written, studio: Any, tmp_path: Path
):
    check = checked(manage, studio, tmp_path)
    bare = manage("preset_migrations", "open", PRESET, "--from", "local", "--to", "second", *ADA).value
    assert manage("approvals", "give", bare["id"], *GRACE).codes == ["no_evidence"]
    attached = manage("preset_migrations", "attach", bare["id"], check, *ADA)
    assert (attached.code, attached.value["check"]) == (0, check)
    manage("presets", "save", written(document(prompt="Something else")), "--message", "later", *ADA)
    other = manage("preset_migrations", "open", PRESET, "--from", "local", "--to", "second", "--check", check, *ADA)
    assert (other.code, other.codes) == (1, ["check_of_other_revision"])


def test_a_release_moves_both_sides_and_a_rollback_brings_both_back_with_a_proof(
    manage: Manage, written: Written, studio: Any, tmp_path: Path
):
    first = published(manage, studio, tmp_path)
    assert {side: row["digest"] for side, row in first["after"].items()} == dict.fromkeys(
        ("local", "second"), manage("presets", "show", PRESET).value["digest"]
    )
    manage("presets", "save", written(document(prompt="A boat")), "--message", "A boat", *ADA)
    published(manage, studio, tmp_path)
    (kept,) = manage("snapshots", "list").value["snapshots"]
    assert (kept["good"], kept["automatic"]) == (True, True)
    back = ("releases", "roll-back", kept["id"])
    assert manage(*back, *GRACE).codes == ["reason_missing"]
    assert manage(*back, "--reason", "An update", *ADA).codes == ["not_permitted"]
    gone_back = manage(*back, "--reason", "An update broke the look", *GRACE)
    assert (gone_back.code, gone_back.value["after"]) == (0, first["after"])
    assert [row["kind"] for row in manage("releases", "list").value["releases"]] == ["rollback", "publish", "publish"]
    proofs = gone_back.value["proofs"]
    assert [proof["problem"] for proof in proofs] == ["", ""]
    proof = judge(projects.check(studio, proofs[0]["check_id"]), tmp_path)
    assert (proof.kind, proof.verdict) == ("restore", "pass")
    assert manage(*back, "--reason", "Again", *GRACE).codes == ["nothing_changed"]


def test_one_side_goes_back_alone_and_the_preset_is_held_until_it_is_lifted(
    manage: Manage, written: Written, studio: Any, tmp_path: Path
):
    first = published(manage, studio, tmp_path)["after"]
    manage("presets", "save", written(document(prompt="A boat")), "--message", "A boat", *ADA)
    second = published(manage, studio, tmp_path)["after"]
    (kept,) = manage("snapshots", "list").value["snapshots"]
    back = ("releases", "roll-back", kept["id"], "--reason", "Only here", *GRACE)
    assert manage(*back, "--only", "moon").codes == ["side_not_held"]
    gone_back = manage(*back, "--only", "second")
    assert gone_back.value["after"] == {"local": second["local"], "second": first["second"]}
    migration = opened(manage, checked(manage, studio, tmp_path))
    manage("approvals", "give", migration, *GRACE)
    assert manage("releases", "publish", migration, *GRACE).codes == ["lane_held"]
    lift = ("releases", "lift", PRESET)
    assert manage(*lift, *GRACE).codes == ["reason_missing"]
    assert manage(*lift, "--reason", "Mended", *ADA).codes == ["not_permitted"]
    assert manage(*lift, "--reason", "Mended", *GRACE).value == {"preset": PRESET, "held": {}}
    assert manage("releases", "publish", migration, *GRACE).code == 0


def test_a_snapshot_by_hand_needs_a_note_and_something_live(manage: Manage, studio: Any, tmp_path: Path):
    assert manage("snapshots", "take", PRESET, "--note", "x", *ADA).codes == ["nothing_live"]
    published(manage, studio, tmp_path)
    assert manage("snapshots", "take", PRESET, *ADA).codes == ["reason_missing"]
    taken = manage("snapshots", "take", PRESET, "--note", "2026-11-20 pre-CUDA update", *ADA)
    assert (taken.code, taken.value["good"], taken.value["automatic"]) == (0, True, False)
    assert sorted(taken.value["sides"]) == ["local", "second"]
