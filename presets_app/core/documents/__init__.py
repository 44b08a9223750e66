"""Reading a preset document from bytes nobody vouches for, and writing it back.

Limits come before parsing; what is wrong comes back as problems with line and column, never as an exception.
"""

from __future__ import annotations

from presets_app.core.documents.limits import EMBEDDED_LIMITS, INPUT_SET_LIMITS, PRESET_LIMITS, WORKFLOW_LIMITS, Limits
from presets_app.core.documents.names import name_problems, slug_of, valid_slug
from presets_app.core.documents.reading import Held, Media, Parsed, parse, parse_foreign
from presets_app.core.documents.writing import document_digest, to_json_bytes, to_yaml_bytes

__all__ = [
    "EMBEDDED_LIMITS",
    "INPUT_SET_LIMITS",
    "PRESET_LIMITS",
    "WORKFLOW_LIMITS",
    "Held",
    "Limits",
    "Media",
    "Parsed",
    "document_digest",
    "name_problems",
    "parse",
    "parse_foreign",
    "slug_of",
    "to_json_bytes",
    "to_yaml_bytes",
    "valid_slug",
]
