from __future__ import annotations

import time
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from presets_app.core import documents
from tests.core.examples import ltx2, wan22

TRICKY = st.sampled_from(
    [
        "",
        "~",
        "null",
        "yes",
        "1e5",
        "1_000",
        "0o17",
        "0x1F",
        ".5",
        "5.",
        "2026-11-20",
        "<<",
        "- a",
        "a: b",
        "#",
        "=",
        "!tag",
        "&a",
        "*a",
        "%",
        "? x",
        "|",
        ">",
        "'",
        '"',
        "\t",
        "\n",
        " a ",
        "a\n\nb",
        "1:30",
        ".nan",
        "\u2028",
        "\ufeff",
    ]
)
TEXT = st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=30) | TRICKY
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**70), 2**70) | st.floats(allow_nan=False, allow_infinity=False) | TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT, inner, max_size=4),
    max_leaves=12,
)
DOCUMENTS = st.dictionaries(TEXT, VALUES, max_size=5)


def reversed_keys(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: reversed_keys(value[key]) for key in reversed(value)}
    return [reversed_keys(inner) for inner in value] if isinstance(value, list) else value


def only_problem(text: str):
    parsed = documents.parse(text.encode(), media="yaml")
    assert parsed.document is None
    return parsed.problems[0]


@settings(max_examples=150, deadline=None)
@given(DOCUMENTS)
def test_yaml_and_json_come_back_with_the_same_digest(document: dict[str, Any]):
    digest = documents.document_digest(document)
    for data, media in ((documents.to_yaml_bytes(document), "yaml"), (documents.to_json_bytes(document), "json")):
        parsed = documents.parse(data, media=media)
        assert parsed.problems == []
        assert documents.document_digest(parsed.document) == digest


@settings(max_examples=50, deadline=None)
@given(DOCUMENTS)
def test_the_order_of_keys_does_not_matter(document: dict[str, Any]):
    assert documents.document_digest(reversed_keys(document)) == documents.document_digest(document)
    assert documents.to_yaml_bytes(reversed_keys(document)) == documents.to_yaml_bytes(document)


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=60) | st.text(alphabet="[]{}:,-?&*!|>'\"%#~ \n\tab1.<", max_size=60).map(str.encode))
def test_no_bytes_make_the_reader_raise(data: bytes):
    for media in ("json", "yaml", "auto"):
        parsed = documents.parse(data, media=media)
        assert (parsed.document is None) == bool(parsed.problems)


@pytest.mark.parametrize("document", [ltx2(), wan22()])
def test_a_preset_written_as_yaml_is_the_same_preset(document: dict[str, Any]):
    assert documents.parse(documents.to_yaml_bytes(document)).document == document


def test_a_browsers_float_and_the_number_meant_have_one_digest():
    assert documents.document_digest({"shift": 5.000000000000001}) == documents.document_digest({"shift": 5})


def test_dates_and_yes_stay_words():
    parsed = documents.parse(b"a: 2026-11-20\nb: yes\nc: 1:30\nd: 012\ne: 0x1F\nf: 1_000\n")
    assert parsed.document == {"a": "2026-11-20", "b": "yes", "c": "1:30", "d": 12, "e": 31, "f": "1_000"}


def test_an_alias_stands_for_its_value():
    parsed = documents.parse(b"base: &l [a, b]\nrefine: *l\n")
    assert parsed.document == {"base": ["a", "b"], "refine": ["a", "b"]}


def test_a_billion_laughs_is_counted_with_all_that_it_stands_for():
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 9)]
    problem = only_problem("\n".join(lines))
    assert problem.code in ("document_too_many_values", "yaml_aliases")
    assert "line" in problem.message


def test_five_aliases_of_a_large_list_are_counted_by_size():
    text = f"a: &a [{', '.join('x' * 12_000)}]\n" + "".join(f"b{n}: *a\n" for n in range(5))
    assert only_problem(text).code == "document_too_many_values"


def test_the_hundred_and_first_alias_is_refused():
    assert only_problem("a: &a 1\nb: [" + "*a, " * 101 + "]").code == "yaml_aliases"


def test_a_value_that_holds_itself_is_refused():
    assert only_problem("a: &a [*a]").code == "yaml_aliases"


@pytest.mark.parametrize("text", ["a: !!python/object:os.system x", "a: !local {b: 1}", "!!set {a, b}", "a: !!str 1"])
def test_tags_are_refused_with_their_place(text: str):
    problem = only_problem(text)
    assert problem.code == "yaml_feature_refused"
    assert "line 1" in problem.message


@pytest.mark.parametrize("text", ["%YAML 1.1\n---\na: yes", "--- {a: 1}\n--- {b: 1}", "b: &b {x: 1}\n<<: *b"])
def test_directives_further_documents_and_merge_keys_are_refused(text: str):
    assert only_problem(text).code == "yaml_feature_refused"


@pytest.mark.parametrize("text", ["? [a]\n: b", "1: x", "true: x", "~: x"])
def test_a_key_that_is_not_text_is_refused(text: str):
    assert only_problem(text).code == "key_not_text"


def test_a_key_that_stands_twice_is_named_with_its_place():
    problem = only_problem("seed: 1\nsteps: 2\nseed: 3\n")
    assert problem.code == "key_duplicate"
    assert '"seed"' in problem.message
    assert "line 3" in problem.message


def test_broken_yaml_says_line_and_column():
    problem = only_problem("a: 1\nb: [1, 2\nc: 3\n")
    assert problem.code == "yaml_invalid"
    assert "line 3" in problem.message


@pytest.mark.parametrize("value", [".nan", ".inf", "-.INF", "1e999"])
def test_what_is_no_finite_number_is_refused(value: str):
    assert only_problem(f"a: {value}").code == "number_not_finite"


@pytest.mark.parametrize("text", ["- " * 300_000, "-\n" * 300_000, "[" * 300_000, "'" * 300_001, "&" * 300_000])
def test_no_text_makes_the_yaml_reader_slow(text: str):
    begun = time.process_time()
    only_problem(text)
    assert time.process_time() - begun < 5  # measured up to 0.7 s
