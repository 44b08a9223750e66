"""Halving the changes of a side's pins until one is left."""

from __future__ import annotations

from typing import Any

from presets_app.core.manifest import captured
from presets_app.core.parity_bisect import bisect

OLD = {f"libraries.p{number}": "1" for number in range(8)} | {"libraries.torch": "2.12.0"}
NEW = {f"libraries.p{number}": "2" for number in range(8)} | {"libraries.torch": "2.13.0"}


def pins(values: dict[str, str]) -> dict[str, Any]:
    driver = {name: captured(value) for name, value in values.items()}
    return {"document_digest": "d", "model": {}, "driver": driver, "seeds": {}}


def test_every_culprit_is_found_in_at_most_four_checks() -> None:
    """A side that fails exactly while one package is new, worked off as a person would."""
    for culprit in NEW:
        judged: list[Any] = []
        found = bisect(pins(OLD), pins(NEW), judged)
        while not found.over:
            back = {change.path.removeprefix("/driver/") for change in found.put_back}
            tried = {name: OLD[name] if name in back else value for name, value in NEW.items()}
            judged.append((pins(tried), "bad" if tried[culprit] == NEW[culprit] else "good"))
            found = bisect(pins(OLD), pins(NEW), judged)
        assert ([change.path for change in found.candidates], len(judged) <= 4) == ([f"/driver/{culprit}"], True)


def test_the_likeliest_cause_is_put_back_first() -> None:
    assert bisect(pins(OLD), pins(NEW), []).put_back[0].label == "torch"


def test_two_changes_together_and_equal_pins_are_said_to_be_that() -> None:
    half = {**OLD, "libraries.p0": "2"}
    other = {**NEW, "libraries.p0": "1"}
    assert "two together" in bisect(pins(OLD), pins(NEW), [(pins(half), "good"), (pins(other), "good")]).text
    assert "not among the pins" in bisect(pins(OLD), pins(OLD), []).text


def test_a_third_value_clears_nothing() -> None:
    third = {**NEW, "libraries.torch": "2.14.0"}
    left = bisect(pins(OLD), pins(NEW), [(pins(third), "good")]).candidates
    assert [change.label for change in left] == ["torch"]
