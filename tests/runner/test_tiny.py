from __future__ import annotations

import time
from pathlib import Path

import pytest

from runner.tiny import store
from runner.tiny.__main__ import RECIPES, main
from tests.runner.presets import LTX, WAN, snapshot

pytestmark = pytest.mark.render


def test_a_rebuild_gives_the_same_bytes(weights: Path, tmp_path: Path) -> None:
    assert main(["--out", str(tmp_path)]) == 0
    for repository in RECIPES:
        first, second = snapshot(weights, repository), snapshot(tmp_path, repository)
        assert first.name == second.name
        assert len(first.name) == 40
        names = sorted(path.relative_to(first) for path in first.rglob("*") if path.is_file())
        assert all((first / name).read_bytes() == (second / name).read_bytes() for name in names)


def test_a_second_call_only_looks(weights: Path, capsys: pytest.CaptureFixture[str]) -> None:
    began = time.process_time()
    assert main(["--out", str(weights)]) == 0
    assert time.process_time() - began < 1.0
    assert [line.split()[2] for line in capsys.readouterr().out.splitlines()] == ["present"] * len(RECIPES)


def test_a_damaged_or_half_made_checkpoint_is_made_again(own_weights: Path) -> None:
    damaged, half = snapshot(own_weights, WAN), snapshot(own_weights, LTX)
    (damaged / "model_index.json").write_text("{}")
    (half / "vae" / "config.json").unlink()
    assert store.current_revision(own_weights, WAN) is None
    assert main(["--out", str(own_weights)]) == 0
    assert store.current_revision(own_weights, WAN) == damaged.name
    assert store.current_revision(own_weights, LTX) == half.name
    assert not list(own_weights.rglob(".new-*"))


def test_a_folder_that_cannot_be_written_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "file").write_text("")
    assert main(["--out", str(tmp_path / "file")]) == 2
    assert "cannot be written" in capsys.readouterr().err
