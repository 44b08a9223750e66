"""Video decode and comparison. The caller's side starts a sandboxed child; media are parsed there. The one exception
is the list of a picture's text parts, which plain Python reads without decoding anything."""

from presets_app.measure.limits import Limits
from presets_app.measure.process import Measurement, PairFiles, measure_pairs, probe, tags
from presets_app.measure.texts import PNG, Texts, png_texts, words_in

__all__ = [
    "PNG",
    "Limits",
    "Measurement",
    "PairFiles",
    "Texts",
    "measure_pairs",
    "png_texts",
    "probe",
    "tags",
    "words_in",
]
