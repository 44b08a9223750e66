"""Small UI workflows: nodes by what they are, links as (origin, slot, target, slot, type)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from presets_app.backends.comfyui.graph import Graph, Link
from presets_app.backends.comfyui.reading import read

Wire = tuple[int, int, int, int, str]
SUBGRAPH = "11111111-2222-4333-8444-555555555555"
INNER = "66666666-7777-4888-8999-aaaaaaaaaaaa"


def slot(name: str, kind: str = "MODEL", *, widget: bool = False) -> dict[str, Any]:
    made: dict[str, Any] = {"name": name, "type": kind, "link": None}
    return {**made, "widget": {"name": name}} if widget else made


def node(number: int, kind: str, *inputs: dict[str, Any], gives: tuple[str, ...] = (), values: Any = None,
         **more: Any) -> dict[str, Any]:  # fmt: skip
    outputs = [{"name": one, "type": one, "links": []} for one in gives]
    base = {"id": number, "type": kind, "pos": [0, 0], "size": [100, 100], "flags": {}, "order": number, "mode": 0}
    held = {} if values is None else {"widgets_values": values}
    return {**base, "inputs": list(inputs), "outputs": outputs, "properties": {}, **held, **more}


def workflow(
    nodes: list[dict[str, Any]], wires: Sequence[Wire] = (), *subgraphs: dict[str, Any], extra: Any = None
) -> dict[str, Any]:
    """A workflow of schema 0.4: links are lists."""
    _join(nodes, wires)
    links = [[number, *wire] for number, wire in enumerate(wires, 1)]
    made = {"last_node_id": 900, "last_link_id": 900, "nodes": nodes, "links": links, "groups": [], "config": {}}
    return {**made, "extra": extra or {}, "version": 0.4, "definitions": {"subgraphs": list(subgraphs)}}


def subgraph(identifier: str, nodes: list[dict[str, Any]], wires: Sequence[Wire], inputs: list[tuple[str, str]],
             outputs: list[tuple[str, str]]) -> dict[str, Any]:  # fmt: skip
    """A definition: -10 is where its inputs come from, -20 where its outputs go. Links are objects."""
    _join(nodes, wires)
    keys = ("origin_id", "origin_slot", "target_id", "target_slot", "type")
    links = [{"id": number, **dict(zip(keys, wire, strict=True))} for number, wire in enumerate(wires, 1)]
    state = {"lastNodeId": 900, "lastLinkId": 900, "lastGroupId": 0, "lastRerouteId": 0}
    ends = {"inputNode": {"id": -10, "bounding": [0, 0, 1, 1]}, "outputNode": {"id": -20, "bounding": [0, 0, 1, 1]}}
    return {
        "id": identifier, "version": 1, "revision": 0, "config": {}, "state": state, "name": "Part", **ends,
        "inputs": [_port(one, [n for n, w in enumerate(wires, 1) if w[:2] == (-10, at)], f"{identifier[:-4]}{at:04d}")
                   for at, one in enumerate(inputs)],
        "outputs": [_port(one, [n for n, w in enumerate(wires, 1) if w[2:4] == (-20, at)], f"{identifier[:-4]}9{at:03}")
                    for at, one in enumerate(outputs)],
        "widgets": [], "nodes": nodes, "groups": [], "links": links, "extra": {},
    }  # fmt: skip


def _port(one: tuple[str, str], links: list[int], identifier: str) -> dict[str, Any]:
    return {"id": identifier, "name": one[0], "type": one[1], "linkIds": links}


def _join(nodes: list[dict[str, Any]], wires: Sequence[Wire]) -> None:
    by_number = {one["id"]: one for one in nodes}
    for number, (origin, origin_slot, target, target_slot, _) in enumerate(wires, 1):
        if target in by_number:
            by_number[target]["inputs"][target_slot]["link"] = number
        if origin in by_number:
            by_number[origin]["outputs"][origin_slot]["links"].append(number)


def sampler(number: int, values: Any = None, **more: Any) -> dict[str, Any]:
    """A KSampler: inputs 0 to 3 are connections, 4 its seed and 5 its steps."""
    links = [
        slot("model"),
        slot("positive", "CONDITIONING"),
        slot("negative", "CONDITIONING"),
        slot("latent_image", "LATENT"),
    ]
    shown = [slot("seed", "INT", widget=True), slot("steps", "INT", widget=True)]
    held = [1, "fixed", 20, 8.0, "euler", "normal", 1.0] if values is None else values
    return node(number, "KSampler", *links, *shown, gives=("LATENT",), values=held, **more)


def loader(number: int, **more: Any) -> dict[str, Any]:
    return node(number, "UNETLoader", gives=("MODEL",), values=["wan.safetensors", "default"], **more)


def lora(number: int, **more: Any) -> dict[str, Any]:
    return node(
        number, "LoraLoaderModelOnly", slot("model"), gives=("MODEL",), values=["style.safetensors", 0.8], **more
    )


def prompt(number: int, text: str, **more: Any) -> dict[str, Any]:
    inputs = (slot("clip", "CLIP"), slot("text", "STRING", widget=True))
    return node(number, "CLIPTextEncode", *inputs, gives=("CONDITIONING",), values=[text], **more)


def reroute(number: int, **more: Any) -> dict[str, Any]:
    return node(number, "Reroute", slot("", "*"), gives=("*",), **more)


def primitive(number: int, *values: Any, **more: Any) -> dict[str, Any]:
    return node(number, "PrimitiveNode", gives=("INT",), values=list(values), **more)


def two_samplers(identifier: str = SUBGRAPH) -> dict[str, Any]:
    """Samplers 3 and 4 in a subgraph: model to 3, seed to both, steps to 3; it gives out what 3 makes."""
    wires = [(-10, 0, 3, 0, "MODEL"), (-10, 1, 3, 4, "INT"), (-10, 1, 4, 4, "INT"), (-10, 2, 3, 5, "INT"),
             (3, 0, -20, 0, "LATENT")]  # fmt: skip
    nodes = [sampler(3), sampler(4, [2, "fixed", 21, 8.0, "euler", "normal", 1.0])]
    inputs = [("model", "MODEL"), ("seed", "INT"), ("steps", "INT")]
    return subgraph(identifier, nodes, wires, inputs, [("LATENT", "LATENT")])


def instance(number: int, values: Any = None, kind: str = SUBGRAPH, **more: Any) -> dict[str, Any]:
    inputs = (slot("model"), slot("seed", "INT", widget=True), slot("steps", "INT", widget=True))
    return node(number, kind, *inputs, gives=("LATENT",), values=values, **more)


def inputs_of(graph: Graph, identifier: str) -> dict[str, Any]:
    """A node's inputs with links as (node, slot)."""
    found = graph.nodes[identifier].inputs
    return {name: (one.node, one.slot) if isinstance(one, Link) else one for name, one in found.items()}


def codes(graph: Graph) -> list[str]:
    return [problem.code for problem in graph.problems]


def read_inputs(value: dict[str, Any], identifier: str) -> dict[str, Any]:
    return inputs_of(read(value), identifier)
