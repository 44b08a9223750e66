"""What each kind of target cannot do for a document: sizes, lengths, rates, prompts, LoRAs. No network is asked."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Any

from presets_app.core.errors import NotFound
from presets_app.core.problems import Problem
from presets_app.core.schema import validate

_PLACES = {
    "wavespeed": "presets_app.backends.wavespeed.capability:limits",
    "ltx_api": "presets_app.backends.ltx_api.capability:limits",
    "runpod": "presets_app.backends.runpod.capability:limits",
    "dashscope": "presets_app.backends.dashscope.capability:limits",
    "local": "presets_app.backends.local.capability:problems",
}
_WITHOUT = frozenset({"comfyui"})  # a server of one's own: what it can do stands in its object_info
KINDS = (*_PLACES, *sorted(_WITHOUT))


def check(kind: str, document: Mapping[str, Any]) -> list[Problem]:
    """Lints for one kind of target; nothing for a document whose shape is wrong, which other checks say. Raises
    NotFound for an unknown kind."""
    if kind not in KINDS:
        hint = f"Known: {', '.join(KINDS)}."
        raise NotFound(f"There is no target of the kind {kind[:40]!r}.", code="backend_unknown", hint=hint)
    if kind in _WITHOUT or any(problem.severity == "error" for problem in validate(document, draft=True)):
        return []
    place, _, name = _PLACES[kind].partition(":")
    limits: Callable[[Mapping[str, Any]], list[Problem]] = getattr(import_module(place), name)
    return limits(document)
