"""A project at a glance: what waits for whom, what runs, what is live."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils import timezone

from presets_app.core import checklist
from presets_app.models import Check, Live, Migration, Run
from tests.support import project as support
from tests.support.pages import FRAGMENT, browser, queries
from tests.support.people import People

pytestmark = pytest.mark.django_db
HERE = "/p/studio/"


def seen(username: str = "vic") -> str:
    answer = browser(username).get(HERE)
    assert answer.status_code == 200
    return str(answer.content.decode())


def waiting(username: str) -> list[tuple[str, str]]:
    return [(row["verb"], row["title"]) for row in browser(username).get(HERE).context["waiting"]]


def run(preset: Any, target: Any, number: str, **about: Any) -> Run:
    given = {"kind": "preview", "name": f"run {number}", "total": 4, "created_by": "ada", **about}
    return Run.objects.create(id=number, project=preset.project, preset=preset, target=target, **given)


def check(preset: Any, target: Any, number: str, **about: Any) -> Check:
    sides = [run(preset, target, f"{number}-{side}", state="done") for side in ("left", "right")]
    given = {"kind": "parity", "state": "judged", "verdict": "pass", "outcome": "pass", "created_by": "ada", **about}
    judged = {"left": sides[0], "right": sides[1], "judged_at": timezone.now(), "sentence": "0 of 2 failed."}
    project = preset.project
    return Check.objects.create(id=number, project=project, preset=preset, digest=preset.digest, **judged, **given)


def migration(preset: Any, judged: Check, number: str, **about: Any) -> Migration:
    rows = [{**row, "done": True} for row in checklist.fresh()]
    ends = {"from_target": "local", "to_target": "cloud", "check_id": judged.id}
    given = {"state": "open", "checklist": rows, "opened_by": "ada", "opened_at": timezone.now(), **ends, **about}
    bound = {"preset": preset, "revision": preset.head, "digest": preset.digest, "commit": preset.head}
    return Migration.objects.create(id=number, project=preset.project, **bound, **given)


def test_an_empty_project_offers_an_import_to_whoever_may(project: Any, people: People) -> None:
    assert "No presets yet" in seen("ada")
    assert "Import a preset" in seen("ada")


def test_undecided_pairs_wait_for_those_who_may_decide(saved: Any, local: Any) -> None:
    check(saved, local, "c1", undecided=2, outcome="inconclusive")
    assert waiting("ada") == waiting("grace") == [("Decide", "2 pairs of Puppet at dusk")]
    assert waiting("vic") == []


def test_a_ready_migration_waits_for_an_approver_who_did_not_make_it(saved: Any, local: Any) -> None:
    judged = check(saved, local, "c1")
    migration(saved, judged, "m1")
    assert [verb for verb, _ in waiting("grace")] == ["Approve"]
    assert waiting("ada") == []
    Migration.objects.update(opened_by="grace")
    assert "Approve" not in [verb for verb, _ in waiting("grace")]
    assert [verb for verb, _ in waiting("olu")] == ["Approve"]


def test_an_unfinished_checklist_waits_for_whoever_opened_the_migration(saved: Any, local: Any) -> None:
    migration(saved, check(saved, local, "c1"), "m1", checklist=checklist.fresh())
    assert len(waiting("ada")) == 1
    assert waiting("grace") == []


def test_an_approved_migration_waits_to_be_published(saved: Any, local: Any) -> None:
    migration(saved, check(saved, local, "c1"), "m1", state="approved")
    assert [verb for verb, _ in waiting("grace")] == ["Publish"]
    assert waiting("ada") == []


def test_clips_without_a_preset_wait_under_their_note(saved: Any, local: Any) -> None:
    judged = check(saved, local, "c1", undecided=1, outcome="inconclusive", note="Two takes")
    Check.objects.update(preset=None)
    assert waiting("ada") == [("Decide", "1 pair of Two takes")]
    assert judged.id in seen("ada")


def test_what_waits_is_counted_in_the_rail_of_every_page(saved: Any, local: Any) -> None:
    check(saved, local, "c1", undecided=1, outcome="inconclusive")
    for page in (HERE, "/p/studio/targets/", "/p/studio/activity/"):
        assert '<span class="rail-count">1' in browser("ada").get(page).content.decode()
    assert "rail-count" not in seen("vic")


def test_running_work_says_what_it_honestly_is_and_polls(saved: Any, local: Any) -> None:
    local.stand_in = "untrained tiny models"
    local.save()
    run(saved, local, "r1", state="running", done=1)
    page = seen()
    assert "1 of 4 rendered, untrained tiny models" in page
    assert 'hx-trigger="every 2s"' in page


def test_the_poll_answers_the_section_alone_and_ends_with_the_work(saved: Any, local: Any) -> None:
    busy = run(saved, local, "r1", state="running")
    part = browser("vic").get(HERE, headers=FRAGMENT).content.decode()
    assert part.lstrip().startswith("<section")
    assert "hx-trigger" in part
    busy.state = "done"
    busy.save()
    assert "hx-trigger" not in browser("vic").get(HERE, headers=FRAGMENT).content.decode()


def test_what_is_live_stands_with_its_side(saved: Any, local: Any, project: Any) -> None:
    bound = {"revision": saved.head, "digest": saved.digest, "since": timezone.now(), "commit": saved.head}
    Live.objects.create(project=project, preset=saved, target="local", **bound)
    [row] = browser("vic").get(HERE).context["live"]
    assert row["local"]["label"] == "Local runner"
    assert row["cloud"] is None


def test_a_hostile_name_is_shown_as_text(saved: Any, local: Any) -> None:
    check(saved, local, "c1", undecided=1, note="x")
    Check.objects.update(preset=None, note="<script>alert(1)</script>")
    assert "<script>alert(1)" not in seen("ada")


@pytest.mark.parametrize(("username", "status"), [(None, 302), ("mallory", 404), ("vic", 200), ("olu", 200)])
def test_who_sees_the_project(project: Any, people: People, username: str | None, status: int) -> None:
    assert browser(username).get(HERE).status_code == status
    assert browser(username).get("/p/there-is-none/").status_code in (302, 404)


def test_the_number_of_queries_does_not_grow_with_rows(saved: Any, local: Any, project: Any, people: People) -> None:
    def more(number: int, preset: Any) -> None:
        judged = check(preset, local, f"c{number}", undecided=1, outcome="inconclusive")
        migration(preset, judged, f"m{number}", state="approved")
        run(preset, local, f"r{number}", state="running")
        bound = {"revision": preset.head, "digest": preset.digest, "since": timezone.now(), "commit": preset.head}
        Live.objects.create(project=project, preset=preset, target="local", **bound)

    more(0, saved)
    few = queries(browser("grace"), HERE)
    for number in range(1, 5):
        more(number, support.save(project, people.ada, name=f"Look {number}"))
    assert queries(browser("grace"), HERE) == few


def test_a_hold_after_a_rollback_stands_on_top_with_its_reason(saved: Any, local: Any) -> None:
    saved.held = {"by": "grace", "at": timezone.now().isoformat(), "reason": "The hum is gone."}
    saved.save()
    page = seen()
    assert "Puppet at dusk was rolled back by Grace: updates are held" in page
    assert "The hum is gone." in page
