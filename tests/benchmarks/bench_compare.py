"""What one comparison costs against decoding both files once: `python -m tests.benchmarks.bench_compare`.

Both run as processes of their own, imports included, one thread each, alternating; the median of processor seconds
counts. Goals: at most 1.35 times at 1280x720 (about 15 Mb/s), 1.5 at 768x512, 1.15 at 1280x720 with 60 Mb/s, and
220 MiB. Where scikit-image is installed, its SSIM of the same luma is the slow peer: at least 6 times the cost.
"""

from __future__ import annotations

import os
import resource
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from presets_app.measure import PairFiles, measure_pairs
from tests.support.clips import speech, write_clip

FRAMES, FPS, ROUNDS = 121, 24, 5
PAIRS = ((1280, 720, 15, 2.5, 1.35), (768, 512, 15, 2.5, 1.5), (1280, 720, 14, 10.0, 1.15))
SKIMAGE = """
import sys, av
from skimage.metrics import structural_similarity
left, right = ((frame.to_ndarray()[: frame.height] for frame in av.open(name).decode(video=0)) for name in sys.argv[1:])
for one, other in zip(left, right):
    structural_similarity(one, other)
"""
DECODE = """
import sys, av
for name in sys.argv[1:]:
    with open(name, "rb") as handle, av.open(handle, format="mp4") as media:
        streams = [*media.streams.video, *media.streams.audio]
        for stream in streams:
            stream.codec_context.thread_count = 1
        for packet in media.demux(streams):
            for frame in packet.decode():
                pass
"""


def main() -> int:
    with tempfile.TemporaryDirectory() as folder:
        for width, height, crf, grain, goal in PAIRS:
            pair = _pair(Path(folder), (width, height), crf, grain)
            floor, ours, peak = _alternate(pair)
            rate = pair.left.stat().st_size * 8 * FPS / FRAMES / 1e6
            sys.stdout.write(
                f"{width}x{height} {rate:.1f} Mb/s: decode {floor:.2f} s, compare {ours:.2f} s, "
                f"ratio {ours / floor:.2f} (goal {goal}), peak {peak:.0f} MiB (goal 220)\n"
            )
            if goal == PAIRS[0][-1]:
                _against_scikit_image(pair, ours)
    return 0


def _against_scikit_image(pair: PairFiles, ours: float) -> None:
    if find_spec("skimage") is None:
        sys.stdout.write("scikit-image is not installed, so it was not measured (`pip install scikit-image`)\n")
        return
    theirs = _cost_of(SKIMAGE, pair)
    sys.stdout.write(f"SSIM of the same luma by scikit-image {theirs:.2f} s: {theirs / ours:.1f} times (goal 6)\n")


def _alternate(pair: PairFiles) -> tuple[float, float, float]:
    floors, costs, peaks = [], [], []
    for _ in range(ROUNDS):
        floors.append(_cost_of(DECODE, pair))
        cost = measure_pairs([pair])[0]["cost"]
        costs.append(cost["cpu_s"])
        peaks.append(cost["peak_mb"])
    return statistics.median(floors), statistics.median(costs), max(peaks)


def _cost_of(program: str, pair: PairFiles) -> float:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    single = {**os.environ, "OMP_NUM_THREADS": "1"}
    subprocess.run([sys.executable, "-c", program, str(pair.left), str(pair.right)], check=True, env=single)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def _pair(folder: Path, size: tuple[int, int], crf: int, grain: float) -> PairFiles:
    """A grainy clip that pans, and the same encoded at another quality."""
    sound = speech(FRAMES / FPS)
    files = [folder / f"{size[0]}-{crf}-{name}.mp4" for name in ("left", "right")]
    for path, quality in zip(files, (crf, crf + 1), strict=True):
        options = {"crf": str(quality), "preset": "veryfast", "threads": "1"}
        write_clip(path, _frames(size, grain), fps=FPS, sound=sound, options=options)
    return PairFiles(*files)


def _frames(size: tuple[int, int], grain: float) -> Iterator[NDArray[np.uint8]]:
    rng = np.random.default_rng(1)
    width, height = size
    y, x = np.mgrid[0:height, 0 : width + 2 * FRAMES]
    ground = 110 + 60 * np.sin(x / 37) * np.cos(y / 23) + rng.normal(0, 9, x.shape)
    for index in range(FRAMES):
        view = ground[:, 2 * index : 2 * index + width] + rng.normal(0, grain, (height, width))
        picture = np.repeat(np.clip(view, 0, 255).astype(np.uint8)[:, :, None], 3, axis=2)
        top, left = 40 + index, 3 * index
        picture[top : top + 120, left : left + 120] = (210, 90, 40)
        yield picture


if __name__ == "__main__":
    sys.exit(main())
