"""Pictures that an LTX video starts from or passes through."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from presets_app.backends.comfyui.compiling import media
from presets_app.backends.comfyui.compiling.building import Builder, Fixed, Given, Input, Out

_GUIDE = re.compile(r"guide_image(?:_(\d+))?")
_FULL = Fixed(1.0, "Not stated: the node's default.")
_USED = Fixed(False, "The picture is meant to be used.")
_TEMPLATE = {"ltx-2": 33, "ltx-2.3": 18, "ltx-2.5": 18}  # img_compression in ComfyUI's templates


@dataclass(frozen=True)
class Picture:
    """`names` are the words that a stage's guidance_options may have for it, `frame` where it stands."""

    role: str
    names: Sequence[str]
    image: Out
    frame: int


@dataclass
class Pictures:
    """The pictures of a video; `guided` when they are guides along it and not its beginning alone."""

    build: Builder
    listed: list[Picture] = field(default_factory=list)
    guided: bool = False

    def put_in(self, index: int, vae: Out, positive: Out, negative: Out, latent: Out) -> tuple[Out, Out, Out]:
        """Prompts and latent of a stage with its pictures in."""
        for picture in self.listed:
            if not self._meant(picture, index):
                continue
            image = self._prepared(picture, index)
            inputs: dict[str, Input] = {"vae": vae, "image": image, "latent": latent}
            inputs["strength"] = self._strength(picture, index)
            if not self.guided:
                inputs["bypass"] = _USED
                latent = Out(self.build.add("LTXVImgToVideoInplace", "Start from the picture", inputs))
                continue
            inputs |= {"positive": positive, "negative": negative, "frame_idx": self._frame(picture)}
            guide = self.build.add("LTXVAddGuide", "Pass through the picture", inputs)
            positive, negative, latent = Out(guide, 0), Out(guide, 1), Out(guide, 2)
        return positive, negative, latent

    def taken_out(self, positive: Out, negative: Out, latent: Out) -> Out:
        """The latent without the guides, which stand behind the video's own frames."""
        if not self.guided:
            return latent
        inputs: dict[str, Input] = {"positive": positive, "negative": negative, "latent": latent}
        return Out(self.build.add("LTXVCropGuides", "Take the guides out", inputs), 2)

    def _option(self, picture: Picture, index: int, word: str) -> str:
        """The pointer of a stage's option for a picture, "" when it has none."""
        paths = (f"/stages/{index}/guidance_options/{name}_{word}" for name in picture.names)
        return next((path for path in paths if self.build.ledger.has(path)), "")

    def _meant(self, picture: Picture, index: int) -> bool:
        """Stages that name a picture use it; all do where none names it."""
        words = ("strength", "compression")
        stages = range(len(self.build.document["stages"]))
        naming = {at for at in stages for word in words if self._option(picture, at, word)}
        return not naming or index in naming

    def _prepared(self, picture: Picture, index: int) -> Out:
        path = self._option(picture, index, "compression")
        if not path:
            self._not_compressed(picture, index)
            return picture.image
        compression = Given(path, self.build.value(path))
        inputs: dict[str, Input] = {"image": picture.image, "img_compression": compression}
        return Out(self.build.once("LTXVPreprocess", "Prepare the picture", inputs))

    def _not_compressed(self, picture: Picture, index: int) -> None:
        usual = _TEMPLATE.get(str(self.build.value("/family")))
        if usual is None or index:
            return
        path = f"/stages/{index}/guidance_options/{picture.role}_compression"
        text = f"The picture is used as it is; ComfyUI's templates compress it by {usual}, which gives more movement."
        self.build.trouble("picture_not_compressed", "note", path, text, "State it where you want it.")

    def _strength(self, picture: Picture, index: int) -> Input:
        own = f"/inputs/{picture.role}/strength"
        path = self._option(picture, index, "strength") or own
        return Given(path, self.build.value(path)) if self.build.ledger.has(path) else _FULL

    def _frame(self, picture: Picture) -> Input:
        path = f"/inputs/{picture.role}/frame"
        if self.build.ledger.has(path):
            return Given(path, self.build.value(path))
        return Fixed(picture.frame, "Where the picture stands, by the name of the input.")


def pictures_of(build: Builder, assets: Mapping[str, str]) -> Pictures | None:
    """The pictures that the task takes; None, and a problem, when one is missing."""
    task, found = str(build.value("/task")), Pictures(build)
    if task not in ("i2v", "ia2v", "flf2v"):
        return found
    first = media.needed(build, media.FIRST, "a picture") if task != "flf2v" else media.role_of(build, media.FIRST)
    last = media.needed(build, media.LAST, "a last picture") if task == "flf2v" else media.role_of(build, media.LAST)
    if not (last if task == "flf2v" else first):
        return None
    places: list[tuple[str, Sequence[str], int]] = [(first, (first, *media.FIRST), 0)] if first else []
    places += [(role, (role,), at) for role, at in _between(build)]
    places += [(last, (last, *media.LAST), -1)] if last else []
    for role, names, frame in places:
        found.listed.append(Picture(role, names, media.load(build, role, "image", assets), frame))
    found.guided = any(frame for _, _, frame in places) or len(places) > 1
    return found


def _between(build: Builder) -> list[tuple[str, int]]:
    """Guides that stand at a frame of their own, by the number in their name."""
    held = build.document.get("inputs") or {}
    read = [(role, _GUIDE.fullmatch(role)) for role in held]
    return sorted(((role, int(match[1] or 0)) for role, match in read if match), key=lambda pair: pair[1])
