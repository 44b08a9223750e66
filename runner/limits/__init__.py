"""What this runner can render, checked on the document alone, before any weights are read.

The pipelines let most of these pass: 122 frames of LTX-2 become sound and picture of two lengths, one step of its
full schedule becomes NaN, WAN rounds sizes down and says so only in a log.
"""

from __future__ import annotations

from runner.limits import common, ltx2, stages, wan22
from runner.limits.common import Document, fps_of
from runner.limits.ltx2 import SCALE, is_distilled, sigmas_of, steps_in
from runner.limits.output import check_output
from runner.limits.pictures import Picture, pictures_of
from runner.limits.stages import steps_of

__all__ = [
    "SCALE",
    "Document",
    "Picture",
    "check",
    "check_output",
    "fps_of",
    "is_distilled",
    "pictures_of",
    "sigmas_of",
    "steps_in",
    "steps_of",
]
_FAMILIES = {"ltx-2": ltx2.check, "ltx-2.3": ltx2.check, "wan-2.2": wan22.check}


def check(document: Document) -> None:
    """Raise CannotRender (cause `preset`) for the first thing this runner would not render as written."""
    common.check(document)
    stages.check(document)
    _FAMILIES[document["family"]](document)
