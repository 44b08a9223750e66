from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from presets_app.core.input_lines import item_of, labels_of, next_number, read_lines


def test_only_words_at_the_end_are_labels_and_the_seed() -> None:
    items, problems = read_lines("Shop #4 at night #small-text seed=3 #hands")
    assert problems == []
    assert items == [{"key": "item-001", "prompt": "Shop #4 at night", "labels": ["small text", "hands"], "seed": 3}]


def test_empty_lines_are_left_out_and_keys_go_on_from_the_first() -> None:
    items, _ = read_lines("\nA fox\n\n  \nA bird", first=7)
    assert [item["key"] for item in items] == ["item-007", "item-008"]


def test_a_label_is_kept_once_however_it_is_written() -> None:
    assert labels_of("#small-text #small-text #hands") == ["small text", "hands"]
    assert labels_of("small text,  hands ,, hands") == ["small text", "hands"]
    assert labels_of("small text") == ["small text"]


@pytest.mark.parametrize("seed", ["-1", "1.0", "1e3", "0x1", str(2**64), "٣", "1_000", "9" * 99])
def test_what_is_no_whole_number_below_two_to_the_64_is_no_seed(seed: str) -> None:
    item, problems = item_of("A fox", [], seed, key="a")
    assert "seed" not in item
    assert [problem.code for problem in problems] == ["seed_invalid"]


def test_the_largest_seed_is_taken_exactly() -> None:
    assert item_of("", [], str(2**64 - 1), key="a")[0] == {"key": "a", "seed": 2**64 - 1}


def test_a_number_is_never_used_twice_after_an_item_was_taken_out() -> None:
    assert next_number([{"key": "item-001"}, {"key": "item-009"}, {"key": "shot"}]) == 10
    assert next_number([]) == 1


@given(st.text(max_size=300))
def test_any_text_gives_items_with_keys_of_their_own(text: str) -> None:
    items, _ = read_lines(text)
    keys = [item["key"] for item in items]
    assert len(set(keys)) == len(keys)
