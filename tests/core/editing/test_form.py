"""The form of a preset: which fields there are, and that it loses nothing."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from presets_app.core.editing import Field, Form, applied, describe
from presets_app.core.editing.facts import FACTS, TASKS
from presets_app.core.editing.shapes import kind_of, node_at
from presets_app.core.families import FAMILIES
from presets_app.core.schema import PRESET_SCHEMA, load_schema
from tests.core.examples import ltx2, wan22

ODD: list[Any] = [
    {},
    {"stages": "x", "models": [], "inputs": 4, "audio": None},
    {"stages": [1, {"role": 2, "loras": {"a": 1}}], "shots": [{"prompt": {"a": []}}]},
    {"family": ["ltx-2"], "task": {}, "width": {"a": 1}, "height": [2], "fps": "30000/1001"},
    {"references": ["a", {"sha256": "0" * 64, "name": "x"}], "inputs": {"image": {"sha256": "1" * 64}, "end": "e"}},
    {"unknown": {"deep": [{"a": 1}]}, "runtime": {"quantization": None, "extra": True}},
    {"stages": [{"role": "base", "scheduler_options": {"a": "true", "b": "1", "c": " x ", "d": [1, "y"], "e": {}}}]},
    {"prompt": "\nfirst line empty\r\nand odd breaks\r", "name": "two\nlines"},
]


def fields(document: dict[str, Any]) -> dict[str, Field]:
    return {field.path: field for field in describe(document).every()}


def typed(document: dict[str, Any], **texts: str) -> dict[str, Any]:
    return applied(document, {path.replace("__", "/"): text for path, text in texts.items()})


@pytest.mark.parametrize("document", [ltx2(), wan22(), *ODD])
def test_a_form_sent_back_as_it_was_changes_nothing(document: dict[str, Any]) -> None:
    assert applied(document, {path: field.text for path, field in fields(document).items()}) == document


@pytest.mark.parametrize("document", [ltx2(), wan22(), ODD[7]])
def test_line_breaks_as_browsers_send_them_change_nothing(document: dict[str, Any]) -> None:
    shown = {path: field.text for path, field in fields(document).items()}
    assert applied(document, {path: text.replace("\n", "\r\n") for path, text in shown.items() if "\n" in text}) == (
        document
    )


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(0, 2**64) | st.floats(0, 9) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=12,
)
SHAPED = st.dictionaries(
    st.sampled_from([*load_schema(PRESET_SCHEMA)["properties"], "unknown"]),
    JSON | st.lists(st.dictionaries(st.sampled_from(["role", "seed", "loras", "file"]), JSON), max_size=3),
    max_size=6,
)


@settings(max_examples=150, deadline=None)
@given(SHAPED)
def test_no_document_whatever_breaks_the_form_or_is_changed_by_it(document: dict[str, Any]) -> None:
    assert applied(document, {path: field.text for path, field in fields(document).items()}) == document


def leaves(node: dict[str, Any], path: str = "") -> list[str]:
    """Every field of the schema, as a pointer with * for elements and names."""
    if kind_of(node) == "pairs" and "properties" in node:
        return [leaf for name, inner in node["properties"].items() for leaf in leaves(inner, f"{path}/{name}")]
    items = node.get("items", {})
    if node.get("type") == "array" and items.get("type") == "object":
        return leaves(items, f"{path}/*")
    return [path]


def test_every_field_of_the_schema_has_a_place_in_the_form() -> None:
    whole = ltx2(shots=[{"prompt": "a"}], references=["a"], inputs={"image": "a"})
    shown = {"/".join("*" if part.isdecimal() else part for part in path.split("/")) for path in fields(whole)}
    named = {path for path in shown if path.startswith(("/models/", "/inputs/"))}
    wanted = set(leaves(load_schema(PRESET_SCHEMA))) - {"/format", "/models", "/inputs", "/references"}
    assert wanted - shown == set()
    assert {"/models/transformer", "/inputs/image"} <= named and "/references/*" in shown


def test_every_explained_field_is_one_of_the_schema() -> None:
    for path in FACTS:
        assert node_at(path.split("/")[1:]), path
    assert set(TASKS) == set(load_schema(PRESET_SCHEMA)["properties"]["task"]["enum"])


def test_no_two_controls_of_a_form_have_one_id() -> None:
    whole = {**ltx2(), "models": {"a_b": [], "a-b": [], "a/b": []}, "inputs": {"a.b": "x", "a b": "y"}}
    ids = [field.id for field in describe(whole).every()]
    assert len(set(ids)) == len(ids)


def stages(form: Form) -> list[list[str]]:
    (group,) = [group for group in form.groups if group.key == "stages"]
    return [[field.path.rsplit("/", 1)[1] for field in stage.fields] for stage in group.lists[0].elements]


def test_a_two_expert_wan_shows_shift_steps_and_boundary_of_both_experts() -> None:
    for shown in stages(describe(wan22())):
        assert {"shift", "start_step", "end_step", "boundary"} <= set(shown)
        assert "scheduler_options" not in shown


def test_a_two_stage_ltx_shows_sigmas_and_the_scale_of_the_second_and_the_upscaler() -> None:
    base, refine = stages(describe(ltx2()))
    assert "sigmas" in base and "scale" not in base
    assert {"sigmas", "scale"} <= set(refine)
    assert "/models/latent_upscaler" in fields(ltx2())


@pytest.mark.parametrize(("size", "usual"), [((1280, 720), "5.0 at 720p"), ((832, 480), "3.0 at 480p")])
def test_the_flow_shift_says_what_is_usual_at_the_size(size: tuple[int, int], usual: str) -> None:
    shift = fields(wan22(width=size[0], height=size[1]))["/stages/0/shift"]
    assert usual in shift.usual and "diffusers" in shift.source


@pytest.mark.parametrize("family", FAMILIES)
def test_every_family_has_a_form(family: str) -> None:
    assert "/frames" in fields({"family": family, "stages": [{"role": "base"}]})


def test_values_outside_the_format_are_named_as_kept() -> None:
    assert describe({**ltx2(), "unknown": {"a": 1}, "extra": 2}).kept == ("/extra", "/unknown/a")
    assert describe(ltx2()).kept == ()


def test_a_choice_outside_the_format_stays_to_be_seen() -> None:
    family = fields(ltx2(family="sd-1.5"))["/family"]
    assert family.text == "sd-1.5" and ("sd-1.5", "sd-1.5 (not one of these)") in family.options
