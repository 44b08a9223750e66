"""Pipelines that stay loaded, by what they were loaded from."""

from __future__ import annotations

import gc
from collections import OrderedDict
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch

from presets_app.core.canonical import digest
from runner import pipelines, weights
from runner.failures import cannot

LIMIT = 2  # pipelines at once; the one longest unused goes first


class Residents:
    """Loads a pipeline once; `hashes` remembers what files held, so that a warm render only looks at their dates."""

    def __init__(self) -> None:
        self.hashes = weights.Hashes()
        self._kept: OrderedDict[str, pipelines.Loaded] = OrderedDict()

    def get(self, document: Mapping[str, Any], folder: Path, files: Mapping[str, str]) -> tuple[pipelines.Loaded, bool]:
        """The pipeline, and whether it was warm. Raises CannotRender."""
        runtime = {key: (document.get("runtime") or {}).get(key) for key in ("dtype", "vae_dtype", "offload")}
        key = digest({"family": document["family"], "folder": str(folder), "files": dict(files), **runtime})
        if key in self._kept:
            self._kept.move_to_end(key)
            return self._kept[key], True
        while len(self._kept) >= LIMIT:
            self._drop_oldest()
        try:
            loaded = _load(document, folder)
        except torch.OutOfMemoryError:
            if not self._kept:
                raise
            self.clear()
            loaded = _load(document, folder)
        self._kept[key] = loaded
        return loaded, False

    def clear(self) -> None:
        while self._kept:
            self._drop_oldest()

    def _drop_oldest(self) -> None:
        self._kept.popitem(last=False)
        gc.collect()
        if torch.cuda.is_available():
            torch.cuda.empty_cache()


def _load(document: Mapping[str, Any], folder: Path) -> pipelines.Loaded:
    before = weights.identities(folder)
    loaded = pipelines.load(document, folder)
    if weights.identities(folder) != before:
        text = "The weights were written to while they were loaded."
        raise cannot("environment", "weights_changed", text, "Try again when nothing writes to them.", retry="later")
    return loaded
