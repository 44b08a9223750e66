"""Opens the pictures that a render starts from. They come from outside: only plain formats, only so large."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from pathlib import Path

from PIL import Image, ImageOps

from runner.failures import cannot
from runner.limits import Picture

FORMATS = ("PNG", "JPEG", "WEBP")
MOST_PIXELS = 64_000_000


def opened(picture: Picture, files: Mapping[str, Path]) -> Image.Image:
    """The picture in RGB, turned as its file says. Raises CannotRender when its file is absent or no picture."""
    path = f"/inputs/{picture.name}"
    file = files.get(picture.sha256)
    if file is None:
        text = f"The file of {picture.name} ({picture.sha256[:8]}) was not handed to the runner."
        raise cannot("ours", "input_missing", text, path=path)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(file, formats=FORMATS) as image:
                if image.width * image.height > MOST_PIXELS:
                    text = f"The picture {picture.name} has {image.width}x{image.height} pixels, more than is opened."
                    raise cannot("preset", "input_too_large", text, "Give a smaller one.", path=path)
                turned = ImageOps.exif_transpose(image)
                return turned.convert("RGB")
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombWarning, Image.DecompressionBombError) as error:
        text = f"The file of {picture.name} is not a picture that can be opened ({type(error).__name__})."
        hint = "Save it as PNG, JPEG or WebP."
        raise cannot("preset", "input_not_readable", text, hint, path=path) from error
