"""A manifest from what a target says of itself."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from presets_app.core.documents import document_digest
from presets_app.core.manifest.pins import NOT_REPORTED, Pin, captured, told, unknown

MANIFEST_FORMAT = "matchframe/manifest/1"
SECTIONS = ("model", "driver", "seeds")
MODEL_PINS = ("repository", "revision", "files", "class", "dtype")
DRIVER_PINS = ("python", "os", "torch", "diffusers", "transformers", "gpu", "driver", "cuda", "attention")
# A ComfyUI server loads single files through code of its own: it has no repository, and no diffusers.
SERVER_PINS = {"model": ("files", "dtype"), "driver": ("python", "os", "torch", "gpu", "driver", "cuda", "attention")}
ASKED_PINS = ("offload", "vae_tiling", "vae_slicing", "quantization", "compile")  # the preset's own, as `runtime`
# A runner starts a process with the kernel that a preset asks for, so this too is the preset's own.
CHOSEN_PINS = (*ASKED_PINS, "determinism.attention")
MAPS = ("packages",)  # pins that keep a map whole: hundreds of entries that are compared one by one
_NONE_STATED = "the preset states none"


def from_fingerprint(preset: str, target: str, document: dict[str, Any], fingerprint: dict[str, Any]) -> dict[str, Any]:
    """The manifest of a target's fingerprint; {} from a closed service leaves model and driver unknown.

    `preset` is a slug. Nested driver facts get dotted names ("flags.tf32"), and the fingerprint's `determinism`
    stands in `driver` under "determinism." as well. Seeds are the document's where the fingerprint has none.
    """
    driver = {**section(fingerprint, "driver")}
    if "determinism" in fingerprint:
        driver["determinism"] = fingerprint["determinism"]
    model = {key: told(value) for key, value in _with_sizes(section(fingerprint, "model")).items()}
    pins = {key: told(value) for key, value in _flat(driver)}
    expected = SERVER_PINS if "comfyui" in driver else {"model": MODEL_PINS, "driver": DRIVER_PINS}
    return {
        "format": MANIFEST_FORMAT,
        "preset": preset,
        "target": target,
        "document_digest": document_digest(document),
        "model": _with_gaps(model, expected["model"]),
        "driver": _with_gaps({**pins, **_asked_for(document, pins)}, expected["driver"]),
        "seeds": {**seeds(document), **{key: told(value) for key, value in section(fingerprint, "seeds").items()}},
    }


def section(value: dict[str, Any], name: str) -> dict[str, Any]:
    inner = value.get(name)
    return inner if isinstance(inner, dict) else {}


def seeds(document: dict[str, Any]) -> dict[str, Pin]:
    """The seed of each stage, where noise is drawn, and whether the seeds are fixed by the preset."""
    pins: dict[str, Pin] = {}
    open_stages = []
    for index, stage in enumerate(document.get("stages") or ()):
        seed, role = stage.get("seed"), str(stage.get("role", index))
        pins[role] = captured(seed) if seed is not None else unknown(_NONE_STATED)
        open_stages += [role] if seed is None else []
    device = (document.get("runtime") or {}).get("noise_device")
    pins["noise_device"] = captured(device) if device else unknown(_NONE_STATED)
    if document.get("stages"):
        pins["policy"] = _policy(open_stages)
    return pins


def _policy(open_stages: list[str]) -> Pin:
    if open_stages:
        return unknown(f"the preset states no seed for {', '.join(open_stages)}")
    return captured("fixed by the preset; an input may state its own")


def _with_sizes(model: dict[str, Any]) -> dict[str, Any]:
    """Hash and size of a file side by side, where the target told both."""
    sizes = model.get("sizes")
    files = model.get("files")
    kept = {key: value for key, value in model.items() if key not in ("sizes", "failure")}
    if isinstance(sizes, dict) and isinstance(files, dict):
        both = {path: {"sha256": digest, "size": sizes[path]} for path, digest in files.items() if path in sizes}
        kept["files"] = {**files, **both}
    return kept


def _asked_for(document: dict[str, Any], pins: dict[str, Pin]) -> dict[str, Pin]:
    """What the preset itself decides about the machine: what is moved off the card, and when."""
    runtime = document.get("runtime") or {}
    return {name: captured(runtime[name]) for name in ASKED_PINS if name in runtime and name not in pins}


def _with_gaps(pins: dict[str, Pin], expected: tuple[str, ...]) -> dict[str, Pin]:
    # "libraries.torch" tells of torch
    known = {part for key in pins for part in (key.split(".")[0], key.split(".")[-1])}
    return {**{key: unknown(NOT_REPORTED) for key in expected if key not in known}, **pins}


def _flat(values: dict[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    for key, value in values.items():
        if isinstance(value, dict) and value and value.keys() != {"unknown"} and key not in MAPS:
            yield from _flat(value, f"{prefix}{key}.")
        else:
            yield f"{prefix}{key}", value
