"""The sound of one video equalized, its picture untouched; the level of 4 to 8 kHz measured before and after.

The picture's packets are copied as they are, so that every frame stays bit for bit what it was.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
from av.filter import Graph

from presets_app.measure.hearing import harshness_of
from presets_app.measure.limits import Limits
from presets_app.measure.opening import Media, Unreadable, begins, open_media, reason
from presets_app.measure.sound import Track

BIT_RATE = 192_000
BITEXACT = 0x0400  # no library version in the file, so that the same sound gives the same bytes


def equalize(asked: dict[str, Any], limits: Limits) -> dict[str, Any]:
    """{"before", "after", "problems"}: what each says of level, peak and harshness. `asked` names the video as
    `equalize`, the new file as `to`, and `bands` of {hz, gain_db, octaves}."""
    source, target = Path(asked["equalize"]), Path(asked["to"])
    try:
        before = _heard(source, limits)
        _write(source, target, asked["bands"], limits)
        return {"before": before, "after": _heard(target, limits), "problems": []}
    except Unreadable as fault:
        kind, message = fault.kind, str(fault)
    except (av.FFmpegError, OSError, ValueError) as fault:
        kind, message = "broken", f"the sound cannot be equalized ({reason(fault)})"
    problem = {"code": "undecodable", "kind": kind, "message": message}
    return {"before": None, "after": None, "problems": [problem]}


def _heard(path: Path, limits: Limits) -> dict[str, Any]:
    with open_media(path, limits) as media:
        if media.audio is None:
            raise Unreadable("no_sound", "the video has no sound")
        track = Track(media.audio, begins(media))
        for frame in media.container.decode(media.audio):
            track.add(frame)
        track.finish()
        return {**track.summary(), "harshness_db": harshness_of(track)}


def _write(source: Path, target: Path, bands: list[dict[str, Any]], limits: Limits) -> None:
    with open_media(source, limits) as media, av.open(str(target), "w", format="mp4", options=_FAST) as made:
        made.flags |= BITEXACT
        picture = made.add_stream_from_template(media.video)
        sound = _stream(made, media)
        equalizer = _Equalizer(media, bands)
        for packet in media.container.demux([media.video, media.audio]):
            if packet.stream.type == "video":
                if packet.dts is not None:
                    packet.stream = picture
                    made.mux(packet)
                continue
            for frame in packet.decode():
                _put(made, sound, equalizer.filtered(frame))
        _put(made, sound, equalizer.filtered(None))
        made.mux(sound.encode(None))


_FAST = {"movflags": "+faststart"}


def _stream(made: Any, media: Media) -> Any:
    context = media.audio.codec_context
    stream = made.add_stream("aac", rate=context.sample_rate, layout=context.layout.name)
    stream.bit_rate = BIT_RATE
    stream.codec_context.flags |= av.codec.context.Flags.bitexact
    stream.thread_count = 1
    return stream


def _put(made: Any, sound: Any, frames: Iterator[Any]) -> None:
    for frame in frames:
        made.mux(sound.encode(frame))


class _Equalizer:
    """One bell for each band, one after another."""

    def __init__(self, media: Media, bands: list[dict[str, Any]]) -> None:
        context = media.audio.codec_context
        self._graph = Graph()
        base = media.audio.time_base or Fraction(1, context.sample_rate)
        source = self._graph.add_abuffer(
            sample_rate=context.sample_rate, format=context.format.name, layout=context.layout.name, time_base=base
        )
        for band in bands:
            settings = {
                "frequency": f"{band['hz']:g}",
                "width_type": "o",
                "width": f"{band.get('octaves', 1.0):g}",
                "gain": f"{band['gain_db']:g}",
            }
            bell = self._graph.add("equalizer", ":".join(f"{name}={value}" for name, value in settings.items()))
            source.link_to(bell)
            source = bell
        sink = self._graph.add("abuffersink")
        source.link_to(sink)
        self._graph.configure()

    def filtered(self, frame: Any) -> Iterator[Any]:
        """Frames as they come out; None says that no more go in."""
        self._graph.push(frame)
        while True:
            try:
                yield self._graph.pull()
            except (av.BlockingIOError, av.EOFError):
                return
