"""Pictures between the rendering process, which knows no store, and the one that does: a request's own, and a preview.

Those of a request lie beside the place of the video, in a folder, each under the SHA-256 of its bytes.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from PIL import Image

from presets_app.artifacts import ArtifactStore
from presets_app.core.errors import NotFound
from runner import limits
from runner.failures import cannot

PICTURES = "pictures"
PREVIEW_SIDE = 512  # pixels of its longer side
LARGEST = 256 << 20  # bytes of one file


def hand_over(store: ArtifactStore, document: Mapping[str, Any], folder: Path) -> None:
    """Raises CannotRender for a picture that is not kept, and for one whose bytes are not those of its name."""
    for picture in limits.pictures_of(document):
        path = f"/inputs/{picture.name}"
        try:
            size = store.size(picture.sha256)
            data = store.get(picture.sha256) if size <= LARGEST else b""
        except NotFound:
            text = f"The file of {picture.name} ({picture.sha256[:8]}) is not kept here."
            raise cannot("preset", "input_not_kept", text, "Give it beside the preset.", path=path) from None
        if size > LARGEST:
            text = f"The file of {picture.name} has {size} bytes, more than the {LARGEST} that are opened."
            raise cannot("preset", "input_too_large", text, "Give a smaller one.", path=path)
        if hashlib.sha256(data).hexdigest() != picture.sha256:
            text = f"What is kept as the file of {picture.name} is not the file that the preset means."
            hint = "Check the disk, and run `manage.py check_store`."
            raise cannot("environment", "input_damaged", text, hint, path=path)
        (folder / PICTURES).mkdir(exist_ok=True)
        (folder / PICTURES / picture.sha256).write_bytes(data)


def preview_place(video: Path, item: str) -> Path:
    """Where a render's preview lies: the same place whether it was begun ahead of its turn or not."""
    return video.parent.parent / f"preview-{item}.jpg"


def preview(frame: Any, place: Path) -> None:
    """Write a small JPEG of a frame, uint8 RGB of (height, width, 3); where the disk is full there is none."""
    picture = Image.fromarray(frame)
    picture.thumbnail((PREVIEW_SIDE, PREVIEW_SIDE), Image.Resampling.BILINEAR)
    with suppress(OSError):
        picture.save(place, "JPEG", quality=80)
