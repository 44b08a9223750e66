"""Which artifacts of a project may be shown, and as what."""

from __future__ import annotations

from dataclasses import dataclass
from typing import IO

from presets_app import wiring
from presets_app.core.errors import NotFound
from presets_app.models import Item, Pair, Project

TYPES = {"video": ("video/mp4", ".mp4"), "heat": ("image/png", ".png")}


@dataclass(frozen=True)
class Shown:
    digest: str
    media_type: str
    suffix: str
    size: int


def find(project: Project, digest: str, kind: str) -> Shown:
    """The artifact, if it is one of this project's outputs of that kind. Raises NotFound otherwise, so that a digest
    of another project's video is worth nothing here."""
    known = _is_video(project, digest) if kind == "video" else kind == "heat" and _is_picture(project, digest)
    if not known:
        raise NotFound("There is no such picture or video in this project.", code="media_not_found")
    media_type, suffix = TYPES[kind]
    return Shown(digest, media_type, suffix, wiring.artifacts().size(digest))


def _is_video(project: Project, digest: str) -> bool:
    return Item.objects.filter(video=digest, run__project=project).exists()


def _is_picture(project: Project, digest: str) -> bool:
    return Pair.objects.filter(check_of__project=project, pictures__contains=digest).exists()


def stream(shown: Shown) -> IO[bytes]:
    return wiring.artifacts().open(shown.digest)
