"""Which file is in which format, and the API format itself."""

from __future__ import annotations

from typing import Any

import pytest

from presets_app.backends.comfyui.graph import Link
from presets_app.backends.comfyui.reading import read
from tests.backends.comfyui.reading.drawings import codes, inputs_of, loader, sampler, workflow

API: dict[str, Any] = {
    "1": {"class_type": "UNETLoader", "inputs": {"unet_name": "wan.safetensors", "weight_dtype": "default"}},
    "92:3": {
        "class_type": "KSampler",
        "inputs": {"model": ["1", 0], "seed": 18446744073709551615, "cfg": 3.5000000000000004},
        "_meta": {"title": "High noise"},
    },
}
UI = workflow([loader(1), sampler(3)], [(1, 0, 3, 0, "MODEL")])


def test_an_api_graph_keeps_its_ids_titles_values_and_says_where_each_stands() -> None:
    graph = read(API)
    node = graph.nodes["92:3"]
    assert (graph.form, graph.problems) == ("api", ())
    assert (node.title, node.pointer) == ("High noise", "/92:3")
    assert node.inputs == {"model": Link("1", 0), "seed": 2**64 - 1, "cfg": 3.5000000000000004}
    assert node.fields == {"seed": "/92:3/inputs/seed", "cfg": "/92:3/inputs/cfg"}
    assert node.outputs == ("LATENT",)


@pytest.mark.parametrize(
    ("value", "form", "pointer"),
    [
        (UI, "ui", "/nodes/1"),
        ({"workflow": UI}, "ui", "/workflow/nodes/1"),
        ({"prompt": API}, "api", "/prompt/92:3"),
        ({"prompt": API, "extra_data": {"extra_pnginfo": {"workflow": UI}}}, "api", "/prompt/92:3"),
        ({"extra_data": {"extra_pnginfo": {"workflow": UI}}}, "ui", "/extra_data/extra_pnginfo/workflow/nodes/1"),
        ({"input": {"workflow": API}}, "api", "/input/workflow/92:3"),
    ],
)
def test_the_graph_is_found_in_what_servers_and_files_wrap_around_it(value: Any, form: str, pointer: str) -> None:
    graph = read(value)
    assert graph.form == form
    assert pointer in {node.pointer for node in graph.nodes.values()}


@pytest.mark.parametrize("value", [{}, {"a": 1}, {"nodes": {}}, {"prompt": "a cat"}, {"workflow": []}])
def test_another_object_is_said_to_be_no_workflow(value: Any) -> None:
    graph = read(value)
    assert (dict(graph.nodes), codes(graph)) == ({}, ["graph_not_found"])


def test_a_list_that_is_a_value_is_unwrapped() -> None:
    graph = read({"1": {"class_type": "ManualSigmas", "inputs": {"sigmas": {"__value__": [1, 0.5]}}}})
    assert inputs_of(graph, "1") == {"sigmas": [1, 0.5]}


def test_schema_1_0_with_links_as_objects_reads_like_0_4() -> None:
    keys = ("id", "origin_id", "origin_slot", "target_id", "target_slot", "type")
    newer = {**UI, "version": 1, "links": [dict(zip(keys, link, strict=True)) for link in UI["links"]]}
    assert inputs_of(read(newer), "3") == inputs_of(read(UI), "3")
    assert inputs_of(read(newer), "3")["model"] == ("1", 0)


def test_the_node_pack_is_the_one_that_the_file_names() -> None:
    properties = {"cnr_id": "comfy-core", "ver": "0.3.75"}
    graph = read(workflow([loader(1, properties=properties)]))
    assert graph.nodes["1"].pack == ("comfy-core", "0.3.75")
    stated = {"class_type": "UNETLoader", "inputs": {}, "_meta": {"title": "x", "aux_id": "someone/pack"}}
    assert read({"1": stated}).nodes["1"].pack == ("someone/pack", "")
