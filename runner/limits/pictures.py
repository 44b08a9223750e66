"""The pictures that an image-to-video render starts from, and where in time they stand."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from presets_app.core.families import is_wan_5b
from runner.failures import CannotRender, cannot

FIRST, LAST = ("first_image", "image"), ("last_image", "end_image")  # what documents call them
_TEMPORAL = 8  # frames of one LTX-2 latent, and where its conditions can stand


@dataclass(frozen=True)
class Picture:
    """One picture by the SHA-256 of its file; `frame` 0 is the first, -1 the last; `strength` up to 1."""

    name: str
    sha256: str
    frame: int = 0
    strength: float = 1.0

    @property
    def is_plain(self) -> bool:
        """Whether it is simply the first frame."""
        return self.frame == 0 and self.strength == 1


def pictures_of(document: Mapping[str, Any]) -> tuple[Picture, ...]:
    """The pictures of a checked document, the last frame's at the end; () for text to video."""
    if document.get("task", "t2v") == "t2v":
        return ()
    found = [_picture(name, asset) for name, asset in (document.get("inputs") or {}).items()]
    return tuple(sorted(found, key=lambda picture: (picture.frame < 0, picture.frame, picture.name)))


def check(document: Mapping[str, Any]) -> None:
    """Raises CannotRender: text to video takes no input; the other tasks take kept pictures, at places that exist."""
    for key in ("references", "shots"):
        if document.get(key):
            raise _refusal("inputs_unsupported", f"This runner takes no {key}.", f"/{key}", "Remove them.")
    inputs = document.get("inputs") or {}
    if document.get("task", "t2v") == "t2v":
        if inputs:
            text = "Text to video takes no inputs."
            raise _refusal("inputs_unsupported", text, "/inputs", "Remove them, or set task to i2v.")
        return
    for name, asset in inputs.items():
        _asset(name, asset)
    found = pictures_of(document)
    _present(document["task"], found)
    (_conditions if document["family"] != "wan-2.2" else _ends)(document, found)


def _present(task: str, found: tuple[Picture, ...]) -> None:
    frames = [picture.frame for picture in found]
    if not found or (task == "flf2v" and 0 not in frames):
        text = "The video starts from a first image, and the preset has none."
        raise _refusal("input_missing", text, "/inputs/first_image", "Add the picture to the preset.")
    if task == "flf2v" and -1 not in frames:
        text = "The task flf2v ends in a last image, and the preset has none."
        raise _refusal("input_missing", text, "/inputs/last_image", "Add the picture, or set task to i2v.")
    if len(set(frames)) != len(frames):
        twice = next(picture.name for picture in found if frames.count(picture.frame) > 1)
        raise _refusal("inputs_unsupported", "Two pictures stand at the same frame.", f"/inputs/{twice}")


def _ends(document: Mapping[str, Any], found: tuple[Picture, ...]) -> None:
    """WAN: the first frame, and with flf2v the last one, both wholly; the pipeline of TI2V-5B leaves out the last."""
    last = document["task"] == "flf2v" and not is_wan_5b(dict(document))
    allowed = (0, -1) if last else (0,)
    for picture in found:
        if picture.frame not in allowed or picture.strength != 1:
            text = f"WAN 2.2 takes a picture as the first frame{' and one as the last' * last} here, wholly."
            hint = "Leave frame and strength out." if picture.frame in allowed else "Remove it, or use A14B with flf2v."
            raise _refusal("input_not_expressible", text, f"/inputs/{picture.name}", hint)


def _conditions(document: Mapping[str, Any], found: tuple[Picture, ...]) -> None:
    """LTX-2: the first frame, the last latent, or the first frame of any latent between."""
    frames = document["frames"]
    for picture in found:
        at = picture.frame
        if at > 0 and (at % _TEMPORAL != 1 or at >= frames):
            near = [str(place) for place in _places(at) if 0 < place < frames]
            text = f"LTX-2 takes a picture at frame 0, at frames {_TEMPORAL}k+1, or at the end (-1), not at {at}."
            hint = f"Use {' or '.join([*near, '-1'])}."
            raise _refusal("input_not_expressible", text, f"/inputs/{picture.name}/frame", hint)


def _places(at: int) -> tuple[int, int]:
    below = (at - 1) // _TEMPORAL * _TEMPORAL + 1
    return below, below + _TEMPORAL


def _asset(name: str, asset: Any) -> None:
    path = f"/inputs/{name}"
    if not isinstance(asset, dict) or not isinstance(asset.get("sha256"), str):
        text = f"The picture {name} is named, and is not kept with the preset, so its bytes are not known."
        raise _refusal("input_not_kept", text, path, "Give the file beside the preset.")
    if not str(asset.get("media_type", "image/png")).startswith("image/"):
        raise _refusal("input_not_an_image", f"The input {name} is a {asset['media_type']}, not an image.", path)
    if asset.get("frame") is None and name not in FIRST + LAST:
        text = f"The picture {name} does not say at which frame it stands."
        raise _refusal("input_frame_missing", text, f"{path}/frame", "Name it first_image or last_image, or set frame.")
    if not 0 < asset.get("strength", 1) <= 1:
        text = f"A picture counts with a strength above 0 and up to 1, not {asset['strength']}."
        raise _refusal("input_not_expressible", text, f"{path}/strength", "Leave it out for 1.")


def _picture(name: str, asset: Mapping[str, Any]) -> Picture:
    frame = asset.get("frame")
    at = (-1 if name in LAST else 0) if frame is None else int(frame)
    return Picture(name, str(asset["sha256"]), at, float(asset.get("strength", 1)))


def _refusal(code: str, text: str, path: str, hint: str = "") -> CannotRender:
    return cannot("preset", code, text, hint, path=path)
