"""One pin: a value and how it is known; and the special values a pin can have."""

from __future__ import annotations

import re
from typing import Any

from presets_app.core import canonical

Pin = dict[str, Any]
STATUSES = ("captured", "declared", "unknown")
NOT_REPORTED = "the target did not report it"
_SHA256 = re.compile(r"[0-9a-f]{64}")
_GIB = 1024**3


def captured(value: Any) -> Pin:
    """A value read from the target itself. None means that there is none, for example no GPU."""
    return {"value": value, "status": "captured"}


def declared(value: Any, by: str) -> Pin:
    """A value somebody typed; shown as "declared by NAME (unverified)"."""
    return {"value": value, "status": "declared", "by": by}


def unknown(why: str) -> Pin:
    return {"value": None, "status": "unknown", "why": why}


def told(value: Any) -> Pin:
    """A reported value as a pin: `{"unknown": reason}` is how a target says that it does not know."""
    if isinstance(value, dict) and value.keys() == {"unknown"}:
        return unknown(str(value["unknown"]))
    return captured(value)


def digest(manifest: dict[str, Any]) -> str:
    """SHA-256 over the canonical bytes of the whole manifest."""
    return canonical.digest(manifest)


def is_sha256(value: Any) -> bool:
    return isinstance(value, str) and _SHA256.fullmatch(value) is not None


def files_digest(files: dict[str, str]) -> str:
    """One SHA-256 over a map of path to the SHA-256 of each file."""
    return canonical.digest(files)


def file_hashes(value: Any) -> dict[str, str]:
    """Path to SHA-256, from a pin's value in either of its forms: path to SHA-256, or path to {sha256, size}. {} when
    it is neither."""
    if not isinstance(value, dict) or not value:
        return {}
    found: dict[str, Any] = {
        path: inner.get("sha256") if isinstance(inner, dict) else inner for path, inner in value.items()
    }
    return found if all(is_sha256(inner) for inner in found.values()) else {}


def spelled(pin: Any) -> str:
    """The pin in words: "570.12", "560.35, declared by Ada (unverified)", "unknown"."""
    status = pin.get("status") if isinstance(pin, dict) else None
    if status not in ("captured", "declared"):
        return "unknown"
    text = _text(pin.get("value"))
    return f"{text}, declared by {pin.get('by')} (unverified)" if status == "declared" else text


def short(value: Any) -> str:
    return value[:12] if isinstance(value, str) else "none"


def _text(value: Any) -> str:
    if value is None or value in ({}, []):
        return "none"
    if isinstance(value, str):
        return value
    if isinstance(value, list) and all(_is_card(entry) for entry in value):
        return ", ".join(_card(entry) for entry in value)
    files = file_hashes(value)
    return f"{len(files)} files ({short(files_digest(files))})" if files else canonical.canonical_bytes(value).decode()


def _is_card(entry: Any) -> bool:
    return isinstance(entry, dict) and isinstance(entry.get("name"), str) and "memory" in entry


def _card(entry: dict[str, Any]) -> str:
    memory = entry["memory"]
    return f"{entry['name']} ({memory / _GIB:.1f} GiB)" if isinstance(memory, int) else str(entry["name"])
