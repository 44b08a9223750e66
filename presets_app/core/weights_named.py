"""Which weights a document names for the local runner, and how their files are spelled in a pin.

The model itself is a repository in diffusers' layout, "org/name". A LoRA or a latent upsampler is a part of a
repository, "org/name/path": one safetensors file, or a folder. In a pin's `files` a file of the model's own repository
stands by its path; one of a part stands as "org/name@revision:path", so that it names its exact bytes as well.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

UPSAMPLER_FOLDER = "latent_upsampler"  # where diffusers keeps LTX-2's
_UPSAMPLERS = ("latent_upscaler", "latent_upsampler")
_WORD = r"[A-Za-z0-9][\w.-]{0,95}"
_REPOSITORY = re.compile(rf"{_WORD}/{_WORD}")
_PART = re.compile(rf"({_WORD}/{_WORD})/((?:[A-Za-z0-9_][\w .+()-]{{0,199}}/){{0,4}}[A-Za-z0-9_][\w .+()-]{{0,199}})")
_KEY = re.compile(rf"({_WORD}/{_WORD})@([0-9a-f]{{40}}):(.+)")


@dataclass(frozen=True)
class Part:
    """A file or folder of a repository; `name` is how a document spells it."""

    repository: str
    path: str

    @property
    def name(self) -> str:
        return f"{self.repository}/{self.path}"

    def holds(self, path: str) -> bool:
        """Whether a path inside the repository belongs to this part."""
        return path == self.path or path.startswith(f"{self.path}/")


@dataclass(frozen=True)
class FileKey:
    """A file of a part as a pin spells it; `revision` is 40 hex digits."""

    repository: str
    revision: str
    path: str

    def __str__(self) -> str:
        return f"{self.repository}@{self.revision}:{self.path}"


def repository(document: Mapping[str, Any]) -> str:
    """The first transformer that the document names, "" when it names none."""
    return _first(document, "transformer")


def part_of(name: str) -> Part | None:
    """The part that "org/name/path" means; None for every other spelling."""
    found = _PART.fullmatch(name)
    return Part(found[1], found[2]) if found and ".." not in name else None


def file_key(text: str) -> FileKey | None:
    """What a pin's file name says of a part; None for a file of the model's own repository."""
    found = _KEY.fullmatch(text)
    return FileKey(found[1], found[2], found[3]) if found else None


def upsampler(document: Mapping[str, Any]) -> Part | None:
    """The latent upsampler of a document with more than one stage of LTX-2: the one it names, else the folder
    of that name in the model's own repository."""
    if document.get("family") not in ("ltx-2", "ltx-2.3") or len(_stages(document)) < 2:
        return None
    named = next((name for key in _UPSAMPLERS if (name := _first(document, key))), "") or repository(document)
    whole = _REPOSITORY.fullmatch(named) is not None
    return part_of(f"{named}/{UPSAMPLER_FOLDER}" if whole else named)


def loras(document: Mapping[str, Any]) -> list[Part]:
    """Every LoRA of every stage that is named as a part of a repository, each once."""
    found: dict[str, Part] = {}
    for stage in _stages(document):
        held = stage.get("loras")
        for lora in held if isinstance(held, list) else ():
            name = lora.get("file") if isinstance(lora, Mapping) else None
            part = part_of(name) if isinstance(name, str) else None
            if part:
                found[part.name] = part
    return list(found.values())


def parts(document: Mapping[str, Any]) -> list[Part]:
    """All that is loaded beside the model's own repository."""
    latents = upsampler(document)
    return [*loras(document), *([latents] if latents else [])]


def _stages(document: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    stages = document.get("stages")
    return [stage for stage in stages if isinstance(stage, Mapping)] if isinstance(stages, list) else []


def _first(document: Mapping[str, Any], key: str) -> str:
    models = document.get("models")
    named = models.get(key) if isinstance(models, Mapping) else None
    return str(named[0]) if isinstance(named, list) and named else ""
