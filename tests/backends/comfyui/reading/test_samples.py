"""Published workflows against what ComfyUI's own editor exports for them."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from presets_app.backends.comfyui.graph import Graph, Link
from presets_app.backends.comfyui.reading import read

HOME = Path(os.environ.get("MATCHFRAME_SAMPLES") or "/nonexistent")
WORKFLOWS = [path for path in (HOME / "workflows", HOME / "comfyui" / "workflows") if path.is_dir()]
DRAWN = sorted(WORKFLOWS[0].glob("*.ui.json")) if WORKFLOWS else []
pytestmark = pytest.mark.skipif(not DRAWN, reason="no samples: name their folder in MATCHFRAME_SAMPLES")
by_name = pytest.mark.parametrize("path", DRAWN, ids=lambda path: path.name)


def exported(graph: Graph) -> dict[str, Any]:
    """The graph as the editor writes it, without titles."""

    def written(value: Any) -> Any:
        if isinstance(value, Link):
            return [value.node, value.slot]
        return {"__value__": value} if isinstance(value, list) else value

    return {
        key: {"class_type": one.class_type, "inputs": {name: written(value) for name, value in one.inputs.items()}}
        for key, one in graph.nodes.items()
    }


@by_name
def test_the_graph_is_the_one_that_the_editor_exports(path: Path) -> None:
    expected = json.loads(path.with_name(path.name.replace(".ui.", ".api.")).read_text())
    titles = {key: one.pop("_meta")["title"] for key, one in expected.items()}
    graph = read(json.loads(path.read_text()))
    assert exported(graph) == expected
    stated = {key: one.title for key, one in graph.nodes.items() if one.title != one.class_type}
    differing = {key for key, title in stated.items() if title != titles[key]}
    assert len(differing) <= 2, "where a node has no title of its own, servers differ in what they call its class"


@by_name
def test_nothing_is_wrong_with_a_published_workflow(path: Path) -> None:
    graph = read(json.loads(path.read_text()))
    assert [problem for problem in graph.problems if problem.severity != "note"] == []


@by_name
def test_each_value_of_the_file_is_accounted_for(path: Path) -> None:
    value = json.loads(path.read_text())
    graph = read(value)
    known = set(graph.other_fields).union(*(one.fields.values() for one in (*graph.nodes.values(), *graph.off)))
    assert [pointer for pointer in _pointers(value) if pointer not in known] == []


def _pointers(workflow: dict[str, Any]) -> Iterator[str]:
    parts = workflow.get("definitions", {}).get("subgraphs", [])
    sheets = [("", workflow), *((f"/definitions/subgraphs/{n}", part) for n, part in enumerate(parts))]
    for pointer, sheet in sheets:
        for number, node in enumerate(sheet["nodes"]):
            for place, held in enumerate(node.get("widgets_values") or []):
                if held is not None:
                    yield f"{pointer}/nodes/{number}/widgets_values/{place}"


@pytest.mark.parametrize(
    "path", [path.with_name(path.name.replace(".ui.", ".api.")) for path in DRAWN], ids=lambda p: p.name
)
def test_the_exported_file_reads_as_the_same_graph(path: Path) -> None:
    expected = {
        key: {name: one[name] for name in ("class_type", "inputs")} for key, one in json.loads(path.read_text()).items()
    }
    graph = read(json.loads(path.read_text()))
    assert exported(graph) == expected
    assert graph.problems == ()
