"""Old group nodes read as the subgraph they would be today."""

from __future__ import annotations

from typing import Any

import pytest

from presets_app.backends.comfyui.reading import read
from tests.backends.comfyui.reading.drawings import codes, inputs_of, loader, node, sampler, slot, workflow

LINKS = ("model", "positive", "negative", "latent_image")


def inner(index: int, made: dict[str, Any]) -> dict[str, Any]:
    """As a group keeps it: without id, by its place; only inputs that are no widgets."""
    kept = {key: value for key, value in made.items() if key != "id"}
    return {**kept, "index": index, "inputs": [one for one in made["inputs"] if "widget" not in one]}


def grouped(kind: str = "workflow>Two stages", **group: Any) -> dict[str, Any]:
    nodes = [inner(0, loader(0)), inner(1, sampler(0)), inner(2, sampler(0))]
    links = [[0, 0, 1, 0, 0, "MODEL"], [0, 0, 2, 0, 0, "MODEL"], [1, 0, 2, 3, 0, "LATENT"]]
    stated = {"nodes": nodes, "links": links, "external": [], **group}
    values = ["high.safetensors", "default", 77, "fixed", 9, 3.0, "euler", "simple", 0.5,
              78, "randomize", 10, 4.0, "heun", "normal", 0.6]  # fmt: skip
    shown = [slot("positive", "CONDITIONING"), slot("KSampler positive", "CONDITIONING")]
    whole = [
        node(1, "CLIPTextEncode", gives=("CONDITIONING",), values=["a"]),
        node(20, kind, *shown, gives=("LATENT",), values=values),
        sampler(30),
    ]
    wires = [(1, 0, 20, 0, "CONDITIONING"), (1, 0, 20, 1, "CONDITIONING"), (20, 0, 30, 3, "LATENT")]
    return workflow(whole, wires, extra={"groupNodes": {"Two stages": stated}})


@pytest.mark.parametrize("kind", ["workflow>Two stages", "workflow/Two stages"])
def test_the_nodes_of_a_group_get_their_values_and_links(kind: str) -> None:
    graph = read(grouped(kind))
    assert set(graph.nodes) == {"1", "20:0", "20:1", "20:2", "30"}
    assert graph.nodes["20:0"].inputs["unet_name"] == "high.safetensors"
    first, second = inputs_of(graph, "20:1"), inputs_of(graph, "20:2")
    assert (first["seed"], first["steps"], first["denoise"], first["model"]) == (77, 9, 0.5, ("20:0", 0))
    assert (second["seed"], second["sampler_name"], second["latent_image"]) == (78, "heun", ("20:1", 0))
    assert (first["positive"], second["positive"]) == (("1", 0), ("1", 0))
    assert inputs_of(graph, "30")["latent_image"] == ("20:2", 0)
    assert graph.nodes["20:2"].fields["seed"] == "/nodes/1/widgets_values/9"
    assert graph.other_fields["/nodes/1/widgets_values/10"] == "randomize"


def test_a_group_that_the_file_does_not_describe_is_an_error() -> None:
    drawing = grouped()
    drawing["extra"] = {}
    assert codes(read(drawing)) == ["graph_subgraph_missing"]


def test_a_bypassed_group_passes_nothing_of_another_type() -> None:
    drawing = grouped()
    drawing["nodes"][1]["mode"] = 4
    graph = read(drawing)
    assert set(graph.nodes) == {"1", "30"}
    assert "latent_image" not in graph.nodes["30"].inputs
