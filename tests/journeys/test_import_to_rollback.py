"""One preset's whole way through the services, on real renders, and what each fault of the cloud does to it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from presets_app.core import checklist
from presets_app.core.errors import Conflict, NotPermitted
from presets_app.models import Check, Preset, Target
from presets_app.services import (
    approvals,
    decisions,
    manifests,
    parity,
    preset_migrations,
    presets,
    releases,
    targets,
)
from tests.support import project as support
from tests.support.people import People
from tests.support.stack import Stack

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.services,
    pytest.mark.journey,
    pytest.mark.xdist_group("stack"),
]
FEW = 2  # an approver overrides the standard's minimum, as the rule allows: renders cost time


@dataclass
class Studio:
    """A project with both targets asked and a preset saved and pinned."""

    stack: Stack
    people: People
    preset: Preset
    local: Target
    cloud: Target
    batch: Any

    def pin(self) -> None:
        for target in (self.local, self.cloud):
            self.stack.ask(target)
            manifests.pin(self.preset, target, self.people.ada)

    def check(self) -> Check:
        self.preset.refresh_from_db()
        wish = parity.Wish(
            self.preset, self.local, self.cloud, self.batch, override=FEW, reason="A test of the way.", seed=7
        )
        return self.stack.judged(parity.start(wish, self.people.grace))

    def migration(self, check: Check) -> Any:
        self.preset.refresh_from_db()
        found = preset_migrations.open_migration(self.preset, self.people.ada, self.local, self.cloud, check=check)
        for row in checklist.ROWS:
            if row.by == "person":
                preset_migrations.tick(found, self.people.ada, row.key, done=True)
        return found

    def released(self) -> Any:
        migration = self.migration(self.check())
        approvals.approve(migration, self.people.grace, seen=approvals.current_digests(migration))
        return releases.publish(migration, self.people.grace)

    def live(self) -> set[str]:
        return {side["digest"] for side in releases.sides(self.preset).values()}


@pytest.fixture
def studio(stack: Stack, project: Any, people: People, stand_in_with: Callable[..., str]) -> Studio:
    preset = support.save(project, people.ada)
    local = targets.add(project, people.olu, "local", name="Local runner", kind="local", options={"pool": "local"})
    cloud = support.add_cloud(project, people.olu, stand_in_with())
    made = Studio(stack, people, preset, local, cloud, support.freeze(project, people.ada, 40))
    made.pin()
    return made


def newer(studio: Studio) -> None:
    document = support.document(prompt="The same puppet, warmer light", negative_prompt="grey")
    presets.save(studio.preset.project, studio.people.ada, document, message="Warmer", slug=studio.preset.slug)
    studio.preset.refresh_from_db()
    studio.pin()


def spoil(studio: Studio, address: str) -> None:
    """From now on the cloud is another one."""
    targets.change(studio.cloud, studio.people.olu, {**studio.cloud.settings, "base_url": address})


def test_a_preset_goes_from_import_to_release_and_back(studio: Studio) -> None:
    first = studio.released()
    older = studio.live()
    newer(studio)
    check = studio.check()
    assert check.verdict == "pass"
    assert {pair.pair_class for pair in check.pairs.all()} == {"identical"}
    migration = studio.migration(check)
    approvals.approve(migration, studio.people.grace, seen=approvals.current_digests(migration))
    second = releases.publish(migration, studio.people.grace)
    assert second.before != second.after
    assert studio.live() == {studio.preset.digest}
    snapshot = studio.preset.snapshots.get(good=True)
    back = releases.roll_back(snapshot, studio.people.grace, "The look broke.")
    assert studio.live() == older == {side["digest"] for side in first.after.values()}
    proofs = [Check.objects.get(pk=proof.check_id) for proof in back.proofs.all()]
    assert [studio.stack.judged(proof).verdict for proof in proofs] == ["pass", "pass"]
    assert {pair.pair_class for proof in proofs for pair in proof.pairs.all()} == {"identical"}


def test_a_cloud_that_ignores_the_seed_needs_a_person_and_a_reason(studio: Studio, stand_in_with: Any) -> None:
    spoil(studio, stand_in_with("--fault", "other-seed"))
    check = studio.check()
    assert check.verdict == "inconclusive"
    assert {pair.pair_class for pair in check.pairs.all()} == {"other_take"}
    migration = studio.migration(check)
    seen = approvals.current_digests(migration)
    with pytest.raises(Conflict, match="still need a person"):
        approvals.approve(migration, studio.people.grace, seen=seen, reason="It looks right.")
    for pair in check.pairs.all():
        decisions.decide(check, studio.people.ada, pair.key, "accept", "The same shot in another take.")
    with pytest.raises(Conflict, match="A decision on a pair changed"):
        approvals.approve(migration, studio.people.grace, seen=seen, reason="It looks right.")
    seen = approvals.current_digests(migration)
    with pytest.raises(Exception, match="needs a written reason"):
        approvals.approve(migration, studio.people.grace, seen=seen)
    approvals.approve(migration, studio.people.grace, seen=seen, reason="It looks right.")
    releases.publish(migration, studio.people.grace)
    assert studio.live() == {studio.preset.digest}


def test_a_cloud_that_is_one_frame_late_fails_and_nothing_moves(studio: Studio, stand_in_with: Any) -> None:
    spoil(studio, stand_in_with("--fault", "one-frame-late"))
    check = studio.check()
    assert check.verdict == "fail"
    assert "time_shift" in {reason["code"] for reason in check.reasons}
    migration = studio.migration(check)
    with pytest.raises(Conflict, match="cannot be approved"):
        approvals.approve(
            migration, studio.people.grace, seen=approvals.current_digests(migration), reason="Never mind."
        )
    assert studio.live() == set()


def test_a_service_that_fails_is_named_as_the_cause(studio: Studio, stand_in_with: Any) -> None:
    spoil(studio, stand_in_with("--fault", "service-error"))
    check = studio.check()
    assert (check.verdict, check.cause) == ("error", "service")
    assert {pair.pair_class for pair in check.pairs.all()} == {"error"}


def test_what_changes_after_an_approval_voids_it(studio: Studio) -> None:
    migration = studio.migration(studio.check())
    approvals.approve(migration, studio.people.grace, seen=approvals.current_digests(migration))
    document = support.document(prompt="Something nobody approved")
    presets.save(studio.preset.project, studio.people.ada, document, message="Quietly", slug=studio.preset.slug)
    with pytest.raises(Conflict, match="No longer approved: the preset changed"):
        releases.publish(migration, studio.people.grace)
    assert studio.live() == set()


def test_the_author_cannot_approve_her_own_work(studio: Studio) -> None:
    migration = studio.migration(studio.check())
    with pytest.raises(NotPermitted):
        approvals.approve(migration, studio.people.ada, seen=approvals.current_digests(migration))
