"""What a server tells of itself for a manifest, and the model files that a graph has it load."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from presets_app.backends.comfyui import failures
from presets_app.backends.comfyui.describing import INFO_LIMIT, Reads, driver_facts, manager_snapshot, system_stats
from presets_app.backends.errors import BackendFailed

# Which of the server's folders a loader's input names a file of.
_FOLDERS = {
    "ckpt_name": "checkpoints",
    "unet_name": "diffusion_models",
    "clip_name": "text_encoders",
    "clip_name1": "text_encoders",
    "clip_name2": "text_encoders",
    "clip_name3": "text_encoders",
    "text_encoder": "text_encoders",
    "vae_name": "vae",
    "lora_name": "loras",
    "audio_encoder_name": "audio_encoders",
    "model_name": "latent_upscale_models",
}
_BY_CLASS = {("CLIPVisionLoader", "clip_name"): "clip_vision"}
_OLD_NAMES = {"text_encoders": ("clip",), "diffusion_models": ("unet",)}  # folders of older installations
_WEIGHTS = (".safetensors", ".sft", ".gguf", ".ckpt", ".pt", ".pth", ".bin")
_STATED = "modelspec.hash_sha256"  # of the tensors, written by whoever made the file: no hash of its bytes
_known: dict[tuple[int, int, int, int], str] = {}  # device, inode, size and time of a file to its SHA-256


def facts(client: Reads, graph: Mapping[str, Any], *, models_folder: str | Path | None = None) -> dict[str, Any]:
    """{model, driver} as a manifest takes them; `{"unknown": reason}` stands for what nobody tells.

    `graph` is what the server is to run. `models_folder` is the server's own models folder where this machine can
    read it: only then are its files' bytes hashed here. Raises what `client.read` raises, and VendorRefused
    (`not_comfyui`) for a server that is none.
    """
    info = system_stats(client)
    nodes = client.read("/object_info", limit=INFO_LIMIT)
    listed = nodes if isinstance(nodes, Mapping) else {}
    driver = driver_facts(info, listed, manager_snapshot(client))
    return {"model": _model(client, graph, Path(models_folder) if models_folder else None), "driver": driver}


def files_in(graph: Mapping[str, Any]) -> list[tuple[str, str]]:
    """(folder, file) of every model file that the graph's nodes load, each once, in order."""
    found = []
    for held in graph.values():
        class_type, inputs = str(held.get("class_type")), held.get("inputs") or {}
        for name, value in inputs.items():
            folder = _BY_CLASS.get((class_type, name)) or _FOLDERS.get(name)
            if folder and isinstance(value, str) and "Load" in class_type:
                found.append((folder, value))
    return list(dict.fromkeys(found))


def _model(client: Reads, graph: Mapping[str, Any], folder: Path | None) -> dict[str, Any]:
    used = files_in(graph)
    places = {f"{kind}/{name}": _inside(folder, kind, name) if folder else None for kind, name in used}
    known = {
        path: {"sha256": _hashed(place), "size": place.stat().st_size}
        for path, place in places.items()
        if place is not None
    }
    model: dict[str, Any] = {"named": sorted(places), **_stated(client, used)}
    missing = [path for path in places if path not in known]
    if not missing:
        return {**model, "files": known} if known else model
    why = f"the server tells no hash of {', '.join(missing[:4])}{' and others' if len(missing) > 4 else ''}"
    return {**model, "files": {"unknown": why}, **({"files_known": known} if known else {})}


def _stated(client: Reads, used: list[tuple[str, str]]) -> dict[str, Any]:
    """{stated: file to the hash that stands in its own metadata}; {} when none does."""
    found = {}
    for kind, name in used:
        try:
            metadata = client.read(f"/view_metadata/{kind}", filename=name)
        except BackendFailed:
            continue
        value = metadata.get(_STATED) if isinstance(metadata, Mapping) else None
        if isinstance(value, str):
            found[f"{kind}/{name}"] = failures.line(value)
    return {"stated": found} if found else {}


def _inside(folder: Path, kind: str, name: str) -> Path | None:
    """The weights file of that name below the folder, whatever the name tries; None when there is none."""
    root = folder.resolve()
    for part in (kind, *_OLD_NAMES.get(kind, ())):
        place = Path(os.path.normpath(root / part / name.replace("\\", "/")))
        if place.is_relative_to(root / part) and place.suffix.lower() in _WEIGHTS and place.is_file():
            return place
    return None


def _hashed(place: Path) -> str:
    state = place.stat()
    key = (state.st_dev, state.st_ino, state.st_size, state.st_mtime_ns)
    if key not in _known:
        with place.open("rb") as stream:
            _known[key] = hashlib.file_digest(stream, "sha256").hexdigest()
    return _known[key]
