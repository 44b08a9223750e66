"""The project's own facts about node classes, and those of a live server."""

from __future__ import annotations

from typing import Any

import pytest

from presets_app.backends.comfyui.node_schemas import NodeSchemas, built_in


@pytest.mark.parametrize(
    ("class_type", "name", "default", "control"),
    [
        ("KSampler", "seed", 0, True),
        ("KSamplerAdvanced", "noise_seed", 0, True),
        ("RandomNoise", "noise_seed", 0, True),
        ("PrimitiveInt", "value", None, True),
        ("LTXVScheduler", "max_shift", 2.05, False),
        ("VAEDecodeTiled", "temporal_overlap", 8, False),
        ("ModelSamplingSD3", "shift", 3.0, False),
    ],
)
def test_the_shipped_facts_know_defaults_and_controls(class_type: str, name: str, default: Any, control: bool) -> None:
    found = built_in()[class_type].field(name)
    assert found is not None
    assert (found.default, found.control, found.is_widget) == (default, control, True)


def test_every_shipped_class_has_inputs_with_names_of_their_own() -> None:
    assert len(built_in()) >= 200
    for schema in built_in().values():
        names = [one.name for one in schema.fields]
        assert len(names) == len(set(names)), schema.class_type
        assert all(isinstance(kind, str) and kind for _, kind in schema.outputs), schema.class_type


def test_outputs_have_names_as_well_as_types() -> None:
    assert built_in()["LTXVConditioning"].outputs == (("positive", "CONDITIONING"), ("negative", "CONDITIONING"))


def test_both_ways_to_write_a_combo_are_read() -> None:
    older = {"input": {"required": {"mode": [["a", "b"]]}}}
    newer = {"input": {"required": {"mode": ["COMBO", {"options": ["a", "b"], "default": "b"}]}}}
    schemas = NodeSchemas.from_object_info({"Older": older, "Newer": newer})
    first, second = (schemas[one].field("mode") for one in ("Older", "Newer"))
    assert first is not None
    assert second is not None
    assert (first.kind, first.options, first.starts_as) == ("COMBO", ("a", "b"), "a")
    assert (second.kind, second.options, second.starts_as) == ("COMBO", ("a", "b"), "b")


def test_an_input_that_must_be_linked_is_no_widget() -> None:
    info = {"X": {"input": {"required": {"text": ["STRING", {"forceInput": True}], "model": ["MODEL"]}}}}
    assert not any(one.is_widget for one in NodeSchemas.from_object_info(info)["X"].fields)


def test_inputs_of_a_dynamic_combo_are_found_by_their_full_name() -> None:
    found = built_in()["ResizeImageMaskNode"].field("resize_type.multiplier")
    assert found is not None
    assert (found.kind, found.default) == ("FLOAT", 1.0)


STRANGE: list[dict[str, Any]] = [
    {},
    {"X": None},
    {"X": {}},
    {"X": {"input": 3}},
    {"X": {"input": {"required": []}}},
    {"X": {"input": {"required": {"a": None, "b": [], "c": [None, 3]}}, "output": 4}},
]


@pytest.mark.parametrize("reply", STRANGE)
def test_a_strange_reply_of_a_server_does_no_harm(reply: dict[str, Any]) -> None:
    assert set(NodeSchemas.from_object_info(reply)) <= {"X"}


def test_a_servers_facts_come_before_the_shipped_ones() -> None:
    live = NodeSchemas.from_object_info({"KSampler": {"input": {"required": {"seed": ["INT", {"default": 5}]}}}})
    both = live.or_built_in()
    assert [one.name for one in both["KSampler"].fields] == ["seed"]
    assert "KSamplerAdvanced" in both
