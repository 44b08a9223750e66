"""Two sides that do not run at one pace: another speed, a lag that begins on the way, a pause."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from presets_app.core.parity import classify
from presets_app.measure.tempo import Timing
from tests.measure.conftest import Compare
from tests.support.clips import moving, write_clip


def codes(measured: dict[str, object]) -> list[str]:
    return [reason["code"] for reason in classify(measured).reasons]


@pytest.mark.parametrize("speed", [0.8, 1.06, 1.5])
def test_a_speed_is_found_named_and_taken_out(
    speed: float, clip: Path, frames: np.ndarray, tmp_path: Path, compare: Compare
) -> None:
    places = np.rint(np.arange(len(frames)) * speed).astype(int)
    seen = compare(clip, write_clip(tmp_path / "b.mp4", frames[places[places < len(frames)]]))
    assert seen["video"]["alignment"]["speed"] == pytest.approx(speed, abs=0.02)
    assert seen["video"]["psnr"]["mean"] > 36
    assert "speed_change" in codes(seen)


def test_the_same_frames_at_another_rate_are_another_speed(
    clip: Path, frames: np.ndarray, tmp_path: Path, compare: Compare
) -> None:
    seen = compare(clip, write_clip(tmp_path / "b.mp4", frames, fps=30))
    assert {"fps_mismatch", "speed_change"} <= set(codes(seen))
    assert seen["video"]["psnr"]["mean"] > 40


def test_a_lost_frame_is_named_with_its_place(clip: Path, frames: np.ndarray, tmp_path: Path, compare: Compare) -> None:
    seen = compare(clip, write_clip(tmp_path / "b.mp4", np.concatenate([frames[:20], frames[21:], frames[-1:]])))
    late = next(reason for reason in classify(seen).reasons if reason["code"] == "time_shift")
    assert late["place"]["side"] == "left"
    assert abs(late["place"]["frame"] - 20) <= 1
    assert seen["video"]["psnr"]["mean"] > 40


def test_a_pause_is_frozen_and_what_follows_late(
    clip: Path, frames: np.ndarray, tmp_path: Path, compare: Compare
) -> None:
    paused = np.concatenate([frames[:20], frames[19:20].repeat(4, axis=0), frames[20:37]])
    seen = compare(clip, write_clip(tmp_path / "b.mp4", paused))
    assert {"time_shift", "frozen"} <= set(codes(seen))
    assert seen["video"]["offset_frames"] == 4


def test_another_clip_has_no_speed(clip: Path, tmp_path: Path, compare: Compare) -> None:
    seen = compare(clip, write_clip(tmp_path / "b.mp4", moving(41, seed=9)))["video"]["alignment"]
    assert (seen["speed"], seen["steps"]) == (1.0, [])


def test_partners_never_go_back() -> None:
    timing = Timing(lag=3, steps=((0, 0), (10, 3), (30, 1)))
    pairs = list(timing.partners(40, 40))
    assert pairs[:10] == [(place, place) for place in range(10)]
    assert all(one[0] <= two[0] and one[1] < two[1] for one, two in pairwise(pairs))
    assert pairs[-1] == (38, 39)
