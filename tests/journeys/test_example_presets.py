"""Every preset under docs/examples, from its file to two renders on the local runner."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from presets_app.services import manifests, presets, runs, targets
from presets_app.services.bringing_assets import Given, keep
from presets_app.services.requests import Input
from tests.support.people import People
from tests.support.stack import Stack

EXAMPLES = Path(__file__).resolve().parents[2] / "docs" / "examples"
pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.services,
    pytest.mark.journey,
    pytest.mark.xdist_group("stack"),
]


def pictures() -> list[Given]:
    return [Given(path.name, path.read_bytes()) for path in sorted(EXAMPLES.glob("*.png"))]


@pytest.mark.parametrize("name", sorted(path.stem for path in EXAMPLES.glob("*.json")))
def test_an_example_is_pinned_rendered_and_repeats_its_digest(
    stack: Stack, project: Any, people: People, name: str
) -> None:
    document = keep(people.ada, json.loads((EXAMPLES / f"{name}.json").read_text("utf-8")), pictures()).document
    preset = presets.save(project, people.ada, document, message="The example").preset
    local = targets.add(project, people.olu, "local", name="Local runner", kind="local", options={"pool": "local"})
    stack.ask(local)
    pins = manifests.pin(preset, local, people.ada)
    run = runs.start(runs.Work(preset, local, [Input("one"), Input("two")], revision=preset.head), people.ada)

    def over() -> bool:
        run.refresh_from_db()
        return run.state in ("done", "failed", "cancelled")

    stack.until(over, f"the renders of {name}")
    items = list(run.items.order_by("position"))
    assert [(item.state, item.failure) for item in items] == [("done", None)] * 2
    assert items[0].raw_frames == items[1].raw_frames
    assert items[0].raw_samples == items[1].raw_samples
    assert bool(items[0].raw_samples) == document["family"].startswith("ltx")
    assert items[1].warm
    assert run.manifest == pins.digest
