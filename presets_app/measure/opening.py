"""Opening a file nobody vouches for, and what its container says.

A file is opened as a file object with an explicit demuxer chosen from its first bytes. Given a path, FFmpeg would
follow a playlist that only calls itself x.mp4 to other files and addresses.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import Any, BinaryIO

import av

from presets_app.measure.limits import Limits

MP4_BOXES = {b"ftyp", b"moov", b"mdat", b"wide", b"free", b"skip"}
PLAYLISTS = (b"ffconcat", b"#EXTM3U", b"[playlist]", b"<?xml", b"<MPD", b"[Reference]")
# The decoders the product's targets write; anything else in a container is refused before it is opened.
VIDEO_CODECS = {"h264", "hevc", "vp8", "vp9", "av1", "libdav1d", "libvpx", "libvpx-vp9", "mpeg4", "prores", "ffv1"}


class Unreadable(Exception):
    """This file cannot be measured. `kind` is one word (playlist, truncated, no_video ...)."""

    def __init__(self, kind: str, message: str) -> None:
        super().__init__(message)
        self.kind = kind


@dataclass
class Media:
    """One opened file. `facts` is what the container says; `trouble` collects what went wrong while decoding."""

    container: Any
    video: Any
    audio: Any
    facts: dict[str, Any]
    trouble: list[dict[str, Any]] = field(default_factory=list)


def sniff(head: bytes) -> str:
    """The demuxer for a file's first bytes. Raises Unreadable."""
    if head[4:8] in MP4_BOXES:
        return "mp4"
    if head[:4] == b"\x1a\x45\xdf\xa3":
        return "matroska"
    if not head:
        raise Unreadable("empty", "the file is empty")
    if head.lstrip().startswith(PLAYLISTS):
        raise Unreadable("playlist", "the file is a playlist, not a video; its entries are not followed")
    raise Unreadable("not_a_video", "the file is neither MP4/MOV nor WebM/Matroska")


@contextmanager
def open_media(path: Path, limits: Limits) -> Iterator[Media]:
    """Open one file within limits. Raises Unreadable."""
    with open_regular(path) as handle:
        demuxer = sniff(handle.read(64))
        handle.seek(0)
        try:
            container = av.open(handle, format=demuxer, options={"max_pixels": str(limits.pixels), "threads": "1"})
        except (av.FFmpegError, OSError, ValueError, MemoryError) as fault:
            raise Unreadable("broken", f"the container cannot be read ({reason(fault)})") from fault
        with container:
            yield _media(container, limits, os.fstat(handle.fileno()).st_size)


def open_regular(path: Path) -> BinaryIO:
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except (OSError, ValueError) as fault:
        raise Unreadable("missing", f"the file cannot be opened ({reason(fault)})") from fault
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise Unreadable("not_a_file", "this is not a regular file")
    return os.fdopen(descriptor, "rb")


def reason(fault: Exception) -> str:
    return str(getattr(fault, "strerror", "") or type(fault).__name__)


def _media(container: Any, limits: Limits, size: int) -> Media:
    video = next(iter(container.streams.video), None)
    audio = next(iter(container.streams.audio), None)
    if video is None:
        kind = "audio only" if audio is not None else "no streams"
        raise Unreadable("no_video", f"the file has no video stream ({kind})")
    facts = _facts(container, video, audio, size)
    _refuse_excess(facts, limits)
    for stream in (video, audio):
        if stream is not None:
            stream.codec_context.thread_count = 1
    return Media(container, video, audio, facts)


def _refuse_excess(facts: dict[str, Any], limits: Limits) -> None:
    if facts["codec"] not in VIDEO_CODECS:
        raise Unreadable("codec", f"the video codec {facts['codec']} is not measured")
    if not (facts["width"] and facts["height"]):
        raise Unreadable("no_size", "the video stream states no size")
    if facts["width"] * facts["height"] > limits.pixels:
        raise Unreadable("too_large", f"{facts['width']}x{facts['height']} is larger than what is measured")
    if (facts["frames_declared"] or 0) > limits.frames:
        raise Unreadable("too_long", f"{facts['frames_declared']} frames are more than the {limits.frames} measured")
    if (facts["duration_s"] or 0) > limits.duration_s:
        raise Unreadable("too_long", f"{facts['duration_s']:.0f} s are more than the {limits.duration_s:.0f} measured")


def _facts(container: Any, video: Any, audio: Any, size: int) -> dict[str, Any]:
    context = video.codec_context
    return {
        "format": container.format.name,
        "size_bytes": size,
        "codec": context.name,
        "width": context.width,
        "height": context.height,
        "fps": spelled(video.average_rate),
        "frames_declared": video.frames or None,
        "duration_s": _seconds(video.duration, video.time_base, container.duration),
        "pixel_format": context.pix_fmt,
        "color_range": {1: "limited", 2: "full"}.get(int(context.color_range), "unspecified"),
        "color_transfer": {16: "PQ", 18: "HLG"}.get(int(context.color_trc)),
        "rotation": 0,
        "audio": _audio_facts(audio, container.duration),
    }


def _audio_facts(audio: Any, container_duration: int | None) -> dict[str, Any] | None:
    if audio is None:
        return None
    context = audio.codec_context
    return {
        "codec": context.name,
        "rate": context.sample_rate,
        "channels": context.layout.nb_channels,
        "duration_s": _seconds(audio.duration, audio.time_base, container_duration),
    }


def spelled(rate: Fraction | None) -> str | None:
    """A frame rate as a fraction in lowest terms, "24" or "24000/1001"."""
    return None if not rate else str(Fraction(rate))


def _seconds(duration: int | None, base: Fraction | None, fallback: int | None) -> float | None:
    if duration is not None and base is not None:
        return round(float(duration * base), 6)
    return None if fallback is None else round(fallback / 1_000_000, 6)


def begins(media: Media) -> float:
    """Seconds from the file's zero to its first picture."""
    start, base = media.video.start_time, media.video.time_base
    return float(start * base) if start is not None and base is not None else 0.0


def tags(media: Media) -> dict[str, str]:
    """The container's and the video stream's text tags, at most 64 of 1 MiB each: workflows travel in them."""
    found = {**dict(media.container.metadata), **dict(media.video.metadata)}
    return {str(key)[:200]: str(text)[: 1 << 20] for key, text in list(found.items())[:64]}
