"""Tiny checkpoints, made once, and one warm device for every test that does not break it."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

os.environ.setdefault("OMP_NUM_THREADS", "1")


@pytest.fixture(scope="session")
def weights(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A weights folder with both tiny checkpoints; not to be changed."""
    from runner.tiny.__main__ import main

    folder = tmp_path_factory.mktemp("weights")
    assert main(["--out", str(folder)]) == 0
    return folder


@pytest.fixture
def own_weights(weights: Path, tmp_path: Path) -> Path:
    """A copy that a test may damage."""
    return Path(shutil.copytree(weights, tmp_path / "weights"))


@pytest.fixture(scope="session")
def device(weights: Path) -> Iterator[object]:
    from runner.device import Device

    made = Device(weights)
    yield made
    made.close()
