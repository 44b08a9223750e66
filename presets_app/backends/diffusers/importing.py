"""A diffusers call as JSON, or a Python script that makes one, as a document."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from presets_app.backends.base import Imported
from presets_app.backends.diffusers import reading
from presets_app.backends.diffusers.draft import Draft
from presets_app.backends.diffusers.normalizing import CALL_KEYS, CLASS_KEYS, SOURCE_KEYS, is_argument, normalized
from presets_app.backends.diffusers.scripts import UnreadableScript, looks_like_one, read_script

_KNOWING = ("num_inference_steps", "guidance_scale", "num_frames", "frame_rate", "guidance_scale_2")


def recognises(value: Mapping[str, Any]) -> bool:
    """Whether an object is a diffusers call: it names a pipeline class, or has the arguments of one."""
    if "format" in value:
        return False
    if any(_names_pipeline(value.get(key)) for key in CLASS_KEYS):
        return True
    held = next((value[key] for key in CALL_KEYS if isinstance(value.get(key), dict)), None)
    told = held if held is not None else value
    named_weights = any(isinstance(value.get(key), (str, dict)) for key in ("from_pretrained", *SOURCE_KEYS))
    return any(key in told for key in _KNOWING) and (
        named_weights or held is not None or all(is_argument(str(key)) or key == "seed" for key in value)
    )


def to_document(value: Mapping[str, Any]) -> Imported:
    """The call as a draft document. Never raises for what recognises() took."""
    draft = Draft(normalized(value))
    reading.read(draft)
    return draft.closed("a diffusers call")


def recognises_script(text: str) -> bool:
    """Whether a text is a Python script that uses diffusers; cheap, and never raises."""
    return looks_like_one(text)


def from_script(text: str) -> Imported:
    """What a script would render, read with `ast` and never run. Each loss and problem names the line."""
    try:
        source = read_script(text)
    except UnreadableScript as fault:
        return Imported(None, [], [fault.problem], "a diffusers script")
    draft = Draft(source.source)
    draft.problems.extend(source.problems)
    reading.read(draft)
    if source.environment:
        draft.set("/environment", source.environment)
    return draft.closed("a diffusers script")


def _names_pipeline(named: Any) -> bool:
    """A class by name, as ["diffusers", name], or within an object of its own."""
    if isinstance(named, dict):
        return any(_names_pipeline(named.get(key)) for key in CLASS_KEYS if key in named)
    name = named[1] if isinstance(named, list) and len(named) == 2 else named
    return isinstance(name, str) and (name.endswith("Pipeline") or name.startswith("diffusers."))
