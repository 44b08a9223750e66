"""Subgraphs laid out: ids, connections in and out, and the values that their instances set."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from presets_app.backends.comfyui.reading import read
from tests.backends.comfyui.reading.drawings import (
    INNER,
    SUBGRAPH,
    codes,
    inputs_of,
    instance,
    loader,
    node,
    primitive,
    prompt,
    sampler,
    slot,
    subgraph,
    two_samplers,
    workflow,
)

MODEL_IN = [(1, 0, 10, 0, "MODEL")]


def test_inner_nodes_have_ids_of_parent_and_child_and_links_cross_both_ways() -> None:
    wires = [*MODEL_IN, (10, 0, 20, 3, "LATENT")]
    graph = read(workflow([loader(1), instance(10, [111, 31]), sampler(20)], wires, two_samplers()))
    assert set(graph.nodes) == {"1", "10:3", "10:4", "20"}
    assert inputs_of(graph, "10:3")["model"] == ("1", 0)
    assert inputs_of(graph, "20")["latent_image"] == ("10:3", 0)
    assert graph.nodes["10:3"].pointer == "/definitions/subgraphs/0/nodes/0"
    assert graph.problems == ()


def test_values_of_the_instance_win_over_those_inside_and_reach_all_they_are_linked_to() -> None:
    graph = read(workflow([loader(1), instance(10, [111, 31])], MODEL_IN, two_samplers()))
    assert [graph.nodes[one].inputs["seed"] for one in ("10:3", "10:4")] == [111, 111]
    assert [graph.nodes[one].inputs["steps"] for one in ("10:3", "10:4")] == [31, 21]
    assert graph.nodes["10:4"].fields["seed"] == "/nodes/1/widgets_values/0"
    assert graph.other_fields["/definitions/subgraphs/0/nodes/1/widgets_values/0"] == 2


def test_two_instances_of_one_definition_keep_their_own_values() -> None:
    graph = read(workflow([loader(1), instance(10, [111, 31]), instance(11, [222, 32])], MODEL_IN, two_samplers()))
    assert [graph.nodes[one].inputs["seed"] for one in ("10:3", "11:3")] == [111, 222]
    assert "model" not in graph.nodes["11:3"].inputs


def test_an_instance_without_values_shows_those_of_the_first_widget_inside() -> None:
    graph = read(workflow([loader(1), instance(10, [])], MODEL_IN, two_samplers()))
    assert [graph.nodes[one].inputs["seed"] for one in ("10:3", "10:4")] == [1, 1]
    assert graph.nodes["10:4"].fields["seed"] == "/definitions/subgraphs/0/nodes/0/widgets_values/0"


def test_a_link_into_the_instance_wins_over_its_value() -> None:
    whole = node(2, "PrimitiveInt", gives=("INT",), values=[7, "fixed"])
    wires = [*MODEL_IN, (2, 0, 10, 1, "INT")]
    graph = read(workflow([loader(1), whole, instance(10, [111, 31])], wires, two_samplers()))
    assert inputs_of(graph, "10:3")["seed"] == inputs_of(graph, "10:4")["seed"] == ("2", 0)
    assert graph.other_fields["/nodes/2/widgets_values/0"] == 111


def test_the_editors_primitive_does_not_reach_into_an_instance() -> None:
    wires = [*MODEL_IN, (2, 0, 10, 1, "INT")]
    graph = read(workflow([loader(1), primitive(2, 777), instance(10, [111, 31])], wires, two_samplers()))
    assert graph.nodes["10:4"].inputs["seed"] == 2
    assert "graph_primitive_lost" in codes(graph)


@pytest.mark.parametrize(
    ("proxies", "values", "expected"),
    [
        ([["-1", "steps"], ["-1", "seed"]], [31, 111], (111, 31, 8.0)),
        ([["3", "cfg"], ["-1", "steps"], ["-1", "seed"]], [5.5, 31, 111], (111, 31, 5.5)),
        ([["3", "steps"], ["3", "seed"]], [31, 111], (111, 31, 8.0)),
        ([["3", "cfg"], ["3", "control_after_generate"]], [5.5, "randomize"], (1, 20, 5.5)),
        ([["3", "3: cfg"]], [5.5], (1, 20, 5.5)),
        ([["3", "cfg"], ["-1", "seed"]], [], (1, 20, 8.0)),
    ],
)
def test_older_promoted_widgets_follow_the_order_they_list(proxies: Any, values: Any, expected: Any) -> None:
    host = instance(10, values, properties={"proxyWidgets": proxies})
    inputs = read(workflow([loader(1), host], MODEL_IN, two_samplers())).nodes["10:3"].inputs
    assert (inputs["seed"], inputs["steps"], inputs["cfg"]) == expected


def test_a_value_that_the_editor_could_not_place_again_still_counts() -> None:
    lost = [{"originalEntry": ["-1", "seed"], "reason": "missingSourceNode", "hostValue": 555, "attemptedAtVersion": 1}]
    host = instance(10, [111, 31], properties={"proxyWidgetErrorQuarantine": lost})
    graph = read(workflow([loader(1), host], MODEL_IN, two_samplers()))
    assert graph.nodes["10:3"].inputs["seed"] == 555
    assert graph.other_fields["/nodes/1/widgets_values/0"] == 111


def nested(values: list[Any], inner_values: list[Any]) -> dict[str, Any]:
    wires = [(-10, 0, 5, 0, "MODEL"), (-10, 1, 5, 1, "INT"), (5, 0, -20, 0, "LATENT")]
    outer = subgraph(
        INNER, [instance(5, inner_values)], wires, [("model", "MODEL"), ("seed", "INT")], [("LATENT", "LATENT")]
    )
    host = node(9, INNER, slot("model"), slot("seed", "INT", widget=True), gives=("LATENT",), values=values)
    links = [(1, 0, 9, 0, "MODEL"), (9, 0, 30, 3, "LATENT")]
    return workflow([loader(1), host, sampler(30)], links, two_samplers(), outer)


def test_a_subgraph_inside_a_subgraph_is_laid_out_with_three_part_ids() -> None:
    graph = read(nested([999], [444, 41]))
    assert set(graph.nodes) == {"1", "30", "9:5:3", "9:5:4"}
    assert inputs_of(graph, "9:5:3")["model"] == ("1", 0)
    assert inputs_of(graph, "30")["latent_image"] == ("9:5:3", 0)
    assert (graph.nodes["9:5:4"].inputs["seed"], graph.nodes["9:5:3"].inputs["steps"]) == (999, 41)


def test_without_a_value_outside_the_next_instance_inside_counts() -> None:
    assert read(nested([], [444, 41])).nodes["9:5:4"].inputs["seed"] == 444
    assert read(nested([], [])).nodes["9:5:4"].inputs["seed"] == 1


@pytest.mark.parametrize(("mode", "word"), [(2, "muted"), (4, "bypassed")])
def test_an_instance_that_is_off_takes_its_inner_nodes_with_it(mode: int, word: str) -> None:
    graph = read(workflow([loader(1), instance(10, [111, 31], mode=mode)], MODEL_IN, two_samplers()))
    assert [(one.id, one.mode) for one in graph.off] == [("10:3", word), ("10:4", word)]
    assert set(graph.nodes) == {"1"}


def test_a_bypassed_instance_passes_by_type() -> None:
    wires = [(-10, 0, 3, 3, "LATENT"), (3, 0, -20, 0, "LATENT")]
    part = subgraph(SUBGRAPH, [sampler(3)], wires, [("samples", "LATENT")], [("LATENT", "LATENT")])
    latent = node(2, "EmptyLTXVLatentVideo", gives=("LATENT",), values=[768, 512, 97, 1])
    host = node(10, SUBGRAPH, slot("samples", "LATENT"), gives=("LATENT",), mode=4)
    graph = read(workflow([latent, host, sampler(20)], [(2, 0, 10, 0, "LATENT"), (10, 0, 20, 3, "LATENT")], part))
    assert inputs_of(graph, "20")["latent_image"] == ("2", 0)


def test_a_get_inside_finds_the_set_outside_and_its_own_first() -> None:
    getter = node(5, "GetNode", gives=("*",), values=["m"])
    part = subgraph(SUBGRAPH, [getter, sampler(3)], [(5, 0, 3, 0, "MODEL")], [], [])
    setter = node(2, "SetNode", slot("MODEL"), gives=("*",), values=["m"])
    outside = [loader(1), setter, node(10, SUBGRAPH)]
    graph = read(workflow(outside, [(1, 0, 2, 0, "MODEL")], copy.deepcopy(part)))
    assert inputs_of(graph, "10:3")["model"] == ("1", 0)
    own = [loader(7), node(8, "SetNode", slot("MODEL"), gives=("*",), values=["m"]), getter, sampler(3)]
    part = subgraph(SUBGRAPH, own, [(7, 0, 8, 0, "MODEL"), (5, 0, 3, 0, "MODEL")], [], [])
    assert inputs_of(read(workflow(outside, [(1, 0, 2, 0, "MODEL")], part)), "10:3")["model"] == ("10:7", 0)


def test_definitions_may_stand_inside_definitions() -> None:
    flat = nested([999], [444, 41])
    inner, outer = flat["definitions"]["subgraphs"]
    flat["definitions"] = {"subgraphs": [{**outer, "definitions": {"subgraphs": [inner]}}]}
    graph = read(flat)
    assert graph.nodes["9:5:3"].inputs["seed"] == 999
    assert graph.nodes["9:5:3"].pointer == "/definitions/subgraphs/0/definitions/subgraphs/0/nodes/0"


def test_a_prompt_of_the_instance_is_sent_as_it_is() -> None:
    wires = [(-10, 0, 1, 1, "STRING")]
    part = subgraph(SUBGRAPH, [prompt(1, "inside")], wires, [("text", "STRING")], [])
    host = node(10, SUBGRAPH, slot("text", "STRING", widget=True), values=["a // b {c}"])
    assert read(workflow([host], [], part)).nodes["10:1"].inputs["text"] == "a // b {c}"
