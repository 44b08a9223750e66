"""What each node that takes pictures, videos and sounds uses them for, and which task that makes."""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field

from presets_app.backends.comfyui.graph import Node


@dataclass(frozen=True)
class Takes:
    """The inputs of a node that hold media: input name to role. `task` is what the node is for when all it can
    take is there; "" when only the roles decide. `unsaid` names what the node does that a preset cannot hold."""

    roles: dict[str, str] = field(default_factory=dict)
    task: str = ""
    unsaid: str = ""


_START = {"start_image": "image"}
_ENDS = {"start_image": "first_image", "end_image": "last_image"}
_SOUND = {"audio_encoder_output": "audio"}

TAKES: dict[str, Takes] = {
    "WanImageToVideo": Takes(_START),
    "WanFirstLastFrameToVideo": Takes(_ENDS),
    "WanFunInpaintToVideo": Takes(_ENDS),
    "Wan22ImageToVideoLatent": Takes(_START),
    "WanFunControlToVideo": Takes({**_START, "control_video": "control_video"}, "control"),
    "Wan22FunControlToVideo": Takes({"ref_image": "reference_image", "control_video": "control_video"}, "control"),
    "WanCameraImageToVideo": Takes(_START, "camera-i2v"),
    "WanVaceToVideo": Takes(
        {"control_video": "control_video", "control_masks": "control_mask", "reference_image": "reference_image"},
        "vace",
    ),
    "WanSoundImageToVideo": Takes(
        {**_SOUND, "ref_image": "image", "control_video": "control_video", "ref_motion": "reference_video"}, "s2v"
    ),
    "WanSoundImageToVideoExtend": Takes({**_SOUND, "ref_image": "image", "control_video": "control_video"}, "s2v"),
    "WanHuMoImageToVideo": Takes({**_SOUND, "ref_image": "image"}, "s2v"),
    "WanInfiniteTalkToVideo": Takes(
        {
            "audio_encoder_output_1": "audio",
            "mode.audio_encoder_output_2": "audio",
            **_START,
            "previous_frames": "video",
        },
        "s2v",
    ),
    "WanDancerVideo": Takes({**_SOUND, **_START}, "s2v", "keyframes over a dance"),
    "WanAnimateToVideo": Takes(
        {
            "reference_image": "reference_image",
            "pose_video": "control_video",
            "face_video": "face_video",
            "background_video": "background_video",
            "character_mask": "control_mask",
        },
        "control",
        "the animation of a character",
    ),
    "WanAnimate2ToVideo": Takes(
        {"reference_image": "reference_image", "pose_video": "control_video"}, "control", "the animation of a character"
    ),
    "WanSCAILToVideo": Takes(
        {"reference_image": "reference_image", "pose_video": "control_video"},
        "control",
        "the replacement of a character",
    ),
    "WanPhantomSubjectToVideo": Takes({"images": "reference_image"}, "", "several subjects from pictures"),
    "WanTrackToVideo": Takes(_START, "", "movement along tracks"),
    "WanMoveTrackToVideo": Takes(_START, "", "movement along tracks"),
    "WanVideoImageToVideoEncode": Takes(_ENDS),
    "WanVideoVACEEncode": Takes(
        {"input_frames": "control_video", "input_masks": "control_mask", "ref_images": "reference_image"}, "vace"
    ),
    "BerniniConditioning": Takes(
        {
            "source_video": "video",
            "reference_video": "reference_video",
            "reference_images.reference_image_0": "reference_image",
        },
        "v2v",
    ),
    "LTXVImgToVideo": Takes({"image": "image"}),
    "LTXVImgToVideoInplace": Takes({"image": "image"}),
    "LTXVImgToVideoConditionOnly": Takes({"image": "image"}),
    "LTXVImgToVideoInplaceKJ": Takes({"image": "image", "image_1": "image"}),
    "LTXVAddGuide": Takes({"image": "guide"}),
    "LTXVAddGuideAdvanced": Takes({"image": "guide"}),
    "LTXAddVideoICLoRAGuide": Takes({"image": "control_video"}, "control"),
    "LTXVReferenceAudio": Takes({"reference_audio": "reference_audio"}),
    "VAEEncode": Takes({"pixels": "video"}),
    "VAEEncodeTiled": Takes({"pixels": "video"}),
}


def task_of(roles: AbstractSet[str], named: AbstractSet[str], *, pictures_only: bool) -> str:
    """The task that the media make, `named` being what the nodes themselves are for."""
    for special in ("camera-i2v", "s2v"):
        if special in named:
            return special
    if "vace" in named:
        return _vace(roles)
    if "control_video" in roles or "control" in named:
        return "control"
    if "audio" in roles:
        return "ia2v" if roles & {"image", "first_image"} else "a2v"
    return _plain(roles, pictures_only=pictures_only)


def _plain(roles: AbstractSet[str], *, pictures_only: bool) -> str:
    if "last_image" in roles:
        return "flf2v"
    if "video" in roles:
        return "v2v"
    if "image" in roles or "first_image" in roles:
        return "i2v"
    return "t2i" if pictures_only else "t2v"


def _vace(roles: AbstractSet[str]) -> str:
    if "last_image" in roles:
        return "flf2v"
    if "control_video" in roles:
        return "v2v"
    return "vace-ref2v" if "reference_image" in roles else "t2v"


def takes_of(node: Node) -> Takes | None:
    return TAKES.get(node.class_type)
