"""Prompts as the editor sends them."""

from __future__ import annotations

import pytest

from presets_app.backends.comfyui.reading import read
from presets_app.backends.comfyui.reading.prompts import expanded
from tests.backends.comfyui.reading.drawings import codes, primitive, prompt, workflow


@pytest.mark.parametrize(
    ("text", "sent"),
    [
        ("a cat", "a cat"),
        ("a // cut\nb /* c */ d", "a \nb  d"),
        ("x {y} z \\{k\\}", "x y z {k}"),
        ("see http://a.b", "see http:"),
        ("open { one", "open  one"),
        ("close } one", "close } one"),
        ("a /* b", "a /* b"),
        ("/*a*/ /*b // c*/ d", "  d"),
        ("a {b {c} d} e", "a b c d e"),
        ("/*/ a */ b", " b"),
        ("either | or", "either | or"),
        ("a {red|blue} cat", None),
        ("a {{red|blue} cat}", None),
        ("a \\{red|blue\\} cat", "a {red|blue} cat"),
    ],
)
def test_comments_go_and_braces_are_choices(text: str, sent: str | None) -> None:
    assert expanded(text) == sent


def test_an_endless_prompt_of_comment_marks_is_read_in_one_go() -> None:
    assert expanded("/* " * 200_000) == "/* " * 200_000
    assert expanded("{" * 200_000) == ""


def test_a_prompt_drawn_for_each_run_is_kept_and_said() -> None:
    graph = read(workflow([prompt(1, "a {red|blue} cat")]))
    assert graph.nodes["1"].inputs["text"] == "a {red|blue} cat"
    (problem,) = graph.problems
    assert (problem.code, problem.severity) == ("graph_prompt_random", "warning")


def test_a_primitives_text_is_expanded_where_it_is_written() -> None:
    graph = read(workflow([primitive(1, "a {cat} // not sent"), prompt(2, "x")], [(1, 0, 2, 1, "STRING")]))
    assert graph.nodes["2"].inputs["text"] == "a cat "


def test_other_texts_are_taken_as_they_are() -> None:
    whole = {"id": 1, "type": "PrimitiveString", "widgets_values": ["a // b {c}"], "inputs": [], "outputs": []}
    graph = read(workflow([whole]))
    assert graph.nodes["1"].inputs["value"] == "a // b {c}"
    assert codes(graph) == []
