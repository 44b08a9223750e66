from __future__ import annotations

import json
from copy import deepcopy
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from presets_app.core import canonical, diff
from tests.core.examples import ltx2, wan22

TOKEN = "hf_" + "Q7" * 15


def sentences(old: dict[str, Any], new: dict[str, Any]) -> list[str]:
    return [diff.sentence(change) for change in diff.changes(old, new)]


def with_stage(document: dict[str, Any], index: int, **values: Any) -> dict[str, Any]:
    document["stages"][index].update(values)
    return document


def test_the_same_meaning_has_no_changes():
    assert diff.changes(ltx2(), ltx2()) == []
    assert diff.changes(ltx2(fps=24), ltx2(fps=24.0)) == []
    assert diff.summary([]) == "no changes"


def test_a_seed_is_told_with_its_stage():
    (change,) = diff.changes(ltx2(), with_stage(ltx2(), 0, seed=42))
    assert (change.path, change.kind, change.before, change.after) == ("/stages/0/seed", "changed", 10, 42)
    assert diff.sentence(change) == "seed (base stage) 10 -> 42"


def test_with_one_stage_its_name_is_left_out():
    old, new = ({"stages": [{"role": "base", "seed": seed}]} for seed in (10, 42))
    assert sentences(old, new) == ["seed 10 -> 42"]


def test_a_lora_is_matched_by_its_file_wherever_it_stands():
    first, detail = {"file": "first.safetensors", "strength": 1}, {"file": "detail.safetensors", "strength": 0.8}
    old = {"stages": [{"role": "base", "loras": [first, detail]}]}
    new = {"stages": [{"role": "base", "loras": [{**detail, "strength": 1.0}]}]}
    assert sentences(old, new) == [
        "LoRA first.safetensors removed",
        "LoRA detail.safetensors strength 0.8 -> 1",
    ]


def test_a_stage_is_matched_by_its_role():
    new = ltx2()
    new["stages"].insert(0, {"role": "warm_up", "seed": 1})
    assert sentences(ltx2(), new) == ["warm_up stage added"]


def test_another_order_of_stages_is_a_change_of_its_own():
    new = wan22()
    new["stages"].reverse()
    (change,) = diff.changes(wan22(), new)
    assert change.label == "order of stages"
    assert (change.before, change.after) == (["high_noise", "low_noise"], ["low_noise", "high_noise"])


def test_words_of_a_prompt_are_told_one_by_one():
    (change,) = diff.changes(wan22(prompt="a cheerful puppet at dusk"), wan22(prompt="a sad puppet at late dusk"))
    assert change.words == (
        ("same", "a "),
        ("removed", "cheerful"),
        ("added", "sad"),
        ("same", " puppet at "),
        ("added", "late "),
        ("same", "dusk"),
    )
    assert diff.sentence(change) == "prompt changed (2 words added, 1 removed)"


def test_spaces_alone_are_told_as_such():
    assert sentences(wan22(prompt="a  b"), wan22(prompt="a b")) != []


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=60), st.text(max_size=60))
def test_words_put_together_are_the_two_texts(before: str, after: str):
    words = diff.word_changes(before, after)
    assert "".join(text for op, text in words if op != "added") == before
    assert "".join(text for op, text in words if op != "removed") == after


@pytest.mark.parametrize("text", ["a b " * 5_000, "x " * 100_000])
def test_very_long_texts_are_replaced_whole_or_matched_quickly(text: str):
    words = diff.word_changes(text, text[:-7])
    assert "".join(part for op, part in words if op != "removed") == text[:-7]


def test_added_and_removed_fields_say_their_value():
    old, new = wan22(), wan22(aspect_ratio="16:9")
    assert sentences(old, new) == ["aspect ratio added: 16:9"]
    assert sentences(new, old) == ["aspect ratio removed: 16:9"]
    assert sentences(wan22(), wan22(runtime={**wan22()["runtime"], "vae_tiling": True})) == [
        "runtime VAE tiling added: true"
    ]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (wan22(), wan22(extra=TOKEN)),
        (wan22(extra=TOKEN), wan22()),
        (wan22(extra={"deep": [TOKEN]}), wan22(extra=5)),
        (wan22(), wan22(**{TOKEN: 1})),
        (wan22(**{TOKEN: 1}), wan22(**{TOKEN: 2})),
        (wan22(prompt="hello " + TOKEN), wan22(prompt="hello")),
        (wan22(stages=[{"role": TOKEN}, {"role": "b"}]), wan22(stages=[{"role": "b"}, {"role": TOKEN}])),
        (wan22(environment=["A"]), wan22(environment=["f" * 64])),
    ],
)
def test_a_change_of_a_secret_is_told_without_it(old: dict[str, Any], new: dict[str, Any]):
    found = diff.changes(old, new)
    assert found
    told = json.dumps([change.as_json() for change in found]) + diff.summary(found)
    assert TOKEN not in told
    assert "f" * 64 not in told


def test_a_summary_is_one_line_that_counts_the_rest():
    new = with_stage(ltx2(width=1280, frames=97, fps=25, prompt="another\nprompt"), 0, seed=42, sampler="heun\nFake: x")
    line = diff.summary(diff.changes(ltx2(), new))
    assert "\n" not in line
    assert len(line) <= 100
    assert line.endswith("more")
    assert "frame" in line


def test_a_change_is_json():
    (change,) = diff.changes(wan22(prompt="a b"), wan22(prompt="a c"))
    assert json.loads(json.dumps(change.as_json()))["words"][0] == ["same", "a "]


MANGLED = st.recursive(
    st.none() | st.booleans() | st.integers(0, 2) | st.sampled_from(["a", "b", 0.5]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["role", "file", "stages", "loras", "prompt", "x"]), inner, max_size=3)
    ),
    max_leaves=8,
)
MANGLED_DOCUMENTS = st.dictionaries(st.sampled_from(["stages", "loras", "prompt", "environment"]), MANGLED, max_size=3)


@settings(max_examples=300, deadline=None)
@given(MANGLED_DOCUMENTS, MANGLED_DOCUMENTS)
def test_changes_are_empty_exactly_when_the_digests_agree(old: dict[str, Any], new: dict[str, Any]):
    before = deepcopy((old, new))
    found = diff.changes(old, new)
    assert (old, new) == before
    assert (not found) == (canonical.digest(old) == canonical.digest(new))
    assert all(diff.sentence(change) for change in found)


def test_a_comma_that_came_leaves_the_word_before_it_as_it_is() -> None:
    words = diff.word_changes("blurry, low quality, still frame", "blurry, still frame, text")
    assert words == (
        ("same", "blurry"),
        ("removed", ", low quality"),
        ("same", ", still frame"),
        ("added", ", text"),
    )


def test_words_changed_side_by_side_are_one_change() -> None:
    words = diff.word_changes("an old man walks", "a young woman walks")
    assert words == (("removed", "an old man"), ("added", "a young woman"), ("same", " walks"))


def test_a_prompt_without_spaces_is_told_sign_by_sign() -> None:
    words = diff.word_changes("一只猫在雨中", "一只狗在雨中")
    assert words == (("same", "一只"), ("removed", "猫"), ("added", "狗"), ("same", "在雨中"))
