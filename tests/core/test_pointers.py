from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from presets_app.core.labels import label_of, phrase_of
from presets_app.core.pointers import joined, parts_of, value_at


@given(st.lists(st.text(max_size=5), max_size=4))
def test_a_pointer_splits_into_the_parts_it_was_made_of(parts: list[str]):
    assert parts_of(joined(parts)) == parts


def test_a_pointer_escapes_slashes_and_tildes():
    assert joined(("a/b", 0, "c~d")) == "/a~1b/0/c~0d"


@pytest.mark.parametrize(
    ("pointer", "value"),
    [("", {"a": [1, 2]}), ("/a/1", 2), ("/a/2", None), ("/a/x", None), ("/a/1/b", None), ("/b", None)],
)
def test_a_pointer_finds_its_value_or_nothing(pointer: str, value: object):
    assert value_at({"a": [1, 2]}, pointer) == value


@pytest.mark.parametrize(
    ("parts", "label"),
    [
        ((), "document"),
        (("fps",), "frame rate (fps)"),
        (("stages", 0, "seed"), "seed of stage 1"),
        (("stages", 1, "loras", 0, "strength"), "strength of LoRA 1 of stage 2"),
        (("models", "vae", 0), "entry 1 of vae of models"),
    ],
)
def test_a_field_has_a_name_in_words(parts: tuple[str | int, ...], label: str):
    assert label_of(parts) == label


def test_a_phrase_puts_the_stage_aside():
    assert phrase_of(("stages", 0, "seed"), {("stages", 0): "base stage"}) == "seed (base stage)"
    assert phrase_of(("stages", 0, "seed"), {("stages", 0): ""}) == "seed"
    assert phrase_of(("stages", 0), {("stages", 0): "base stage"}) == "base stage"
