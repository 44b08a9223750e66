"""One file's frames in display order, its sound on the way."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import av

from presets_app.measure.limits import Limits
from presets_app.measure.opening import Media
from presets_app.measure.sound import Track

SOUND_CUT_S = 0.2  # an encoder's priming and padding are shorter
FAULTS = (av.FFmpegError, ValueError, MemoryError)


def frames(media: Media, sound: Track | None, limits: Limits) -> Iterator[Any]:
    """Yield every video frame and feed every audio frame to `sound`. A fault in the data ends the picture early and
    is kept in `media.trouble`; it never raises."""
    streams = [stream for stream in (media.video, media.audio) if stream is not None]
    count = 0
    clock = Clock()
    try:
        for packet in media.container.demux(streams):
            if packet.stream.type == "audio":
                _listen(media, packet, sound)
                continue
            for frame in packet.decode():
                if not _fits(media, frame, count, limits):
                    return
                clock.tick(frame.pts)
                yield frame
                count += 1
    except FAULTS as fault:
        _trouble(media, "broken", f"decoding stopped ({getattr(fault, 'strerror', '') or type(fault).__name__})", count)
    finally:
        media.facts["uneven_timing"] = clock.uneven
        _close_count(media, count)
        _close_sound(media, sound, count)


class Clock:
    """Do pictures follow each other at one pace? A file's own rounding of times is no change of pace."""

    def __init__(self) -> None:
        self._last: int | None = None
        self._least: int | None = None
        self._most = 0

    def tick(self, time: int | None) -> None:
        if time is not None and self._last is not None:
            step = time - self._last
            self._least = step if self._least is None else min(self._least, step)
            self._most = max(self._most, step)
        self._last = time

    @property
    def uneven(self) -> bool:
        return self._least is not None and self._most > max(1.2 * self._least, self._least + 2)


def _listen(media: Media, packet: Any, sound: Track | None) -> None:
    if sound is None:
        return
    try:
        for frame in packet.decode():
            sound.add(frame)
    except FAULTS:
        sound.broken = True


def _fits(media: Media, frame: Any, count: int, limits: Limits) -> bool:
    if count == 0:
        media.facts["rotation"] = int(frame.rotation) % 360
    if (frame.width, frame.height) != (media.facts["width"], media.facts["height"]):
        _trouble(media, "size_changes", f"the picture becomes {frame.width}x{frame.height}", count)
        return False
    if count >= limits.frames:
        _trouble(media, "too_long", f"only the first {limits.frames} frames were measured", count)
        return False
    if frame.is_corrupt:
        _trouble(media, "corrupt", "a frame is damaged", count)
    return True


def _close_count(media: Media, count: int) -> None:
    declared = media.facts["frames_declared"]
    media.facts["frames"] = count
    if count == 0:
        _trouble(media, "no_frames", "no frame could be decoded", 0)
    elif declared and count < declared and not media.trouble:
        _trouble(media, "truncated", f"the file promises {declared} frames and holds {count}", count)


def _close_sound(media: Media, sound: Track | None, count: int) -> None:
    """Less sound than the file promises: it was cut off, or its data are damaged."""
    if sound is None:
        return
    sound.flush()
    promised, heard = media.facts["audio"]["duration_s"], sound.lead + sound.samples / max(1, sound.rate)
    if sound.broken:
        _trouble(media, "sound", "the sound cannot be decoded to its end", count)
    elif media.audio.duration is not None and promised is not None and promised - heard > SOUND_CUT_S:
        _trouble(media, "truncated", f"the file promises {promised:.2f} s of sound and holds {heard:.2f} s", count)


def _trouble(media: Media, kind: str, message: str, frame: int) -> None:
    if len(media.trouble) < 8:
        media.trouble.append({"code": "undecodable", "kind": kind, "message": message, "frame": frame})
