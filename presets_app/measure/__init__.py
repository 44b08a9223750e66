"""Video decode and comparison. The caller's side starts a sandboxed child; media are parsed there. The one exception
is the list of a picture's text parts, which plain Python reads without decoding anything.

Names are found when they are asked for: the child imports this package too, and what it never uses would be counted
as the cost of every pair.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from presets_app.measure.limits import Limits
    from presets_app.measure.passes import collect, equalize, take_frames
    from presets_app.measure.process import Measurement, PairFiles, measure_pairs, probe, tags
    from presets_app.measure.report import write_report
    from presets_app.measure.texts import PNG, Texts, png_texts, words_in

__all__ = [
    "PNG",
    "Limits",
    "Measurement",
    "PairFiles",
    "Texts",
    "collect",
    "equalize",
    "measure_pairs",
    "png_texts",
    "probe",
    "tags",
    "take_frames",
    "words_in",
    "write_report",
]

_HOMES = {
    "limits": ("Limits",),
    "passes": ("collect", "equalize", "take_frames"),
    "process": ("Measurement", "PairFiles", "measure_pairs", "probe", "tags"),
    "report": ("write_report",),
    "texts": ("PNG", "Texts", "png_texts", "words_in"),
}


def __getattr__(name: str) -> Any:
    for home, names in _HOMES.items():
        if name in names:
            globals()[name] = found = getattr(import_module(f"{__name__}.{home}"), name)
            return found
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
