"""Pictures of one video, frame by frame, and the video that they are put together to.

The video is written as the runner writes its own, so that both are measured alike: H.264 of one thread, 4:2:0 where
the size allows it, no library version in the file.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
from PIL import Image, UnidentifiedImageError

from presets_app.measure.equalizing import BITEXACT
from presets_app.measure.limits import Limits
from presets_app.measure.opening import Unreadable, open_regular

CRF, PRESET = "18", "medium"  # of the runner's own videos
_FORMATS = ("PNG", "WEBP", "GIF", "JPEG")
_WHOLE_COLOURS = ("RGB", "RGBA", "RGBX")
_ANIMATED_HEAD = 16  # bytes of a WebP animation's frame before its own chunks


class Source:
    """The frames of picture files in their order; a file that moves gives several. Raises Unreadable for what is no
    picture, is too large, or has not the size of the first."""

    def __init__(self, paths: list[Path], limits: Limits) -> None:
        self._paths, self._limits = paths, limits
        self.count, self.lossless = 0, True
        sizes = set()
        for path in paths:
            with _opened(path, limits) as picture:
                sizes.add(picture.size)
                self.count += int(getattr(picture, "n_frames", 1))
                self.lossless = self.lossless and _keeps_every_bit(picture, path)
        if len(sizes) != 1:
            raise Unreadable("size_changes", "the pictures are not all of one size")
        if self.count > limits.frames:
            raise Unreadable("too_long", f"{self.count} frames are more than the {limits.frames} taken")
        self.width, self.height = sizes.pop()

    def __iter__(self) -> Iterator[Any]:
        """Each frame as uint8 RGB of (height, width, 3)."""
        for path in self._paths:
            with _opened(path, self._limits) as picture:
                for place in range(int(getattr(picture, "n_frames", 1))):
                    picture.seek(place)
                    yield np.asarray(picture.convert("RGB"))


def joined(source: Source, target: Path, rate: Fraction) -> Iterator[Any]:
    """Write the video and yield each frame's bytes on the way."""
    with av.open(str(target), "w", format="mp4", options={"movflags": "+faststart"}) as made:
        made.flags |= BITEXACT
        stream = _stream(made, source, rate)
        for place, frame in enumerate(source):
            picture = av.VideoFrame.from_ndarray(frame, format="rgb24")
            picture = picture.reformat(format=stream.pix_fmt, dst_colorspace="ITU709", dst_color_range="MPEG")
            picture.pts, picture.time_base = place, 1 / rate
            made.mux(stream.encode(picture))
            yield frame.data
        made.mux(stream.encode(None))


def _stream(made: Any, source: Source, rate: Fraction) -> Any:
    one_thread = "mbtree=0:threads=1:lookahead-threads=1:sliced-threads=0"
    settings = {"crf": CRF, "preset": PRESET, "threads": "1", "x264-params": one_thread}
    stream = made.add_stream("libx264", rate=rate, options=settings)
    stream.width, stream.height = source.width, source.height
    stream.pix_fmt = "yuv444p" if source.width % 2 or source.height % 2 else "yuv420p"
    stream.thread_count = 1
    context = stream.codec_context
    context.time_base = 1 / rate
    context.flags |= av.codec.context.Flags.bitexact
    context.color_primaries = context.color_trc = context.colorspace = 1  # BT.709
    context.color_range = 1  # limited
    return stream


def _opened(path: Path, limits: Limits) -> Any:
    handle = open_regular(path)
    try:
        picture = Image.open(handle, formats=_FORMATS)
    except (UnidentifiedImageError, Image.DecompressionBombError, OSError, ValueError, SyntaxError):
        handle.close()
        raise Unreadable("not_a_picture", "the file is no PNG, WebP, GIF or JPEG that can be read") from None
    width, height = picture.size
    if not 0 < width * height <= limits.pixels:
        picture.close()
        raise Unreadable("too_large", f"{width}x{height} is larger than what is taken")
    return picture


def _keeps_every_bit(picture: Any, path: Path) -> bool:
    if picture.mode not in _WHOLE_COLOURS:
        return False
    return picture.format == "PNG" or (picture.format == "WEBP" and _is_lossless(path.read_bytes()))


def _is_lossless(data: bytes) -> bool:
    kinds = set(_chunks(data[12:], inside=False))
    return b"VP8L" in kinds and b"VP8 " not in kinds


def _chunks(data: bytes, *, inside: bool) -> Iterator[bytes]:
    """The kinds of a WebP file's chunks, those of an animation's frames among them."""
    place = 0
    while place + 8 <= len(data):
        kind, size = data[place : place + 4], int.from_bytes(data[place + 4 : place + 8], "little")
        yield kind
        if kind == b"ANMF" and not inside:
            yield from _chunks(data[place + 8 + _ANIMATED_HEAD : place + 8 + size], inside=True)
        place += 8 + size + size % 2
