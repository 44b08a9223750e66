"""File names inside the store."""

from __future__ import annotations

import hashlib

import pytest

from presets_app.core.errors import Invalid
from presets_app.gitstore import Located, paths

MADE = {
    paths.policy(): Located("policy"),
    paths.preset("neon-alley"): Located("preset", slug="neon-alley"),
    paths.manifest("neon-alley", "local-gpu"): Located("manifest", preset="neon-alley", target="local-gpu"),
    paths.inputs("preview"): Located("inputs", slug="preview"),
    paths.migration("m1"): Located("migration", id="m1"),
    paths.decisions("c1"): Located("decisions", check_id="c1"),
    paths.live("neon-alley"): Located("live", preset="neon-alley"),
    paths.snapshot("2026-11-20-pre-cuda"): Located("snapshot", id="2026-11-20-pre-cuda"),
}
REFUSED = ["", "-f", "../x", "a/b", "A", "a b", "a.json", ".git", "é", "a\n", "a\0", "x" * 81, "refs/heads/main", "a_b"]


@pytest.mark.parametrize("path", MADE)
def test_each_path_that_is_made_is_read_back(path: str) -> None:
    assert paths.parse(path) == MADE[path]
    assert paths.safe(path) == path


def test_names_are_sharded_by_their_own_digest() -> None:
    shard = hashlib.sha256(b"neon").hexdigest()[:2]
    assert paths.preset("neon") == f"presets/{shard}/neon.json"
    wrong = "00" if shard != "00" else "01"
    assert paths.parse(f"presets/{wrong}/neon.json") is None


@pytest.mark.parametrize("name", REFUSED)
def test_a_name_outside_the_alphabet_is_refused_everywhere(name: str) -> None:
    makers = (paths.preset, paths.inputs, paths.migration, paths.decisions, paths.live, paths.snapshot)
    calls = [*makers, lambda bad: paths.manifest(bad, "local"), lambda bad: paths.manifest("neon", bad)]
    for make in calls:
        with pytest.raises(Invalid) as caught:
            make(name)
        assert caught.value.code == "path_invalid"


@pytest.mark.parametrize("path", ["", "README.md", "presets/neon.json", "presets/xx/.json", "presets/../policy.json"])
def test_a_path_nobody_makes_stands_for_nothing(path: str) -> None:
    assert paths.parse(path) is None


@pytest.mark.parametrize(
    "path", ["/etc/passwd", "a//b", "a/", ".git/config", "a/.gitattributes", "-x", "a/B", "/".join("a" * 9)]
)
def test_an_unsafe_path_is_refused(path: str) -> None:
    with pytest.raises(Invalid):
        paths.safe(path)
