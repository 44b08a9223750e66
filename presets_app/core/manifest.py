"""The pins of one preset on one target: what is known about model, driver and seeds, and how well.

Every value is *captured* from the target, *declared* by a named person (unverified), or *unknown* with the reason.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from presets_app.core import canonical, secrets
from presets_app.core.diff import Change
from presets_app.core.documents import document_digest, valid_slug
from presets_app.core.pointers import joined
from presets_app.core.problems import Problem

MANIFEST_FORMAT = "matchframe/manifest/1"
SECTIONS = ("model", "driver", "seeds")
STATUSES = ("captured", "declared", "unknown")
MODEL_PINS = ("repository", "revision", "files", "class", "dtype")
DRIVER_PINS = ("python", "os", "torch", "diffusers", "transformers", "gpu", "driver", "cuda", "attention")
_WEIGHTS = ("revision", "files")
_SHA256 = re.compile(r"[0-9a-f]{64}")
_FIELDS = {"format", "preset", "target", "document_digest", *SECTIONS}
_NOT_REPORTED = "the target did not report it"
Pin = dict[str, Any]


def captured(value: Any) -> Pin:
    """A value read from the target itself. None means that there is none, for example no GPU."""
    return {"value": value, "status": "captured"}


def declared(value: Any, by: str) -> Pin:
    """A value somebody typed; shown as "declared by NAME (unverified)"."""
    return {"value": value, "status": "declared", "by": by}


def unknown(why: str) -> Pin:
    return {"value": None, "status": "unknown", "why": why}


def files_digest(files: dict[str, str]) -> str:
    """One SHA-256 over a map of path to the SHA-256 of each file."""
    return canonical.digest(files)


def from_fingerprint(preset: str, target: str, document: dict[str, Any], fingerprint: dict[str, Any]) -> dict[str, Any]:
    """The manifest of a runner's fingerprint; {} from a closed service leaves model and driver unknown.

    `preset` is a slug. Nested driver facts get dotted names ("flags.tf32"), and the fingerprint's `determinism`
    stands in `driver` under "determinism." as well. Seeds are the document's where the fingerprint has none.
    """
    driver = {**_section(fingerprint, "driver")}
    if "determinism" in fingerprint:
        driver["determinism"] = fingerprint["determinism"]
    model = {key: captured(value) for key, value in _section(fingerprint, "model").items()}
    return {
        "format": MANIFEST_FORMAT,
        "preset": preset,
        "target": target,
        "document_digest": document_digest(document),
        "model": _with_gaps(model, MODEL_PINS),
        "driver": _with_gaps({key: captured(value) for key, value in _flat(driver)}, DRIVER_PINS),
        "seeds": _seeds(document, _section(fingerprint, "seeds")),
    }


def digest(manifest: dict[str, Any]) -> str:
    """SHA-256 over the canonical bytes of the whole manifest."""
    return canonical.digest(manifest)


def differences(old: dict[str, Any], new: dict[str, Any]) -> list[Change]:
    """What differs between two manifests, pin by pin and file by file; values in their readable form."""
    found: list[Change] = []
    if old.get("document_digest") != new.get("document_digest"):
        pair = (_short(old.get("document_digest")), _short(new.get("document_digest")))
        found.append(Change("/document_digest", "changed", "document", *pair))
    for name in SECTIONS:
        found.extend(_section_differences(name, _section(old, name), _section(new, name)))
    return found


def is_complete(manifest: dict[str, Any]) -> list[Problem]:
    """What is not pinned: a warning for the weights, a note for the rest and for what was only declared."""
    found: list[Problem] = []
    for name in SECTIONS:
        for key, pin in sorted(_section(manifest, name).items()):
            found.extend(_gap(name, key, pin))
    return found


def validate_manifest(value: Any) -> list[Problem]:
    """What is wrong with a manifest's shape, and every secret found in it."""
    if not isinstance(value, dict):
        return [_invalid("", "A manifest is an object of named fields")]
    return [*_head_problems(value), *_pin_problems(value), *secrets.find(value)]


def spelled(pin: Any) -> str:
    """The pin in words: "570.12", "560.35, declared by Ada (unverified)", "unknown"."""
    status = pin.get("status") if isinstance(pin, dict) else None
    if status not in ("captured", "declared"):
        return "unknown"
    value = pin.get("value")
    text = "none" if value is None else value if isinstance(value, str) else canonical.canonical_bytes(value).decode()
    return f"{text}, declared by {pin.get('by')} (unverified)" if status == "declared" else text


def _section(value: dict[str, Any], name: str) -> dict[str, Any]:
    inner = value.get(name)
    return inner if isinstance(inner, dict) else {}


def _with_gaps(pins: dict[str, Pin], expected: tuple[str, ...]) -> dict[str, Pin]:
    told = {
        part for key in pins for part in (key.split(".")[0], key.split(".")[-1])
    }  # "libraries.torch" tells of torch
    return {**{key: unknown(_NOT_REPORTED) for key in expected if key not in told}, **pins}


def _flat(values: dict[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    for key, value in values.items():
        if isinstance(value, dict) and value:
            yield from _flat(value, f"{prefix}{key}.")
        else:
            yield f"{prefix}{key}", value


def _seeds(document: dict[str, Any], reported: dict[str, Any]) -> dict[str, Pin]:
    pins: dict[str, Pin] = {}
    for index, stage in enumerate(document.get("stages") or ()):
        seed = stage.get("seed")
        pins[str(stage.get("role", index))] = captured(seed) if seed is not None else unknown("the preset states none")
    device = (document.get("runtime") or {}).get("noise_device")
    pins["noise_device"] = captured(device) if device else unknown("the preset states none")
    return {**pins, **{key: captured(value) for key, value in reported.items()}}


def _section_differences(section: str, old: dict[str, Any], new: dict[str, Any]) -> Iterator[Change]:
    for key in sorted(old.keys() | new.keys()):
        before, after = old.get(key), new.get(key)
        if before == after:
            continue
        files = (_files_of(before), _files_of(after))
        if section == "model" and key == "files" and files[0] and files[1]:
            yield from _file_differences(files[0], files[1])
        else:
            yield _pin_change((section, key), before, after)


def _pin_change(parts: tuple[str, str], before: Any, after: Any) -> Change:
    section, key = parts
    label = f"seed of {key}" if section == "seeds" and key != "noise_device" else key.replace("_", " ")
    if before is None:
        return Change(joined(parts), "added", label, None, _readable(after))
    if after is None:
        return Change(joined(parts), "removed", label, _readable(before), None)
    return Change(joined(parts), "changed", label, _readable(before), _readable(after))


def _readable(pin: Any) -> str:
    files = _files_of(pin)
    return f"{len(files)} files ({_short(files_digest(files))})" if files else spelled(pin)


def _files_of(pin: Any) -> dict[str, str]:
    """The pin's map of path to SHA-256; {} when it holds anything else."""
    value = pin.get("value") if isinstance(pin, dict) else None
    return value if isinstance(value, dict) and all(_is_sha256(inner) for inner in value.values()) else {}


def _file_differences(old: dict[str, str], new: dict[str, str]) -> Iterator[Change]:
    for name in sorted(old.keys() | new.keys()):
        path, label = joined(("model", "files", "value", name)), f"file {name}"
        if name not in new:
            yield Change(path, "removed", label, _short(old[name]), None)
        elif name not in old:
            yield Change(path, "added", label, None, _short(new[name]))
        elif old[name] != new[name]:
            yield Change(path, "changed", label, _short(old[name]), _short(new[name]))


def _short(value: Any) -> str:
    return value[:12] if isinstance(value, str) else "none"


def _gap(section: str, key: str, pin: Any) -> Iterator[Problem]:
    status = pin.get("status") if isinstance(pin, dict) else None
    path = joined((section, key))
    if status == "unknown":
        yield Problem(
            "pin_unknown",
            "warning" if section == "model" and key in _WEIGHTS else "note",
            path,
            f"The {section}'s {key} is unknown: {pin.get('why') or _NOT_REPORTED}.",
            "Capture it from the target, or let a named person declare it.",
        )
    elif status == "declared":
        words = f"The {section}'s {key} was declared by {pin.get('by')} and never read from the target."
        yield Problem("pin_declared", "note", path, words, "Capture it from the target when it can be reached.")


def _head_problems(value: dict[str, Any]) -> Iterator[Problem]:
    if value.get("format") != MANIFEST_FORMAT:
        yield _invalid("/format", f"The format must be {MANIFEST_FORMAT}")
    if not isinstance(value.get("preset"), str) or not valid_slug(value["preset"]):
        yield _invalid("/preset", "The preset must be named by its slug")
    if not isinstance(value.get("target"), str) or not value["target"]:
        yield _invalid("/target", "The target must be named")
    if not _is_sha256(value.get("document_digest")):
        yield _invalid("/document_digest", "The document digest must be 64 small hex digits")
    if value.keys() - _FIELDS:
        yield _invalid("", "There are fields that a manifest does not have")


def _pin_problems(value: dict[str, Any]) -> Iterator[Problem]:
    for name in SECTIONS:
        if not isinstance(value.get(name), dict):
            yield _invalid(f"/{name}", f"The section {name} must be an object of pins")
            continue
        for key, pin in value[name].items():
            reason = _pin_reason(pin)
            if reason:
                yield _invalid(joined((name,) if secrets.unspeakable(key) else (name, key)), reason)


def _pin_reason(pin: Any) -> str:
    if not isinstance(pin, dict) or pin.get("status") not in STATUSES or "value" not in pin:
        return "A pin needs a value and a status: captured, declared or unknown"
    if pin["status"] == "declared" and not (isinstance(pin.get("by"), str) and pin["by"]):
        return "A declared pin names the person who declared it"
    if pin["status"] == "unknown" and pin["value"] is not None:
        return "An unknown pin has no value"
    return ""


def _is_sha256(value: Any) -> bool:
    return isinstance(value, str) and _SHA256.fullmatch(value) is not None


def _invalid(path: str, words: str) -> Problem:
    return Problem("manifest_invalid", "error", path, f"{words}.", "Capture the manifest from the target again.")
