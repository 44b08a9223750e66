"""Which artifacts of a project may be shown, and as what; and the newest preview of a render under way."""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import IO

from presets_app import wiring
from presets_app.core.errors import NotFound
from presets_app.models import Item, Pair, Project, RecipeOutput, RecipeStep
from presets_app.queries import progress

TYPES = {"video": ("video/mp4", ".mp4"), "heat": ("image/png", ".png"), "frame": ("image/png", ".png")}
LONGEST_ID = 40


@dataclass(frozen=True)
class Shown:
    digest: str
    media_type: str
    suffix: str
    size: int
    data: bytes | None = None


def find(project: Project, digest: str, kind: str) -> Shown:
    """The artifact, if it is one of this project's outputs of that kind. Raises NotFound otherwise, so that a digest
    of another project's video is worth nothing here. A `preview` is named by its item."""
    if kind == "preview":
        return _preview(project, digest)
    known = _KNOWN.get(kind)
    if known is None or not known(project, digest):
        raise _nothing()
    media_type, suffix = TYPES[kind]
    return Shown(digest, media_type, suffix, wiring.artifacts().size(digest))


def _preview(project: Project, item: str) -> Shown:
    known = len(item) <= LONGEST_ID and Item.objects.filter(pk=item, run__project=project).exists()
    found = progress.preview(item) if known else None
    if found is None:
        raise _nothing()
    data, media_type = found
    return Shown(item, media_type, f".{media_type.removeprefix('image/')}", len(data), data)


def _nothing() -> NotFound:
    return NotFound("There is no such picture or video in this project.", code="media_not_found")


def _is_video(project: Project, digest: str) -> bool:
    return Item.objects.filter(video=digest, run__project=project).exists() or _is_made(project, digest)


def _is_made(project: Project, digest: str) -> bool:
    return RecipeOutput.objects.filter(made=digest, step__recipe_run__project=project).exists()


def _is_frame(project: Project, digest: str) -> bool:
    """A frame that was chosen, or one of those to choose from."""
    steps = RecipeStep.objects.filter(recipe_run__project=project, kind="keyframe")
    return _is_made(project, digest) or steps.filter(pictures__contains=digest).exists()


def _is_picture(project: Project, digest: str) -> bool:
    return Pair.objects.filter(check_of__project=project, pictures__contains=digest).exists()


_KNOWN = {"video": _is_video, "heat": _is_picture, "frame": _is_frame}


def stream(shown: Shown) -> IO[bytes]:
    return io.BytesIO(shown.data) if shown.data is not None else wiring.artifacts().open(shown.digest)
