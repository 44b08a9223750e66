"""Files and fields that the task needs, and paths that would not exist on the other side."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from presets_app.core.families import is_open_wan, rules_of
from presets_app.core.lints.values import section, stages_of
from presets_app.core.pointers import joined
from presets_app.core.problems import Problem
from presets_app.core.secrets import unspeakable

_ABSOLUTE = re.compile(r"(?:[A-Za-z]:[\\/]|[\\/]|~[\\/]|file:)")
_SHOTS = ("wan-2.5", "wan-2.6")


def paths_that_travel(document: dict[str, Any]) -> Iterator[Problem]:
    for path, text in _file_names(document):
        if _ABSOLUTE.match(text) or ".." in re.split(r"[\\/]", text):
            yield Problem(
                "path_not_portable",
                "warning",
                path,
                "This file is named by a path of one machine, which will not exist on the other side.",
                "Name model files by file name, and add pictures, video and sound as assets.",
            )


def shots_for_family(document: dict[str, Any]) -> Iterator[Problem]:
    rules = rules_of(document)
    if rules is not None and document.get("shots") and document.get("family") not in _SHOTS:
        yield Problem(
            "shots_for_family",
            "warning",
            "/shots",
            f"{rules.title} renders one shot; the list of shots has no effect there.",
            "Put the whole description into the prompt.",
        )


def audio_for_family(document: dict[str, Any]) -> Iterator[Problem]:
    if is_open_wan(document) and section(document, "audio").get("generate") is True:
        yield Problem(
            "audio_for_family",
            "warning",
            "/audio/generate",
            "WAN 2.1 and 2.2 make no sound; this setting has no effect there.",
            "Leave it out, or add sound in a step of its own.",
        )


def file_name(path: str) -> str:
    """The last part of a path of any system, "" where that is no name."""
    last = re.split(r"[\\/]", path.removeprefix("file:"))[-1]
    return "" if last in ("", ".", "..", "~") or _ABSOLUTE.match(last) else last


def _file_names(document: dict[str, Any]) -> Iterator[tuple[str, str]]:
    for key, files in section(document, "models").items():
        if isinstance(files, list) and not unspeakable(key):
            yield from ((joined(("models", key, at)), name) for at, name in enumerate(files) if isinstance(name, str))
    for index, stage in stages_of(document):
        if isinstance(stage.get("model"), str):
            yield joined(("stages", index, "model")), stage["model"]
        loras = stage.get("loras")
        for at, lora in enumerate(loras if isinstance(loras, list) else ()):
            if isinstance(lora, dict) and isinstance(lora.get("file"), str):
                yield joined(("stages", index, "loras", at, "file")), lora["file"]
    for key, asset in section(document, "inputs").items():
        if isinstance(asset, str) and not unspeakable(key):
            yield joined(("inputs", key)), asset


CHECKS = (paths_that_travel, shots_for_family, audio_for_family)
