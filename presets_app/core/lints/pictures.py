"""Reference pictures of an image-to-video preset, as far as the document tells of them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from presets_app.core.families import is_open_wan
from presets_app.core.lints.values import section, whole
from presets_app.core.picture_size import Size
from presets_app.core.pointers import joined
from presets_app.core.problems import Problem

PICTURES = ("image", "first_image", "last_image")
_TASKS = ("i2v", "flf2v")
_HANDS = re.compile(r"\b(?:hands?|fingers?|palms?|fists?|thumbs?)\b", re.IGNORECASE)
_WRITING = re.compile(
    r"\b(?:text|letters?|lettering|words? (?:on|reading|saying)|writing|handwriting|signs?|signage|logos?|captions?|"
    r"labels?|subtitles?|newspapers?|headlines?)\b",
    re.IGNORECASE,
)
_SOURCE = "Reported by people who render with WAN image-to-video"
_STRETCHED = 0.05  # shapes that differ by less are cropped or stretched by a few pixels only


def reference_details(document: dict[str, Any]) -> Iterator[Problem]:
    """Hands and small writing are where these models fail; whether the picture holds any, only the prompt tells."""
    text = document.get("prompt")
    if not is_open_wan(document) or document.get("task") not in _TASKS or not isinstance(text, str):
        return
    named = [word for word, sign in (("hands", _HANDS), ("small writing", _WRITING)) if sign.search(text)]
    if named:
        yield Problem(
            "reference_details",
            "warning",
            next(iter(_given(document)), "/inputs/image"),
            f"By the prompt the picture shows {' and '.join(named)}; WAN often cannot keep these as it moves them.",
            "Look closely at such pairs. A sharp picture in which they are large, or a crop without them, helps.",
            _SOURCE,
        )


def reference_kind(document: dict[str, Any]) -> Iterator[Problem]:
    for path in _given(document):
        asset = section(document, "inputs")[path.rsplit("/", 1)[-1]]
        kind = asset.get("media_type") if isinstance(asset, dict) else None
        if isinstance(kind, str) and kind.split("/")[0] in ("audio", "video"):
            yield Problem(
                "reference_not_picture",
                "error",
                path,
                f"A picture is needed here, and this file is {kind.split('/')[0]}.",
                "Choose a picture, or name the file as the kind of input it is.",
            )


def of_size(document: dict[str, Any], path: str, size: Size) -> list[Problem]:
    """What stands against a reference picture of this size; `path` is the pointer of the input."""
    width, height = whole(document.get("width")), whole(document.get("height"))
    if not width or not height or min(width, height, *size) < 1:
        return []
    found = []
    if size.width < width or size.height < height:
        found.append(
            Problem(
                "reference_small",
                "warning",
                path,
                f"The picture has {size.width}x{size.height} pixels and is enlarged to {width}x{height}: what is not"
                " sharp in it stays unsharp.",
                "Use a picture of at least the size that is rendered.",
                _SOURCE,
            )
        )
    if abs(size.width * height / (size.height * width) - 1) > _STRETCHED:
        found.append(
            Problem(
                "reference_shape",
                "warning",
                path,
                f"The picture has the shape {size.width}x{size.height}, and {width}x{height} is rendered: renderers"
                " differ in whether they crop it or stretch it.",
                "Crop the picture to the shape of the video first.",
                "ComfyUI crops to the centre in its WAN and LTX nodes; diffusers resizes to the size asked for",
            )
        )
    return found


def _given(document: dict[str, Any]) -> list[str]:
    return [joined(("inputs", name)) for name in PICTURES if section(document, "inputs").get(name) is not None]


CHECKS = (reference_details, reference_kind)
