"""Files that nobody should have made: each gets an answer that names the place, soon and in little memory."""

from __future__ import annotations

import json
from typing import Any

import pytest

from presets_app.backends.comfyui.graph import Graph, Link
from presets_app.backends.comfyui.reading import read
from presets_app.backends.comfyui.reading.findings import MOST_OF_ONE_KIND
from tests.backends.comfyui.reading.drawings import (
    SUBGRAPH,
    codes,
    inputs_of,
    loader,
    lora,
    node,
    reroute,
    sampler,
    slot,
    subgraph,
    workflow,
)


def links(graph: Graph) -> int:
    return sum(isinstance(one, Link) for found in graph.nodes.values() for one in found.inputs.values())


def test_a_circle_of_links_is_an_error_and_is_cut() -> None:
    wires = [(1, 0, 2, 0, "MODEL"), (2, 0, 3, 0, "MODEL"), (3, 0, 1, 0, "MODEL")]
    graph = read(workflow([lora(1), lora(2, title="Style"), lora(3)], wires))
    (problem,) = graph.problems
    assert (problem.code, problem.severity) == ("graph_cycle", "error")
    assert 'Node 2 "Style" (LoraLoaderModelOnly)' in problem.message
    assert links(graph) == 2


def test_a_circle_in_an_api_graph_is_cut_too() -> None:
    graph = read({one: {"class_type": "X", "inputs": {"a": [other, 0]}} for one, other in ("12", "21")})
    assert (codes(graph), links(graph)) == (["graph_cycle"], 1)


def test_two_nodes_with_one_id_are_named_and_the_first_is_kept() -> None:
    graph = read(workflow([loader(1), lora(1, title="Copy")]))
    (problem,) = graph.problems
    assert (problem.code, problem.severity) == ("graph_node_twice", "error")
    assert '"Copy"' in problem.message
    assert graph.nodes["1"].class_type == "UNETLoader"


def test_links_that_lead_nowhere_name_the_input() -> None:
    absent = workflow([sampler(3)])
    absent["nodes"][0]["inputs"][0]["link"] = 55
    gone = workflow([loader(1), sampler(3)], [(1, 0, 3, 0, "MODEL")])
    gone["links"][0][1] = 99
    for drawing in (absent, gone):
        (problem,) = read(drawing).problems
        assert problem.code == "graph_link_dangling"
        assert "`model` of node 3 (KSampler)" in problem.message


def test_a_link_from_an_output_that_is_not_there_is_left_out() -> None:
    drawing = workflow([loader(1), sampler(3)], [(1, 0, 3, 0, "MODEL")])
    drawing["links"][0][2] = 4
    graph = read(drawing)
    assert codes(graph) == ["graph_slot_missing"]
    assert links(graph) == 0
    api = {"1": {"class_type": "UNETLoader", "inputs": {}}, "2": {"class_type": "X", "inputs": {"a": ["1", 4]}}}
    assert codes(read(api)) == ["graph_slot_missing"]


def test_an_api_link_to_nothing_is_left_out() -> None:
    graph = read({"2": {"class_type": "X", "inputs": {"a": ["1", 0], "b": [1, 2, 3], "c": ["2", "x"]}}})
    assert sorted(codes(graph)) == ["graph_link_dangling", "graph_link_invalid", "graph_link_invalid"]
    assert graph.nodes["2"].inputs == {}


def test_reroutes_in_a_circle_bring_nothing() -> None:
    wires = [(1, 0, 2, 0, "*"), (2, 0, 1, 0, "*"), (2, 0, 3, 0, "*")]
    graph = read(workflow([reroute(1), reroute(2), sampler(3)], wires))
    assert codes(graph) == ["graph_link_loop"]
    assert "model" not in graph.nodes["3"].inputs


def test_a_subgraph_that_contains_itself_is_an_error_and_opened_once() -> None:
    inner = [node(1, SUBGRAPH, gives=("MODEL",)), sampler(2)]
    part = subgraph(SUBGRAPH, inner, [(1, 0, 2, 0, "MODEL")], [], [("MODEL", "MODEL")])
    graph = read(workflow([node(9, SUBGRAPH, gives=("MODEL",))], [], part))
    assert codes(graph) == ["graph_subgraph_in_itself"]
    assert set(graph.nodes) == {"9:2"}


def numbered(number: int) -> str:
    return f"{number:08x}-2222-4333-8444-555555555555"


def chain(length: int, copies: int) -> dict[str, Any]:
    parts = [
        subgraph(numbered(one), [node(n, numbered(one + 1)) for n in range(copies)], [], [], [])
        for one in range(length)
    ]
    last = subgraph(numbered(length), [loader(1)], [], [], [])
    return workflow([node(1, numbered(0))], [], *parts, last)


def test_subgraphs_that_multiply_or_nest_without_end_are_stopped() -> None:
    assert codes(read(chain(40, 2))) == ["graph_too_large"]
    assert codes(read(chain(3_000, 1))) == ["graph_too_deep"]


def test_a_definition_that_is_not_in_the_file_is_an_error_that_names_the_node() -> None:
    graph = read(workflow([node(9, SUBGRAPH, title="Stage 2", gives=("MODEL",)), sampler(3)], [(9, 0, 3, 0, "MODEL")]))
    (problem,) = graph.problems
    assert problem.code == "graph_subgraph_missing"
    assert '"Stage 2"' in problem.message
    assert set(graph.nodes) == {"3"}


@pytest.mark.parametrize("number", [float("nan"), float("inf"), 10**400])
def test_numbers_that_nobody_can_read_are_left_out(number: float) -> None:
    graph = read(workflow([sampler(3, [1, "fixed", 20, number, "euler", "normal", 1.0])]))
    assert "cfg" not in graph.nodes["3"].inputs
    assert "graph_number_invalid" in codes(graph)
    assert codes(read({"1": {"class_type": "X", "inputs": {"cfg": number}}})) == ["graph_number_invalid"]


@pytest.mark.parametrize("odd", [None, True, 3, "x", [], {}, [[]], {"id": 1}, {"type": "X"}, {"id": {}, "type": 4}])
def test_entries_that_are_no_nodes_are_left_out(odd: Any) -> None:
    drawing = workflow([loader(1)])
    drawing["nodes"].append(odd)
    graph = read(drawing)
    assert set(graph.nodes) == {"1"}
    assert codes(graph) == ["graph_node_invalid"]
    assert set(read({"1": {"class_type": "X"}, "2": {"class_type": "Y"}, "3": odd}).nodes) >= {"1", "2"}


def test_thousands_of_problems_of_one_kind_are_counted_and_not_listed() -> None:
    graph = read(workflow([lora(1) for _ in range(1_000)]))
    assert len(graph.problems) == MOST_OF_ONE_KIND + 1
    assert graph.problems[-1].message == f"There are {999 - MOST_OF_ONE_KIND} more problems of this kind."


def test_a_file_with_more_nodes_than_are_read_is_refused_at_once() -> None:
    graph = read(workflow([{"id": 1, "type": "X"}] * 60_001))
    assert (codes(graph), dict(graph.nodes)) == (["graph_too_large"], {})
    assert codes(read({str(n): {"class_type": "X"} for n in range(60_001)})) == ["graph_too_large"]


def test_consumers_of_one_long_chain_do_not_each_walk_it() -> None:
    size = 4_000
    wires = [(n, 0, n + 1, 0, "*") for n in range(size - 1)]
    wires += [(size - 1, 0, size + n, 0, "MODEL") for n in range(size)]
    drawing = workflow(
        [loader(0), *[reroute(n) for n in range(1, size)], *[lora(size + n) for n in range(size)]], wires
    )
    graph = read(drawing)
    assert {inputs_of(graph, str(size + n))["model"] for n in range(size)} == {("0", 0)}


def test_odd_slots_links_and_properties_do_no_harm() -> None:
    drawing = workflow([node(1, "X", slot("a")), loader(2)], [(2, 0, 1, 0, "MODEL")])
    for place, odd in (("inputs", [None, 3, {"name": 4, "link": {}}]), ("outputs", "x"), ("properties", [])):
        changed = json.loads(json.dumps(drawing))
        changed["nodes"][0][place] = odd
        changed["links"] += [None, [], [1, 2], {"id": []}, [True, 1, -1, 1, 1, None]]
        assert set(read(changed).nodes) == {"1", "2"}
