"""Every literal of the file is accounted for."""

from __future__ import annotations

import pytest

from presets_app.backends.comfyui.graph import Graph, Link
from presets_app.backends.comfyui.interpreting import interpret
from presets_app.core.pointers import value_at
from tests.backends.comfyui.importing.graphs import EXPERTS, LTX, WAN, Drawn, changed, graph

OFF: Drawn = {"lora": ("LoraLoaderModelOnly", {"lora_name": "a.safetensors", "strength_model": 1.0})}


def literals(made: Graph) -> set[str]:
    nodes = [*made.nodes.values(), *made.off]
    held = {node.fields[name] for node in nodes for name, value in node.inputs.items() if not isinstance(value, Link)}
    return held | set(made.other_fields)


@pytest.mark.parametrize("drawn", [WAN, EXPERTS, LTX], ids=["wan", "experts", "ltx"])
def test_no_literal_is_left_out(drawn: Drawn) -> None:
    made = graph(drawn, off=OFF, other_fields={"/extra/ds/scale": 1.5})
    losses = interpret(made).losses
    assert {loss.target_path for loss in losses} == literals(made)


def test_an_entry_names_a_field_that_the_document_holds() -> None:
    found = interpret(graph(LTX))
    kept = [loss for loss in found.losses if loss.status == "carried"]
    assert len(kept) > 15
    assert all(value_at(found.document, loss.path) == loss.before for loss in kept)


def test_what_goes_nowhere_says_why() -> None:
    found = {loss.target_path: loss for loss in interpret(graph(WAN, off=OFF)).losses}
    assert found["/save/inputs/filename_prefix"].note == "Files are named after the run."
    assert (found["/lora/inputs/lora_name"].status, found["/lora/inputs/lora_name"].note) == (
        "dropped",
        "The node is muted.",
    )


def test_a_rounded_float_is_carried_with_a_note() -> None:
    drawn = changed(WAN, shift={"shift": 5.000000000000001})
    found = {loss.target_path: loss for loss in interpret(graph(drawn)).losses}
    assert found["/shift/inputs/shift"].note == "Rounded to 12 significant digits."
