"""What WAN's sampling starts from: an empty latent, or the node that puts pictures and sound into the prompts."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from presets_app.backends.comfyui.capability import is_vace
from presets_app.backends.comfyui.compiling import media
from presets_app.backends.comfyui.compiling.building import ALONE, Builder, Fixed, Given, Input, Out
from presets_app.backends.comfyui.compiling.files import file_literal, listed
from presets_app.backends.comfyui.compiling.stating import size_literals
from presets_app.core.families import is_wan_5b

_CAMERA = {"speed": 1.0, "fx": 0.5, "fy": 0.5, "cx": 0.5, "cy": 0.5}
_CROP = Fixed("none", "A document has no such field: what ComfyUI's template takes.")


@dataclass(frozen=True)
class Start:
    """Prompts and latent that the first stage takes. `sound` is put under the finished video, `trim` is how much
    of the latent's beginning is no part of it."""

    positive: Out
    negative: Out
    latent: Out
    sound: Out | None = None
    trim: Out | None = None


@dataclass(frozen=True)
class _Begin:
    build: Builder
    vae: Out
    positive: Out
    negative: Out
    assets: Mapping[str, str]

    def sized(self) -> dict[str, Input]:
        return {**size_literals(self.build), "batch_size": ALONE}

    def prompted(self) -> dict[str, Input]:
        return {"positive": self.positive, "negative": self.negative, "vae": self.vae, **self.sized()}

    def picture(self, role: str) -> Out:
        return media.load(self.build, role, "image", self.assets)

    def started(self, class_type: str, title: str, more: Mapping[str, Input]) -> Start:
        node = self.build.add(class_type, title, {**self.prompted(), **more})
        return Start(Out(node, 0), Out(node, 1), Out(node, 2))


def start_of(build: Builder, vae: Out, positive: Out, negative: Out, assets: Mapping[str, str]) -> Start | None:
    """The start for the document's task; None, and a problem, when an input or a file is missing."""
    begin = _Begin(build, vae, positive, negative, assets)
    task = str(build.value("/task"))
    if is_vace(build.document):
        return _vace(begin, task)
    if is_wan_5b(dict(build.document)) and task in ("t2v", "t2i", "i2v"):
        return _five(begin, task)
    return _STARTS[task](begin)


def _empty(begin: _Begin) -> Start:
    node = begin.build.add("EmptyHunyuanLatentVideo", "Empty video", begin.sized())
    return Start(begin.positive, begin.negative, Out(node))


def _five(begin: _Begin, task: str) -> Start | None:
    """TI2V-5B has a latent of its own, with or without a first picture."""
    inputs: dict[str, Input] = {"vae": begin.vae, **begin.sized()}
    if task == "i2v":
        role = media.needed(begin.build, media.FIRST, "a picture")
        if not role:
            return None
        inputs["start_image"] = begin.picture(role)
    node = begin.build.add("Wan22ImageToVideoLatent", "Empty video", inputs)
    return Start(begin.positive, begin.negative, Out(node))


def _image(begin: _Begin) -> Start | None:
    role = media.needed(begin.build, media.FIRST, "a picture")
    if not role:
        return None
    image = begin.picture(role)
    seen = _seen(begin, {"clip_vision_output": image})
    return begin.started("WanImageToVideo", "Start from the picture", {**seen, "start_image": image})


def _first_last(begin: _Begin) -> Start | None:
    first = media.needed(begin.build, media.FIRST, "a picture")
    last = media.needed(begin.build, media.LAST, "a last picture")
    if not first or not last:
        return None
    start, end = begin.picture(first), begin.picture(last)
    seen = _seen(begin, {"clip_vision_start_image": start, "clip_vision_end_image": end})
    more: dict[str, Input] = {**seen, "start_image": start, "end_image": end}
    return begin.started("WanFirstLastFrameToVideo", "From picture to picture", more)


def _seen(begin: _Begin, images: Mapping[str, Out]) -> dict[str, Input]:
    """What the image encoder of WAN 2.1 sees in the pictures; nothing where the preset names no such file."""
    if not listed(begin.build, "clip_vision"):
        return {}
    file = file_literal(begin.build, "clip_vision")
    if file is None:
        return {}
    loader = Out(begin.build.once("CLIPVisionLoader", "Load image encoder", {"clip_name": file}))
    made: dict[str, Input] = {}
    for name, image in images.items():
        inputs: dict[str, Input] = {"clip_vision": loader, "image": image, "crop": _CROP}
        made[name] = Out(begin.build.add("CLIPVisionEncode", "See the picture", inputs))
    return made


def _spoken(begin: _Begin) -> Start | None:
    """Speech to video: the sound drives the picture, and is put under the finished video."""
    sound = media.needed(begin.build, media.SOUND, "a sound")
    file = file_literal(begin.build, "audio_encoder")
    if not sound or file is None:
        return None
    heard = media.load(begin.build, sound, "audio", begin.assets)
    loader = Out(begin.build.once("AudioEncoderLoader", "Load audio encoder", {"audio_encoder_name": file}))
    encoded = Out(begin.build.add("AudioEncoderEncode", "Hear the sound", {"audio_encoder": loader, "audio": heard}))
    more: dict[str, Input] = {"audio_encoder_output": encoded}
    face = media.role_of(begin.build, (*media.FIRST, *media.REFERENCE))
    if face:
        more["ref_image"] = begin.picture(face)
    control = media.role_of(begin.build, media.CONTROL)
    if control:
        more["control_video"] = media.picture_frames(begin.build, control, begin.assets)
    start = begin.started("WanSoundImageToVideo", "Speech to video", more)
    return Start(start.positive, start.negative, start.latent, heard)


def _controlled(begin: _Begin) -> Start | None:
    role = media.needed(begin.build, media.CONTROL, "a control video")
    if not role:
        return None
    more: dict[str, Input] = {"control_video": media.picture_frames(begin.build, role, begin.assets)}
    second = begin.build.value("/family") == "wan-2.2"
    picture = media.role_of(begin.build, (*media.REFERENCE, *media.FIRST) if second else media.FIRST)
    if picture and second:
        more["ref_image"] = begin.picture(picture)
    elif picture:
        image = begin.picture(picture)
        more |= {"start_image": image, **_seen(begin, {"clip_vision_output": image})}
    class_type = "Wan22FunControlToVideo" if second else "WanFunControlToVideo"
    return begin.started(class_type, "Follow the control video", more)


def _vace(begin: _Begin, task: str) -> Start | None:
    """VACE takes a reference picture, a control video, both, or neither."""
    build, more = begin.build, {}
    if task == "vace-ref2v" and not media.needed(build, (*media.REFERENCE, *media.FIRST), "a reference picture"):
        return None
    if task in ("v2v", "control") and not media.needed(build, media.CONTROL, "a control video"):
        return None
    reference = media.role_of(build, (*media.REFERENCE, *media.FIRST))
    control = media.role_of(build, media.CONTROL)
    if control and task in ("v2v", "control"):
        more["control_video"] = media.picture_frames(build, control, begin.assets)
    if reference and task != "t2v":
        more["reference_image"] = begin.picture(reference)
    inputs: dict[str, Input] = {**begin.prompted(), "strength": _vace_strength(build, reference), **more}
    node = build.add("WanVaceToVideo", "Start with VACE", inputs)
    return Start(Out(node, 0), Out(node, 1), Out(node, 2), trim=Out(node, 3))


def _vace_strength(build: Builder, role: str) -> Input:
    for path in ("/stages/0/guidance_options/vace_strength", f"/inputs/{role}/strength"):
        if build.ledger.has(path):
            return Given(path, build.value(path))
    return Fixed(1.0, "Not stated: the node's default.")


def _camera(begin: _Begin) -> Start | None:
    """A picture and a camera path, which stands among the first stage's guidance_options."""
    build, options = begin.build, "/stages/0/guidance_options"
    role = media.needed(build, media.FIRST, "a picture")
    pose = f"{options}/camera_pose"
    if not build.ledger.has(pose):
        text = "The task moves the camera along a path, and the preset does not say which."
        hint = "State guidance_options.camera_pose of the first stage, such as Zoom In."
        build.trouble("camera_missing", "error", pose, text, hint)
    if not role or not build.ledger.has(pose):
        return None
    inputs: dict[str, Input] = {"camera_pose": _moved(build, "pose", ""), **size_literals(build)}
    inputs |= {name: _moved(build, name, usual) for name, usual in _CAMERA.items()}
    path_node = Out(build.add("WanCameraEmbedding", "Move the camera", inputs))
    image = begin.picture(role)
    seen = _seen(begin, {"clip_vision_output": image})
    more: dict[str, Input] = {**seen, "start_image": image, "camera_conditions": path_node}
    return begin.started("WanCameraImageToVideo", "Start from the picture", more)


def _moved(build: Builder, name: str, usual: Any) -> Input:
    """One setting of the camera; later stages state it too and share the node."""
    paths = [f"/stages/{index}/guidance_options/camera_{name}" for index in range(len(build.document["stages"]))]
    if not build.ledger.has(paths[0]):
        return Fixed(usual, "Not stated: the node's default.")
    value = build.value(paths[0])
    also = tuple(path for path in paths[1:] if build.value(path) == value)
    return Given(paths[0], value, also=also)


_STARTS: dict[str, Callable[[_Begin], Start | None]] = {
    "t2v": _empty,
    "t2i": _empty,
    "i2v": _image,
    "flf2v": _first_last,
    "s2v": _spoken,
    "control": _controlled,
    "camera-i2v": _camera,
}
