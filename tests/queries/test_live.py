"""What is live on each side, and whether it still is what was approved: told from Git and the targets' own answers."""

from __future__ import annotations

from typing import Any

import pytest

from presets_app.gitstore import paths
from presets_app.models import Manifest, Preset
from presets_app.queries import live
from presets_app.services import manifests
from presets_app.services.recording import Deed, record
from tests.support import project as support
from tests.support.people import People

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def pinned(people: People, saved: Preset, local: Any) -> Preset:
    manifests.pin(saved, local, people.ada)
    return saved


def go_live(preset: Preset, people: People, *, kind: str = "publish", manifest: str | None = None) -> None:
    """The commit that a release makes: the newest revision on the local side, with its newest pins."""
    digest = Manifest.objects.get(preset=preset).digest if manifest is None else manifest
    sides = {"local": {"revision": preset.head, "digest": preset.digest, "manifest": digest}}
    release = {"kind": kind, "by": "grace", "reason": "x", "before": {}}
    document = {"format": "matchframe/live/1", "preset": preset.slug, "targets": sides, "release": release}
    deed = Deed(f"release.{kind}", "preset", preset.slug, f"{kind} {preset.head[:8]}")
    record(preset.project, people.grace, deed, lambda store, head: {paths.live(preset.slug): document})


def side(preset: Preset) -> dict[str, Any]:
    found = live.of_presets(preset.project, [preset])[preset.pk]["local"]
    assert found is not None
    return found


def test_a_preset_that_was_never_published_has_no_sides(saved: Preset, local: Any) -> None:
    assert live.of_presets(saved.project, [saved]) == {}
    assert live.rows(saved.project) == []


def test_what_was_published_and_has_not_changed_is_in_sync(people: People, pinned: Preset) -> None:
    go_live(pinned, people)
    assert side(pinned)["state"] == "in_sync"
    assert side(pinned)["label"] == "Local runner"
    assert [row["preset"]["slug"] for row in live.rows(pinned.project)] == [pinned.slug]


def test_a_newer_revision_leaves_what_is_live_behind(people: People, pinned: Preset) -> None:
    go_live(pinned, people)
    support.save_again(pinned.project, people.ada, prompt="A fox")
    pinned.refresh_from_db()
    assert side(pinned)["state"] == "behind"


def test_an_update_of_the_machine_is_drift_and_leads_to_what_changed(
    people: People, pinned: Preset, local: Any
) -> None:
    go_live(pinned, people)
    support.tell(local, support.answer(torch="2.14.0"))
    assert side(pinned)["state"] == "drifted"
    assert side(pinned)["why_url"] == f"/p/studio/presets/{pinned.slug}?tab=targets"


def test_other_weights_under_the_same_name_are_drift(people: People, pinned: Preset, local: Any) -> None:
    go_live(pinned, people)
    support.tell(local, support.answer(revision="c" * 40))
    assert side(pinned)["state"] == "drifted"


def test_pinning_anew_does_not_hide_that_what_is_live_was_approved_with_other_pins(
    people: People, pinned: Preset, local: Any
) -> None:
    go_live(pinned, people)
    support.tell(local, support.answer(torch="2.14.0"))
    manifests.pin(pinned, local, people.ada)
    assert side(pinned)["state"] == "drifted"


def test_after_going_back_the_side_says_so_and_drift_is_seen_before_that(
    people: People, pinned: Preset, local: Any
) -> None:
    go_live(pinned, people)
    first = Manifest.objects.get(preset=pinned).digest
    support.tell(local, support.answer(torch="2.14.0"))
    manifests.pin(pinned, local, people.ada)
    go_live(pinned, people)
    support.tell(local, support.answer())
    go_live(pinned, people, kind="rollback", manifest=first)
    assert side(pinned)["state"] == "rolled_back"
    support.tell(local, support.answer(torch="2.15.0"))
    assert side(pinned)["state"] == "drifted"


@pytest.mark.parametrize("manifest", ["", "f" * 64])
def test_without_the_pins_it_went_live_with_nothing_is_claimed(people: People, pinned: Preset, manifest: str) -> None:
    go_live(pinned, people, manifest=manifest)
    assert side(pinned)["state"] == "unknown"
