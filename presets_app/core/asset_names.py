"""File names that exist on every machine: what a preset names by a path of one computer, before and after.

Pictures, videos and sounds become assets, known by the SHA-256 of their bytes; until somebody gives the file, its bare
name stands in the document. Weights keep the folders below the one that ComfyUI keeps their kind in.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import unquote

from presets_app.core.losses import Loss
from presets_app.core.pointers import joined, parts_of, value_at
from presets_app.core.problems import Problem
from presets_app.core.secrets import unspeakable

_ADDRESS = re.compile(r"(?:https?|s3|gs|hf)://", re.IGNORECASE)
_FOLDER = re.compile(r"\s\[(?:input|output|temp)\]$")
_OWN_FOLDER = re.compile(r"(?:ComfyUI[\\/])?(?:input|output|temp)[\\/]", re.IGNORECASE)
# The folders that ComfyUI looks for weights in (folder_paths.py); what lies below one is the name it shows.
_WEIGHTS = re.compile(
    r".*[\\/](?:checkpoints|diffusion_models|unet|loras|vae|text_encoders|clip|clip_vision|latent_upscale_models"
    r"|upscale_models|audio_encoders|controlnet|model_patches)[\\/]+",
    re.IGNORECASE | re.DOTALL,
)
_LONGEST = 1000
COMFYUI, BACKSLASHES = "a name in ComfyUI's folder", "a path with backslashes"


@dataclass(frozen=True)
class Renamed:
    """One reference of a document: as it stood, and the name it has now. `kind` says in words what it was."""

    path: str
    before: str
    after: str
    kind: str


@dataclass(frozen=True)
class Reference:
    """A field that names a file: `asset` for a picture, video or sound, else weights."""

    path: str
    text: str
    asset: bool


def references(document: Mapping[str, Any]) -> Iterator[Reference]:
    """Every field that names a file as text; assets that are known by their bytes are settled already."""
    for key, held in _entries(document.get("inputs")):
        yield from _texts(joined(("inputs", key)), held, asset=True)
    for index, held in _entries(document.get("references")):
        yield from _texts(f"/references/{index}", held, asset=True)
    for key, files in _entries(document.get("models")):
        for index, held in _entries(files):
            yield from _texts(joined(("models", key, index)), held, asset=False)
    for at, stage in _entries(document.get("stages")):
        if isinstance(stage, dict):
            yield from _texts(f"/stages/{at}/model", stage.get("model"), asset=False)
            for index, lora in _entries(stage.get("loras")):
                held = lora.get("file") if isinstance(lora, dict) else None
                yield from _texts(f"/stages/{at}/loras/{index}/file", held, asset=False)


def _entries(value: Any) -> list[tuple[Any, Any]]:
    if isinstance(value, dict):
        return [(key, inner) for key, inner in value.items() if not unspeakable(key)]
    return list(enumerate(value)) if isinstance(value, list) else []


def _texts(path: str, value: Any, *, asset: bool) -> Iterator[Reference]:
    if isinstance(value, str) and value.strip():
        yield Reference(path, value, asset)


_KINDS: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"file:", re.IGNORECASE), "a file:// address"),
    (re.compile(r"\\\\|//"), "a network path"),
    (re.compile(r"[A-Za-z]:[\\/]"), "a Windows path"),
    (re.compile(r"~"), "a path in a home folder"),
    (re.compile(r"[\\/]"), "an absolute path"),
    (re.compile(r"(?:.*[\\/])?\.\.(?:[\\/]|\Z)", re.DOTALL), "a path upwards"),
)


def kind_of(text: str, *, asset: bool) -> str:
    """What a name is in words; "" for one that every machine understands."""
    if _ADDRESS.match(text):
        return ""
    kind = next((words for pattern, words in _KINDS if pattern.match(text)), "")
    if not kind and asset and (_FOLDER.search(text) or _OWN_FOLDER.match(text)):
        return COMFYUI
    return kind or (BACKSLASHES if "\\" in text else "")


def name_of(text: str, *, asset: bool) -> str:
    """The name that every machine understands; the text itself where there is none better."""
    kind = kind_of(text, asset=asset)
    if not kind:
        return text
    plain = unquote(text[5:]) if text.lower().startswith("file:") else text
    plain = _FOLDER.sub("", plain.strip())
    relative = kind in (BACKSLASHES, COMFYUI)
    below = _OWN_FOLDER.sub("", plain, count=1) if asset else _WEIGHTS.sub("", plain)
    parts = [part for part in re.split(r"[\\/]+", below) if part not in ("", ".", "..", "~")]
    if not parts:
        return text
    return "/".join(parts) if relative or (not asset and below != plain) else parts[-1]


def portable(document: dict[str, Any]) -> tuple[dict[str, Any], list[Renamed]]:
    """The document with names that travel, and what was renamed. The argument is not changed."""
    renamed = [
        Renamed(reference.path, reference.text, name, kind_of(reference.text, asset=reference.asset))
        for reference in references(document)
        if len(reference.text) <= _LONGEST
        and (name := name_of(reference.text, asset=reference.asset)) != reference.text
    ]
    if not renamed:
        return document, []
    result = deepcopy(document)
    for entry in renamed:
        put(result, entry.path, entry.after)
    return result, renamed


def put(document: dict[str, Any], path: str, value: Any) -> None:
    """Set a field that exists."""
    *way, last = parts_of(path)
    holder = value_at(document, joined(way))
    holder[int(last) if isinstance(holder, list) else last] = value


def bare(text: str) -> str:
    """The name of a file without the folders of any system, on one line."""
    name = re.split(r"[\\/]", _FOLDER.sub("", text.strip()))[-1]
    return "".join(sign for sign in name if sign.isprintable()).strip() or "file"


def base_name(text: str) -> str:
    """What files are matched by, whatever the system they come from writes before it; letter case aside."""
    return bare(text).casefold()


def problems(document: Mapping[str, Any], renamed: Sequence[Renamed]) -> list[Problem]:
    """A note for each name that was changed, and a warning for each file that is named and not there."""
    told = [
        Problem("asset_renamed", "note", entry.path, f"This was {entry.kind}; it is named {_short(entry.after)} now.")
        for entry in renamed
    ]
    hint = "Give the file beside the preset: it is then kept with it, and checked by its SHA-256 on every side."
    for reference in references(document):
        if reference.asset and not _ADDRESS.match(reference.text):
            text = f"The file {_short(reference.text)} is named here, and is not kept with the preset yet."
            told.append(Problem("asset_missing", "warning", reference.path, text, hint))
    return told


def _short(name: str) -> str:
    return name if len(name) <= 120 else f"{name[:119]}…"


def in_losses(losses: list[Loss], renamed: Sequence[Renamed]) -> list[Loss]:
    """The fate of each field, with the names the document has now."""
    after = {entry.path: entry for entry in renamed}
    return [
        replace(
            loss,
            status="mapped" if loss.status == "carried" else loss.status,
            before=after[loss.path].after,
            note=loss.note or "Named as every machine can find it.",
        )
        if loss.path in after and isinstance(loss.before, str)
        else loss
        for loss in losses
    ]
