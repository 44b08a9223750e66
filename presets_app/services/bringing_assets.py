"""Pictures, videos and sounds that somebody brings with a preset: kept by the SHA-256 of their bytes, and named in the
document where it named the file."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any

from presets_app import measure, wiring
from presets_app.artifacts import file_digest
from presets_app.core import asset_names
from presets_app.core.errors import Unavailable
from presets_app.core.permissions import Actor
from presets_app.core.pointers import joined
from presets_app.core.problems import Problem
from presets_app.core.secrets import find, shown
from presets_app.services import embedded

_LONGEST_NAME = 200
_KINDS: tuple[tuple[int, bytes, str], ...] = (
    (0, b"\x89PNG\r\n\x1a\n", "image/png"),
    (0, b"\xff\xd8\xff", "image/jpeg"),
    (8, b"WEBP", "image/webp"),
    (0, b"GIF8", "image/gif"),
    (4, b"ftypM4A", "audio/mp4"),
    (4, b"ftypqt", "video/quicktime"),
    (4, b"ftyp", "video/mp4"),
    (0, b"\x1aE\xdf\xa3", "video/webm"),
    (8, b"WAVE", "audio/wav"),
    (0, b"fLaC", "audio/flac"),
    (0, b"OggS", "audio/ogg"),
    (0, b"ID3", "audio/mpeg"),
    (0, b"\xff\xfb", "audio/mpeg"),
)


@dataclass(frozen=True)
class Given:
    """A file as it was brought: the name it has there, and its bytes."""

    name: str
    data: bytes


@dataclass(frozen=True)
class Kept:
    """`document` names what is kept by its bytes; `kept` are the names that were; `problems` tell of the rest."""

    document: dict[str, Any]
    kept: list[str] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


def media_type_of(data: bytes) -> str:
    """What a file is by its first bytes, "" for what is neither picture, video nor sound."""
    return next((kind for at, sign, kind in _KINDS if data[at : at + len(sign)] == sign), "")


def keep(actor: Actor, document: dict[str, Any], files: Sequence[Given], *, known: Collection[str] = ()) -> Kept:
    """Keep each file that the document names, and name it there by its bytes. What is kept is read back and hashed.

    A file that is no picture, video or sound, that holds a secret, or that the document does not name is not kept, and
    a problem says so."""
    actor.must("preset.save")
    result = Kept(deepcopy(document)) if files else Kept(document)
    for file in files:
        wanted = [entry for entry in asset_names.references(document) if entry.asset and _is(entry, file)]
        faults = list(_faults(file, wanted, known))
        result.problems.extend(faults)
        if wanted and not faults:
            asset = _stored(file)
            for entry in wanted:
                asset_names.put(result.document, entry.path, dict(asset))
            result.kept.append(asset["name"])
    return result


def _is(entry: asset_names.Reference, file: Given) -> bool:
    return asset_names.base_name(entry.text) == asset_names.base_name(file.name)


def _faults(file: Given, wanted: list[asset_names.Reference], known: Collection[str]) -> Iterable[Problem]:
    path = wanted[0].path if wanted else ""
    if not wanted:
        text = f"The preset names no file {shown(file.name)}, so it was not kept."
        yield Problem("asset_unused", "note", "", text, "Check its name if it belongs to the preset.")
    elif not media_type_of(file.data):
        text = f"{shown(file.name)} is neither a picture, a video nor a sound that is known here; it was not kept."
        yield Problem("asset_unknown", "warning", path, text, "Save it as PNG, JPEG, WebP, MP4, WebM, WAV or FLAC.")
    else:
        for fault in find(_texts(file.data), known=known):
            text = (
                f"{shown(file.name)} holds what looks like a secret in its metadata ({fault.path[:60] or 'its text'})."
            )
            hint = "It was not kept. Save it without metadata, and replace the secret."
            yield Problem("secret_found", "error", path, text, hint, "the file's metadata")


def _texts(data: bytes) -> dict[str, Any]:
    """What a file says beside its pictures and sound, with names where it gives names."""
    found = embedded.carried(data)
    if found is None:
        return {"metadata": "\n".join(measure.words_in(data))}
    values, _ = embedded.values_of(found)
    return {**{name: text for name, text in found.texts.items() if name.lower() not in values}, **values}


def _stored(file: Given) -> dict[str, Any]:
    """The asset as a document names it. Raises Unavailable when what was stored is not what was given."""
    digest = wiring.artifacts().put(file.data)
    if file_digest(wiring.artifact_path(digest)) != digest:
        text = f"What the store holds as {digest[:8]} is not what was given."
        raise Unavailable(text, code="asset_damaged", hint="Check the disk, and run `manage.py check_store`.")
    name = asset_names.bare(file.name)[:_LONGEST_NAME]
    return {"sha256": digest, "name": name, "media_type": media_type_of(file.data)}


def unkept(document: dict[str, Any]) -> list[Problem]:
    """A warning for each asset that is named by its bytes and is not in the store."""
    store = wiring.artifacts()
    told = []
    for part in ("inputs", "references"):
        held = document.get(part)
        pairs = held.items() if isinstance(held, dict) else enumerate(held if isinstance(held, list) else ())
        for key, asset in pairs:
            digest = asset.get("sha256") if isinstance(asset, dict) else None
            if isinstance(digest, str) and not store.has(digest):
                text = f"The file {digest[:8]} is named by its bytes, and is not kept here."
                hint = "Give the file beside the preset, under the name it has there."
                told.append(Problem("asset_not_kept", "warning", joined((part, key)), text, hint))
    return told


def settled(problems: Iterable[Problem], kept: Kept) -> list[Problem]:
    """The problems without those of files that are kept now, and with what keeping them told."""
    named = {entry.path for entry in asset_names.references(kept.document)}
    left = [
        problem
        for problem in problems
        if problem.code not in ("asset_missing", "asset_renamed") or problem.path in named
    ]
    return [*left, *kept.problems]
