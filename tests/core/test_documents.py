from __future__ import annotations

import json
import time

import pytest

from presets_app.core import documents
from tests.core.examples import ltx2


def only_problem(data: bytes, media: documents.Media = "auto"):
    parsed = documents.parse(data, media=media)
    assert parsed.document is None
    assert len(parsed.problems) == 1
    assert parsed.problems[0].severity == "error"
    return parsed.problems[0]


def test_readable_json_comes_back_as_the_same_document():
    parsed = documents.parse(documents.to_json_bytes(ltx2()))
    assert parsed.problems == []
    assert parsed.document == ltx2()


def test_a_byte_order_mark_is_no_part_of_the_document():
    assert documents.parse(b"\xef\xbb\xbf" + b'{"a": 1}').document == {"a": 1}
    assert documents.parse(b"\xef\xbb\xbf" + b"a: 1\n").document == {"a": 1}


def test_numbers_come_in_their_one_spelling():
    assert documents.parse(b'{"a": 5.000000000000001, "b": 24.0, "c": 0.1}').document == {"a": 5, "b": 24, "c": 0.1}


@pytest.mark.parametrize("bomb", [b"[" * 200_000, b'{"a":' * 150_000, b'{"a":[' * 100_000])
@pytest.mark.parametrize("media", ["json", "yaml"])
def test_200000_nested_brackets_are_a_problem_with_a_place(bomb: bytes, media: documents.Media):
    problem = only_problem(bomb, media)
    assert problem.code in ("document_too_deep", "key_not_text")
    assert "line 1, column" in problem.message


def test_brackets_inside_text_do_not_count_as_depth():
    assert documents.parse(json.dumps({"prompt": "[" * 5000}).encode()).problems == []


def test_64_levels_are_read_and_65_are_not():
    def nested(levels: int) -> bytes:
        return b'{"a":' + b"[" * (levels - 1) + b"]" * (levels - 1) + b"}"

    assert documents.parse(nested(64)).document is not None
    assert only_problem(nested(65)).code == "document_too_deep"


def test_more_than_50000_values_are_a_problem():
    assert documents.parse(b'{"a":[' + b"1," * 49_990 + b"1]}").document is not None
    assert only_problem(b'{"a":[' + b"1," * 50_001 + b"1]}").code == "document_too_many_values"


def test_more_than_a_mebibyte_is_refused_before_it_is_read():
    problem = only_problem(b'{"a": "' + b"x" * 1024 * 1024 + b'"}')
    assert problem.code == "document_too_large"
    assert "1,048,576" in problem.message


@pytest.mark.parametrize("text", [b'{"a": NaN}', b'{"a": Infinity}', b'{"a": -Infinity}', b'{"a": 1e999}'])
def test_what_is_no_finite_number_is_refused(text: bytes):
    assert only_problem(text).code == "number_not_finite"


def test_a_number_of_5000_digits_is_refused():
    assert only_problem(b'{"a": ' + b"7" * 5000 + b"}").code == "number_too_long"


def test_a_seed_of_two_to_the_64_is_read_so_that_the_schema_can_name_it():
    assert documents.parse(b'{"seed": 18446744073709551616}').document == {"seed": 2**64}


def test_a_key_that_stands_twice_is_named():
    problem = only_problem(b'{"seed": 1, "seed": 2}')
    assert problem.code == "key_duplicate"
    assert '"seed"' in problem.message


def test_a_secret_used_as_a_key_twice_is_not_named():
    token = "hf_" + "q" * 30
    assert token not in str(only_problem(f'{{"{token}": 1, "{token}": 2}}'.encode()).as_json())


def test_broken_json_says_line_and_column():
    problem = only_problem(b'{"a": 1,\n "b" 2}')
    assert problem.code == "json_invalid"
    assert "line 2, column 6" in problem.message


def test_text_that_is_not_utf8_names_the_line():
    problem = only_problem(b'{"a": 1,\n "b": "\xff"}')
    assert problem.code == "encoding_invalid"
    assert "line 2" in problem.message


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"PK\x03\x04rest", "a ZIP archive"),
        (b"\x89PNG\r\n\x1a\nrest", "a PNG picture"),
        (b"\x00\x00\x00\x20ftypisom", "an MP4 video"),
        (b"\x1f\x8b\x08", "a gzip archive"),
        (b"\x80\x04\x95", "a Python pickle"),
        (b'\x40\x00\x00\x00\x00\x00\x00\x00{"__metadata__"', "a safetensors weights file"),
        (b'{"a"\x00: 1}', "a binary file"),
    ],
)
def test_files_of_another_kind_are_named_for_what_they_are(data: bytes, words: str):
    problem = only_problem(data)
    assert problem.code == "document_not_text"
    assert words in problem.message


def test_utf16_is_named():
    assert "UTF-16" in only_problem('{"a": 1}'.encode("utf-16")).message


@pytest.mark.parametrize("data", [b"", b"   \n", b"\xef\xbb\xbf"])
def test_nothing_is_named_as_nothing(data: bytes):
    assert only_problem(data).code == "document_empty"


@pytest.mark.parametrize("data", [b"[1]", b'"text"', b"text", b"12"])
def test_a_document_must_be_an_object(data: bytes):
    assert only_problem(data, "yaml").code == "document_not_object"


@pytest.mark.parametrize("escape", ["\\ud800", "\\u0000", "\\u0007", "\\u0085"])
def test_characters_that_git_and_databases_cannot_keep_are_refused(escape: str):
    problem = only_problem(f'{{"prompt": "a{escape}"}}'.encode())
    assert problem.code == "character_invalid"
    assert "/prompt" in problem.message


def test_line_breaks_and_every_script_are_kept():
    text = "one\ntwo\tthree 人形 кукла 🎬"
    assert documents.parse(json.dumps({"prompt": text}).encode()).document == {"prompt": text}


def test_a_secret_key_is_not_echoed_by_a_complaint_below_it():
    token = "hf_" + "q" * 30
    problem = only_problem(json.dumps({token: {"a": "\x00"}}).encode())
    assert token not in str(problem.as_json())


@pytest.mark.parametrize(
    "data",
    [b'{"a":"' + b'\\"' * 500_000, b'{"a":"' + b"\\" * 1_000_001, b'{"a":' + b'"",' * 300_000, b"{" + b'"' * 1_000_000],
)
def test_no_text_makes_the_json_reader_slow(data: bytes):
    begun = time.process_time()
    documents.parse(data, media="json")
    assert time.process_time() - begun < 2  # measured 0.02 s; quadratic scanning takes minutes


def test_an_input_set_has_limits_of_its_own():
    items = [{"key": f"i{index}"} for index in range(60_000)]
    data = json.dumps({"items": items}).encode()
    assert documents.parse(data).document is None
    assert documents.parse(data, limits=documents.INPUT_SET_LIMITS).document == {"items": items}


def test_a_large_yaml_list_is_asked_for_as_json():
    data = b"items:\n" + b"- key: i\n" * 150_000
    (problem,) = documents.parse(data, limits=documents.INPUT_SET_LIMITS).problems
    assert problem.code == "document_too_large"
    assert "JSON" in problem.hint
