"""What the kept files themselves say against a preset's reference pictures."""

from __future__ import annotations

from typing import Any

from presets_app import wiring
from presets_app.core.errors import MatchframeError
from presets_app.core.lints import pictures
from presets_app.core.lints.values import section
from presets_app.core.picture_size import HEAD, Size, size_of
from presets_app.core.pointers import joined
from presets_app.core.problems import Problem


def problems(document: dict[str, Any]) -> list[Problem]:
    """Size and shape of the pictures that the document names by their bytes and that are kept here."""
    found: list[Problem] = []
    for name in pictures.PICTURES:
        asset = section(document, "inputs").get(name)
        digest = asset.get("sha256") if isinstance(asset, dict) else None
        size = _size(digest) if isinstance(digest, str) else None
        if size is not None:
            found += pictures.of_size(document, joined(("inputs", name)), size)
    return found


def _size(digest: str) -> Size | None:
    try:
        with wiring.artifacts().open(digest) as stream:
            return size_of(stream.read(HEAD))
    except (MatchframeError, OSError):
        return None  # a file that is not here is told of elsewhere
