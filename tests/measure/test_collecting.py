"""What a server made as one video: real files of Pillow and PyAV, one set of them through the real child."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from presets_app import measure
from presets_app.core.generation import raw_digest
from presets_app.measure.collecting import collect
from presets_app.measure.limits import Limits
from presets_app.measure.opening import open_media
from runner.encode import encode

FRAMES = np.random.default_rng(7).integers(0, 256, (5, 48, 64, 3), np.uint8)
LOCAL = raw_digest("uint8", FRAMES.shape, "16", [FRAMES.data])  # as runner.device.job takes it


def pictures(folder: Path) -> list[Path]:
    places = [folder / f"{place}.png" for place in range(len(FRAMES))]
    for frame, place in zip(FRAMES, places, strict=True):
        Image.fromarray(frame).save(place)
    return places


def moving(place: Path, **options: Any) -> list[Path]:
    first, *rest = (Image.fromarray(frame) for frame in FRAMES)
    first.save(place, save_all=True, append_images=rest, duration=62, **options)
    return [place]


def collected(files: list[Path], folder: Path) -> dict[str, Any]:
    asked = {"collect": [str(file) for file in files], "to": str(folder / "video.mp4"), "fps": "16"}
    return collect(asked, Limits())


def test_the_child_does_the_same(tmp_path: Path) -> None:
    files = pictures(tmp_path)
    told = measure.collect(files, to=tmp_path / "video.mp4", fps="16")
    del told["cost"]
    assert told == collected(files, tmp_path)


@pytest.mark.parametrize("kind", ["pictures", "lossless", "lossy"])
def test_pictures_become_a_video_and_lossless_ones_have_the_digest_of_a_render_here(tmp_path: Path, kind: str) -> None:
    files = pictures(tmp_path) if kind == "pictures" else moving(tmp_path / "a.webp", lossless=kind == "lossless")
    found = collected(files, tmp_path)
    assert found["problems"] == []
    assert found["geometry"] == {"width": 64, "height": 48, "frames": 5, "fps": "16"}
    assert (found["digests"]["frames"] == LOCAL) == (kind != "lossy")
    assert found["digests"]["taken"] == ("from_file" if kind == "lossy" else "before_encoding")
    with open_media(tmp_path / "video.mp4", Limits()) as media:
        assert [media.facts[name] for name in ("frames_declared", "fps", "codec")] == [5, "16", "h264"]


def test_a_video_has_a_digest_of_what_it_decodes_to_and_none_of_a_render_here(tmp_path: Path) -> None:
    sound = np.random.default_rng(1).uniform(-0.5, 0.5, (8000, 2)).astype(np.float32)
    one, other, quiet = (tmp_path / f"{name}.mp4" for name in ("one", "other", "quiet"))
    encode(FRAMES, 16, one, samples=sound, audio_rate=24000)
    other.write_bytes(one.read_bytes() + b"\0\0\0\x08free")  # another file, the same pictures and sound
    encode(FRAMES, 16, quiet, samples=sound / 2, audio_rate=24000)
    here, there, less = (collect({"collect": [str(place)]}, Limits())["digests"] for place in (one, other, quiet))
    assert here == there and here["taken"] == "from_file" and here["frames"] != LOCAL
    assert less["frames"] == here["frames"] and less["samples"] != here["samples"]


def test_what_is_no_picture_or_not_of_one_size_gives_a_problem_and_no_video(tmp_path: Path) -> None:
    good = pictures(tmp_path)
    (tmp_path / "text.png").write_text("a text")
    (tmp_path / "cut.png").write_bytes(good[0].read_bytes()[:400])
    Image.new("RGB", (32, 32)).save(tmp_path / "small.png")
    for bad, kind in (("text.png", "not_a_picture"), ("cut.png", "broken"), ("small.png", "size_changes")):
        found = collected([*good, tmp_path / bad], tmp_path)
        assert (found["geometry"], found["problems"][0]["kind"]) == (None, kind), bad
