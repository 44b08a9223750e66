"""How many pairs are compared and which: planned with reasons, drawn the same everywhere."""

from __future__ import annotations

from collections import Counter

import pytest

from presets_app.core.errors import Invalid
from presets_app.core.sampling import Item, SamplePlan, draw, extend, plan

ITEMS = [Item(f"item-{number:03}", ("small text",) if number % 4 == 0 else ("camera move",)) for number in range(200)]


def test_the_standard_asks_for_more_than_the_share() -> None:
    made = plan(200, 5, "standard")
    assert (made.n, made.by_percent, made.minimum, made.max_bad) == (30, 10, 30, 17)
    assert made.why == "5% is 10 items; the standard asks for 30"


def test_a_large_batch_takes_the_share() -> None:
    assert plan(2000, 5, "smoke").n == 100


def test_a_small_batch_is_compared_whole() -> None:
    made = plan(12, 1, "release")
    assert (made.n, made.max_bad) == (12, 0)
    assert made.why == "1% is 1 item; the release standard asks for 59, more than the batch of 12"


def test_every_choice_carries_its_bound() -> None:
    choices = {choice.label: (choice.n, choice.max_bad) for choice in plan(200).choices}
    assert choices["5%"] == (10, 50)
    assert choices["standard"] == (30, 17)
    assert choices["all"] == (200, 0)


def test_a_named_person_may_override_the_minimum() -> None:
    made = plan(200, 5, "standard", override=10, override_by="Ada", override_reason="each render takes an hour")
    assert (made.n, made.minimum, made.override_by) == (10, 30, "Ada")
    assert made.why.endswith("; Ada set 10")


@pytest.mark.parametrize(
    ("wish", "code"),
    [
        ({"percent": 6}, "percent_out_of_range"),
        ({"percent": 0}, "percent_out_of_range"),
        ({"batch": 0}, "batch_empty"),
        ({"standard": "gold"}, "standard_unknown"),
        ({"override": 10}, "override_unsigned"),
        ({"override": 10, "override_by": "Ada", "override_reason": "  "}, "override_unsigned"),
        ({"override": 201, "override_by": "Ada", "override_reason": "all and one"}, "override_out_of_range"),
    ],
)
def test_a_wish_that_cannot_be_met_is_named(wish: dict[str, object], code: str) -> None:
    with pytest.raises(Invalid) as refused:
        plan(**{"batch": 200, **wish})  # type: ignore[arg-type]
    assert refused.value.code == code


def test_a_projects_own_standard_counts() -> None:
    assert plan(200, 1, "nightly", minimums={"nightly": 20}).n == 20


def test_a_plan_survives_json() -> None:
    made = plan(200, 3)
    assert SamplePlan.from_json(made.as_json()) == made


def test_a_seed_draws_the_same_items_in_every_python() -> None:
    assert draw(ITEMS, 5, 7) == draw(list(reversed(ITEMS)), 5, 7)
    assert draw(ITEMS, 5, 7) == ["item-053", "item-152", "item-070", "item-195", "item-038"]
    assert draw(ITEMS, 5, 7) != draw(ITEMS, 5, 8)


def test_labels_get_their_share() -> None:
    for seed in range(50):
        small = sum(int(key[-3:]) % 4 == 0 for key in draw(ITEMS, 20, seed))
        assert 4 <= small <= 6


def test_every_item_is_equally_likely() -> None:
    seen = Counter(key for seed in range(2000) for key in draw(ITEMS, 20, seed))
    assert len(seen) == 200
    assert 140 <= min(seen.values()) <= max(seen.values()) <= 265  # 200 expected, five standard deviations


def test_a_larger_draw_begins_with_the_smaller_one() -> None:
    first = draw(ITEMS, 10, 3)
    assert draw(ITEMS, 25, 3)[:10] == first
    assert first + extend(ITEMS, first, 15, 3) == draw(ITEMS, 25, 3)
    assert len(extend(ITEMS, first, 500, 3)) == 190


def test_two_items_with_one_key_are_refused() -> None:
    with pytest.raises(ValueError, match="key of its own"):
        draw([Item("a"), Item("a")], 1, 1)
