"""Muted and bypassed nodes, reroutes, primitives and Set/Get: what a link brings through them."""

from __future__ import annotations

import pytest

from presets_app.backends.comfyui.reading import read
from tests.backends.comfyui.reading.drawings import (
    codes,
    inputs_of,
    loader,
    lora,
    node,
    primitive,
    prompt,
    read_inputs,
    reroute,
    sampler,
    slot,
    workflow,
)


def test_a_bypassed_node_passes_its_input_of_the_same_type() -> None:
    drawing = workflow([loader(1), lora(2, mode=4), sampler(3)], [(1, 0, 2, 0, "MODEL"), (2, 0, 3, 0, "MODEL")])
    graph = read(drawing)
    assert inputs_of(graph, "3")["model"] == ("1", 0)
    assert [(one.id, one.mode, one.inputs["lora_name"]) for one in graph.off] == [
        ("2", "bypassed", "style.safetensors")
    ]
    assert "2" not in graph.nodes


def test_a_bypassed_node_with_several_types_passes_each_by_its_type() -> None:
    both = (slot("model"), slot("clip", "CLIP"))
    loras = node(2, "LoraLoader", *both, gives=("MODEL", "CLIP"), values=["l.safetensors", 1, 1], mode=4)
    wires = [(1, 0, 2, 0, "MODEL"), (1, 1, 2, 1, "CLIP"), (2, 1, 5, 0, "CLIP"), (2, 0, 3, 0, "MODEL")]
    whole = node(1, "CheckpointLoaderSimple", gives=("MODEL", "CLIP", "VAE"), values=["c.safetensors"])
    graph = read(workflow([whole, loras, prompt(5, "a"), sampler(3)], wires))
    assert inputs_of(graph, "5")["clip"] == ("1", 1)
    assert inputs_of(graph, "3")["model"] == ("1", 0)


def test_a_bypassed_node_finds_the_fitting_input_behind_others() -> None:
    place = node(1, "LTXVImgToVideoInplace", slot("vae", "VAE"), slot("image", "IMAGE"), slot("latent", "LATENT"),
                 gives=("LATENT",), values=[1.0, False], mode=4)  # fmt: skip
    latent = node(2, "EmptyLTXVLatentVideo", gives=("LATENT",), values=[768, 512, 97, 1])
    assert read_inputs(workflow([place, latent, sampler(3)], [(2, 0, 1, 2, "LATENT"), (1, 0, 3, 3, "LATENT")]), "3")[
        "latent_image"
    ] == ("2", 0)


def test_a_bypassed_node_without_a_fitting_input_leaves_the_widget_its_own_value() -> None:
    whole = node(5, "PrimitiveInt", slot("value", "INT", widget=True), gives=("INT",), values=[9, "fixed"], mode=4)
    assert read_inputs(workflow([whole, sampler(3)], [(5, 0, 3, 4, "INT")]), "3")["seed"] == 1


def test_a_muted_node_brings_nothing() -> None:
    graph = read(workflow([loader(1, mode=2), sampler(3)], [(1, 0, 3, 0, "MODEL")]))
    assert "model" not in graph.nodes["3"].inputs
    assert [one.mode for one in graph.off] == ["muted"]
    assert graph.problems == ()


def test_reroutes_are_followed_however_many() -> None:
    wires = [(1, 0, 10, 0, "MODEL"), *[(n, 0, n + 1, 0, "*") for n in range(10, 19)], (19, 0, 3, 0, "*")]
    drawing = workflow([loader(1), *[reroute(n) for n in range(10, 20)], sampler(3)], wires)
    graph = read(drawing)
    assert inputs_of(graph, "3")["model"] == ("1", 0)
    assert set(graph.nodes) == {"1", "3"}


def test_a_primitive_writes_its_value_into_each_widget_it_is_linked_to() -> None:
    wires = [(1, 0, 3, 4, "INT"), (1, 0, 4, 5, "INT")]
    graph = read(workflow([primitive(1, 99, "increment"), sampler(3), sampler(4)], wires))
    assert (graph.nodes["3"].inputs["seed"], graph.nodes["4"].inputs["steps"]) == (99, 99)
    assert graph.nodes["3"].fields["seed"] == "/nodes/0/widgets_values/0"
    assert graph.other_fields["/nodes/0/widgets_values/1"] == "increment"
    assert "/nodes/0/widgets_values/0" not in graph.other_fields
    assert "1" not in graph.nodes


def test_a_primitive_behind_a_reroute_reaches_nothing_and_that_is_said() -> None:
    wires = [(1, 0, 2, 0, "INT"), (2, 0, 3, 4, "INT")]
    graph = read(workflow([primitive(1, 99), reroute(2), sampler(3)], wires))
    assert graph.nodes["3"].inputs["seed"] == 1
    assert codes(graph) == ["graph_primitive_lost"]


def named(number: int, kind: str, name: str) -> dict[str, object]:
    inputs = (slot("MODEL"),) if kind == "SetNode" else ()
    return node(number, kind, *inputs, gives=("*",), values=[name])


def test_a_get_brings_what_the_set_of_its_name_was_given() -> None:
    wires = [(1, 0, 5, 0, "MODEL"), (6, 0, 3, 0, "*")]
    graph = read(workflow([loader(1), named(5, "SetNode", "m"), named(6, "GetNode", "m"), sampler(3)], wires))
    assert inputs_of(graph, "3")["model"] == ("1", 0)
    assert graph.problems == ()


def test_a_get_without_its_set_is_an_error_that_names_both() -> None:
    graph = read(workflow([named(6, "GetNode", "shift"), sampler(3)], [(6, 0, 3, 0, "*")]))
    (problem,) = graph.problems
    assert (problem.code, problem.severity) == ("graph_set_missing", "error")
    assert "ode 6 (GetNode)" in problem.message
    assert '"shift"' in problem.message


def test_a_set_that_nobody_asks_for_is_a_note_and_a_second_of_its_name_a_warning() -> None:
    wires = [(1, 0, 5, 0, "MODEL"), (1, 0, 7, 0, "MODEL"), (6, 0, 3, 0, "*")]
    nodes = [loader(1), named(5, "SetNode", "m"), named(7, "SetNode", "m"), named(6, "GetNode", "m"), sampler(3)]
    assert sorted(codes(read(workflow(nodes, wires)))) == ["graph_set_twice", "graph_set_unused"]


@pytest.mark.parametrize("kind", ["Note", "MarkdownNote", "Fast Groups Bypasser (rgthree)"])
def test_notes_are_no_nodes_and_their_text_is_on_record(kind: str) -> None:
    graph = read(workflow([loader(1), node(2, kind, values=["Use 121 frames"])]))
    assert set(graph.nodes) == {"1"}
    assert graph.other_fields == {"/nodes/1/widgets_values/0": "Use 121 frames"}


def test_links_made_by_rule_are_those_that_the_file_lists() -> None:
    nodes = [loader(1), node(2, "Anything Everywhere", slot("anything", "*")), sampler(3)]
    wires = [(1, 0, 2, 0, "MODEL")]
    link = {
        "downstream": 3,
        "downstream_slot": 0,
        "upstream": "1",
        "upstream_slot": 0,
        "controller": 2,
        "type": "MODEL",
    }
    graph = read(workflow(nodes, wires, extra={"ue_links": [link]}))
    assert inputs_of(graph, "3")["model"] == ("1", 0)
    nodes = [loader(1), node(2, "Anything Everywhere", slot("anything", "*")), sampler(3)]
    assert codes(read(workflow(nodes, wires))) == ["graph_links_by_rule"]
