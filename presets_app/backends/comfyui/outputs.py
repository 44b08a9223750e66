"""Which of a render's outputs is the video, and whether its name can be asked for. Pure.

Servers put videos under `images` (SaveVideo, SaveWEBM), `gifs` (Video Helper Suite, mp4 included), `video` or `videos`.
Where no node made one, the pictures of a node are its frames: a list of them, or one file that moves.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

LISTS = ("video", "videos", "gifs", "images")
_VIDEOS = (".mp4", ".webm", ".mkv", ".mov", ".m4v")
_PICTURES = (".png", ".apng", ".webp", ".gif", ".jpg", ".jpeg")
_SAVERS = re.compile(r"Save\w*|VHS_VideoCombine|\w*VideoCombine\w*")
_DRIVE = re.compile(r"[A-Za-z]:")
_LONGEST_NAME, _DEEPEST = 255, 16


class BadName(ValueError):
    """An output whose name is no plain file below the server's own folders."""


@dataclass(frozen=True)
class Output:
    """One file as the server names it; `folder` is output, temp or input."""

    name: str
    subfolder: str
    folder: str

    @property
    def query(self) -> str:
        return urlencode({"filename": self.name, "subfolder": self.subfolder, "type": self.folder})


@dataclass(frozen=True)
class Made:
    """The files to fetch; with `pictures` they are the frames of one video, else the one file is the video."""

    files: tuple[Output, ...]
    pictures: bool = False


def made(outputs: Any, graph: Any) -> Made | None:
    """The video of the graph's save node, else the pictures of one: kept before temporary, the last node that saves
    before others; None when there is neither. Raises BadName when one to take is named as no honest server names
    it."""
    nodes = [list(_files(outputs[node])) for node in _savers_first(outputs, graph)]
    videos = _kept([[raw for raw in files if not _is_picture(raw)] for files in nodes])
    if videos:
        return Made((checked(videos[0]),))
    pictures = _kept([[raw for raw in files if _is_picture(raw) and raw.get("type") != "input"] for files in nodes])
    return Made(tuple(checked(raw) for raw in pictures), pictures=True) if pictures else None


def _kept(nodes: list[list[Mapping[str, Any]]]) -> list[Mapping[str, Any]]:
    """The files of the first node that has any in the server's output folder, else of the first that has any."""
    stay = [[raw for raw in files if raw.get("type", "output") == "output"] for files in nodes]
    return next((files for files in (*stay, *nodes) if files), [])


def kinds(outputs: Any) -> list[str]:
    """The keys under which outputs stand, for people who wonder why none was taken."""
    held = outputs.values() if isinstance(outputs, Mapping) else ()
    return sorted({str(key)[:40] for entry in held if isinstance(entry, Mapping) for key in entry})


def checked(raw: Mapping[str, Any]) -> Output:
    """Raises BadName for anything but a bare file name in a plain subfolder of one of the server's three folders."""
    name, subfolder, folder = raw.get("filename"), raw.get("subfolder") or "", raw.get("type", "output")
    if not isinstance(name, str) or not isinstance(subfolder, str) or folder not in ("output", "temp", "input"):
        raise BadName("not a file's name")
    parts = re.split(r"[/\\]", subfolder) if subfolder else []
    if len(parts) > _DEEPEST or not all(_plain(part) for part in (name, *parts)) or re.search(r"[/\\]", name):
        raise BadName("not a plain file's name")
    return Output(name, subfolder, folder)


def _plain(part: str) -> bool:
    if not part or len(part) > _LONGEST_NAME or part.strip(". ") == "" or _DRIVE.match(part):
        return False
    return part.isprintable() and not part.startswith("~")


def _savers_first(outputs: Any, graph: Any) -> list[str]:
    """Nodes with outputs, those whose class saves first, later nodes of the graph before earlier ones."""
    if not isinstance(outputs, Mapping):
        return []
    order = list(graph) if isinstance(graph, Mapping) else []
    places = {str(node): place for place, node in enumerate(order)}

    def rank(node: str) -> tuple[bool, int]:
        held = graph.get(node) if isinstance(graph, Mapping) else None
        class_type = str(held.get("class_type")) if isinstance(held, Mapping) else ""
        return not _SAVERS.fullmatch(class_type), -places.get(node, -1)

    return sorted((str(node) for node in outputs), key=rank)


def _files(held: Any) -> Iterator[Mapping[str, Any]]:
    for key in LISTS:
        listed = held.get(key) if isinstance(held, Mapping) else None
        for entry in listed if isinstance(listed, list) else ():
            if isinstance(entry, Mapping) and _worth_asking_for(str(entry.get("filename"))):
                yield entry


def _is_picture(raw: Mapping[str, Any]) -> bool:
    return str(raw.get("filename")).lower().endswith(_PICTURES)


def _worth_asking_for(name: str) -> bool:
    """A video or picture by its name; or a name that leaves its folder, which is not passed over in silence."""
    return name.lower().endswith((*_VIDEOS, *_PICTURES)) or bool(re.search(r"[/\\]|^\.\.", name))
