"""Planted faults of the file itself: size, rate, length, format, codec, damage."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
from PIL import Image

from tests.calibration.benign import at_rate
from tests.calibration.change import RIGHT, Change, Invisible, Job, encoded, file
from tests.calibration.clips import Clip, Encoding, remux

Alter = Callable[[Clip, Job], Clip]


def _clip(alter: Alter) -> Callable[[Job], Path]:
    return lambda job: job.write(alter(job.clip, job))


def _scaled(width: Callable[[int], int], height: Callable[[int], int]) -> Alter:
    def alter(clip: Clip, job: Job) -> Clip:
        tall, wide = clip.frames.shape[1:3]
        size = width(wide) // 2 * 2, height(tall) // 2 * 2
        return replace(clip, frames=np.stack([np.asarray(Image.fromarray(one).resize(size)) for one in clip.frames]))

    return alter


def _same(side: int) -> int:
    return side


def _shorter(count: Callable[[int], int]) -> Alter:
    """Fewer frames at the end, the sound with them."""

    def alter(clip: Clip, job: Job) -> Clip:
        kept = len(clip.frames) - count(len(clip.frames))
        heard = None if clip.sound is None else clip.sound[: round(kept / clip.fps * clip.rate)]
        return replace(clip, frames=clip.frames[:kept], sound=heard)

    return alter


def _longer(clip: Clip, job: Job) -> Clip:
    return job.base.drawn(frames=len(clip.frames) + 8)


def _at_rate(change: Callable[[Clip], Clip]) -> Alter:
    return lambda clip, job: change(clip)


def _long_sound(clip: Clip, job: Job) -> Clip:
    """The sound outlasts the picture by 0.4 s."""
    if clip.sound is None:
        raise Invisible
    more = np.zeros((int(0.4 * clip.rate), clip.sound.shape[1]), np.float32)
    return replace(clip, sound=np.concatenate([clip.sound, more]))


def _cut_off(share: float, *, index_first: bool) -> Callable[[Path, Path], None]:
    def alter(source: Path, target: Path) -> None:
        if index_first:
            remux(source, target, container={"movflags": "+faststart"})
        data = (target if index_first else source).read_bytes()
        target.write_bytes(data[: int(len(data) * share)])

    return alter


def _holed(source: Path, target: Path) -> None:
    """A tenth in the middle is overwritten."""
    remux(source, target, container={"movflags": "+faststart"})
    data = bytearray(target.read_bytes())
    start, length = int(0.55 * len(data)), len(data) // 10
    data[start : start + length] = np.random.default_rng(1).bytes(length)
    target.write_bytes(bytes(data))


def _text(source: Path, target: Path) -> None:
    target.write_text('{"error": "Your request could not be completed."}', encoding="utf-8")


_FASTER = _at_rate(lambda clip: replace(clip, fps=clip.fps * 5 / 4))
_NTSC = _at_rate(lambda clip: replace(clip, fps=clip.fps * 1000 / 1001))
_VP9 = Encoding(crf=30, codec="libvpx-vp9", preset="", audio_codec="libopus", options={"b": "0", "cpu-used": "5"})

_PLANTS: tuple[tuple[str, str, Callable[[Job], Path]], ...] = (
    ("size-16-narrower", "size_mismatch", _clip(_scaled(lambda side: side - 16, _same))),
    ("size-half", "size_mismatch", _clip(_scaled(lambda side: side // 2, lambda side: side // 2))),
    ("size-turned", "size_mismatch", _clip(lambda clip, job: replace(clip, frames=clip.frames.transpose(0, 2, 1, 3)))),
    ("fps-ntsc", "fps_mismatch", _clip(_NTSC)),
    ("fps-faster", "fps_mismatch", _clip(_FASTER)),
    ("one-frame-fewer", "frame_count_mismatch", _clip(_shorter(lambda count: 1))),
    ("quarter-fewer", "frame_count_mismatch", _clip(_shorter(lambda count: count // 4))),
    ("eight-frames-more", "frame_count_mismatch", _clip(_longer)),
    ("duration-quarter", "duration_mismatch", _clip(_shorter(lambda count: count // 4))),
    ("duration-of-sound", "duration_mismatch", _clip(_long_sound)),
    ("format-444", "pixel_format_mismatch", encoded(replace(RIGHT, pixel_format="yuv444p"))),
    ("format-10-bit", "pixel_format_mismatch", encoded(replace(RIGHT, pixel_format="yuv420p10le"))),
    ("format-full-range", "pixel_format_mismatch", encoded(replace(RIGHT, full_range=True, pixel_format="yuvj420p"))),
    ("cut-off-60", "undecodable", file(_cut_off(0.6, index_first=True))),
    ("cut-off-97", "undecodable", file(_cut_off(0.97, index_first=True))),
    ("cut-off-index", "undecodable", file(_cut_off(0.9, index_first=False))),
    ("holed", "undecodable", file(_holed)),
    ("empty", "undecodable", file(lambda source, target: target.write_bytes(b"") and None)),
    ("text-as-mp4", "undecodable", file(_text)),
)

_HEVC = Encoding(crf=22, codec="libx265", options={"x265-params": "log-level=none:pools=1"})
_MPEG4 = Encoding(codec="mpeg4", preset="", options={"b": "4000000"})


def _vp9(job: Job) -> Path:
    """Opus knows 48 kHz and its parts only."""
    clip = job.clip
    if clip.sound is not None and 48_000 % clip.rate:
        clip = replace(clip, sound=at_rate(clip.sound, clip.rate, 48_000), rate=48_000)
    return job.write(clip, _VP9, ".webm")


def _codec(name: str, make: Callable[[Job], Path]) -> Change:
    return Change(name, "harmful", make, ("codec_mismatch",), noted=True)


CHANGES = (
    *(Change(name, "harmful", make, (code,)) for name, code, make in _PLANTS),
    _codec("codec-hevc", encoded(_HEVC)),
    _codec("codec-vp9", _vp9),
    _codec("codec-mpeg4", encoded(_MPEG4)),
)
