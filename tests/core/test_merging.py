"""Two people's changes to one document, brought together."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from presets_app.core.canonical import canonical_bytes
from presets_app.core.merging import merge
from tests.core.examples import ltx2, wan22


def with_loras(*files: str, **strengths: float) -> dict[str, Any]:
    document = ltx2()
    document["stages"][0]["loras"] = [{"file": name, "strength": strengths.get(name, 1.0)} for name in files]
    return document


def files(document: dict[str, Any]) -> list[str]:
    return [lora["file"] for lora in document["stages"][0]["loras"]]


def test_changes_to_different_fields_are_both_in() -> None:
    found = merge(ltx2(), ltx2(fps=25), ltx2(prompt="Theirs"))
    assert found.document == ltx2(fps=25, prompt="Theirs")
    assert not found.conflicts
    assert [(one.path, one.side) for one in found.taken] == [("/fps", "mine"), ("/prompt", "theirs")]


def test_one_field_changed_by_both_is_a_conflict_that_a_choice_decides() -> None:
    base, mine, theirs = ltx2(), ltx2(fps=25), ltx2(fps=30)
    found = merge(base, mine, theirs)
    (conflict,) = found.open
    assert (conflict.key, conflict.base, conflict.mine, conflict.theirs) == ("/fps", 24, 25, 30)
    assert found.document["fps"] == 30
    decided = merge(base, mine, theirs, {"/fps": "mine"})
    assert decided.document["fps"] == 25 and not decided.open
    assert merge(base, mine, theirs, {"/fps": "both"}).open


def test_the_same_change_by_both_is_no_conflict() -> None:
    found = merge(ltx2(), ltx2(fps=25), ltx2(fps=25.0))
    assert not found.conflicts and not found.taken and found.document["fps"] == 25


def test_stages_that_moved_are_matched_by_their_role() -> None:
    base, mine, theirs = wan22(), wan22(), wan22()
    mine["stages"].reverse()
    theirs["stages"][1]["seed"] = 9
    found = merge(base, mine, theirs)
    assert not found.conflicts
    assert [(stage["role"], stage["seed"]) for stage in found.document["stages"]] == [
        ("low_noise", 9),
        ("high_noise", 3),
    ]


def test_loras_are_matched_by_file_so_strength_and_order_and_additions_meet() -> None:
    found = merge(with_loras("a", "b"), with_loras("a", "b", "c", a=0.5), with_loras("b", "a", b=0.8))
    assert not found.conflicts
    assert found.document["stages"][0]["loras"] == [
        {"file": "b", "strength": 0.8},
        {"file": "c", "strength": 1},  # after the one it was put behind
        {"file": "a", "strength": 0.5},
    ]


def test_two_new_orders_are_a_conflict_of_their_own() -> None:
    given_ = (with_loras("a", "b", "c"), with_loras("c", "a", "b"), with_loras("b", "a", "c"))
    (conflict,) = merge(*given_).open
    assert conflict.key == "/stages/base/loras/order" and "order" in conflict.label
    assert files(merge(*given_, {conflict.key: "mine"}).document) == ["c", "a", "b"]
    assert files(merge(*given_).document) == ["b", "a", "c"]


def test_removed_by_one_and_changed_by_the_other_is_a_conflict_about_the_whole() -> None:
    given_ = (with_loras("a", "b"), with_loras("b"), with_loras("a", "b", a=0.5))
    (conflict,) = merge(*given_).open
    assert conflict.key == "/stages/base/loras/a" and "mine" in conflict.absent
    assert files(merge(*given_).document) == ["a", "b"]
    assert files(merge(*given_, {conflict.key: "mine"}).document) == ["b"]


def test_a_lora_that_both_added_differs_in_its_strength_only() -> None:
    (conflict,) = merge(with_loras(), with_loras("a", a=0.5), with_loras("a", a=0.8)).open
    assert conflict.key == "/stages/base/loras/a/strength"
    assert "base" in conflict.absent


def test_loras_of_one_file_twice_are_decided_as_a_whole() -> None:
    (conflict,) = merge(with_loras("a"), with_loras("a", "a"), with_loras("a", "b")).open
    assert conflict.key == "/stages/base/loras"


def test_without_a_known_beginning_every_difference_is_for_a_person() -> None:
    found = merge(None, ltx2(fps=25), ltx2(prompt="Theirs", hardware={"min_vram_gib": 8}))
    assert {one.key for one in found.open} == {"/fps", "/prompt", "/hardware/min_vram_gib"}
    assert found.document == ltx2(prompt="Theirs", hardware={"min_vram_gib": 8})


def test_the_keys_of_choices_stay_when_elements_move() -> None:
    base, mine, theirs = wan22(), wan22(), wan22()
    mine["stages"][1]["seed"], theirs["stages"][1]["seed"] = 1, 2
    theirs["stages"].reverse()
    (conflict,) = merge(base, mine, theirs).open
    assert (conflict.key, conflict.path) == ("/stages/low_noise/seed", "/stages/0/seed")


LORA = st.fixed_dictionaries({"file": st.sampled_from("abcd"), "strength": st.sampled_from([0, 0.5, 1])})
STAGE = st.fixed_dictionaries(
    {"role": st.sampled_from(["base", "refine", "high_noise"])},
    optional={"seed": st.integers(0, 2), "loras": st.lists(LORA, max_size=4)},
)
DOCUMENT = st.fixed_dictionaries(
    {},
    optional={
        "fps": st.integers(1, 3),
        "audio": st.dictionaries(st.sampled_from(["generate", "channels"]), st.integers(0, 2)) | st.integers(0, 1),
        "stages": st.lists(STAGE, max_size=3) | st.text(max_size=1),
        "models": st.dictionaries(st.sampled_from("ab"), st.lists(st.sampled_from("xy"), max_size=2)),
    },
)


@settings(max_examples=300, deadline=None)
@given(DOCUMENT, DOCUMENT, DOCUMENT)
def test_the_laws_of_merging_hold_for_any_documents(base: Any, mine: Any, theirs: Any) -> None:
    before = copy.deepcopy((base, mine, theirs))
    for given_, wanted in (((base, base, theirs), theirs), ((base, mine, base), mine), ((base, mine, mine), mine)):
        found = merge(*given_)
        assert not found.conflicts
        assert canonical_bytes(found.document) == canonical_bytes(wanted)
    found = merge(base, mine, theirs)
    assert len({one.key for one in found.conflicts}) == len(found.conflicts)
    decided = merge(base, mine, theirs, {one.key: "mine" for one in found.conflicts})
    assert {one.key for one in decided.conflicts} == {one.key for one in found.conflicts} and not decided.open
    assert (base, mine, theirs) == before


@pytest.mark.parametrize("odd", [{}, {"stages": 1}, {"stages": [1]}, {"stages": [{"role": None}]}])
def test_documents_of_any_shape_merge(odd: dict[str, Any]) -> None:
    assert merge(odd, ltx2(), odd).document == merge(odd, odd, ltx2()).document
