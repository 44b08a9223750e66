"""Single frames of one video as pictures, by their place in display order."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from presets_app.measure.decoding import frames
from presets_app.measure.limits import Limits
from presets_app.measure.opening import Unreadable, open_media

MOST = 64  # pictures of one question


def stills(asked: dict[str, Any], limits: Limits) -> dict[str, Any]:
    """{"frames": how many there are, "stills": [{"frame", "file", "width", "height"}], "problems"}.

    `asked` names the video as `stills`, a `folder`, and either `wanted` frames (-1 is the last) or a `count` of them
    spread evenly, the first and the last among them. A frame that is not there is left out.
    """
    path, folder = Path(asked["stills"]), Path(asked["folder"])
    try:
        total, trouble = _count(path, limits)
        wanted = _wanted(asked, total)
        return {"frames": total, "stills": _written(path, folder, wanted, limits), "problems": trouble}
    except Unreadable as fault:
        problem = {"code": "undecodable", "kind": fault.kind, "message": str(fault)}
        return {"frames": 0, "stills": [], "problems": [problem]}


def _count(path: Path, limits: Limits) -> tuple[int, list[dict[str, Any]]]:
    with open_media(path, limits) as media:
        media.audio = None
        return sum(1 for _ in frames(media, None, limits)), media.trouble


def _wanted(asked: dict[str, Any], total: int) -> set[int]:
    if "count" in asked:
        count = max(1, min(int(asked["count"]), MOST, total))
        step = (total - 1) / max(1, count - 1)
        return {round(index * step) for index in range(count)} if total else set()
    places = {total + frame if frame < 0 else frame for frame in asked["wanted"][:MOST]}
    return {place for place in places if 0 <= place < total}


def _written(path: Path, folder: Path, wanted: set[int], limits: Limits) -> list[dict[str, Any]]:
    made: list[dict[str, Any]] = []
    with open_media(path, limits) as media:
        media.audio = None
        for place, frame in enumerate(frames(media, None, limits)):
            if place in wanted:
                name = f"frame-{place:06d}.png"
                frame.to_image().save(folder / name)
                made.append({"frame": place, "file": name, "width": frame.width, "height": frame.height})
            if len(made) == len(wanted):
                break
    return made
