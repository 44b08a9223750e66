"""One pass over two files: what it measures is right, and bounded."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest

from presets_app.core.generation import RawDigests
from tests.measure.conftest import Compare
from tests.support.clips import moving, speech, write_clip


def planes(path: Path) -> np.ndarray:
    with path.open("rb") as handle, av.open(handle, format="mp4") as media:
        return np.stack([frame.to_ndarray() for frame in media.decode(video=0)]).astype(np.float64)


def delayed(frames: np.ndarray, by: int) -> np.ndarray:
    """Later by `by` frames, the same length: the first is repeated. Earlier for a negative number."""
    wanted = np.clip(np.arange(len(frames)) - by, 0, len(frames) - 1)
    return frames[wanted]


def test_a_file_equals_itself(clip: Path, compare: Compare) -> None:
    seen = compare(clip, clip)
    assert (seen["identical"], seen["identical_by"]) == (True, "decoded planes and samples")
    assert seen["video"]["psnr"] == {"mean": None, "min": None, "luma": None, "chroma": None, "min_frame": None}
    assert seen["video"]["ssim"]["mean"] == 1.0
    assert seen["audio"]["identical"] is True


def test_a_remux_is_identical(clip: Path, tmp_path: Path, compare: Compare) -> None:
    other = tmp_path / "other.mkv"
    with av.open(str(clip)) as source, av.open(str(other), "w") as out:
        streams = {stream.index: out.add_stream_from_template(stream) for stream in source.streams}
        for packet in source.demux():
            if packet.dts is not None:
                packet.stream = streams[packet.stream.index]
                out.mux(packet)
    assert compare(clip, other)["identical"] is True


def test_equal_raw_digests_are_identical_whatever_the_encoder_did(
    clip: Path, frames: np.ndarray, tmp_path: Path, compare: Compare
) -> None:
    other = write_clip(tmp_path / "b.mp4", frames, options={"crf": "30"})
    raw = RawDigests("ab" * 32, "cd" * 32)
    assert compare(clip, other, left_raw=raw, right_raw=raw)["identical_by"] == "raw frames and samples"
    assert compare(clip, other, left_raw=raw, right_raw=RawDigests("ab" * 32))["identical"] is False


def test_psnr_equals_its_definition(clip: Path, frames: np.ndarray, tmp_path: Path, compare: Compare) -> None:
    other = write_clip(tmp_path / "b.mp4", frames, options={"crf": "28"})
    errors = np.square(planes(clip) - planes(other)).reshape(len(frames), -1).mean(axis=1)
    seen = compare(clip, other)["video"]["psnr"]
    assert seen["mean"] == pytest.approx(10 * np.log10(255**2 / errors.mean()), abs=0.01)
    assert seen["min"] == pytest.approx(10 * np.log10(255**2 / errors.max()), abs=0.01)
    assert seen["min_frame"] == int(errors.argmax())


@pytest.mark.parametrize("lag", [-12, -5, -1, 1, 3, 12])
def test_a_shift_is_found_exactly_and_pictures_are_compared_aligned(
    lag: int, frames: np.ndarray, clip: Path, tmp_path: Path, compare: Compare
) -> None:
    seen = compare(clip, write_clip(tmp_path / "b.mp4", delayed(frames, lag)))["video"]
    assert seen["offset_frames"] == lag
    assert seen["frames"] == len(frames) - abs(lag)
    assert seen["psnr"]["mean"] > 38


def test_a_shift_behind_a_still_opening_is_found(tmp_path: Path, compare: Compare) -> None:
    still_first = np.concatenate([np.repeat(moving(1), 30, axis=0), moving(40)])
    left = write_clip(tmp_path / "a.mp4", still_first)
    right = write_clip(tmp_path / "b.mp4", delayed(still_first, 4))
    assert compare(left, right)["video"]["offset_frames"] == 4


def test_another_clip_has_no_shift(clip: Path, tmp_path: Path, compare: Compare) -> None:
    assert compare(clip, write_clip(tmp_path / "b.mp4", moving(41, seed=9)))["video"]["offset_frames"] == 0


def test_a_difference_of_rate_is_not_scored_as_a_difference_of_pictures(
    clip: Path, frames: np.ndarray, tmp_path: Path, compare: Compare
) -> None:
    seen = compare(clip, write_clip(tmp_path / "b.mp4", frames, fps=16))
    assert (seen["container"]["left"]["fps"], seen["container"]["right"]["fps"]) == ("24", "16")
    assert seen["video"]["psnr"]["mean"] > 40


def test_tails_are_counted_on_both_sides(clip: Path, frames: np.ndarray, tmp_path: Path, compare: Compare) -> None:
    other = write_clip(tmp_path / "b.mp4", frames[:30], sound=speech(41 / 24))
    seen = compare(clip, other)
    assert (seen["video"]["frames"], seen["video"]["frames_left"], seen["video"]["frames_right"]) == (30, 41, 30)
    assert seen["audio"]["left"]["samples"] == seen["audio"]["right"]["samples"]


def test_the_worst_frame_and_its_place_are_named_and_drawn(
    clip: Path, frames: np.ndarray, tmp_path: Path, compare: Compare
) -> None:
    damaged = frames.copy()
    damaged[20, 64:96, 96:128] = 255 - damaged[20, 64:96, 96:128]
    other = write_clip(tmp_path / "b.mp4", damaged)
    seen = compare(clip, other, heatmaps=tmp_path / "pictures", frames=True, table=tmp_path / "frames.csv")
    worst = seen["video"]["worst_frames"][0]
    assert worst["frame"] == 20
    assert 96 <= worst["region"]["x"] < 128
    assert 64 <= worst["region"]["y"] < 96
    assert all(Path(worst[name]).read_bytes().startswith(b"\x89PNG") for name in ("heatmap", "left", "right"))
    rows = list(csv.DictReader((tmp_path / "frames.csv").open()))
    assert len(rows) == 41
    assert min(rows, key=lambda row: float(row["psnr"] or 99))["frame"] == "20"


@pytest.mark.parametrize("size", [(127, 95), (64, 64), (34, 18)])
def test_odd_and_small_sizes_are_measured(size: tuple[int, int], tmp_path: Path, compare: Compare) -> None:
    frames = moving(9, (max(size[0], 48), max(size[1], 48)))[:, : size[1], : size[0]]
    clips = [
        write_clip(tmp_path / f"{n}.mp4", frames, pixel_format="yuv444p", options={"crf": n}) for n in ("10", "35")
    ]
    seen = compare(*clips)
    assert seen["video"]["frames"] == 9
    assert seen["video"]["compared_as"] == "yuv444p"


def test_other_sizes_are_described_and_not_compared(clip: Path, tmp_path: Path, compare: Compare) -> None:
    seen = compare(clip, write_clip(tmp_path / "b.mp4", moving(41, (96, 96))))
    assert seen["problems"] == []
    assert (seen["video"]["frames"], seen["video"]["compared_as"], seen["video"]["psnr"]["mean"]) == (0, None, None)
    assert seen["video"]["frames_right"] == 41
    assert seen["video"]["between"]["histogram_overlap"] > 0.5


def test_one_frame_against_many(clip: Path, frames: np.ndarray, tmp_path: Path, compare: Compare) -> None:
    seen = compare(write_clip(tmp_path / "b.mp4", frames[:1]), clip)
    assert (seen["video"]["frames"], seen["video"]["frames_right"]) == (1, 41)


def test_ten_bits_are_compared_as_eight(clip: Path, frames: np.ndarray, tmp_path: Path, compare: Compare) -> None:
    seen = compare(clip, write_clip(tmp_path / "b.mp4", frames, pixel_format="yuv420p10le"))
    assert seen["container"]["right"]["pixel_format"] == "yuv420p10le"
    assert seen["video"]["compared_as"] == "yuv420p"
    assert seen["video"]["psnr"]["mean"] > 35


def test_memory_does_not_grow_with_the_clip(tmp_path: Path, compare: Compare) -> None:
    base = moving(40, (256, 160))
    long = (base[index % 40] for index in range(400))
    peaks = [
        compare(path, path)["cost"]["peak_mb"]
        for path in (write_clip(tmp_path / "a.mp4", base), write_clip(tmp_path / "b.mp4", long))
    ]
    assert peaks[1] - peaks[0] < 12


def test_the_answer_is_json_without_nan(clip: Path, tmp_path: Path, compare: Compare) -> None:
    black = write_clip(tmp_path / "b.mp4", np.zeros((41, 96, 128, 3), np.uint8), sound=np.zeros((82000, 1), np.float32))
    answer: dict[str, Any] = compare(clip, black)
    json.dumps(answer, allow_nan=False)
    assert answer["video"]["right"]["black_frames"]["count"] == 41
