"""Which forms of other programs can be read and written, by name."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Any, Protocol

from presets_app.backends.base import Exported, Imported
from presets_app.core.errors import NotFound


class Reads(Protocol):
    """A module that reads one program's files: `<kind>/importing.py`."""

    def recognises(self, value: Mapping[str, Any]) -> bool:
        """Whether an object is this program's; cheap, and never raises."""

    def to_document(self, value: Mapping[str, Any]) -> Imported:
        """The object as a draft document; never raises for what recognises() took."""


# In the order they are asked: the most particular shape first.
_READERS = ("comfyui", "dashscope", "runpod", "ltx_api", "wavespeed", "diffusers")
_WRITERS = {
    "comfyui": "comfyui",
    "diffusers": "diffusers",
    "wavespeed": "wavespeed",
    "ltx-api": "ltx_api",
    "runpod": "runpod",
    "dashscope": "dashscope",
}
FORMS = tuple(_WRITERS)


def reader_of(value: Mapping[str, Any]) -> Reads | None:
    """The reader that knows an object's shape, None when nobody does."""
    for kind in _READERS:
        reader: Any = import_module(f"presets_app.backends.{kind}.importing")
        if reader.recognises(value):
            found: Reads = reader
            return found
    return None


def writer_of(form: str) -> Callable[[Mapping[str, Any]], Exported]:
    """What writes a document in a form of FORMS: `<kind>/exporting.py`. Raises NotFound for another name."""
    kind = _WRITERS.get(form)
    if kind is None:
        hint = f"Known: document, {', '.join(FORMS)}."
        raise NotFound(f"There is no form of the name {form[:40]!r}.", code="form_unknown", hint=hint)
    writer: Callable[[Mapping[str, Any]], Exported] = import_module(f"presets_app.backends.{kind}.exporting").to_form
    return writer
