"""A reviewer's ticks, from two presets compared to the accepted check and its evidence."""

from __future__ import annotations

import json
from io import StringIO
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
from django.core.management import call_command

from presets_app import measure
from presets_app.core.errors import Conflict, Invalid, NotPermitted
from presets_app.core.parity_review import KEYS
from presets_app.models import Check, Preset, Tick
from presets_app.queries import parity_review, waiting
from presets_app.services import decisions, indexing, manifests, parity_anything, parity_flow, ticks
from tests.support import project as support
from tests.support.people import People
from tests.support.released import Studio, signed_in, studio
from tests.support.rendered import clip, finish_all, measured_once

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.services]
SEEN = "Looked at it."


@pytest.fixture
def made(project: Any, people: People, redis_url: str, tmp_path: Path) -> Studio:
    return studio(project, people, tmp_path)


@pytest.fixture
def check(made: Studio) -> Check:
    """The full model against the distilled one, two inputs; the sides show two scenes."""
    support.save(made.project, made.people.ada, name="Quick", variant="distilled")
    manifests.pin(Preset.objects.get(slug="quick"), made.left, made.people.ada)
    one, other = (parity_anything.side_named(made.project, words) for words in ("puppet-at-dusk/local", "quick/local"))
    found = parity_anything.compare(one, other, made.people.ada, chosen=made.batch, count=2)
    for run, seed in ((found.left, 0), (found.right, 1)):
        finish_all(run, clip(made.folder, seed=seed), raw="ab"[seed] * 64)
    with patch.object(measure, "measure_pairs", measured_once):
        parity_flow.judge(found.id)
    found.refresh_from_db()
    return found


def decided(check: Check, made: Studio) -> Check:
    decisions.decide_all(check, made.people.ada, "accept", SEEN, expected=2)
    check.refresh_from_db()
    return check


def test_the_check_is_accepted_only_when_pairs_are_decided_and_all_four_are_ticked(check: Check, made: Studio) -> None:
    assert (check.verdict, check.undecided, check.unticked) == ("inconclusive", 2, 4)
    decided(check, made)
    assert (check.outcome, check.undecided, check.unticked) == ("inconclusive", 0, 4)
    assert waiting.items(made.project, made.people.ada)[0]["title"].startswith("4 ticks for")
    for area in KEYS:
        ticks.tick(check, made.people.grace, area, done=True, note=SEEN if area == "shadows" else "")
    assert (check.outcome, check.unticked) == ("accepted", 0)
    page = signed_in("vic").get(f"/p/studio/parity/{check.id}").content.decode()
    assert "reviewer_ticks_open" not in page
    assert "waiting_for_person" not in page
    ticks.tick(check, made.people.ada, "shadows", done=False, note="On a second look they crawl.")
    assert (check.outcome, check.unticked) == ("inconclusive", 1)
    told = parity_review.as_json(check)
    assert told is not None
    assert (told["kind"], told["open"], len(told["history"])) == ("weights", ["shadows"], 5)
    with pytest.raises(Conflict) as refused:
        ticks.tick(check, made.people.ada, "shadows", done=False)
    assert refused.value.code == "not_ticked"


def test_what_is_refused_says_why_and_leaves_no_tick(check: Check, made: Studio) -> None:
    with pytest.raises(NotPermitted):
        ticks.tick(check, made.people.vic, "shadows", done=True)
    with pytest.raises(Invalid) as unknown:
        ticks.tick(check, made.people.ada, "lighting", done=True)
    with pytest.raises(Invalid) as secret:
        ticks.tick(check, made.people.ada, "shadows", done=True, note="hf_" + "a1B2" * 9)
    same = made.check()
    with pytest.raises(Conflict) as needless:
        ticks.tick(same, made.people.ada, "shadows", done=True)
    assert (unknown.value.code, needless.value.code) == ("area_unknown", "ticks_not_needed")
    assert secret.value.code == "secret_found"
    assert (Tick.objects.count(), same.review, same.outcome) == (0, {}, "pass")


def test_more_pairs_ask_for_another_look_and_git_brings_every_tick_back(check: Check, made: Studio) -> None:
    ticks.tick(check, made.people.ada, "texture", done=True)
    rows = list(Tick.objects.values("number", "area", "done", "by", "evidence"))
    Tick.objects.all().delete()
    indexing.rebuild(made.project)
    assert list(Tick.objects.values("number", "area", "done", "by", "evidence")) == rows
    check.refresh_from_db()
    assert check.unticked == 3
    check.evidence = "f" * 64
    assert parity_review.ticked(check) == {}
    shown = parity_review.shown(check, list(check.pairs.all()))
    assert shown is not None
    texture = next(row for row in shown["rows"] if row["key"] == "texture")
    assert (texture["tick"], texture["before"]["person"]) == (None, "Ada")


def test_the_page_the_command_and_the_evidence_say_the_same(check: Check, made: Studio) -> None:
    address = f"/p/studio/parity/{check.id}"
    ada, vic = signed_in("ada"), signed_in("vic")
    assert "a distilled one" in vic.get(address).content.decode()
    assert vic.post(f"{address}/tick", {"area": "texture", "tick": "done"}).status_code == 403
    sent = ada.post(f"{address}/tick", {"area": "texture", "tick": "done", "note": "<b>Wool</b> holds."})
    assert (sent.status_code, sent["Location"]) == (303, f"{address}#review")
    page = ada.get(address).content.decode()
    assert "&lt;b&gt;Wool&lt;/b&gt; holds." in page
    assert "3 of 4 to tick" in page
    refused = ada.post(f"{address}/tick", {"area": "shadows", "tick": "undo"})
    assert refused.status_code == 409
    assert "nothing to take back" in refused.content.decode()
    out = StringIO()
    call_command("parity", "--json", "--as", "grace", "tick", check.id, "seeds", "--note", "Three seeds.", stdout=out)
    told = json.loads(out.getvalue())
    assert told["review"]["open"] == ["small_text", "shadows"]
    found = json.loads(vic.get(f"{address}/evidence.json").content)
    assert [area["by"] for area in found["review"]["areas"]] == [None, None, "Ada", "Grace"]
    report = vic.get(f"{address}/evidence.html").content.decode()
    assert "What a reviewer ticked" in report
    assert "Three seeds." in report
