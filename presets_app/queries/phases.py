"""What a runner is doing, in words."""

from __future__ import annotations

from typing import Any

_WORDS = {
    "waiting": "waiting",
    "load": "loading the weights",
    "text": "reading the prompt",
    "denoise": "denoising",
    "decode": "decoding",
    "encode": "writing the video",
    "store": "storing",
}


def words(phase: Any) -> str | None:
    """The phase for people; one of a server's own is shown as it is."""
    return _WORDS.get(phase, phase) if isinstance(phase, str) and phase else None
