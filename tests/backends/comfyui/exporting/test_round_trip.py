"""A preset that goes out as a graph comes back with every value that takes effect."""

from __future__ import annotations

import json
import os
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from presets_app.backends.comfyui import importing
from presets_app.backends.comfyui.exporting import to_form
from presets_app.core.ledger import leaves
from tests.backends.comfyui.exporting.documents import EVERY_KIND, LARGEST_SEED

WORKFLOWS = Path(os.environ.get("MATCHFRAME_SAMPLES", "")) / "comfyui" / "workflows"
SAMPLES = sorted(WORKFLOWS.glob("*.json")) if os.environ.get("MATCHFRAME_SAMPLES") else []
# What a graph does not say: who the preset is, and what was made of its prompt before.
UNSAID = ("/name", "/variant", "/prompt_expansion")


def effective(document: dict[str, Any]) -> dict[str, Any]:
    """The leaves that a graph can hold: numbers that are equal are equal, and an empty part is an absent one."""
    held = {path: value for path, value in leaves(document) if value not in ([], {}) and not path.startswith(UNSAID)}
    return {path: near(value) for path, value in held.items()}


def near(value: Any) -> Any:
    if isinstance(value, list):
        return [near(item) for item in value]
    return float(f"{value:.12g}") if isinstance(value, float) else value


def back(document: dict[str, Any]) -> dict[str, Any]:
    made = to_form(document)
    assert made.output, made.problems
    found = importing.to_document(json.loads(json.dumps(made.output)))
    assert found.document is not None
    return found.document


def lost(before: dict[str, Any], after: dict[str, Any]) -> dict[str, tuple[Any, Any]]:
    """Values of a document that are others after it went out and came back."""
    first, second = effective(before), effective(after)
    return {path: (value, second.get(path)) for path, value in first.items() if second.get(path) != value}


@pytest.mark.parametrize("kind", EVERY_KIND)
def test_every_value_comes_back(kind: str) -> None:
    assert lost(EVERY_KIND[kind], back(EVERY_KIND[kind])) == {}


@st.composite
def changed(draw: st.DrawFn) -> dict[str, Any]:
    """A preset with other numbers, as far as its nodes hold them."""
    document = deepcopy(EVERY_KIND[draw(st.sampled_from(sorted(EVERY_KIND)))])
    document["prompt"] = draw(st.text(st.characters(exclude_categories=("C",)), min_size=1, max_size=40))
    document["frames"] = draw(st.integers(9, 900))
    document["width"] = draw(st.integers(2, 60)) * 32
    for stage in document["stages"]:
        stage["guidance"] = draw(st.floats(0, 100).map(lambda number: float(f"{number:.10g}")))
        stage["seed"] = draw(st.integers(0, LARGEST_SEED))
        if "steps" in stage and "sigmas" not in stage and "end_step" not in stage:
            stage["steps"] = draw(st.integers(1, 200))
        if "shift" in stage:
            stage["shift"] = draw(st.integers(0, 1000)) / 10
        if "sigmas" in stage:
            stage["sigmas"] = sorted(draw(st.lists(st.integers(0, 10**9), min_size=4, max_size=4)), reverse=True)
            stage["sigmas"] = [number / 10**9 for number in stage["sigmas"]]
    return document


@settings(max_examples=80, deadline=None)
@given(changed())
def test_other_numbers_come_back_too(document: dict[str, Any]) -> None:
    assert lost(document, back(document)) == {}


@pytest.mark.skipif(not SAMPLES, reason="MATCHFRAME_SAMPLES names no folder of samples")
def test_real_workflows_come_back_as_they_were_read() -> None:
    assert SAMPLES
    for path in SAMPLES:
        first = importing.to_document(json.loads(path.read_text(encoding="utf-8")))
        assert first.document is not None, path.name
        assert lost(first.document, back(first.document)) == {}, path.name
