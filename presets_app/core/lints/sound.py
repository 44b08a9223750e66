"""LTX-2's own sound."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from presets_app.core.lints.values import section
from presets_app.core.problems import Problem

_SPEAKING = ("ltx-2", "ltx-2.3", "ltx-2.5")


def audio_harsh(document: dict[str, Any]) -> Iterator[Problem]:
    """A note on every preset with sound: whether it is harsh shows only in the sound itself."""
    if document.get("family") in _SPEAKING and section(document, "audio").get("generate") is True:
        yield Problem(
            "audio_harsh",
            "note",
            "/audio/generate",
            "LTX-2's sound can be harsh between 4 and 8 kHz; that is heard in the result and not in the preset.",
            "Listen to voices in the preview set. Where they are harsh, make a recipe of the shape equalized: it lowers"
            " 4-8 kHz by a few dB after the render and keeps the step, so that the other side gets it too.",
            "Reported by people who render with LTX-2; the amount depends on the voice",
        )


CHECKS = (audio_harsh,)
