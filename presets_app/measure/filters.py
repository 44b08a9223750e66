"""FFmpeg's own psnr and ssim filters, in this process, on pairs that are already aligned."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import av
from av.filter import Graph

BASE = Fraction(1, 1000)


@dataclass(frozen=True)
class Scores:
    """One pair's numbers. `mse` is the mean square error over all planes (0 exactly when equal), by plane in
    `mse_planes`; `psnr` is None when the planes are equal; SSIM over all planes, and of luma."""

    index: int
    mse: float
    mse_planes: tuple[float, float, float]
    psnr: float | None
    ssim: float
    ssim_luma: float


class Comparer:
    """Pairs go in with `push`; each comes back with its scores, in order."""

    def __init__(self, width: int, height: int, pixel_format: str) -> None:
        shape = f"video_size={width}x{height}:pix_fmt={pixel_format}:time_base=1/1000:frame_rate=25/1"
        graph = Graph()
        self._left = graph.add("buffer", shape, name="left")
        self._right = graph.add("buffer", shape, name="right")
        split, psnr, ssim = graph.add("split", "2"), graph.add("psnr"), graph.add("ssim")
        self._sink = graph.add("buffersink")
        self._right.link_to(split)
        self._left.link_to(psnr, 0, 0)
        split.link_to(psnr, 0, 1)
        psnr.link_to(ssim, 0, 0)
        split.link_to(ssim, 1, 1)
        ssim.link_to(self._sink)
        graph.configure()
        self._graph = graph
        self._pushed = 0

    def push(self, left: Any, right: Any) -> Iterator[Scores]:
        """Both filters pair pictures by timestamp, so timestamps are renumbered: a difference in start or rate must
        not be scored as a difference of pictures."""
        for frame, source in ((left, self._left), (right, self._right)):
            frame.pts, frame.time_base = self._pushed, BASE
            source.push(frame)
        self._pushed += 1
        yield from self._ready()

    def finish(self) -> Iterator[Scores]:
        if self._pushed:
            self._left.push(None)
            self._right.push(None)
            yield from self._ready()

    def _ready(self) -> Iterator[Scores]:
        while True:
            try:
                out = self._sink.pull()
            except (av.BlockingIOError, av.EOFError):
                return
            yield _scores(int(out.pts or 0), out.metadata)


def _scores(index: int, metadata: dict[str, str]) -> Scores:
    planes = tuple(float(metadata.get(f"lavfi.psnr.mse.{name}", 0)) for name in "yuv")
    psnr = float(metadata["lavfi.psnr.psnr_avg"])
    equal = psnr == float("inf")
    # mse is printed with six digits; a single changed pixel in a large picture may round to zero, psnr does not.
    mse = 0.0 if equal else max(float(metadata["lavfi.psnr.mse_avg"]), 255.0**2 / 10 ** (psnr / 10))
    return Scores(
        index,
        mse,
        (planes[0], planes[1], planes[2]),
        None if equal else psnr,
        float(metadata["lavfi.ssim.All"]),
        float(metadata["lavfi.ssim.Y"]),
    )
