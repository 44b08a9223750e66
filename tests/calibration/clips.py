"""A clip in memory and its way into a file, with every setting that a benign change may turn."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
from numpy.typing import NDArray

Frames = NDArray[np.uint8]
Sound = NDArray[np.float32]
# With x264's macroblock tree the same pictures do not always give the same file.
REPEATABLE = {"x264-params": "mbtree=0"}
_CONTAINERS = {".mp4": "mp4", ".mkv": "matroska", ".mov": "mov", ".webm": "webm"}


@dataclass(frozen=True)
class Clip:
    """`frames` (frames, height, width, 3) RGB; `sound` (samples, channels) in -1..1 or None; `rate` in Hz."""

    frames: Frames
    fps: Fraction
    sound: Sound | None = None
    rate: int = 48_000

    @property
    def seconds(self) -> float:
        return float(len(self.frames) / self.fps)


@dataclass(frozen=True)
class Encoding:
    """`matrix` is what RGB is really turned into, the file always says BT.709: another one is a fault to plant."""

    crf: int = 18
    preset: str = "medium"
    codec: str = "libx264"
    pixel_format: str = "yuv420p"
    full_range: bool = False
    matrix: str = "ITU709"
    options: dict[str, str] = field(default_factory=dict)
    audio_codec: str = "aac"
    audio_bitrate: int = 192_000
    container: dict[str, str] = field(default_factory=dict)
    metadata: dict[str, str] = field(default_factory=dict)


def write(clip: Clip, path: Path, encoding: Encoding = Encoding()) -> Path:
    """Encode a clip; the suffix of `path` names the container."""
    kind = _CONTAINERS[path.suffix]
    with av.open(str(path), "w", format=kind, container_options=encoding.container) as out:
        out.metadata.update(encoding.metadata)
        video = _video(out, clip, encoding)
        sound = _sound(out, clip, encoding)
        for number, picture in enumerate(clip.frames):
            out.mux(video.encode(_picture(picture, number, clip.fps, encoding)))
        out.mux(video.encode(None))
        if sound is not None:
            for piece in _pieces(clip):
                out.mux(sound.encode(piece))
            out.mux(sound.encode(None))
    return path


def _video(out: Any, clip: Clip, encoding: Encoding) -> Any:
    wanted = {"crf": str(encoding.crf), "preset": encoding.preset, "threads": "1", **REPEATABLE, **encoding.options}
    stream = out.add_stream(encoding.codec, rate=clip.fps, options=wanted)
    stream.height, stream.width = clip.frames.shape[1:3]
    stream.pix_fmt = encoding.pixel_format
    context = stream.codec_context
    context.time_base = 1 / clip.fps
    context.color_primaries = context.color_trc = context.colorspace = 1  # BT.709
    context.color_range = 2 if encoding.full_range else 1
    return stream


def _picture(picture: Frames, number: int, fps: Fraction, encoding: Encoding) -> Any:
    frame = av.VideoFrame.from_ndarray(np.ascontiguousarray(picture), format="rgb24")
    levels = "JPEG" if encoding.full_range else "MPEG"
    frame = frame.reformat(format=encoding.pixel_format, dst_colorspace=encoding.matrix, dst_color_range=levels)
    frame.pts, frame.time_base = number, 1 / fps
    return frame


def _sound(out: Any, clip: Clip, encoding: Encoding) -> Any:
    if clip.sound is None:
        return None
    layout = "stereo" if clip.sound.shape[1] == 2 else "mono"
    stream = out.add_stream(encoding.audio_codec, rate=clip.rate, layout=layout)
    stream.bit_rate = encoding.audio_bitrate
    return stream


def _pieces(clip: Clip) -> Iterator[Any]:
    if clip.sound is None:
        return
    channels = np.ascontiguousarray(clip.sound.T)
    layout = "stereo" if len(channels) == 2 else "mono"
    for start in range(0, channels.shape[1], 1024):
        part = np.ascontiguousarray(channels[:, start : start + 1024])
        piece = av.AudioFrame.from_ndarray(part, format="fltp", layout=layout)
        piece.sample_rate, piece.pts, piece.time_base = clip.rate, start, Fraction(1, clip.rate)
        yield piece


def remux(source: Path, target: Path, *, container: dict[str, str] | None = None, title: str = "") -> None:
    """The same packets in another file."""
    kind = _CONTAINERS[target.suffix]
    with av.open(str(source)) as given, av.open(str(target), "w", format=kind, container_options=container) as out:
        streams = {stream.index: out.add_stream_from_template(stream) for stream in given.streams}
        out.metadata.update({"title": title} if title else {})
        for packet in given.demux():
            if packet.dts is not None:
                packet.stream = streams[packet.stream.index]
                out.mux(packet)


def read(path: Path) -> Clip:
    """Decode a file that this module wrote."""
    with av.open(str(path)) as given:
        video = given.streams.video[0]
        fps = Fraction(video.average_rate)
        pictures = np.stack([frame.to_ndarray(format="rgb24") for frame in given.decode(video=0)])
    with av.open(str(path)) as given:
        if not given.streams.audio:
            return Clip(pictures, fps)
        rate = given.streams.audio[0].rate
        heard = [frame.to_ndarray() for frame in given.decode(audio=0)]
    return Clip(pictures, fps, np.concatenate(heard, axis=1).T.astype(np.float32), rate)
