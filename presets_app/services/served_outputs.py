"""A server's output in our store: fetched within limits, put together where it is pictures, digested."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from presets_app import measure, wiring
from presets_app.backends.base import ServerClient, Watched
from presets_app.backends.errors import BackendFailed
from presets_app.backends.fetcher import Downloaded
from presets_app.core.errors import Unavailable
from presets_app.core.generation import Geometry, RawDigests, StoredFile
from presets_app.core.problems import Failure

VIDEO_LIMIT = 512 * 1024 * 1024  # bytes of one output, and of all of its pictures
MOST_PICTURES = 2_000
_PICTURES = (
    (0, b"\x89PNG", "image/png"),
    (8, b"WEBP", "image/webp"),
    (0, b"GIF8", "image/gif"),
    (0, b"\xff\xd8\xff", "image/jpeg"),
)


class Unkept(Exception):
    """An output that could not be kept; `failure` says why."""

    def __init__(self, failure: Failure) -> None:
        super().__init__(failure.message)
        self.failure = failure


@dataclass(frozen=True)
class Kept:
    """`digests` and `geometry` are None for a video that plays and cannot be read to its end here."""

    video: StoredFile
    digests: RawDigests | None = None
    geometry: Geometry | None = None
    originals: tuple[StoredFile, ...] = ()


def keep(client: ServerClient, watched: Watched, document: Mapping[str, Any]) -> Kept:
    """Raises Unkept."""
    try:
        with tempfile.TemporaryDirectory(prefix="matchframe-") as folder:
            if watched.pictures:
                return _pictures(client, watched.outputs, document, Path(folder))
            return _video(client, watched.outputs[0], Path(folder))
    except (BackendFailed, Unavailable, OSError) as error:
        raise Unkept(_not_stored(error)) from error


def _video(client: ServerClient, address: str, folder: Path) -> Kept:
    place, got = _fetched(client, address, folder, VIDEO_LIMIT)
    found = measure.collect([place])
    return Kept(_stored(place, got.media_type), *_told(found))


def _pictures(client: ServerClient, addresses: list[str], document: Mapping[str, Any], folder: Path) -> Kept:
    """The pictures stay beside the video that they are put together to."""
    if len(addresses) > MOST_PICTURES:
        raise Unkept(_too_many(len(addresses)))
    places, left = [], VIDEO_LIMIT
    for address in addresses:
        place, got = _fetched(client, address, folder, left, picture=True)
        left -= got.size
        places.append(place)
    video = folder / "video.mp4"
    found = measure.collect(places, to=video, fps=_rate(document))
    digests, geometry = _told(found)
    if geometry is None:
        raise Unkept(_unreadable(found))
    originals = tuple(_stored(place, _kind_of(place)) for place in places)
    return Kept(_stored(video, "video/mp4"), digests, geometry, originals)


def _fetched(
    client: ServerClient, address: str, folder: Path, limit: int, *, picture: bool = False
) -> tuple[Path, Downloaded]:
    place = folder / f"output-{len(list(folder.iterdir())):05}"
    with place.open("wb") as sink:
        return place, client.download(address, sink, limit=limit, picture=picture)


def _stored(place: Path, media_type: str) -> StoredFile:
    return StoredFile(wiring.artifacts().put_file(place), place.stat().st_size, media_type)


def _kind_of(place: Path) -> str:
    """By its bytes: a server knows no media type of its newer files."""
    with place.open("rb") as stream:
        head = stream.read(16)
    return next((kind for at, mark, kind in _PICTURES if head[at:].startswith(mark)), "application/octet-stream")


def _told(found: Mapping[str, Any]) -> tuple[RawDigests | None, Geometry | None]:
    digests, geometry = found["digests"], found["geometry"]
    return RawDigests(**digests) if digests else None, Geometry(**geometry) if geometry else None


def _rate(document: Mapping[str, Any]) -> str:
    """As the document spells it; a picture alone needs none."""
    output = document.get("output") or {}
    return str(output.get("fps") or document.get("fps") or 1)


def _not_stored(error: Exception) -> Failure:
    if isinstance(error, BackendFailed):
        return error.failure
    hint = "Free some space in the data folder, then run the item again."
    return Failure("environment", "store_full", "after_change", "The output could not be kept here.", hint)


def _too_many(count: int) -> Failure:
    text = f"The render made {count} pictures; at most {MOST_PICTURES} are taken as one video."
    return Failure("preset", "output_too_long", "after_change", text, "Render fewer frames, or have a video saved.")


def _unreadable(found: Mapping[str, Any]) -> Failure:
    why = next((str(problem["message"]) for problem in found["problems"]), "no reason is known")
    text = f"The pictures that the server sent make no video: {why}."
    return Failure("service", "output_unreadable", "later", text, "Look at the files in the server's output folder.")
