"""Variables that a preset names: which of them a target has to have a value for."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any

from presets_app.core.problems import Problem
from presets_app.core.secrets import is_variable_name

# The key that a client of each cloud sends. A preset may name it although it is rendered elsewhere too.
KEY_NAMES = {
    "wavespeed": "WAVESPEED_API_KEY",
    "ltx_api": "LTX_API_KEY",
    "runpod": "RUNPOD_API_KEY",
    "dashscope": "DASHSCOPE_API_KEY",
}


def needed(document: dict[str, Any], kind: str) -> list[str]:
    """The names that this preset needs on a target of this kind: what it names, without the keys of other services,
    and the service's own key."""
    named = document.get("environment")
    entries = named if isinstance(named, list) else []
    names = {entry for entry in entries if isinstance(entry, str) and is_variable_name(entry)}
    own = KEY_NAMES.get(kind)
    return sorted((names - set(KEY_NAMES.values())) | ({own} if own else set()))


def lacking(document: dict[str, Any], kind: str, held: Collection[str]) -> list[str]:
    return [name for name in needed(document, kind) if name not in held]


def problems(names: Iterable[str], target: str) -> list[Problem]:
    """One for each name that the target called `target` has no value for."""
    hint = "Set it on the target's page, or with `manage.py targets secrets`."
    return [
        Problem("variable_missing", "warning", "/environment", f"{target} has no value for {name}.", hint)
        for name in names
    ]
