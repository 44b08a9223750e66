"""Where one class ends and the next begins. Every number is a start value, to be replaced by measured noise.

`SAME` comes from engine projects' own tests of the same vendor's hardware: SGLang's consistency thresholds (SSIM .92
and 24 dB by default, .90 and 29 dB for WAN 2.2, .89 and 30 dB for LTX-2). The rest is this project's own choice.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

NOISE_FACTOR = 1.25  # parity facts, G3: within 1.25 times the measured noise floor
NOISE_MARGIN_DB = 2.0


@dataclass(frozen=True)
class SameAs:
    """Least mean and least single-frame SSIM, least mean PSNR in dB, and where the numbers come from."""

    ssim: float
    psnr: float
    source: str
    noise: float | None = None

    def in_noise(self, ssim: float | None) -> float | None:
        """The difference in multiples of the noise floor's."""
        return None if not self.noise or ssim is None else round((1 - ssim) / self.noise, 3)


_START = {
    "ltx": SameAs(0.89, 30.0, "start value: SGLang consistency thresholds, LTX-2"),
    "wan": SameAs(0.90, 29.0, "start value: SGLang consistency thresholds, WAN 2.2 A14B"),
    "": SameAs(0.92, 24.0, "start value: SGLang consistency thresholds, video default"),
}


def same_as(family: str, noise: Mapping[str, Any] | None) -> SameAs:
    """The gate for `same`. `noise` is the floor measured on one side, {"ssim": mean, "psnr": mean or None}; it can
    widen the start values, never narrow them (identical repeats would make every difference a fault)."""
    start = next((gate for name, gate in _START.items() if name and family.lower().startswith(name)), _START[""])
    if not noise or noise.get("ssim") is None:
        return start
    floor = max(1 - float(noise["ssim"]), 0.0)
    ssim = min(start.ssim, 1 - NOISE_FACTOR * floor)
    psnr = start.psnr if noise.get("psnr") is None else min(start.psnr, float(noise["psnr"]) - NOISE_MARGIN_DB)
    widened = (ssim, psnr) != (start.ssim, start.psnr)
    source = "measured noise floor of this preset" if widened else start.source
    return SameAs(round(ssim, 6), psnr, source, floor or None)


RELATED = 0.8  # correlation of small aligned pictures from which two clips are one shot with a change to it
DELTA_E = 2.5  # CIE 1976; about 2.3 is just noticeable
DRIFT = 4.0  # luma levels of 255 that one side gains on the other from first to last eighth
CHROMA = 2.0
SHARPNESS = 0.75
FROZEN_RUN = 3
FROZEN_SHARE = 0.12
DEGENERATE_SHARE = 0.5
NOISE_CONTRAST = 12.0
UNCORRELATED = 0.3
SMOOTH_SHARE = 0.3
DAMAGE_DB = 6.0
AUDIO_DURATION_S = 0.1  # SGLang; parity facts, G1
AUDIO_LEVEL_LU = 1.0  # EBU R128, production tolerance
AUDIO_LEVEL_DB = 2.0  # SGLang, where the clip is too short for a loudness
AUDIO_OFFSET_MS = 20.0  # half of the 40 ms that EBU R37 allows to sound that is early
AUDIO_CORRELATION = 0.9  # SGLang
AUDIO_SPECTRUM = 0.8
SILENT = -60.0

# Other take or something else? No learned metric is used, so these only catch what is plainly far away.
HISTOGRAM_OVERLAP = 0.35
SHOT_LIMITS: dict[str, tuple[float, float]] = {
    "delta_e": (0.0, 18.0),
    "histogram_overlap": (0.5, 1.0),
    "contrast_ratio": (0.55, 1.8),
    "motion_ratio": (0.4, 2.5),
    "sharpness_ratio": (0.5, 2.0),
}
