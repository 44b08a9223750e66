"""Pipeline classes and repositories by name: which family, which task, which weights.

Names and defaults are those of diffusers 0.42.1; a test compares them with the installed classes.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

VERSION = "0.42.1"
Library = Literal["ltx2", "ltx", "wan"]


@dataclass(frozen=True)
class Pipeline:
    """One pipeline class. `tasks` are those a document may ask of it, the usual one first; `written` says
    whether a document can be written for it as well as read from it."""

    name: str
    library: Library
    tasks: tuple[str, ...]
    written: bool = True


PIPELINES = {
    pipeline.name: pipeline
    for pipeline in (
        Pipeline("LTX2Pipeline", "ltx2", ("t2v", "t2i")),
        Pipeline("LTX2ImageToVideoPipeline", "ltx2", ("i2v",)),
        Pipeline("LTX2ConditionPipeline", "ltx2", ("flf2v", "i2v", "v2v")),
        Pipeline("LTX2InContextPipeline", "ltx2", ("control",), written=False),
        Pipeline("LTXPipeline", "ltx", ("t2v", "t2i")),
        Pipeline("LTXImageToVideoPipeline", "ltx", ("i2v",)),
        Pipeline("LTXConditionPipeline", "ltx", ("flf2v", "i2v", "v2v"), written=False),
        Pipeline("WanPipeline", "wan", ("t2v", "t2i")),
        Pipeline("WanImageToVideoPipeline", "wan", ("i2v", "flf2v")),
        Pipeline("WanVideoToVideoPipeline", "wan", ("v2v",)),
        Pipeline("WanVACEPipeline", "wan", ("vace-ref2v",), written=False),
        Pipeline("WanAnimatePipeline", "wan", ("control",), written=False),
    )
}
UPSAMPLERS = {"LTX2LatentUpsamplePipeline": "ltx2", "LTXLatentUpsamplePipeline": "ltx"}
# Classes that read model_index.json to find out which pipeline they are.
AUTOMATIC = ("DiffusionPipeline", "AutoPipelineForText2Video", "AutoPipelineForImage2Video")
LIBRARY_OF_FAMILY: dict[str, Library] = {
    "ltxv": "ltx",
    "ltx-2": "ltx2",
    "ltx-2.3": "ltx2",
    "ltx-2.5": "ltx2",
    "wan-2.1": "wan",
    "wan-2.2": "wan",
}
_REPOSITORIES = {
    ("ltxv", ""): "Lightricks/LTX-Video",
    ("ltx-2", ""): "Lightricks/LTX-2",
    ("ltx-2.3", ""): "diffusers/LTX-2.3-Diffusers",
    ("ltx-2.3", "distilled"): "diffusers/LTX-2.3-Distilled-Diffusers",
    ("ltx-2.5", ""): "Lightricks/LTX-2.5-Diffusers",
    ("wan-2.1", "t2v"): "Wan-AI/Wan2.1-T2V-14B-Diffusers",
    ("wan-2.1", "t2v 1.3b"): "Wan-AI/Wan2.1-T2V-1.3B-Diffusers",
    ("wan-2.1", "flf2v"): "Wan-AI/Wan2.1-FLF2V-14B-720P-diffusers",
    ("wan-2.1", "i2v"): "Wan-AI/Wan2.1-I2V-14B-720P-Diffusers",
    ("wan-2.1", "i2v small"): "Wan-AI/Wan2.1-I2V-14B-480P-Diffusers",
    ("wan-2.2", "t2v"): "Wan-AI/Wan2.2-T2V-A14B-Diffusers",
    ("wan-2.2", "i2v"): "Wan-AI/Wan2.2-I2V-A14B-Diffusers",
    ("wan-2.2", "5b"): "Wan-AI/Wan2.2-TI2V-5B-Diffusers",
}
_FULL = ("Lightricks/LTX-2", "diffusers/LTX-2.3-Diffusers", "Lightricks/LTX-2.5-Diffusers")  # not distilled
_REPOSITORY = re.compile(r"[A-Za-z0-9][\w.-]{0,95}/[A-Za-z0-9][\w.-]{0,95}")
_REVISION = re.compile(r"[0-9a-f]{40}")
_FILE = re.compile(r"(?i)\.(safetensors|gguf|ckpt|pt|pth|bin|sft)$")
_SMALL = 854 * 480  # pixels up to which the 480P weights of WAN 2.1 I2V are the fitting ones
_WAN_VARIANT = re.compile(r"(?i)(flf2v|t2v|i2v|ti2v|vace|animate)[-_]?(a14b|14b|5b|1[._]3b)?")


def is_repository(text: str) -> bool:
    """Whether a text is `org/name` and not the path of one file or a folder."""
    return bool(_REPOSITORY.fullmatch(text)) and not _FILE.search(text) and ".." not in text


def is_revision(text: object) -> bool:
    return isinstance(text, str) and bool(_REVISION.fullmatch(text))


def is_weights_file(text: str) -> bool:
    return bool(_FILE.search(text))


def family_of(library: Library, repository: str, experts: bool) -> tuple[str, bool]:
    """(family, whether the repository's name says so). `experts`: the call itself shows two of them, as only WAN 2.2
    has. "" when neither name nor call tells."""
    name = repository.lower().replace("_", "-")
    if library == "ltx":
        return "ltxv", True
    if library == "ltx2":
        found = next((number for number in ("2.5", "2.3") if f"ltx-{number}" in name or f"ltx{number}" in name), "")
        return (f"ltx-{found}", True) if found else ("ltx-2", "ltx-2" in name or "ltx2" in name)
    found = next((number for number in ("2.2", "2.1") if f"wan{number}" in name or f"wan-{number}" in name), "")
    if found:
        return f"wan-{found}", True
    return ("wan-2.2", False) if experts else ("", False)


def variant_of(family: str, repository: str) -> str:
    """The variant as the repository's name says it, "" when it does not: `t2v-a14b`, `ti2v-5b`, `distilled`."""
    name = repository.rsplit("/", 1)[-1].lower()
    if family.startswith("ltx"):
        told = next((word for word in ("distilled", "dev") if word in name), "")
        return told or ("dev" if repository in _FULL else "")
    found = _WAN_VARIANT.search(name)
    if found is None:
        return ""
    size = (found[2] or "").replace("_", ".")
    return "-".join(word for word in (found[1], size) if word)


def repository_for(family: str, variant: str, task: str, pixels: int) -> str:
    """The published repository in diffusers' layout for a document that names none, "" when there is none."""
    word = variant.lower()
    if family == "wan-2.2":
        key = "5b" if "5b" in word else ("i2v" if task in ("i2v", "flf2v") else "t2v")
    elif family == "wan-2.1" and task == "flf2v":
        key = task
    elif family == "wan-2.1":
        image = task == "i2v"
        key = ("i2v small" if pixels <= _SMALL else "i2v") if image else ("t2v 1.3b" if "1.3b" in word else "t2v")
    else:
        key = "distilled" if "distilled" in word and (family, "distilled") in _REPOSITORIES else ""
    return _REPOSITORIES.get((family, key), "")


def automatic(repository: str) -> str:
    """The pipeline class that a published repository's model_index.json names, "" when it is not known here."""
    name = repository.rsplit("/", 1)[-1].lower()
    if "wan" in name:
        if "vace" in name or "animate" in name:
            return "WanVACEPipeline" if "vace" in name else "WanAnimatePipeline"
        return "WanImageToVideoPipeline" if re.search(r"(?<!t)i2v|flf2v", name) else "WanPipeline"
    if "ltx-video" in name:
        return "LTXPipeline"
    return "LTX2Pipeline" if "ltx-2" in name else ""
