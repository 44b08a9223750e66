"""What decides a step's output, part by part, and in words why a step is done again or not."""

from __future__ import annotations

from collections.abc import Mapping

from presets_app.core import canonical

KEY_FORMAT = "matchframe/recipe-step/1"
FIRST = "It was not done before."
Parts = Mapping[str, str]
_WORDS = {
    "preset": "the preset changed",
    "step": "the step itself changed",
    "target": "it runs on another target",
    "manifest": "what the target renders with changed",
    "item": "its input changed",
    "choice": "another frame was chosen",
    "model": "the language model changed",
    "tool": "the program that does it changed",
}


def key_of(kind: str, parts: Parts) -> str:
    """SHA-256 (64 hex digits): the same for two steps that must give the same output."""
    return canonical.digest({"format": KEY_FORMAT, "kind": kind, "parts": dict(parts)})


def why(now: Parts, before: Parts | None) -> str:
    """One sentence on what moved since the last time this step was done; "" when nothing did."""
    if before is None:
        return FIRST
    moved = sorted(name for name in now.keys() | before.keys() if now.get(name) != before.get(name))
    if not moved:
        return ""
    sentence = ", and ".join(_words(name) for name in moved)
    return f"{sentence[:1].upper()}{sentence[1:]}."


def _words(name: str) -> str:
    kind, _, source = name.partition(":")
    if kind == "input":
        return f"its input {source} changed"
    return _WORDS.get(kind, f"{kind} changed")
