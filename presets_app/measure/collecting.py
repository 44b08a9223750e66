"""What a server made, as one video: its pictures put together, its frames and sound digested.

Files that keep every bit of their frames (PNG, lossless WebP) give the digest that a render here takes before it
encodes. Any other file gives a digest of what it decodes to, under headers of its own.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import av

from presets_app.core.generation import raw_digest
from presets_app.measure.decoding import frames
from presets_app.measure.joining import Source, joined
from presets_app.measure.limits import Limits
from presets_app.measure.opening import Unreadable, open_media, reason

Answer = dict[str, Any]


def collect(asked: Answer, limits: Limits) -> Answer:
    """{"digests", "geometry", "problems"}, the first two None where the files cannot be read.

    `asked` names the files as `collect`. With `to`, they are pictures, and the video is written there at the rate
    `fps`, a number or fraction as text.
    """
    paths = [Path(name) for name in asked["collect"]]
    try:
        if "to" in asked:
            return _of_pictures(paths, Path(asked["to"]), str(asked["fps"]), limits)
        return _of_video(paths[0], limits)
    except Unreadable as fault:
        kind, message = fault.kind, str(fault)
    except (av.FFmpegError, OSError, ValueError, MemoryError, SyntaxError) as fault:
        kind, message = "broken", f"the file cannot be read to its end ({reason(fault)})"
    problem = {"code": "undecodable", "kind": kind, "message": message}
    return {"digests": None, "geometry": None, "problems": [problem]}


def _of_pictures(paths: list[Path], target: Path, fps: str, limits: Limits) -> Answer:
    source = Source(paths, limits)
    shape = (source.count, source.height, source.width, 3)
    taken = "before_encoding" if source.lossless else "from_file"
    pixels = joined(source, target, Fraction(fps))
    digest = raw_digest("uint8" if source.lossless else "uint8 decoded", shape, fps, pixels)
    geometry = {"width": source.width, "height": source.height, "frames": source.count, "fps": fps}
    return {"digests": {"frames": digest, "samples": None, "taken": taken}, "geometry": geometry, "problems": []}


def _of_video(path: Path, limits: Limits) -> Answer:
    state = hashlib.sha256()
    with open_media(path, limits) as media:
        has_sound = media.audio is not None
        media.audio = None
        for frame in frames(media, None, limits):
            state.update(frame.to_ndarray().data)
        facts, trouble = media.facts, media.trouble
    if trouble:
        return {"digests": None, "geometry": None, "problems": trouble}
    shape = (facts["frames"], facts["height"], facts["width"])
    digest = raw_digest(f"uint8 decoded {facts['pixel_format']}", shape, str(facts["fps"]), [state.digest()])
    geometry = {name: facts[name] for name in ("width", "height", "frames", "fps")}
    sound = facts["audio"] or {}
    geometry |= {"audio_rate": sound.get("rate"), "audio_channels": sound.get("channels")}
    samples = _sound(path, limits) if has_sound else None
    return {"digests": {"frames": digest, "samples": samples, "taken": "from_file"}, "geometry": geometry} | {
        "problems": []
    }


def _sound(path: Path, limits: Limits) -> str:
    """Of the encoded sound: decoders of it may differ by a rounding, its bytes do not."""
    with open_media(path, limits) as media:
        packets = list(_packets(media))
        about = (len(packets), media.facts["audio"]["channels"])
        return raw_digest(f"encoded {media.facts['audio']['codec']}", about, str(media.facts["audio"]["rate"]), packets)


def _packets(media: Any) -> Iterator[bytes]:
    for packet in media.container.demux(media.audio):
        if packet.size:
            yield bytes(packet)
