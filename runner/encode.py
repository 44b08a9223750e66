"""An mp4 for people from raw frames and samples. Judging never uses it: the digests are taken before.

The same frames give the same file on one machine: one thread, bitexact flags, explicit timestamps, and x264's macro-
block tree off (with it on, a width that is no multiple of 128 gave two files on an AVX-512 machine).
"""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
from numpy.typing import NDArray

CRF = 18  # visually lossless by x264's own rule of thumb
PRESET = "medium"
AUDIO_BITRATE = 192_000
_CHUNK = 1024  # samples in an AAC frame
_BT709 = 1
_LIMITED = 1


def encode(
    frames: Iterable[NDArray[np.uint8]],
    fps: Fraction | float | str,
    path: Path,
    *,
    samples: NDArray[np.float32] | None = None,
    audio_rate: int | None = None,
    crf: int = CRF,
) -> None:
    """Write H.264 (yuv420p, BT.709) and, with `samples` (samples, channels), AAC.

    `frames` are (height, width, 3) RGB of one even size. Raises ValueError for no frames at all.
    """
    rate = fps if isinstance(fps, Fraction) else Fraction(str(fps))
    source = iter(frames)
    first = next(source, None)
    if first is None:
        raise ValueError("there are no frames to encode")
    with av.open(str(path), "w", format="mp4", options={"movflags": "+faststart"}) as container:
        container.flags |= 0x0400  # AVFMT_FLAG_BITEXACT: no library version in the file
        video = _video(container, rate, first, crf)
        sound = _sound(container, samples, audio_rate)
        for number, frame in enumerate(_with(first, source)):
            _put(container, video, _picture(frame, number, rate))
        _put(container, video, None)
        if sound is not None and samples is not None and audio_rate:
            for piece in _pieces(samples, audio_rate):
                _put(container, sound, piece)
            _put(container, sound, None)


def _with(first: NDArray[np.uint8], rest: Iterable[NDArray[np.uint8]]) -> Iterable[NDArray[np.uint8]]:
    yield first
    yield from rest


def _put(container: Any, stream: Any, frame: Any) -> None:
    for packet in stream.encode(frame):
        container.mux(packet)


def _video(container: Any, rate: Fraction, first: NDArray[np.uint8], crf: int) -> Any:
    settings = {
        "crf": str(crf),
        "preset": PRESET,
        "threads": "1",
        "x264-params": "mbtree=0:threads=1:lookahead-threads=1:sliced-threads=0",
    }
    stream = container.add_stream("libx264", rate=rate, options=settings)
    stream.height, stream.width = first.shape[:2]
    stream.pix_fmt = "yuv420p"
    stream.thread_count = 1
    context = stream.codec_context
    context.time_base = 1 / rate
    context.flags |= av.codec.context.Flags.bitexact
    context.color_primaries = context.color_trc = context.colorspace = _BT709
    context.color_range = _LIMITED
    return stream


def _picture(frame: NDArray[np.uint8], number: int, rate: Fraction) -> Any:
    picture = av.VideoFrame.from_ndarray(np.ascontiguousarray(frame), format="rgb24")
    picture = picture.reformat(format="yuv420p", dst_colorspace="ITU709", dst_color_range="MPEG")
    picture.pts, picture.time_base = number, 1 / rate
    return picture


def _sound(container: Any, samples: NDArray[np.float32] | None, rate: int | None) -> Any:
    if samples is None or not rate or not len(samples):
        return None
    layout = "stereo" if samples.shape[1] == 2 else "mono"
    stream = container.add_stream("aac", rate=rate, layout=layout)
    stream.bit_rate = AUDIO_BITRATE
    stream.codec_context.flags |= av.codec.context.Flags.bitexact
    stream.thread_count = 1
    return stream


def _pieces(samples: NDArray[np.float32], rate: int) -> Iterable[Any]:
    channels = np.ascontiguousarray(samples[:, :2].T.astype(np.float32))
    layout = "stereo" if channels.shape[0] == 2 else "mono"
    for start in range(0, channels.shape[1], _CHUNK):
        piece = av.AudioFrame.from_ndarray(
            np.ascontiguousarray(channels[:, start : start + _CHUNK]), format="fltp", layout=layout
        )
        piece.sample_rate, piece.pts, piece.time_base = rate, start, Fraction(1, rate)
        yield piece
