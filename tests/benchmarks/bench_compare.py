"""What one comparison costs against decoding both files once: `python -m tests.benchmarks.bench_compare`.

Both run as processes of their own, imports included, one thread each, alternating; the median of processor seconds
counts. Goals: at most 1.35 times at 1280x720 (about 15 Mb/s), 1.5 at 768x512, 1.15 at 1280x720 with 60 Mb/s, and
220 MiB. The slow peer is scikit-image: PSNR and SSIM of luma and chroma of every frame, decoding included, at least 6
times the cost of the whole comparison (`make bench` installs it beside, in .venv/bench).
"""

from __future__ import annotations

import os
import resource
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from presets_app.measure import PairFiles, measure_pairs
from tests.support.clips import speech, write_clip

FRAMES, FPS, ROUNDS = 121, 24, 5
PAIRS = ((1280, 720, 15, 2.5, 1.35), (768, 512, 15, 2.5, 1.5), (1280, 720, 14, 10.0, 1.15))
ROOT = Path(__file__).resolve().parents[2]
PEERS = ROOT / ".venv" / "bench"
SKIMAGE = """
import sys, av
import numpy as np
from skimage.metrics import peak_signal_noise_ratio, structural_similarity

def planes(name):
    with av.open(name) as media:
        media.streams.video[0].codec_context.thread_count = 1
        for frame in media.decode(video=0):
            for plane in frame.planes:
                rows = np.frombuffer(plane, np.uint8).reshape(-1, plane.line_size)
                yield rows[: plane.height, : plane.width]

for one, other in zip(planes(sys.argv[1]), planes(sys.argv[2])):
    peak_signal_noise_ratio(one, other, data_range=255)
    structural_similarity(one, other, data_range=255)
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
    if not (PEERS / "skimage").is_dir():
        sys.stdout.write("  scikit-image is not there, so it was not measured (`sh requirements/bench.sh`)\n")
        return
    theirs = _cost_of(SKIMAGE, pair, PYTHONPATH=str(PEERS))
    what = "scikit-image, PSNR and SSIM of the same planes"
    sys.stdout.write(f"  {what}: {theirs:.2f} s, {theirs / ours:.1f} times the cost (goal 6)\n")


def _alternate(pair: PairFiles) -> tuple[float, float, float]:
    floors, costs, peaks = [], [], []
    for _ in range(ROUNDS):
        floors.append(_cost_of(DECODE, pair))
        cost = measure_pairs([pair])[0]["cost"]
        costs.append(cost["cpu_s"])
        peaks.append(cost["peak_mb"])
    return statistics.median(floors), statistics.median(costs), max(peaks)


def _cost_of(program: str, pair: PairFiles, **more: str) -> float:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    single = {**os.environ, "OMP_NUM_THREADS": "1", **more}
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
