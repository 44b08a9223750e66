"""Sound measured beside the pictures."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tests.measure.conftest import Compare
from tests.support.clips import moving, speech, write_clip

RATE = 48_000


@pytest.fixture
def left(tmp_path: Path) -> Path:
    return write_clip(tmp_path / "left.mp4", moving(49), sound=speech(2.04))


def test_a_late_sound_is_measured_to_the_millisecond(left: Path, tmp_path: Path, compare: Compare) -> None:
    late = np.concatenate([np.zeros((6000, 1), np.float32), speech(2.04)[:-6000]])
    audio = compare(left, write_clip(tmp_path / "b.mp4", moving(49), sound=late))["audio"]
    assert audio["offset_ms"] == pytest.approx(125, abs=0.5)
    assert audio["correlation"] > 0.9


def test_half_the_amplitude_is_six_decibels(left: Path, tmp_path: Path, compare: Compare) -> None:
    audio = compare(left, write_clip(tmp_path / "b.mp4", moving(49), sound=speech(2.04) / 2))["audio"]
    assert audio["right"]["loudness_lufs"] - audio["left"]["loudness_lufs"] == pytest.approx(-6.02, abs=0.2)
    assert audio["right"]["rms_db"] - audio["left"]["rms_db"] == pytest.approx(-6.02, abs=0.2)


def test_another_sound_does_not_correlate(left: Path, tmp_path: Path, compare: Compare) -> None:
    audio = compare(left, write_clip(tmp_path / "b.mp4", moving(49), sound=speech(2.04, seed=5)))["audio"]
    assert audio["correlation"] < 0.6


def test_a_missing_sound_is_none(left: Path, tmp_path: Path, compare: Compare) -> None:
    audio = compare(left, write_clip(tmp_path / "b.mp4", moving(49)))["audio"]
    assert audio["right"] is None
    assert audio["identical"] is None


def test_another_sample_rate_is_compared_all_the_same(left: Path, tmp_path: Path, compare: Compare) -> None:
    thinner = speech(2.04)[::2]
    audio = compare(left, write_clip(tmp_path / "b.mp4", moving(49), sound=thinner, rate=24_000))["audio"]
    assert (audio["left"]["rate"], audio["right"]["rate"]) == (48_000, 24_000)
    assert audio["correlation"] > 0.95


def test_silence_has_a_number_and_no_correlation(left: Path, tmp_path: Path, compare: Compare) -> None:
    silent = np.zeros((98_000, 1), np.float32)
    audio = compare(left, write_clip(tmp_path / "b.mp4", moving(49), sound=silent))["audio"]
    assert audio["right"]["rms_db"] == -120
    assert audio["correlation"] is None
