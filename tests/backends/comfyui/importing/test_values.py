"""Values behind links: switches, formulas, sizes, conversions."""

from __future__ import annotations

from typing import Any

import pytest

from tests.backends.comfyui.importing.graphs import LTX, WAN, Drawn, changed, codes, document, imported


def with_steps(node: tuple[str, dict[str, Any]], **more: tuple[str, dict[str, Any]]) -> Drawn:
    """The WAN graph, its steps taken from a node called `steps`."""
    return {**changed(WAN, sampler={"steps": ("steps", 0)}), "steps": node, **more}


def test_formulas_give_the_first_latents_size_and_length() -> None:
    made = document(LTX)
    assert (made["width"], made["height"], made["frames"], made["fps"]) == (640, 360, 121, 24)


@pytest.mark.parametrize(
    ("formula", "result"),
    [("a + b", 24), ("a // b", 5), ("max(4, (int(a) // 16) * 16)", 16), ("round(a / 3)", 7), ("a if b > 3 else 1", 20)],
)
def test_a_formula_is_worked_out(formula: str, result: int) -> None:
    drawn = with_steps(("ComfyMathExpression", {"expression": formula, "values.a": 20, "values.b": 4}))
    assert document(drawn)["stages"][0]["steps"] == result


@pytest.mark.parametrize("formula", ["__import__('os').getpid()", "9**9**9**9", "a.real", "'x'*9", "1/0", "(", "b"])
def test_a_formula_that_is_no_arithmetic_is_left_out_and_named(formula: str) -> None:
    found = imported(with_steps(("ComfyMathExpression", {"expression": formula, "values.a": 20})))
    assert found.document is not None
    assert "steps" not in found.document["stages"][0]
    told = [problem for problem in found.problems if problem.path == "/stages/0/steps"]
    assert [problem.code for problem in told] == ["value_not_in_file"]
    assert "steps" in told[0].message


def test_a_switch_takes_one_branch_and_tells_the_other() -> None:
    drawn = with_steps(
        ("ComfySwitchNode", {"switch": ("flag", 0), "on_false": ("many", 0), "on_true": ("few", 0)}),
        flag=("PrimitiveBoolean", {"value": False}),
        many=("PrimitiveInt", {"value": 20}),
        few=("PrimitiveInt", {"value": 4}),
    )
    found = imported(drawn)
    assert found.document is not None
    assert found.document["stages"][0]["steps"] == 20
    [note] = [problem for problem in found.problems if problem.code == "branch_off"]
    assert (note.path, "on_true: 4" in note.message, note.severity) == ("/stages/0/steps", True, "note")


def test_a_switch_that_cannot_be_decided_leaves_the_value_out() -> None:
    drawn = with_steps(
        ("ComfySwitchNode", {"switch": ("odd", 0), "on_false": 20, "on_true": 4}), odd=("Weather", {"a": 1, "b": 2})
    )
    found = imported(drawn)
    assert found.document is not None
    assert "steps" not in found.document["stages"][0]
    assert any("Weather" in problem.message for problem in found.problems)


def test_sizes_come_from_a_picture_that_is_scaled() -> None:
    drawn = {
        **changed(WAN, latent={"width": ("size", 0), "height": ("size", 1)}),
        "blank": ("EmptyImage", {"width": 1280, "height": 720, "batch_size": 1, "color": 0}),
        "half": ("ImageScaleBy", {"upscale_method": "lanczos", "scale_by": 0.5, "image": ("blank", 0)}),
        "size": ("GetImageSize", {"image": ("half", 0)}),
    }
    made = document(drawn)
    assert (made["width"], made["height"]) == (640, 360)


def test_the_size_of_a_picture_in_a_file_cannot_be_known() -> None:
    drawn = {
        **changed(WAN, latent={"width": ("size", 0)}),
        "picture": ("LoadImage", {"image": "fox.png"}),
        "size": ("GetImageSize", {"image": ("picture", 0)}),
    }
    found = imported(drawn)
    assert found.document is not None
    assert "width" not in found.document
    [problem] = [problem for problem in found.problems if problem.path == "/width"]
    assert (problem.code, "LoadImage" in problem.message) == ("value_not_in_file", True)


def test_a_value_that_depends_on_itself_ends() -> None:
    found = imported(with_steps(("ComfyMathExpression", {"expression": "a", "values.a": ("steps", 0)})))
    assert ("value_not_in_file", "/stages/0/steps") in codes(found)


def test_links_in_a_circle_end() -> None:
    drawn = with_steps(("Reroute", {"": ("other", 0)}), other=("Reroute", {"": ("steps", 0)}))
    assert ("value_not_in_file", "/stages/0/steps") in codes(imported(drawn))


def test_a_value_of_another_kind_is_left_out_and_never_shown() -> None:
    found = imported(changed(WAN, sampler={"seed": "sk-not-a-number"}))
    assert ("value_strange", "/stages/0/seed") in codes(found)
    assert not any("sk-not" in problem.message for problem in found.problems)


def test_floats_lose_what_a_browser_added() -> None:
    made = document(changed(WAN, sampler={"cfg": 5.000000000000001}, video={"fps": 23.976023976023978}))
    assert (made["stages"][0]["guidance"], made["fps"]) == (5, 23.976023976)
