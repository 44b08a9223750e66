"""Whatever is changed in a workflow, reading answers: it raises nothing and holds only what JSON can hold."""

from __future__ import annotations

import copy
import json
from typing import Any, NamedTuple

from hypothesis import given, settings
from hypothesis import strategies as st

from presets_app.backends.comfyui.graph import Link
from presets_app.backends.comfyui.reading import read
from tests.backends.comfyui.reading.drawings import (
    instance,
    loader,
    lora,
    node,
    primitive,
    prompt,
    reroute,
    sampler,
    slot,
    two_samplers,
    workflow,
)

ODD = st.sampled_from(
    [None, True, -1, 3.5, float("nan"), 10**400, "", "-10", -10, -20, 2, 4, [], {}, [[]], [None], {"a": None}, "1", 1,
     {"__value__": [1]}, "workflow>Part", "x" * 300]
)  # fmt: skip


class Copied(NamedTuple):
    """What stands at another place of the file."""

    number: int


def whole() -> dict[str, Any]:
    setter, getter = (
        node(n, kind, slot("MODEL"), gives=("*",), values=["m"]) for n, kind in ((6, "SetNode"), (7, "GetNode"))
    )
    host = instance(10, [1, 2], properties={"proxyWidgets": [["3", "cfg"], ["-1", "seed"]]})
    first = [loader(1), lora(2, mode=4), reroute(4), primitive(5, 9, "fixed"), setter, getter]
    nodes = [*first, prompt(8, "a {cat}"), host, sampler(20)]
    wires = [(1, 0, 2, 0, "MODEL"), (2, 0, 4, 0, "MODEL"), (4, 0, 6, 0, "*"), (7, 0, 10, 0, "*"), (5, 0, 10, 1, "INT"),
             (10, 0, 20, 3, "LATENT"), (7, 0, 20, 0, "MODEL"), (8, 0, 20, 1, "CONDITIONING")]  # fmt: skip
    return workflow(nodes, wires, two_samplers())


def places(value: Any) -> list[tuple[Any, Any]]:
    found, waiting = [], [value]
    while waiting:
        one = waiting.pop()
        members = list(one.items()) if isinstance(one, dict) else list(enumerate(one)) if isinstance(one, list) else []
        found += [(one, key) for key, _ in members]
        waiting += [member for _, member in members]
    return found


CHANGES = st.lists(
    st.tuples(st.integers(0, 10**6), st.one_of(ODD, st.builds(Copied, st.integers(0, 10**6)))), max_size=6
)


@settings(max_examples=150, deadline=None)
@given(CHANGES)
def test_any_change_gets_an_answer(changes: list[tuple[int, Any]]) -> None:
    drawing = whole()
    for number, odd in changes:
        there = places(drawing)
        holder, key = there[number % len(there)]
        if isinstance(odd, Copied):
            other, source = there[odd.number % len(there)]
            holder[key] = copy.deepcopy(other[source])
        else:
            holder[key] = copy.deepcopy(odd)
    graph = read(drawing)
    literals = [
        {name: value for name, value in found.inputs.items() if not isinstance(value, Link)}
        for found in (*graph.nodes.values(), *graph.off)
    ]
    json.dumps([literals, dict(graph.other_fields), [one.as_json() for one in graph.problems]], allow_nan=False)
    assert all(
        value.node in graph.nodes
        for found in graph.nodes.values()
        for value in found.inputs.values()
        if isinstance(value, Link)
    )
