"""What the dashboard's demo project shows: a release, a newer revision waiting for approval, and checks that pass,
fail and need a person. Each step looks at what is there first, so that an interrupted filling goes on."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from django.conf import settings

from presets_app.core import checklist
from presets_app.management.demo import documents
from presets_app.management.demo.journey import Journey, older
from presets_app.management.demo.project import CLOUD, LOCAL
from presets_app.management.supervisor import run_once
from presets_app.queries import demo as seen
from presets_app.queries import projects
from presets_app.services import bringing, preset_migrations, recipes, recipes_making, snapshots, targets

RECIPE = "Dusk, softer sound"
MADE, FAULTY = "drawn-left", "drawn-right"
DRAWN = "clips drawn by code; no model made them"
GROUPS = {
    "Clips drawn by code: nothing or something harmless planted": ("none", "re-encode"),
    "Clips drawn by code: each with a planted fault": (
        "one-frame-late",
        "colour-shift",
        "frozen-tail",
        "audio-missing",
        "blur",
        "brightness-drift",
        "black",
    ),
    "Clips drawn by code: other takes, for a person to decide": ("none", "other-take"),
}


def fill(journey: Journey) -> None:
    """Do whatever of the demo is not there yet."""
    _drawn(journey)
    _first_release(journey)
    _waiting_migration(journey)
    _recipe(journey)
    _second_family(journey)


def _first_release(journey: Journey) -> None:
    project = journey.demo.project
    preset = seen.preset(project, "puppet-at-dusk")
    if preset is not None and journey.live(preset):
        return
    if preset is None:
        preset = journey.import_preset(older(), "First look")
    journey.ask_targets()
    journey.pin(preset)
    check = seen.good_check(preset, preset.digest) or journey.check(preset, seed=1)
    journey.publish(seen.open_migration(preset) or journey.migrate(preset, check))
    snapshots.take(preset, journey.demo.ada, "pre-CUDA update")


def _waiting_migration(journey: Journey) -> None:
    """A newer revision, checked, its checklist done, waiting for somebody who did not make it."""
    preset = seen.preset(journey.demo.project, "puppet-at-dusk")
    if preset is None or seen.open_migration(preset) is not None or preset.migrations.count() > 1:
        return
    newer = documents.ltx2()
    if preset.revisions == 1:
        preset = journey.import_preset(newer, "Warmer light at dusk")
        journey.pin(preset)
    check = seen.good_check(preset, preset.digest) or journey.check(preset, seed=2)
    sides = [projects.target(journey.demo.project, slug) for slug in (LOCAL, CLOUD)]
    migration = preset_migrations.open_migration(preset, journey.demo.ada, sides[0], sides[1], check=check)
    for row in checklist.ROWS:
        if row.by == "person":
            words = "Demo: both sides run on this computer."
            preset_migrations.tick(migration, journey.demo.ada, row.key, done=True, words=words)


def _recipe(journey: Journey) -> None:
    """One recipe with a run: a clip, and its sound made softer."""
    project, ada = journey.demo.project, journey.demo.ada
    if seen.has_recipe(project, RECIPE):
        return
    given = {"shape": "equalized", "name": RECIPE, "first": "puppet-at-dusk", "target": LOCAL}
    recipes.start(recipes_making.make(project, ada, given), ada)


def _second_family(journey: Journey) -> None:
    if seen.preset(journey.demo.project, "paper-boat") is None:
        preset = journey.import_preset(documents.wan22(), "Paper boat, two experts")
        journey.ask_targets()
        journey.pin(preset)


def _drawn(journey: Journey) -> None:
    """The clips with planted faults, as runs of files, one check a group."""
    missing = {note: planted for note, planted in GROUPS.items() if not seen.has_check(journey.demo.project, note)}
    if not missing:
        return
    folder = Path(settings.DATA_DIR) / "drawn"
    journey.say("drawing clips with planted faults")
    run_once(
        [sys.executable, "-m", "runner.standins.drawn", "--out", str(folder)], folder.parent / "logs", "drawn", 300
    )
    pairs = json.loads((folder / "index.json").read_text(encoding="utf-8"))["pairs"]
    for note, planted in missing.items():
        _group(journey, folder, [pair for pair in pairs if pair["planted"] in planted], note)


def _group(journey: Journey, folder: Path, pairs: list[dict[str, Any]], note: str) -> None:
    runs = []
    for slug, side, name in ((MADE, "left", "Drawn clips"), (FAULTY, "right", "Drawn clips, altered")):
        target = projects.target_named(journey.demo.project, slug)
        if target is None:
            target = targets.add(
                journey.demo.project, journey.demo.owner, slug, name=name, kind="files", options={}, stand_in=DRAWN
            )
        outputs = [
            bringing.Brought(pair["key"], folder / pair[side], (*pair["labels"], f"planted: {pair['planted']}"))
            for pair in pairs
        ]
        runs.append(bringing.bring(target, journey.demo.ada, outputs, note))
    bringing.compare(runs[0], runs[1], journey.demo.ada, note)
