"""Pipelines that stay loaded, by what decides the bits of what they render."""

from __future__ import annotations

import gc
import os
import time
from collections import OrderedDict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch

from presets_app.core.canonical import digest
from runner import determinism, hash_cache, pipelines, weights
from runner.failures import cannot

LIMIT = 2  # checkpoints at once; the one longest unused goes first
SHARE = 0.5  # of the device's memory, for the weights of all that stay: the rest is for rendering
Extras = Mapping[str, weights.Extra]


@dataclass
class Resident:
    """A checkpoint that stays loaded: the bytes of its weights, and the seconds that loading it took."""

    loaded: pipelines.Loaded
    size: int
    seconds: float
    warm: bool = False
    folder: str = ""


class Residents:
    """Loads a checkpoint once; its text-, image- and two-stage pipelines share it.

    `hashes` remembers what files held, so that a warm render only looks at their dates.
    """

    def __init__(self) -> None:
        self.hashes = weights.Hashes(hash_cache.from_environment())
        self._kept: OrderedDict[str, Resident] = OrderedDict()

    def get(
        self, document: Mapping[str, Any], folder: Path, files: Mapping[str, str], extras: Extras | None = None
    ) -> Resident:
        """The checkpoint with the document's LoRAs and upsampler at hand, and whether it was warm. Raises
        CannotRender."""
        key = key_of(document, folder, files)
        if key in self._kept:
            self._kept.move_to_end(key)
            self._kept[key].warm = True
            self._kept[key].loaded.prepare(document, extras or {})
            return self._kept[key]
        size = sum(path.stat().st_size for path in weights.files(folder).values())
        self._make_room(size)
        began = time.perf_counter()
        try:
            loaded = _load(document, folder, extras or {})
        except torch.OutOfMemoryError:
            if not self._kept:
                raise
            self.clear()
            loaded = _load(document, folder, extras or {})
        self._kept[key] = Resident(loaded, size, time.perf_counter() - began, folder=str(folder))
        return self._kept[key]

    def told(self) -> list[dict[str, Any]]:
        """What is loaded now, the longest unused first: {repository, revision, bytes, seconds it took to load}."""
        return [
            {
                "repository": Path(kept.folder).parents[1].name.removeprefix("models--").replace("--", "/"),
                "revision": Path(kept.folder).name,
                "bytes": kept.size,
                "seconds": round(kept.seconds, 2),
            }
            for kept in self._kept.values()
        ]

    def clear(self) -> None:
        while self._kept:
            self._drop_oldest()

    def _make_room(self, size: int) -> None:
        room = int(memory() * SHARE)
        while self._kept and (len(self._kept) >= LIMIT or size + self._used() > room):
            self._drop_oldest()

    def _used(self) -> int:
        return sum(resident.size for resident in self._kept.values())

    def _drop_oldest(self) -> None:
        self._kept.popitem(last=False)
        gc.collect()
        if torch.cuda.is_available():
            torch.cuda.empty_cache()


def key_of(document: Mapping[str, Any], folder: Path, files: Mapping[str, str]) -> str:
    """What a resident checkpoint is known by: its bytes, the number formats they are held in, and where they lie.

    Task, sizes, steps, LoRAs and decoder settings are set anew for every render, so they are not part of it.
    """
    held = {
        "family": document["family"],
        "folder": str(folder),
        "files": dict(files),
        "dtypes": pipelines.dtypes_of(document),
        "offload": (document.get("runtime") or {}).get("offload") or "none",
        "device": determinism.device(),
    }
    return digest(held)


def memory() -> int:
    """Bytes of the device that holds the weights: the GPU's, or the machine's."""
    if torch.cuda.is_available():
        return int(torch.cuda.get_device_properties(0).total_memory)
    return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")


def _load(document: Mapping[str, Any], folder: Path, extras: Extras) -> pipelines.Loaded:
    parts: Iterable[weights.Extra] = extras.values()
    before = weights.identities(folder, parts)
    loaded = pipelines.load(document, folder, extras)
    if weights.identities(folder, parts) != before:
        text = "The weights were written to while they were loaded."
        raise cannot("environment", "weights_changed", text, "Try again when nothing writes to them.", retry="later")
    return loaded
