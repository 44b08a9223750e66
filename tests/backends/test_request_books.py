"""Requests to services and back: nothing is unaccounted for, whatever the preset holds."""

from __future__ import annotations

from collections import Counter
from importlib import import_module
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from presets_app.backends import limits
from presets_app.core.errors import NotFound
from presets_app.core.schema import validate
from tests.backends.request_shapes import SHAPES, assert_read, assert_written
from tests.support.documents_drawn import documents, drafts

VENDORS = ("wavespeed", "ltx_api", "runpod", "dashscope")
READERS = ("comfyui", "diffusers", "dashscope", "runpod", "ltx_api", "wavespeed")
_SOME = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
_VALUES = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(-5, 2**65), st.floats(), st.text(max_size=5)),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=8), inner, max_size=3)),
    max_leaves=8,
)
_NAMES = (
    "prompt",
    "seed",
    "size",
    "resolution",
    "duration",
    "fps",
    "loras",
    "image",
    "audio",
    "prompt_extend",
    "shot_type",
    "videos",
    "reference_urls",
    "high_noise_loras",
    "aspect_ratio",
    "sigmas",
    "generate_audio",
    "stretch",
    "dtype",
)


def reader(kind: str) -> Any:
    return import_module(f"presets_app.backends.{kind}.importing")


def write(vendor: str, document: dict[str, Any]) -> Any:
    return import_module(f"presets_app.backends.{vendor}.exporting").to_form(document)


@_SOME
@given(document=st.one_of(documents(), drafts()), vendor=st.sampled_from(VENDORS))
def test_no_leaf_and_no_field_is_unaccounted_for(document: dict[str, Any], vendor: str) -> None:
    found = write(vendor, document)
    assert_written(found, document)
    if found.output.get("model") != "worker-comfyui":
        assert set(Counter(loss.path for loss in found.losses if loss.path).values()) <= {1}


@_SOME
@given(document=documents(), vendor=st.sampled_from(VENDORS))
def test_what_a_request_carries_comes_back_from_it(document: dict[str, Any], vendor: str) -> None:
    found = write(vendor, document)
    if not found.output or found.output["model"] == "worker-comfyui":
        return
    assert reader(vendor).recognises(found.output)
    back = reader(vendor).to_document(found.output)
    assert_read(back, found.output)
    carried = {loss.path: loss.before for loss in found.losses if loss.status == "carried" and loss.after is not None}
    for path in ("/prompt", "/negative_prompt"):
        if path in carried:
            assert back.document[path[1:]] == carried[path]
    for key in ("seed", "steps", "guidance"):
        if carried.get(f"/stages/0/{key}") is not None:
            assert back.document["stages"][0][key] == carried[f"/stages/0/{key}"]


@pytest.mark.parametrize("shape", SHAPES)
def test_each_shape_is_taken_by_its_own_reader_and_by_no_other(shape: str) -> None:
    kind, value = SHAPES[shape]
    assert [name for name in READERS if reader(name).recognises(value)] == [kind]


@pytest.mark.parametrize("shape", [shape for shape, (kind, _) in SHAPES.items() if kind != "comfyui"])
def test_every_field_of_a_request_has_an_entry_and_the_draft_is_valid(shape: str) -> None:
    kind, value = SHAPES[shape]
    assert_read(reader(kind).to_document(value), value)


@_SOME
@given(value=st.dictionaries(st.sampled_from(("model", "input", "path", "body", "parameters")), _VALUES))
def test_recognising_never_raises(value: dict[str, Any]) -> None:
    assert all(reader(kind).recognises(value) in (True, False) for kind in VENDORS)


@_SOME
@given(held=st.dictionaries(st.sampled_from(_NAMES), _VALUES), kind=st.sampled_from(VENDORS))
def test_odd_values_in_a_request_are_named_and_make_no_invalid_draft(held: dict[str, Any], kind: str) -> None:
    around = {
        "wavespeed": {"model": "wavespeed-ai/wan-2.2/t2v-480p", "input": held},
        "ltx_api": {"model": "ltx-2-3-fast", **held},
        "runpod": {"input": {"prompt": "x", **held}},
        "dashscope": {"model": "wan2.6-t2v", "input": held, "parameters": {}},
    }
    value = around[kind]
    if reader(kind).recognises(value):
        found = reader(kind).to_document(value)
        told = {loss.target_path for loss in found.losses}
        from presets_app.core.ledger import leaves

        assert {pointer for pointer, _ in leaves(value)} <= told
        kinds = {p.code for p in validate(found.document, draft=True) if p.severity == "error"}
        assert kinds <= {"schema_length", "prompt_too_long", "character_invalid"}


@pytest.mark.parametrize("kind", VENDORS)
@pytest.mark.parametrize("key", ["Authorization", "api_key", "X-Api-Key"])
def test_a_key_in_a_request_is_found_and_never_told(kind: str, key: str) -> None:
    secret = "Bearer hf_abcdefghijklmnop1234"
    shape = next(value for name, (own, value) in SHAPES.items() if own == kind and "envelope" in name)
    found = reader(kind).to_document({**shape, "headers": {key: secret}})
    assert "secret_found" in {problem.code for problem in found.problems}
    assert "hf_abcdef" not in repr(found)


def test_limits_are_told_per_kind_of_target() -> None:
    document = {"format": "matchframe/preset/1", "family": "wan-2.2", "task": "t2v", "prompt": "x" * 900, "fps": 24}
    assert "value_not_allowed" in {problem.code for problem in limits.check("dashscope", document)}
    assert "no_model" in {problem.code for problem in limits.check("ltx_api", document)}
    assert "value_not_allowed" not in {problem.code for problem in limits.check("wavespeed", document)}
    assert limits.check("comfyui", document) == []
    assert limits.check("local", document) == []
    assert limits.check("wavespeed", {**document, "frames": "many"}) == []
    with pytest.raises(NotFound):
        limits.check("elsewhere", document)


@_SOME
@given(document=drafts(), kind=st.sampled_from(limits.KINDS))
def test_limits_never_raise(document: dict[str, Any], kind: str) -> None:
    assert isinstance(limits.check(kind, document), list)
