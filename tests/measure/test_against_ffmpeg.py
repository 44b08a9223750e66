"""PSNR and lag against FFmpeg itself: the `ffmpeg` command where there is one, and a filter graph of its own, which
trims by the lag that was planted instead of the one that was found."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
from av.filter import Graph

from presets_app.measure import PairFiles, measure_pairs
from tests.support.clips import moving, write_clip

pytestmark = pytest.mark.journey
LAGS = range(-12, 13)
FRAMES = 49
WITHIN = 0.01  # dB
Psnr = tuple[float, float]  # the mean as FFmpeg prints it, of the mean square errors, and the lowest frame's
Reference = Callable[[Path, Path, int], Psnr]


@pytest.fixture(scope="module")
def pairs(tmp_path_factory: pytest.TempPathFactory) -> dict[int, tuple[Path, Path]]:
    """{lag: (left, right)}: the right side shows what the left shows, `lag` frames later, at another quality."""
    folder = tmp_path_factory.mktemp("lags")
    scene = moving(FRAMES + 24, (192, 128), seed=5)
    left = write_clip(folder / "left.mp4", scene[12 : 12 + FRAMES])
    made = {}
    for lag in LAGS:
        options = {"crf": str(24 + abs(lag) % 3 * 4), "threads": "1"}
        made[lag] = (left, write_clip(folder / f"late-{lag}.mp4", scene[12 - lag :][:FRAMES], options=options))
    return made


@pytest.fixture(scope="module")
def measured(pairs: dict[int, tuple[Path, Path]]) -> dict[int, dict[str, Any]]:
    seen = measure_pairs([PairFiles(*files) for files in pairs.values()])
    return {lag: found["video"] for lag, found in zip(pairs, seen, strict=True)}


def by_command(left: Path, right: Path, lag: int) -> Psnr:
    """What the ffmpeg command prints of the same frames."""
    cut = [f"[{side}:v]trim=start_frame={start},setpts=N/24/TB" for side, start in enumerate(starts(lag))]
    table = right.with_suffix(".psnr")
    chain = f"{cut[0]}[a];{cut[1]}[b];[a][b]psnr=shortest=1:stats_file={table.name}"
    argv = ["ffmpeg", "-hide_banner", "-i", str(left), "-i", str(right), "-lavfi", chain, "-f", "null", "-"]
    said = subprocess.run(argv, cwd=right.parent, capture_output=True, text=True, check=True, timeout=60).stderr
    found = re.search(r"PSNR .*?average:([\d.]+)", said)
    assert found, said[-2000:]
    frames = [float(value) for value in re.findall(r"psnr_avg:([\d.]+)", table.read_text())]
    assert len(frames) == FRAMES - abs(lag)
    return float(found[1]), min(frames)


def by_graph(left: Path, right: Path, lag: int) -> Psnr:
    """The same with FFmpeg's libraries: two sources, trimmed by the graph, into its psnr filter."""
    graph, judge = Graph(), None
    sources = []
    for path, start in zip((left, right), starts(lag), strict=True):
        with av.open(str(path)) as media:
            stream = media.streams.video[0]
            source = graph.add_buffer(template=stream, time_base=stream.time_base)
            trim, clock = graph.add("trim", f"start_frame={start}"), graph.add("setpts", "N/24/TB")
            source.link_to(trim)
            trim.link_to(clock)
            sources.append((source, clock, list(media.decode(stream))))
    judge, sink = graph.add("psnr", "shortest=1"), graph.add("buffersink")
    for place, (_, clock, _) in enumerate(sources):
        clock.link_to(judge, 0, place)
    judge.link_to(sink)
    graph.configure()
    for source, _, frames in sources:
        for frame in frames:
            source.push(frame)
        source.push(None)
    errors = []
    while len(errors) < FRAMES - abs(lag):
        errors.append(float(graph.pull().metadata["lavfi.psnr.mse_avg"]))
    return 10 * np.log10(255**2 / np.mean(errors)), 10 * np.log10(255**2 / max(errors))


def starts(lag: int) -> tuple[int, int]:
    """The first frame of each side that the other one has too."""
    return max(0, -lag), max(0, lag)


def test_the_lag_is_exact_for_every_shift_up_to_twelve_frames(measured: dict[int, dict[str, Any]]) -> None:
    assert {lag: found["offset_frames"] for lag, found in measured.items()} == {lag: lag for lag in LAGS}
    assert {lag: found["frames"] for lag, found in measured.items()} == {lag: FRAMES - abs(lag) for lag in LAGS}


@pytest.mark.parametrize("reference", [by_command, by_graph])
def test_psnr_after_alignment_is_ffmpegs_own(
    reference: Reference, pairs: dict[int, tuple[Path, Path]], measured: dict[int, dict[str, Any]]
) -> None:
    if reference is by_command and shutil.which("ffmpeg") is None:
        pytest.skip("no ffmpeg command on the PATH; its libraries are asked through a graph instead")
    for lag in LAGS:
        mean, lowest = reference(*pairs[lag], lag)
        seen = measured[lag]["psnr"]
        assert 25 < mean < 50, "a reference that compares other frames proves nothing"
        assert seen["mean"] == pytest.approx(mean, abs=WITHIN), f"lag {lag}"
        assert seen["min"] == pytest.approx(lowest, abs=WITHIN), f"lag {lag}"
