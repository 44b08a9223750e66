"""Python scripts for diffusers: recognised by their name or their words, read as text and never run."""

from __future__ import annotations

import re

from presets_app.backends.base import Imported
from presets_app.backends.diffusers import importing
from presets_app.core.documents import PRESET_LIMITS
from presets_app.core.errors import Invalid

_SAYS_PYTHON = re.compile(rb"^(?:from\s+[\w.]+\s+import\s|import\s+[\w., ]+$|#!.{0,60}python)", re.MULTILINE)
_LOOKED_AT = 64 * 1024


def is_script(data: bytes, name: str) -> bool:
    """Whether to read the bytes as Python: a .py file, or a text that imports something."""
    if name.lower().endswith(".py"):
        return True
    head = data[:_LOOKED_AT].lstrip(b"\xef\xbb\xbf \t\r\n")
    return head[:1] not in (b"{", b"[") and b"\0" not in head and bool(_SAYS_PYTHON.search(head))


def text_of(data: bytes) -> str:
    """The script's text. Raises Invalid."""
    if len(data) > PRESET_LIMITS.size:
        text = f"The script has {len(data):,} bytes; at most {PRESET_LIMITS.size:,} are read."
        raise Invalid(text, code="document_too_large", hint="Give the part that makes the pipeline and calls it.")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        hint = "Save the script as UTF-8."
        raise Invalid("The script is not UTF-8 text.", code="encoding_invalid", hint=hint) from None


def to_document(text: str) -> Imported:
    """What the script would render. Never raises; `document` is None for one that cannot be read."""
    return importing.from_script(text)
