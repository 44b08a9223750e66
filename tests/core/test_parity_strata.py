"""A draw is stratified by labels and by what varies among the items."""

from __future__ import annotations

from typing import Any

from presets_app.core.parity_strata import strata, varying
from presets_app.core.sampling import draw, extend


def items() -> list[dict[str, Any]]:
    """200 items; every tenth starts from a picture, every second brings a seed."""
    return [
        {"key": f"s{number:03d}", "prompt": "A boat", "labels": ["hands"] if number % 4 == 0 else []}
        | ({"assets": {"start": "boat.png"}} if number % 10 == 3 else {})
        | ({"seed": number} if number % 2 else {})
        for number in range(200)
    ]


def test_only_what_varies_makes_strata() -> None:
    assert varying(items()) == ["assets", "seed"]
    assert varying([{"key": "a"}, {"key": "b"}]) == []


def test_a_rare_kind_of_item_gets_its_share_whatever_the_seed() -> None:
    pictured = {item["key"] for item in items() if "assets" in item}
    for seed in range(20):
        drawn = draw(strata(items()), 30, seed)
        assert 2 <= len(pictured & set(drawn)) <= 4, "a tenth of 30, within one"


def test_an_extended_draw_keeps_the_facets_it_began_with() -> None:
    first = draw(strata(items(), ["assets"]), 10, 5)
    assert first + extend(strata(items(), ["assets"]), first, 5, 5) == draw(strata(items(), ["assets"]), 15, 5)
