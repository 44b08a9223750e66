"""The parent's side of what makes something new of files: pictures of frames, equalized sound, one video of many
pictures."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from presets_app.measure.limits import Limits
from presets_app.measure.process import ask_once

Answer = dict[str, Any]


def take_frames(
    video: Path, folder: Path, *, wanted: Sequence[int] = (), count: int = 0, limits: Limits | None = None
) -> Answer:
    """{"frames", "stills": [{"frame", "file", "width", "height"}], "problems"}; the files lie in `folder`. `wanted`
    names frames by number, -1 being the last; `count` asks for so many, spread evenly."""
    which: Answer = {"count": count} if count else {"wanted": list(wanted)}
    asked = {"stills": str(video.absolute()), "folder": str(folder.absolute()), **which}
    return ask_once(asked, {"frames": 0, "stills": []}, limits=limits)


def equalize(video: Path, target: Path, bands: Sequence[dict[str, Any]], *, limits: Limits | None = None) -> Answer:
    """{"before", "after", "problems"}: what the sound measures without and with the bands ({hz, gain_db, octaves}).
    Both are None, and `target` is not to be used, when there are problems."""
    asked = {"equalize": str(video.absolute()), "to": str(target.absolute()), "bands": list(bands)}
    return ask_once(asked, {"before": None, "after": None}, limits=limits)


def collect(files: Sequence[Path], *, to: Path | None = None, fps: str = "", limits: Limits | None = None) -> Answer:
    """{"digests", "geometry", "problems"} of one video as core.generation spells them, both None where it cannot be
    read. With `to` the files are its pictures, and the video is written there at `fps` frames a second."""
    asked: Answer = {"collect": [str(file.absolute()) for file in files]}
    if to is not None:
        asked |= {"to": str(to.absolute()), "fps": fps}
    return ask_once(asked, {"digests": None, "geometry": None}, limits=limits)
