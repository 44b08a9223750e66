"""A video made larger by resampling its frames; its sound is copied as it is.

Resampling invents nothing: edges stay as soft as they were. It is what players do, with a better filter, once.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from runner import encode
from runner.failures import cannot
from runner.progress import Progress, Report

FILTERS = {"lanczos": Image.Resampling.LANCZOS, "bicubic": Image.Resampling.BICUBIC}
LARGEST = 4096 * 2304  # pixels of a frame; the largest picture that is measured
MOST_FRAMES = 20_000
_BITEXACT = 0x0400


def enlarge(source: Path, target: Path, asked: Mapping[str, Any], report: Report) -> dict[str, Any]:
    """Write `source`, `scale` times as wide and high, to `target`: {width, height, frames, from}. Raises CannotRender
    for a file that is no video, and for a picture that would be too large."""
    try:
        with av.open(str(source), format="mp4", options={"max_pixels": str(LARGEST)}) as container:
            size, rate = _size(container, int(asked["scale"]))
            written = _Counted()
            silent = target.with_name("silent.mp4")
            frames = _enlarged(container, size, FILTERS[str(asked["method"])], report, written)
            encode.encode(frames, rate, silent)
    except (av.FFmpegError, ValueError) as error:
        text = f"The video cannot be enlarged: it cannot be read to its end ({type(error).__name__})."
        raise cannot("input", "upscale_unreadable", text, "Watch it, and render it again.") from error
    report(Progress("encode"))
    _with_sound(silent, source, target)
    return {"width": size[0], "height": size[1], "frames": written.count, "from": list(written.source)}


class _Counted:
    def __init__(self) -> None:
        self.count = 0
        self.source = (0, 0)


def _size(container: Any, scale: int) -> tuple[tuple[int, int], Fraction]:
    if not container.streams.video:
        raise cannot("input", "upscale_unreadable", "The file holds no video.", "Render it again.")
    context, stream = container.streams.video[0].codec_context, container.streams.video[0]
    size = (context.width * scale, context.height * scale)
    if size[0] * size[1] > LARGEST:
        text = f"{size[0]}x{size[1]} is larger than what is made here."
        raise cannot("preset", "upscale_too_large", text, "Enlarge it less, or render it smaller.", pixels=LARGEST)
    return size, Fraction(stream.average_rate or 24)


def _enlarged(
    container: Any, size: tuple[int, int], kind: Image.Resampling, report: Report, written: _Counted
) -> Iterator[NDArray[np.uint8]]:
    stream = container.streams.video[0]
    stream.thread_count = 1
    for number, frame in enumerate(container.decode(stream)):
        if number >= MOST_FRAMES:
            raise cannot("preset", "upscale_too_large", f"The clip has more than {MOST_FRAMES} frames.", "Cut it.")
        report(Progress("decode", number, stream.frames or 0))
        written.count, written.source = number + 1, (frame.width, frame.height)
        picture = Image.fromarray(frame.to_ndarray(format="rgb24"))
        yield np.asarray(picture.resize(size, kind), np.uint8)


def _with_sound(silent: Path, source: Path, target: Path) -> None:
    """The enlarged picture and the source's sound in one file, both packets as they are."""
    options = {"movflags": "+faststart"}
    with (
        av.open(str(silent), format="mp4") as picture,
        av.open(str(source), format="mp4") as sound,
        av.open(str(target), "w", format="mp4", options=options) as made,
    ):
        made.flags |= _BITEXACT
        inputs = [(picture, picture.streams.video[0]), *((sound, stream) for stream in sound.streams.audio[:1])]
        places = [(container, stream, made.add_stream_from_template(stream)) for container, stream in inputs]
        for container, stream, place in places:
            for packet in container.demux(stream):
                if packet.dts is not None:
                    packet.stream = place
                    made.mux(packet)
    silent.unlink()
