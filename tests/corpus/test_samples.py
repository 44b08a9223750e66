"""Real workflow files give the values that they are known to hold, where the samples are."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest

from presets_app.backends.comfyui import importing, reading
from presets_app.backends.comfyui.graph import Link
from presets_app.core.schema import validate
from tests.corpus.__main__ import checked, folder

HOME = folder()
FILES = sorted((HOME / "workflows").glob("*.json"))
pytestmark = pytest.mark.skipif(not FILES, reason="no samples: name their folder in MATCHFRAME_SAMPLES")


def test_every_expected_value_is_found_in_both_formats() -> None:
    results = checked(HOME)
    assert len(results) > 400
    assert [(name, finding.key) for name, finding in results if not finding.found] == []


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_every_literal_of_a_sample_is_accounted_for(file: Path) -> None:
    value = json.loads(file.read_text("utf-8"))
    graph = reading.read(value)
    literals = {
        node.fields.get(name) or f"{node.pointer}/inputs/{name}"
        for node in (*graph.nodes.values(), *graph.off)
        for name, held in node.inputs.items()
        if not isinstance(held, Link)
    }
    found = importing.to_document(value)
    assert {loss.target_path for loss in found.losses} == literals | set(graph.other_fields)
    assert not [problem for problem in validate(found.document, draft=True) if problem.severity == "error"]


@pytest.mark.parametrize("file", FILES[-1:] and [max(FILES, key=lambda file: file.stat().st_size)])
def test_the_largest_sample_takes_under_a_second(file: Path) -> None:
    value = json.loads(file.read_text("utf-8"))
    start = time.process_time()
    importing.to_document(value)
    assert time.process_time() - start < 1
