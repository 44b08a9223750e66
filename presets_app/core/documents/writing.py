"""A document back to bytes, and its digest."""

from __future__ import annotations

import io
from typing import Any

from ruamel.yaml import YAML

from presets_app.core.canonical import digest, normalized, readable_bytes


def to_json_bytes(document: dict[str, Any]) -> bytes:
    """Readable JSON for people and Git: sorted keys, two-space indent, one newline at the end."""
    return readable_bytes(document)


def to_yaml_bytes(document: dict[str, Any]) -> bytes:
    """Block-style YAML 1.2 with sorted keys; `parse` gives a document of the same digest."""
    writer = YAML(typ="safe", pure=True)
    writer.default_flow_style = False
    writer.allow_unicode = True
    writer.width = 120
    stream = io.BytesIO()
    writer.dump(_sorted(normalized(document)), stream)
    return stream.getvalue()


def document_digest(document: dict[str, Any]) -> str:
    """SHA-256 (64 hex digits) over the canonical bytes: equal for two documents that mean the same."""
    return digest(document)


def _sorted(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _sorted(value[key]) for key in sorted(value)}
    return [_sorted(inner) for inner in value] if isinstance(value, list) else value
