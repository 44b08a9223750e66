"""What a manifest leaves open, and whether a file is one at all."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from presets_app.core import secrets
from presets_app.core.documents import valid_slug
from presets_app.core.manifest.making import MANIFEST_FORMAT, SECTIONS, section
from presets_app.core.manifest.pins import NOT_REPORTED, STATUSES, is_sha256
from presets_app.core.pointers import joined
from presets_app.core.problems import Problem

_WEIGHTS = ("revision", "files")
_FIELDS = {"format", "preset", "target", "document_digest", *SECTIONS}


def is_complete(manifest: dict[str, Any]) -> list[Problem]:
    """What is not pinned: a warning for the weights, a note for the rest and for what was only declared."""
    found: list[Problem] = []
    for name in SECTIONS:
        for key, pin in sorted(section(manifest, name).items()):
            found.extend(_gap(name, key, pin))
    return found


def validate_manifest(value: Any) -> list[Problem]:
    """What is wrong with a manifest's shape, and every secret found in it."""
    if not isinstance(value, dict):
        return [_invalid("", "A manifest is an object of named fields")]
    return [*_head_problems(value), *_pin_problems(value), *secrets.find(value)]


def _gap(part: str, key: str, pin: Any) -> Iterator[Problem]:
    status = pin.get("status") if isinstance(pin, dict) else None
    path = joined((part, key))
    if status == "unknown":
        yield Problem(
            "pin_unknown",
            "warning" if part == "model" and key in _WEIGHTS else "note",
            path,
            f"The {part}'s {key} is unknown: {pin.get('why') or NOT_REPORTED}.",
            "Capture it from the target, or let a named person declare it.",
        )
    elif status == "declared":
        words = f"The {part}'s {key} was declared by {pin.get('by')} and never read from the target."
        yield Problem("pin_declared", "note", path, words, "Capture it from the target when it can be reached.")


def _head_problems(value: dict[str, Any]) -> Iterator[Problem]:
    if value.get("format") != MANIFEST_FORMAT:
        yield _invalid("/format", f"The format must be {MANIFEST_FORMAT}")
    if not isinstance(value.get("preset"), str) or not valid_slug(value["preset"]):
        yield _invalid("/preset", "The preset must be named by its slug")
    if not isinstance(value.get("target"), str) or not value["target"]:
        yield _invalid("/target", "The target must be named")
    if not is_sha256(value.get("document_digest")):
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


def _invalid(path: str, words: str) -> Problem:
    return Problem("manifest_invalid", "error", path, f"{words}.", "Capture the manifest from the target again.")
