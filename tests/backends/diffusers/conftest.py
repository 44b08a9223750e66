"""Tiny checkpoints in the layout that diffusers looks for, made once."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

os.environ.setdefault("OMP_NUM_THREADS", "1")


@pytest.fixture(scope="session")
def weights(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A Hugging Face cache with both tiny checkpoints; not to be changed."""
    from runner.tiny.__main__ import main

    folder = tmp_path_factory.mktemp("weights")
    assert main(["--out", str(folder)]) == 0
    return folder
