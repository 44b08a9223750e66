"""Adding, removing and moving parts of a preset."""

from __future__ import annotations

from typing import Any

import pytest

from presets_app.core.editing import act
from presets_app.core.errors import Invalid
from tests.core.examples import ltx2, wan22


def roles(document: dict[str, Any]) -> list[str]:
    return [stage["role"] for stage in document["stages"]]


def test_a_new_stage_gets_the_role_its_family_lacks() -> None:
    one = wan22(stages=[{"role": "high_noise"}])
    assert roles(act(one, "add:/stages").document) == ["high_noise", "low_noise"]
    assert roles(act(ltx2(stages=[]), "add:/stages").document) == ["base"]
    assert roles(act(ltx2(), "add:/stages").document) == ["base", "refine", "stage_3"]


def test_a_stage_moves_up_and_down_and_says_where_it_is() -> None:
    done = act(wan22(), "up:/stages/1")
    assert roles(done.document) == ["low_noise", "high_noise"]
    assert done.focus == "/stages/0" and done.sentence == "Stage 2 is now number 1."
    assert roles(act(wan22(), "down:/stages/1").document) == ["high_noise", "low_noise"]


def test_a_lora_is_added_and_removed() -> None:
    done = act(ltx2(), "add:/stages/0/loras")
    assert done.document["stages"][0]["loras"] == [{"file": "", "strength": 1}]
    assert done.focus == "/stages/0/loras/0"
    assert act(done.document, "remove:/stages/0/loras/0").document == ltx2()


def test_the_last_reference_takes_its_list_along() -> None:
    done = act(ltx2(), "add:/references")
    assert done.document["references"] == [""]
    assert act(done.document, "remove:/references/0").document == ltx2()


def test_a_model_field_is_named_and_its_files_stay_when_it_is_there() -> None:
    assert act(ltx2(), "add:/models", "vocoder").document["models"]["vocoder"] == []
    assert act(ltx2(), "add:/models", "transformer").document == ltx2()
    with pytest.raises(Invalid) as refused:
        act(ltx2(), "add:/models", "Voc oder")
    assert refused.value.code == "edit_name_invalid"


@pytest.mark.parametrize(
    "action",
    [
        "",
        "add",
        "add:",
        "add:/format",
        "add:/stages/9/loras",
        "remove:/stages/2",
        "remove:/stages/-1",
        "remove:/format",
        "up:/prompt/0",
        "fly:/stages/0",
        "remove:/stages/" + "9" * 40,
    ],
)
def test_what_cannot_be_done_is_refused_and_changes_nothing(action: str) -> None:
    document = ltx2()
    with pytest.raises(Invalid):
        act(document, action)
    assert document == ltx2()


@pytest.mark.parametrize("odd", [{"stages": "x"}, {"stages": [1]}, {}, {"stages": {"0": 1}}])
def test_a_document_of_any_shape_is_acted_on_or_refused(odd: dict[str, Any]) -> None:
    for action in ("add:/stages", "add:/stages/0/loras", "remove:/stages/0", "add:/models"):
        try:
            act(odd, action, "vae")
        except Invalid:
            continue


def test_a_ninth_stage_is_refused() -> None:
    with pytest.raises(Invalid) as refused:
        act(ltx2(stages=[{"role": f"s{n}"} for n in range(8)]), "add:/stages")
    assert refused.value.code == "edit_part_too_many"
