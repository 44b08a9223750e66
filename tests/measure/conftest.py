"""Clips that many tests read and none changes."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from presets_app.measure import PairFiles, measure_pairs
from tests.support.clips import moving, speech, write_clip

Compare = Callable[..., dict[str, Any]]


@pytest.fixture(scope="session")
def frames() -> np.ndarray:
    return moving(41)


@pytest.fixture(scope="session")
def clip(tmp_path_factory: pytest.TempPathFactory, frames: np.ndarray) -> Path:
    """41 frames of 128x96 at 24 fps, with sound."""
    return write_clip(tmp_path_factory.mktemp("clips") / "clip.mp4", frames, sound=speech(41 / 24))


@pytest.fixture(scope="session")
def compare() -> Compare:
    def run(left: Path, right: Path, **more: Any) -> dict[str, Any]:
        return measure_pairs([PairFiles(left, right, **more)])[0]

    return run
