"""FFmpeg's own psnr and ssim filters (xpsnr on request), in this process, on pairs that are already aligned."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from fractions import Fraction
from typing import Any, NamedTuple

import av
from av.filter import Graph

BASE = Fraction(1, 1000)
EXTRAS = ("xpsnr",)


class Scores(NamedTuple):
    """One pair's numbers. `mse` is the mean square error over all planes (0 exactly when equal) as of 8-bit samples,
    by plane in `mse_planes`; `psnr` is None when the planes are equal; SSIM over all planes, and of luma; `xpsnr` of
    luma, None when it was not asked for or the planes are equal."""

    place: int
    mse: float
    mse_planes: tuple[float, float, float]
    psnr: float | None
    ssim: float
    ssim_luma: float
    xpsnr: float | None = None


class Comparer:
    """Pairs go in with `push`; each comes back with its scores, in order."""

    def __init__(self, width: int, height: int, pixel_format: str, extras: Collection[str] = ()) -> None:
        shape = f"video_size={width}x{height}:pix_fmt={pixel_format}:time_base=1/1000:frame_rate=25/1"
        names = ["psnr", "ssim", *(name for name in EXTRAS if name in extras)]
        graph = Graph()
        self._left = graph.add("buffer", shape, name="left")
        self._right = graph.add("buffer", shape, name="right")
        split = graph.add("split", str(len(names)))
        self._right.link_to(split)
        last = self._left
        for place, name in enumerate(names):
            judge = graph.add(name)
            last.link_to(judge, 0, 0)
            split.link_to(judge, place, 1)
            last = judge
        self._sink = graph.add("buffersink")
        last.link_to(self._sink)
        graph.configure()
        self._graph = graph
        self._pushed = 0
        depth = 12 if "p12" in pixel_format else 10 if "p10" in pixel_format else 8
        self._finer = ((1 << depth) - 1) ** 2 / 255.0**2

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
            yield _scores(int(out.pts or 0), out.metadata, self._finer)


def _scores(index: int, metadata: dict[str, str], finer: float) -> Scores:
    planes = tuple(
        float(metadata.get(f"lavfi.psnr.mse.{name}", 0)) / finer
        for name in ("rgb" if "lavfi.psnr.mse.r" in metadata else "yuv")
    )
    psnr = float(metadata["lavfi.psnr.psnr_avg"])
    equal = psnr == float("inf")
    # mse is printed with six digits; a single changed pixel in a large picture may round to zero, psnr does not.
    mse = 0.0 if equal else max(float(metadata["lavfi.psnr.mse_avg"]) / finer, 255.0**2 / 10 ** (psnr / 10))
    return Scores(
        index,
        mse,
        (planes[0], planes[1], planes[2]),
        None if equal else psnr,
        float(metadata["lavfi.ssim.All"]),
        float(metadata.get("lavfi.ssim.Y", metadata["lavfi.ssim.All"])),
        _finite(metadata.get("lavfi.xpsnr.xpsnr.y")),
    )


def _finite(text: str | None) -> float | None:
    value = float(text) if text else float("inf")
    return value if value < 1e6 else None
