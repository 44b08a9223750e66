"""Comparing anything: presets, revisions, pins, and today against the baseline."""

from __future__ import annotations

import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

from presets_app.core.errors import Invalid, MatchframeError
from presets_app.models import Check, Item, Manifest, Preset
from presets_app.services import manifests, parity_flow
from presets_app.services import parity_anything as anything
from tests.support import project as support
from tests.support.people import People
from tests.support.released import Studio, signed_in, studio
from tests.support.rendered import clip, finish_all

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.services]


@pytest.fixture
def made(project: Any, people: People, redis_url: str, tmp_path: Path) -> Studio:
    return studio(project, people, tmp_path)


def side(made: Studio, words: str) -> Any:
    return anything.side_named(made.project, words)


def judged(made: Studio, check: Check, *, same: bool = True) -> Check:
    for run, seed in ((check.left, 0), (check.right, 0 if same else 1)):
        finish_all(run, clip(made.folder, seed=seed), raw=("a" if same or not seed else "b") * 64)
    parity_flow.judge(check.id)
    check.refresh_from_db()
    return check


def test_today_is_held_against_the_baseline_with_the_inputs_it_was_rendered_from(made: Studio) -> None:
    first = made.check()
    made.revise("A puppet at noon")
    check = anything.compare(
        side(made, "baseline:puppet-at-dusk/local"), side(made, "puppet-at-dusk/local"), made.people.ada
    )
    assert (check.kind, check.left_id, check.pairs.count()) == ("compare", first.left_id, 2)
    assert check.right.revision == made.preset.head
    prompts = set(check.right.items.values_list("key", flat=True))
    assert prompts == set(first.left.items.values_list("key", flat=True))
    Item.objects.filter(run=check.left).update(seconds=2.0, peak_memory=2 * 1024**3)
    done = judged(made, check)
    Item.objects.filter(run=check.right).update(seconds=1.0)
    assert done.verdict == "pass"
    page = signed_in("vic").get(f"/p/studio/parity/{check.id}").content.decode()
    assert "Time, memory, cost" in page
    assert "0.5 x on the right" in page


def test_two_presets_and_two_pins_are_compared_from_the_command_line(made: Studio) -> None:
    support.save(made.project, made.people.ada, name="Distilled", stages=[{"role": "base", "seed": 10, "steps": 2}])
    manifests.pin(Preset.objects.get(slug="distilled"), made.left, made.people.ada)
    out = StringIO()
    sides = ("--left", "puppet-at-dusk/local", "--right", "distilled/local", "--inputs", "batch", "--count", "1")
    call_command("parity", "--json", "--as", "ada", "compare", *sides, stdout=out)
    told = json.loads(out.getvalue())
    assert (told["kind"], told["right"]["total"], len(told["pairs"])) == ("compare", 1, 1)
    check = judged(made, Check.objects.get(pk=told["id"]), same=False)
    assert check.verdict in ("fail", "inconclusive")
    commit = Manifest.objects.get(preset=made.preset, target="local").commit
    held = side(made, f"pins:puppet-at-dusk/local@{commit}")
    assert held.run.pk == check.left_id
    again = anything.compare(held, side(made, f"run:{check.right_id}"), made.people.ada)
    again.refresh_from_db()
    assert again.state == "judging"


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ("nonsense", "side_unknown"),
        ("run:nothing", "run_not_found"),
        ("baseline:puppet-at-dusk/local", "no_baseline"),
        ("pins:puppet-at-dusk/local@abcdef12", "manifest_not_found"),
        ("other/local", "preset_not_found"),
    ],
)
def test_a_side_that_is_none_says_why(made: Studio, words: str, code: str) -> None:
    with pytest.raises(MatchframeError) as refused:
        side(made, words)
    assert refused.value.code == code


def test_inputs_must_be_named_when_neither_side_is_rendered(made: Studio) -> None:
    one, other = side(made, "puppet-at-dusk/local"), side(made, "puppet-at-dusk/second")
    with pytest.raises(Invalid, match="Name an input set"):
        anything.compare(one, other, made.people.ada)
    form = signed_in("ada").get("/p/studio/parity/compare").context
    assert form["chosen"]["right"] == form["sides"][1][0] != form["sides"][0][0]
    given = {"left": "puppet-at-dusk/local", "right": "puppet-at-dusk/second", "inputs": "batch", "count": "2"}
    assert signed_in("vic").post("/p/studio/parity/compare", given).status_code == 403
    assert signed_in("ada").post("/p/studio/parity/compare", {**given, "count": "0"}).status_code == 422
    assert signed_in("ada").post("/p/studio/parity/compare", given).status_code == 303
