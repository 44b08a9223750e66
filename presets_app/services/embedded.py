"""Workflows that travel inside pictures and videos: found by the file's first bytes, handed on as text."""

from __future__ import annotations

import io
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from presets_app import measure
from presets_app.core.documents import EMBEDDED_LIMITS, parse_foreign
from presets_app.core.problems import Problem

PICTURE, VIDEO = "a PNG picture", "a video"
RAN, DRAWN = "prompt", "workflow"  # ComfyUI's words for the graph that ran, and for the one on the canvas
_MATROSKA = b"\x1aE\xdf\xa3"
_ISO = (b"ftyp", b"moov", b"mdat", b"wide", b"free", b"skip")


@dataclass(frozen=True)
class Carried:
    """What a picture or video carries. `ran` and `drawn` are JSON texts, "" when absent; `texts` are all of its texts
    by name, for whoever looks for secrets."""

    medium: str
    ran: str = ""
    drawn: str = ""
    texts: Mapping[str, str] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()


def medium_of(head: bytes) -> str:
    """PICTURE, VIDEO, or "" for a file that carries no workflow in a way that is read here."""
    if head.startswith(measure.PNG):
        return PICTURE
    return VIDEO if head.startswith(_MATROSKA) or head[4:8] in _ISO else ""


def carried(data: bytes) -> Carried | None:
    """What the bytes of a picture or video carry; None for any other file."""
    medium = medium_of(data[:64])
    if medium == PICTURE:
        return _of_picture(data)
    if medium == VIDEO:
        with tempfile.NamedTemporaryFile(prefix="matchframe-") as copy:
            copy.write(data)
            copy.flush()
            return of_video(Path(copy.name))
    return None


def is_video(path: Path) -> bool:
    """Whether a file is a video by its first bytes; False for one that cannot be opened."""
    try:
        with path.open("rb") as stream:
            return medium_of(stream.read(64)) == VIDEO
    except (OSError, ValueError):
        return False


def of_video(path: Path) -> Carried:
    """The same of a video that lies in a file: nothing of it is read in this process."""
    told = measure.tags(path)
    problems = tuple(
        Problem("embedded_damaged", "error", "", f"The video's tags cannot be read: {fault['message']}.", _AGAIN)
        for fault in told["problems"]
    )
    return _sorted_out(VIDEO, told["tags"], problems)


_AGAIN = "Save it again with its workflow, or give the workflow as JSON."


def _of_picture(data: bytes) -> Carried:
    texts = measure.png_texts(io.BytesIO(data))
    problems = tuple(Problem(code, "warning", "", sentence, _AGAIN) for code, sentence in texts.faults)
    return _sorted_out(PICTURE, texts.found, problems)


def _sorted_out(medium: str, texts: Mapping[str, str], problems: tuple[Problem, ...]) -> Carried:
    """Matroska spells names in capitals, and older VideoHelperSuite put both graphs into one comment."""
    named = {name.lower(): text for name, text in texts.items()}
    ran, drawn = named.get(RAN, ""), named.get(DRAWN, "")
    comment = named.get("comment", "")
    if not (ran or drawn) and comment.lstrip().startswith("{"):
        return Carried(medium, "", comment, texts, problems)
    return Carried(medium, ran, drawn, texts, problems)


def without_workflow(medium: str, problems: tuple[Problem, ...]) -> list[Problem]:
    """Why nothing could be taken from a picture or video."""
    hint = "Save it from ComfyUI with its metadata on, or give the workflow as JSON."
    return [Problem("embedded_missing", "error", "", f"This is {medium} without a workflow in it.", hint), *problems]


def values_of(found: Carried) -> tuple[dict[str, object], list[Problem]]:
    """The graphs by ComfyUI's words, each as JSON, and what is wrong with those that cannot be read."""
    values: dict[str, object] = {}
    problems: list[Problem] = []
    for name, text in ((RAN, found.ran), (DRAWN, found.drawn)):
        if text.strip():
            held = parse_foreign(text.encode("utf-8", "replace"), limits=EMBEDDED_LIMITS)
            problems += held.problems
            if held.value is not None:
                values[name] = held.value
    both = values.get(DRAWN)
    if isinstance(both, dict) and any(isinstance(both.get(name), dict) for name in (RAN, DRAWN)):
        values = {name: both[name] for name in (RAN, DRAWN) if isinstance(both.get(name), dict)}
    return values, problems
