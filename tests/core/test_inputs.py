from __future__ import annotations

from copy import deepcopy
from typing import Any

import pytest

from presets_app.core import inputs
from presets_app.core.errors import Invalid
from tests.core.examples import ltx2


def preview(count: int = 10, **overrides: Any) -> dict[str, Any]:
    items = [{"key": f"i{index}", "prompt": f"puppet {index}", "labels": list(inputs.LABELS)} for index in range(count)]
    return {"format": inputs.INPUTS_FORMAT, "name": "Edge cases", "kind": "preview", "items": items, **overrides}


def codes(document: Any) -> list[str]:
    return [problem.code for problem in inputs.validate_inputs(document)]


@pytest.mark.parametrize("count", [10, 20])
def test_a_labelled_preview_of_10_to_20_items_is_good(count: int):
    assert codes(preview(count)) == []


@pytest.mark.parametrize("count", [1, 9, 21])
def test_a_preview_of_another_size_is_warned_about_and_allowed(count: int):
    (problem,) = inputs.validate_inputs(preview(count))
    assert (problem.code, problem.severity) == ("preview_size", "warning")
    assert codes(preview(count, kind="batch")) == []


def test_a_key_used_twice_is_named_by_its_place():
    document = preview()
    document["items"][3]["key"] = "i0"
    (problem,) = inputs.validate_inputs(document)
    assert (problem.code, problem.path, problem.severity) == ("item_key_twice", "/items/3/key", "error")


@pytest.mark.parametrize(
    ("item", "code"),
    [
        ({"prompt": "x"}, "schema_required"),
        ({"key": "../x"}, "schema_pattern"),
        ({"key": "a", "seed": -1}, "seed_range"),
        ({"key": "a", "seed": {"base": 2**64}}, "seed_range"),
        ({"key": "a", "seed": {}}, "schema_count"),
        ({"key": "a", "steps": 3}, "schema_unknown_field"),
        ({"key": "a", "prompt": "x" * 10_001}, "prompt_too_long"),
        ({"key": "a", "assets": {"image": {"sha256": "x"}}}, "schema_pattern"),
        ({"key": "a", "prompt": "hf_" + "Q7" * 15}, "secret_found"),
        ("a", "schema_type"),
    ],
)
def test_a_wrong_item_is_one_problem(item: Any, code: str):
    assert codes(preview(kind="batch", items=[item])) == [code]


@pytest.mark.parametrize(
    "item",
    [
        {"key": "a"},
        {"key": "a", "seed": 2**64 - 1},
        {"key": "a", "seed": {"base": 1, "refine": 2}},
        {"key": "a", "assets": {"image": {"sha256": "a" * 64, "local_only": True}}, "local_only": True},
        {"key": "a", "labels": ["a label of our own"]},
    ],
)
def test_what_an_item_may_hold(item: dict[str, Any]):
    assert codes(preview(kind="batch", items=[item])) == []


def test_a_known_label_in_another_spelling_is_remarked():
    document = preview(kind="batch", items=[{"key": "a", "labels": ["Fine_Texture", "hands"]}])
    (problem,) = inputs.validate_inputs(document)
    assert (problem.code, problem.path, problem.severity) == ("label_spelling", "/items/0/labels/0", "note")


def test_labels_that_no_item_shows_are_named():
    document = preview()
    for item in document["items"]:
        item["labels"] = ["hands"]
    (problem,) = inputs.validate_inputs(document)
    assert problem.code == "preview_labels"
    assert "dialogue" in problem.message
    assert "hands" not in problem.message


def test_more_than_100000_items_are_refused_at_once():
    assert codes(preview(items=[{"key": "a"}] * 100_001)) == ["inputs_too_many"]


@pytest.mark.parametrize("value", [None, [], {}, {"items": "x"}, {"items": [None, 3, []], "kind": "preview"}])
def test_anything_may_be_asked_about(value: Any):
    assert inputs.validate_inputs(value)


def test_the_digest_freezes_the_set():
    assert inputs.inputs_digest(preview()) == inputs.inputs_digest(deepcopy(preview()))
    changed = preview()
    changed["items"][0]["prompt"] = "other"
    assert inputs.inputs_digest(changed) != inputs.inputs_digest(preview())


def test_an_items_overrides_make_an_effective_preset_and_leave_both_alone():
    document, item = ltx2(), {"key": "a", "prompt": "new", "negative_prompt": "bad", "seed": 5}
    before = deepcopy((document, item))
    result = inputs.effective(document, item)
    assert (document, item) == before
    assert (result["prompt"], result["negative_prompt"]) == ("new", "bad")
    assert [stage["seed"] for stage in result["stages"]] == [5, 5]
    assert "prompt_expansion" not in result


def test_a_seed_by_role_leaves_the_other_stages_alone():
    result = inputs.effective(ltx2(), {"key": "a", "seed": {"refine": 9}})
    assert [stage["seed"] for stage in result["stages"]] == [10, 9]
    assert result["prompt_expansion"] == ltx2()["prompt_expansion"]


def test_a_seed_for_a_role_that_does_not_exist_is_refused():
    with pytest.raises(Invalid) as caught:
        inputs.effective(ltx2(), {"key": "a", "seed": {"low_noise": 9}})
    assert caught.value.code == "item_role_unknown"
    assert "base, refine" in caught.value.problems[0].hint


def test_an_items_assets_replace_inputs_of_the_same_name():
    document = ltx2(inputs={"image": "old.png", "audio": "keep.wav"})
    result = inputs.effective(document, {"key": "a", "assets": {"image": {"sha256": "a" * 64}}})
    assert result["inputs"] == {"image": {"sha256": "a" * 64}, "audio": "keep.wav"}


def test_an_item_without_overrides_is_the_preset_itself():
    assert inputs.effective(ltx2(), {"key": "a"}) == ltx2()
