"""A clip made larger: every frame, its sound as it was, and what is refused."""

from __future__ import annotations

from pathlib import Path

import av
import numpy as np
import pytest

from runner.failures import CannotRender
from runner.progress import Progress
from runner.recipes import enlarging
from runner.recipes.places import MADE, SOURCE
from tests.support.clips import moving, speech, write_clip


def quiet(_progress: Progress) -> None:
    return


def test_a_clip_is_enlarged_frame_by_frame_and_keeps_its_sound(tmp_path: Path):
    frames = moving(12, (96, 64))
    source = write_clip(tmp_path / "clip.mp4", frames, sound=speech(0.5))
    source.rename(tmp_path / SOURCE)
    size = enlarging.enlarge(tmp_path / SOURCE, tmp_path / MADE, {"scale": 2, "method": "lanczos"}, quiet)
    assert size == {"width": 192, "height": 128, "frames": 12, "from": [96, 64]}
    large, sound = decoded(tmp_path / MADE)
    small, same = decoded(tmp_path / SOURCE)
    assert (large.shape, sound) == ((12, 128, 192, 3), same)
    halved = large.reshape(12, 64, 2, 96, 2, 3).mean(axis=(2, 4))
    assert np.abs(halved - small).mean() < 4


def decoded(path: Path) -> tuple[np.ndarray, list[bytes]]:
    """Frames as RGB, and the sound's packets as they lie in the file."""
    with av.open(str(path), format="mp4") as container:
        frames = np.stack([frame.to_ndarray(format="rgb24") for frame in container.decode(video=0)])
        container.seek(0)
        return frames, [bytes(packet) for packet in container.demux(audio=0) if packet.size]


def test_what_would_be_too_large_or_is_no_video_is_refused(tmp_path: Path):
    source = write_clip(tmp_path / "clip.mp4", moving(2, (1600, 900)))
    with pytest.raises(CannotRender, match="6400x3600 is larger"):
        enlarging.enlarge(source, tmp_path / MADE, {"scale": 4, "method": "bicubic"}, quiet)
    source.write_bytes(b"no video at all")
    with pytest.raises(CannotRender, match="cannot be read to its end"):
        enlarging.enlarge(source, tmp_path / MADE, {"scale": 2, "method": "bicubic"}, quiet)
