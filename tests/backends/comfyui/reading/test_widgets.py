"""Values of a UI file are positions; these get the names of their inputs."""

from __future__ import annotations

from typing import Any

import pytest

from presets_app.backends.comfyui.node_schemas import NodeSchemas
from presets_app.backends.comfyui.reading import read
from tests.backends.comfyui.reading.drawings import (
    codes,
    inputs_of,
    loader,
    node,
    read_inputs,
    sampler,
    slot,
    workflow,
)


def test_the_control_value_beside_a_seed_is_no_input_and_is_kept_on_record() -> None:
    graph = read(workflow([sampler(3, [7, "randomize", 30, 3.5, "uni_pc", "simple", 1.0])]))
    node_3 = graph.nodes["3"]
    assert node_3.inputs == {
        "seed": 7, "steps": 30, "cfg": 3.5, "sampler_name": "uni_pc", "scheduler": "simple", "denoise": 1.0,
    }  # fmt: skip
    assert node_3.fields["steps"] == "/nodes/0/widgets_values/2"
    assert graph.other_fields["/nodes/0/widgets_values/1"] == "randomize"


def test_a_file_without_control_values_is_read_all_the_same() -> None:
    assert read_inputs(workflow([sampler(3, [7, 30, 3.5, "uni_pc", "simple", 1.0])]), "3")["steps"] == 30


def test_a_widget_that_became_an_input_keeps_its_place_among_the_values() -> None:
    whole = node(5, "PrimitiveInt", gives=("INT",), values=[42, "fixed"])
    inputs = read_inputs(workflow([whole, sampler(3)], [(5, 0, 3, 4, "INT")]), "3")
    assert inputs["seed"] == ("5", 0)
    assert inputs["steps"] == 20


def test_a_value_replaced_by_a_link_is_on_record_and_not_among_the_fields() -> None:
    whole = node(5, "PrimitiveInt", gives=("INT",), values=[42, "fixed"])
    graph = read(workflow([whole, sampler(3)], [(5, 0, 3, 4, "INT")]))
    assert "seed" not in graph.nodes["3"].fields
    assert graph.other_fields["/nodes/1/widgets_values/0"] == 1


def test_too_few_values_are_filled_with_defaults_and_said() -> None:
    graph = read(workflow([sampler(3, [7, "fixed", 30])]))
    assert inputs_of(graph, "3")["cfg"] == 8.0
    assert "cfg" not in graph.nodes["3"].fields
    (problem,) = graph.problems
    assert (problem.code, problem.severity) == ("graph_value_missing", "note")
    assert "node 3 (KSampler)" in problem.message.lower() or "Node 3" in problem.message
    assert "`cfg` (default 8.0)" in problem.message


@pytest.mark.parametrize(
    ("kind", "values", "expected"),
    [
        ("LoadImage", ["shot.png", "image"], {"image": "shot.png"}),
        ("LoadAudio", ["voice.mp3", None, ""], {"audio": "voice.mp3"}),
        ("LoadVideo", ["clip.mp4", "image"], {"file": "clip.mp4"}),
        ("LTXVScheduler", [20, 2.05, 0.95, True, 0.1], {"steps": 20, "max_shift": 2.05, "base_shift": 0.95,
                                                       "stretch": True, "terminal": 0.1}),
    ],
)  # fmt: skip
def test_an_upload_button_leaves_no_input(kind: str, values: list[Any], expected: dict[str, Any]) -> None:
    graph = read(workflow([node(1, kind, values=values)]))
    assert (inputs_of(graph, "1"), codes(graph)) == (expected, [])


def test_the_inputs_of_a_dynamic_combo_follow_the_chosen_option() -> None:
    values = ["scale dimensions", 640, 480, "center", "area"]
    inputs = read_inputs(workflow([node(1, "ResizeImageMaskNode", slot("input", "IMAGE"), values=values)]), "1")
    assert inputs == {
        "resize_type": "scale dimensions", "resize_type.width": 640, "resize_type.height": 480,
        "resize_type.crop": "center", "scale_method": "area",
    }  # fmt: skip
    other = ["scale by multiplier", 0.5, "area"]
    inputs = read_inputs(workflow([node(1, "ResizeImageMaskNode", slot("input", "IMAGE"), values=other)]), "1")
    assert inputs == {"resize_type": "scale by multiplier", "resize_type.multiplier": 0.5, "scale_method": "area"}


def test_values_by_name_need_no_schema() -> None:
    values = {"frame_rate": 24, "format": "video/h264-mp4", "crf": 19, "videopreview": {"hidden": False}}
    graph = read(workflow([node(1, "VHS_VideoCombine", slot("images", "IMAGE"), values=values)]))
    inputs = inputs_of(graph, "1")
    assert (inputs["frame_rate"], inputs["format"], inputs["crf"]) == (24, "video/h264-mp4", 19)
    assert "videopreview" not in inputs
    assert "/nodes/0/widgets_values/videopreview" in graph.other_fields


def test_an_unknown_class_is_named_by_its_own_inputs_in_order() -> None:
    inputs = [slot("model"), slot("strength", "FLOAT", widget=True), slot("seed", "INT", widget=True)]
    graph = read(workflow([node(1, "SomePack_Node", *inputs, values=[0.5, 12, "fixed"])]))
    assert (inputs_of(graph, "1"), codes(graph)) == ({"strength": 0.5, "seed": 12}, [])


def test_an_unknown_class_is_named_by_the_named_values_of_newer_files() -> None:
    named = {"strength": 0.5, "seed": 12, "control_after_generate": "fixed"}
    graph = read(workflow([node(1, "SomePack_Node", values=[0.5, 12, "fixed"], widgets_values_named=named)]))
    assert (inputs_of(graph, "1"), codes(graph)) == ({"strength": 0.5, "seed": 12}, [])
    assert graph.nodes["1"].fields["seed"] == "/nodes/0/widgets_values/1"


def test_values_that_nobody_can_name_are_never_guessed() -> None:
    inputs = [slot("strength", "FLOAT", widget=True)]
    graph = read(workflow([node(1, "SomePack_Node", *inputs, values=[0.5, 12], title="Look")]))
    (problem,) = graph.problems
    assert inputs_of(graph, "1") == {}
    assert problem.code == "graph_values_unnamed"
    assert 'Node 1 "Look" (SomePack_Node)' in problem.message
    assert graph.other_fields == {"/nodes/0/widgets_values/0": 0.5, "/nodes/0/widgets_values/1": 12}


def test_a_server_that_has_the_node_names_its_values() -> None:
    info = {
        "SomePack_Node": {
            "input": {"required": {"mode": [["a", "b"], {}], "strength": ["FLOAT", {"default": 1.0}]},
                      "optional": {"size": ["COMBO", {"options": ["s", "l"]}], "model": ["MODEL"]}},
            "output": ["MODEL"], "output_name": ["model"],
        }
    }  # fmt: skip
    drawing = workflow([node(1, "SomePack_Node", values=["b", 0.5]), loader(2)])
    graph = read(drawing, schemas=NodeSchemas.from_object_info(info))
    assert inputs_of(graph, "1") == {"mode": "b", "strength": 0.5, "size": "s"}
    assert inputs_of(graph, "2")["unet_name"] == "wan.safetensors"


def test_a_value_of_another_kind_is_said() -> None:
    graph = read(workflow([sampler(3, ["euler", "fixed", 20, 8.0, "euler", "normal", 1.0])]))
    assert codes(graph) == ["graph_value_unfit"]


def test_values_beyond_those_of_the_class_are_said_and_kept_on_record() -> None:
    graph = read(workflow([loader(1), node(2, "VAELoader", values=["wan.safetensors", 3])]))
    assert codes(graph) == ["graph_value_extra"]
    assert graph.other_fields == {"/nodes/1/widgets_values/1": 3}
