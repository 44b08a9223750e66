"""Which model family a graph renders with, by the names of its files and the classes of its nodes."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

_LTX = re.compile(r"ltx[-_ ]?v(?:ideo)?(?![0-9.]*\.?2\.[35])", re.IGNORECASE)
_LTX_2 = re.compile(r"ltx[-_ ]?v?2(?:[._-]([35]))?(?![0-9]|b\b)", re.IGNORECASE)
_WAN = re.compile(r"wan(?:video)?[-_. ]?(?:ai[-_])?2[-_.]?([1256])(?![0-9])", re.IGNORECASE)
_OTHERS = (
    (re.compile(r"hunyuan", re.IGNORECASE), "Hunyuan"),
    (re.compile(r"flux", re.IGNORECASE), "Flux"),
    (re.compile(r"sd_?xl|sdxl|juggernautxl|pony", re.IGNORECASE), "SDXL"),
    (re.compile(r"sd3", re.IGNORECASE), "Stable Diffusion 3"),
    (re.compile(r"v1-5|sd_?1[._-]?5|sd15|dreamshaper|animatediff|mm_sd", re.IGNORECASE), "Stable Diffusion 1.5"),
    (re.compile(r"svd", re.IGNORECASE), "Stable Video Diffusion"),
    (re.compile(r"cogvideo", re.IGNORECASE), "CogVideoX"),
    (re.compile(r"mochi", re.IGNORECASE), "Mochi"),
    (re.compile(r"cosmos", re.IGNORECASE), "Cosmos"),
    (re.compile(r"qwen", re.IGNORECASE), "Qwen-Image"),
    (re.compile(r"z[-_]image", re.IGNORECASE), "Z-Image"),
)
_TI2V = re.compile(r"ti2v|wan2[._]?2.{0,12}5b", re.IGNORECASE)
_VARIANT = re.compile(
    r"(?<![a-z0-9])(t2v|i2v|s2v|flf2v|vace|fun[-_](?:inp(?:aint)?|control|camera)|animate)(?![a-z])", re.IGNORECASE
)
_WAN_SIZE = re.compile(r"(1[._]3b|14b|5b)", re.IGNORECASE)


def family_of(models: Sequence[str], further: Sequence[str], classes: Iterable[str]) -> str:
    """The family, "" when nothing says it. `models` are the diffusion models, `further` other files of the same
    graph (LoRAs, upscalers, encoders), `classes` the nodes on the way."""
    for name in (*models, *further):
        found = family_of_name(name)
        if found:
            return found
        if name in models and other_family([name]):
            return ""
    return _by_nodes(set(classes))


def family_of_name(name: str) -> str:
    """The family that a file's name states, "" when it states none."""
    base = name.replace("\\", "/").rsplit("/", 1)[-1]
    second = _LTX_2.search(base)
    if second is not None:
        return f"ltx-2.{second[1]}" if second[1] else "ltx-2"
    if _LTX.search(base):
        return "ltxv"
    wan = _WAN.search(base)
    return f"wan-2.{wan[1]}" if wan is not None else ""


def _by_nodes(classes: set[str]) -> str:
    if classes & {"Wan22ImageToVideoLatent", "Wan22FunControlToVideo"}:
        return "wan-2.2"
    if classes & {"WanHuMoImageToVideo", "WanInfiniteTalkToVideo", "WanPhantomSubjectToVideo", "WanSCAILToVideo"}:
        return "wan-2.1"
    return ""


def other_family(models: Iterable[str]) -> str:
    """The name of a family that is not supported, "" when no file's name states one."""
    for name in models:
        for pattern, family in _OTHERS:
            if pattern.search(name.replace("\\", "/").rsplit("/", 1)[-1]):
                return family
    return ""


def variant_of(family: str, models: Sequence[str]) -> str:
    """The variant of a model as its file's name states it, "" when it states none."""
    text = " ".join(name.replace("\\", "/").rsplit("/", 1)[-1] for name in models)
    if family.startswith("ltx"):
        return next((word for word in ("distilled", "dev") if word in text.lower()), "")
    if family == "wan-2.2" and _TI2V.search(text):
        return "ti2v-5b"
    kind, size = _VARIANT.search(text), _WAN_SIZE.search(text)
    words = [kind[1].lower().replace("_", "-")] if kind else []
    if size:
        experts = family == "wan-2.2" and size[1].lower() == "14b" and not {"s2v", "animate"} & set(words)
        words.append("a14b" if experts else size[1].lower().replace("_", "."))
    return "-".join(words)
