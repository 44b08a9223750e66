"""Size and meaning of a checkpoint's files: what a manifest says of them besides their SHA-256."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from presets_app.core.canonical import digest
from runner.hash_cache import Identity

_LARGEST_CONFIG = 1 << 20  # bytes; a real one has a few thousand
_NOT_MEANT = ("_name_or_path", "_diffusers_version")  # where it was saved, and by what: not what it means


def about(files: Mapping[str, Path]) -> dict[str, Any]:
    """{"sizes": bytes by name, "configs": a digest by name of each configuration, the same however it was saved}."""
    sizes: dict[str, int] = {}
    configs: dict[str, str] = {}
    for name, path in files.items():
        found = path.stat()
        sizes[name] = found.st_size
        if name.endswith(("config.json", "model_index.json")) and found.st_size <= _LARGEST_CONFIG:
            known = (found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns)
            meant = _config(path, known)
            if meant:
                configs[name] = meant
    return {"sizes": sizes, "configs": configs}


@lru_cache(maxsize=256)
def _config(path: Path, identity: Identity) -> str:
    """SHA-256 of the canonical JSON without what depends on place and tool; "" for what is no JSON object. `identity`
    keeps the answer from outliving the file's bytes."""
    try:
        value = json.loads(path.read_text("utf-8"))
        return digest(_meant(value)) if isinstance(value, dict) else ""
    except (OSError, ValueError):
        return ""


def _meant(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _meant(inner) for key, inner in value.items() if key not in _NOT_MEANT}
    return [_meant(inner) for inner in value] if isinstance(value, list) else value
