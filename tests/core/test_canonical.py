from __future__ import annotations

import json
import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from presets_app.core import canonical

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4),
    max_leaves=10,
)


def encodable(value: Any) -> bool:
    try:
        json.dumps(value, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        return False
    return True


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ({"b": 1, "a": [True, None]}, '{"a":[true,null],"b":1}'),
        (5.000000000000001, "5"),
        (24.0, "24"),
        (0.1 + 0.2, "0.3"),
        (-0.0, "0"),
        (2**64 - 1, "18446744073709551615"),
        ("é人", '"é人"'),
        ((1, 2), "[1,2]"),
    ],
)
def test_one_meaning_has_one_spelling(value: Any, text: str):
    assert canonical.canonical_bytes(value) == text.encode()


def test_a_large_float_keeps_its_exponent_and_its_type():
    assert canonical.canonical_bytes(1e300) == b"1e+300"


def test_true_and_one_are_not_the_same():
    assert canonical.digest(True) != canonical.digest(1)


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf, [math.nan], {1: "x"}, {"a": {None: 1}}, b"x", {1, 2}])
def test_what_has_no_json_form_is_refused(value: Any):
    with pytest.raises(ValueError, match=r"allowed|text|JSON form"):
        canonical.canonical_bytes(value)


@given(JSON.filter(encodable))
def test_spelling_twice_changes_nothing(value: Any):
    once = canonical.canonical_bytes(value)
    assert canonical.canonical_bytes(json.loads(once)) == once
    assert canonical.canonical_bytes(json.loads(canonical.readable_bytes(value))) == once


def test_the_digest_is_the_sha256_of_the_canonical_bytes():
    assert canonical.digest({}) == "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a"


def test_readable_bytes_are_sorted_indented_and_end_in_one_line_break():
    assert canonical.readable_bytes({"b": 1, "a": "é"}) == '{\n  "a": "é",\n  "b": 1\n}\n'.encode()
