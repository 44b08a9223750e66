"""What is typed, as values of the document."""

from __future__ import annotations

from typing import Any

import pytest

from presets_app.core.editing import applied, describe
from presets_app.core.editing.values import ABSENT, text_of, value_of
from presets_app.core.pointers import value_at
from presets_app.core.schema import validate
from tests.core.examples import ltx2, wan22

MOST = 2**64 - 1


@pytest.mark.parametrize(
    ("kind", "text", "value"),
    [
        ("whole", str(MOST), MOST),
        ("whole", " 42 ", 42),
        ("whole", "4.5", 4.5),
        ("whole", "many", "many"),
        ("number", "4,5", "4,5"),
        ("number", "5.000000000000001", 5),
        ("number", "nan", "nan"),
        ("number", "1e999", "1e999"),
        ("number", "1_000", "1_000"),
        ("number", "٣", "٣"),
        ("rate", "30000/1001", "30000/1001"),
        ("rate", "23.976", 23.976),
        ("switch", "yes", True),
        ("switch", "no", False),
        ("numbers", "[0.9, 0.7\n0.0]", [0.9, 0.7, 0]),
        ("numbers", "1, x", [1, "x"]),
        ("lines", "a.safetensors\n\n b c.gguf ", ["a.safetensors", "b c.gguf"]),
        (
            "pairs",
            "max_shift: 2.05\nstretch: true\nname: euler a",
            {"max_shift": 2.05, "stretch": True, "name": "euler a"},
        ),
        ("pairs", "no colon", "no colon"),
        ("pairs", "a: 1\na: 2", "a: 1\na: 2"),
        ("pairs", "a: [1, 2]\nb: {}\nc: [[1]]", {"a": [1, 2], "b": "{}", "c": "[[1]]"}),
        ("prose", " as typed \n", " as typed \n"),
        ("line", "  ", ABSENT),
    ],
)
def test_a_text_becomes_the_value_that_it_says(kind: Any, text: str, value: Any) -> None:
    assert value_of(kind, text) == value
    assert type(value_of(kind, text)) is type(value)


@pytest.mark.parametrize("options", [{"a": "true", "b": "12", "c": ""}, {"a": [1, "x"]}, {"a": "x: y", "b": " pad "}])
def test_options_read_back_as_what_they_were(options: dict[str, Any]) -> None:
    assert value_of("pairs", text_of("pairs", options)) == options


@pytest.mark.parametrize("depth", [100, 990, 100_000])
def test_brackets_without_end_are_a_text(depth: int) -> None:
    assert value_of("pairs", f"a: {'[' * depth}") == {"a": "[" * depth}


def test_what_cannot_be_read_stays_and_the_schema_names_its_place() -> None:
    changed = applied(ltx2(), {"/width": "wide", "/stages/1/sigmas": "0.9, o.7", "/stages/0/seed": "-1"})
    assert changed["width"] == "wide"
    paths = {problem.path for problem in validate(changed)}
    assert {"/width", "/stages/1/sigmas/1", "/stages/0/seed"} <= paths


def test_an_emptied_field_is_left_out_and_a_needed_text_is_empty() -> None:
    changed = applied(ltx2(), {"/negative_prompt": "", "/stages/0/steps": " ", "/prompt": "", "/width": ""})
    assert "negative_prompt" not in changed and "steps" not in changed["stages"][0] and "width" not in changed
    assert changed["prompt"] == ""


def test_the_last_field_taken_out_of_an_object_takes_it_along() -> None:
    assert "audio" not in applied(ltx2(), {"/audio/generate": ""})


def test_a_field_typed_where_its_object_was_missing_makes_it() -> None:
    changed = applied(wan22(), {"/output/crf": "18", "/models/vae": "vae.safetensors"})
    assert value_at(changed, "/output/crf") == 18
    assert changed["models"]["vae"] == ["vae.safetensors"]


def test_only_fields_of_the_form_are_written() -> None:
    odd = {"/format": "other", "/stages/9/seed": "1", "/nothing": "x", "format": "x", "/stages": "[]", "": "x"}
    assert applied(ltx2(), odd) == ltx2()


def test_the_document_given_is_left_alone() -> None:
    document = ltx2()
    applied(document, {field.path: "7" for field in describe(document).every()})
    assert document == ltx2()
