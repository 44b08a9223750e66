from __future__ import annotations

import json
from pathlib import Path

import pytest

from presets_app.core import families
from presets_app.core.schema import load_schema
from tests.core.examples import ltx2, wan22


def test_the_schema_and_the_rules_know_the_same_families():
    assert load_schema("preset-v1")["properties"]["family"]["enum"] == list(families.FAMILIES)
    assert all(families.rules_of({"family": family}) for family in families.FAMILIES)


@pytest.mark.parametrize("family", [None, [], {}, 5, "sora"])
def test_an_unknown_family_has_no_rules(family: object):
    assert families.rules_of({"family": family}) is None
    assert not families.is_ltx({"family": family})


@pytest.mark.parametrize(("frames", "near"), [(122, (121, 129)), (120, (113, 121)), (2, (1, 9)), (0, (1,))])
def test_the_nearest_frame_counts_of_ltx(frames: int, near: tuple[int, ...]):
    rules = families.rules_of(ltx2())
    assert rules is not None
    assert rules.nearest_frames(frames) == near
    assert all(rules.frames_fit(count) for count in near)


@pytest.mark.parametrize(("pixels", "near"), [(360, (352, 384)), (16, (32,))])
def test_the_nearest_sizes_of_ltx(pixels: int, near: tuple[int, ...]):
    rules = families.rules_of(ltx2())
    assert rules is not None
    assert rules.nearest_sizes(pixels) == near


def test_a_variant_outweighs_file_names():
    files = {"transformer": ["wan2.2_ti2v_5B.safetensors"]}
    assert families.is_wan_5b(wan22(variant="ti2v-5b"))
    assert not families.is_wan_5b(wan22(variant="t2v-a14b", models=files))


def test_the_schemas_are_valid_json_without_remote_references():
    folder = Path(families.__file__).parent / "schemas"
    for path in folder.glob("*.json"):
        text = path.read_text(encoding="utf-8")
        json.loads(text)
        assert '"$ref": "http' not in text
        assert "uniqueItems" not in text  # quadratic on lists of mixed kinds
