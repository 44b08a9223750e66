"""Video decode and comparison. The caller's side starts a sandboxed child; nothing here parses media in process."""

from presets_app.measure.limits import Limits
from presets_app.measure.process import Measurement, PairFiles, measure_pairs, probe

__all__ = ["Limits", "Measurement", "PairFiles", "measure_pairs", "probe"]
