"""What differs between two manifests, readably."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from presets_app.core.diff import Change
from presets_app.core.manifest.making import MAPS, SECTIONS, section
from presets_app.core.manifest.pins import file_hashes, short, spelled
from presets_app.core.pointers import joined

_LABELS = {
    "gpu.driver": "driver",
    "gpu.cuda_driver": "CUDA of the driver",
    "gpu.devices": "GPU",
    "gpu.present": "GPU present",
    "gpu.reason": "why there is no GPU",
    "cuda": "CUDA",
    "cudnn": "cuDNN",
    "os": "OS",
    "cpu.model": "CPU",
    "cpu.capability": "CPU instructions",
    "model_id": "model",
    "comfyui": "ComfyUI",
    "comfyui.version": "ComfyUI",
    "comfyui.commit": "ComfyUI commit",
}
_PREFIXES = {
    "libraries.": "",
    "custom_nodes.": "node ",
    "determinism.environment.": "",
    "determinism.": "",
    "cpu.": "CPU ",
}
_NAMES_OF_OTHERS = ("libraries.", "custom_nodes.", "determinism.environment.")  # spelled as their makers do


def differences(old: dict[str, Any], new: dict[str, Any]) -> list[Change]:
    """What differs between two manifests, pin by pin and file by file; values in their readable form."""
    found: list[Change] = []
    if old.get("document_digest") != new.get("document_digest"):
        pair = (short(old.get("document_digest")), short(new.get("document_digest")))
        found.append(Change("/document_digest", "changed", "document", *pair))
    for name in SECTIONS:
        found.extend(_section_differences(name, section(old, name), section(new, name)))
    return found


def label_of(part: str, key: str) -> str:
    """What a pin is called in a sentence: "driver" for gpu.driver, "torch" for libraries.torch."""
    if part == "seeds":
        return key.replace("_", " ") if key in ("noise_device", "policy") else f"seed of {key.replace('.', ', ')}"
    if part == "driver" and key in _LABELS:
        return _LABELS[key]
    prefix = next((prefix for prefix in _PREFIXES if part == "driver" and key.startswith(prefix)), "")
    name = key.removeprefix(prefix)
    return _PREFIXES.get(prefix, "") + (name if prefix in _NAMES_OF_OTHERS else name.replace("_", " "))


def _section_differences(part: str, old: dict[str, Any], new: dict[str, Any]) -> Iterator[Change]:
    for key in sorted(old.keys() | new.keys()):
        before, after = old.get(key), new.get(key)
        if before == after:
            continue
        entries = (_entries(key, before), _entries(key, after))
        if entries[0] and entries[1]:
            yield from _entry_differences(part, key, *entries)
        else:
            yield _pin_change(part, key, before, after)


def _pin_change(part: str, key: str, before: Any, after: Any) -> Change:
    path, label = joined((part, key)), label_of(part, key)
    if before is None:
        return Change(path, "added", label, None, _readable(key, after))
    if after is None:
        return Change(path, "removed", label, _readable(key, before), None)
    return Change(path, "changed", label, _readable(key, before), _readable(key, after))


def _readable(key: str, pin: Any) -> str:
    entries = _entries(key, pin)
    return f"{len(entries)} {key}" if entries and key in MAPS else spelled(pin)


def _entries(key: str, pin: Any) -> dict[str, str]:
    """The pin's map of file to SHA-256 or of package to version; {} when it holds anything else."""
    value = pin.get("value") if isinstance(pin, dict) else None
    if key in MAPS:
        return value if isinstance(value, dict) and all(isinstance(inner, str) for inner in value.values()) else {}
    return file_hashes(value)


def _entry_differences(part: str, key: str, old: dict[str, str], new: dict[str, str]) -> Iterator[Change]:
    of_files = key not in MAPS
    for name in sorted(old.keys() | new.keys()):
        before, after = (short(side[name]) if of_files and name in side else side.get(name) for side in (old, new))
        if old.get(name) == new.get(name):
            continue
        kind: Any = "removed" if after is None else "added" if before is None else "changed"
        label = f"{'file' if key == 'files' else key.removesuffix('s')} {name}"
        yield Change(joined((part, key, "value", name)), kind, label, before, after)
