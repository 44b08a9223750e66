from __future__ import annotations

from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest

from runner.encode import encode


def drawn(count: int = 9, height: int = 72, width: int = 104) -> list[np.ndarray]:
    """A bright square that moves four pixels a frame over a ramp."""
    ramp = np.linspace(20, 220, width).astype(np.uint8)
    frames = []
    for number in range(count):
        frame = np.repeat(np.tile(ramp, (height, 1))[..., None], 3, axis=2)
        frame[20:40, 4 * number : 4 * number + 20] = (250, 60, 60)
        frames.append(frame)
    return frames


def decoded(path: Path) -> tuple[Any, list[np.ndarray]]:
    with path.open("rb") as stream, av.open(stream, format="mp4") as container:
        video = container.streams.video[0]
        frames = list(container.decode(video=0))
        pictures = [frame.to_ndarray(format="rgb24") for frame in frames]
        facts = {
            "rate": str(video.average_rate),
            "pixels": video.codec_context.pix_fmt,
            "space": (frames[0].colorspace, frames[0].color_range),
            "times": [float(frame.pts * frame.time_base) for frame in frames],
            "sound": [(stream.codec_context.name, stream.rate) for stream in container.streams.audio],
        }
    return facts, pictures


def test_the_file_holds_what_was_drawn(tmp_path: Path) -> None:
    encode(iter(drawn()), 24, tmp_path / "a.mp4")
    facts, pictures = decoded(tmp_path / "a.mp4")
    assert len(pictures) == 9
    assert (facts["rate"], facts["pixels"], facts["space"], facts["sound"]) == ("24", "yuv420p", (1, 1), [])
    assert facts["times"] == pytest.approx([number / 24 for number in range(9)], abs=1e-4)
    assert np.abs(pictures[4].astype(int) - drawn()[4].astype(int)).mean() < 4


@pytest.mark.parametrize("colour", [(200, 30, 30), (30, 200, 30), (30, 30, 200), (128, 128, 128)])
def test_colours_come_back_as_they_went_in(tmp_path: Path, colour: tuple[int, int, int]) -> None:
    flat = np.full((64, 96, 3), colour, dtype=np.uint8)
    encode([flat] * 3, 24, tmp_path / "a.mp4")
    picture = decoded(tmp_path / "a.mp4")[1][1]
    assert np.abs(picture.reshape(-1, 3).mean(axis=0) - colour).max() < 4


def test_the_same_frames_and_sound_give_the_same_file(tmp_path: Path) -> None:
    sound = np.sin(np.linspace(0, 700, 9000)).astype(np.float32)[:, None].repeat(2, axis=1) * 0.3
    for name in ("a.mp4", "b.mp4"):
        encode(iter(drawn()), "24", tmp_path / name, samples=sound, audio_rate=24000)
    assert (tmp_path / "a.mp4").read_bytes() == (tmp_path / "b.mp4").read_bytes()
    assert b"Lavf" not in (tmp_path / "a.mp4").read_bytes()
    assert decoded(tmp_path / "a.mp4")[0]["sound"] == [("aac", 24000)]


def test_a_rational_rate_survives(tmp_path: Path) -> None:
    encode(iter(drawn()), "30000/1001", tmp_path / "a.mp4")
    assert decoded(tmp_path / "a.mp4")[0]["rate"] == "30000/1001"


def test_a_larger_crf_makes_a_smaller_file(tmp_path: Path) -> None:
    noise = np.random.RandomState(0).randint(0, 255, (5, 64, 96, 3)).astype(np.uint8)
    for crf in (10, 40):
        encode(iter(noise), 24, tmp_path / f"{crf}.mp4", crf=crf)
    assert (tmp_path / "40.mp4").stat().st_size < (tmp_path / "10.mp4").stat().st_size / 2


def test_no_frames_at_all_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="no frames"):
        encode([], 24, tmp_path / "a.mp4")
