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


# A pair below the SSIM gate is still `same` where only what an encoder throws away differs: the fine grain of noisy
# pictures, which costs SSIM at any bit rate. Coarse points must agree, and nothing may be named.
GRAIN_SSIM = 0.15  # own choice: at most this far below the gate
GRAIN_PSNR = 24.0  # SGLang's video default
# Likeness at least; at most so many luma levels of means of about 10 x 10 points in the region that differs most.
GRAIN_ROWS = ((0.98, 5.0), (0.988, 7.5))

DRAWN_ALIKE = 0.85  # fine structure that agrees this well is the same drawing, whatever its colours
RELATED = 0.8  # correlation of small aligned pictures from which two clips are one shot with a change to it
UNEXPLAINED = 0.988  # below, more than brightness and colour differ: those leave this correlation as it is
ALIGNED_SSIM, ALIGNED_PSNR = 0.75, 24.0  # a timing is named where the pictures agree after aligning
LAG_COST, LAG_SURE, LAG_OVERLAP = 0.35, 1.0, 0.4  # what a lag leaves of the difference: a part, or levels; of the clip
SPEED = 0.015
STANDS_STILL = 8  # frames; a clip this long in which nothing moves at all is a picture, not a video
STAYS, TRAVELS = 0.3, 3.0  # levels that a still picture never leaves, and that one which moves does

DELTA_E = 1.9  # CIE 1976, of the median region; re-encoding stays below 0.7, the worst benign pair below 1.5
DELTA_E_BESIDE_DRIFT = 10.0
HUE_LIKENESS, HUE_LESS = 0.95, 3.0  # a quarter of the regions must be this much further apart
CONTRAST, CONTRAST_AGREES = 0.06, 0.985  # re-encoding stays within 0.02
SATURATION, SATURATION_AGREES = 0.15, 0.93
SATURATION_LEVELS = 1.5  # chroma levels that the change must come to: nearly grey pictures have hardly any
DRIFT = 2.5  # luma or chroma levels of 255 that one side gains on the other from first to last eighth
DRIFT_BESIDE_FLICKER = 8.0
DRIFT_RANGE = 4.0  # there and back
FLICKER, FLICKER_TURNS = 0.8, 0.15  # luma levels; share of frames between which brightness turns
FLICKER_REGION, FLICKER_REGION_TURNS = 2.0, 0.28  # things that move change a region too, but not back and forth
# Blur takes the strength of the strongest steps between neighbours, wherever they lie, and leaves the other side
# steeper at the places of its own; edges that rounding moved keep the first, and no encoder does the second. Each row:
# so much strength is left at most, and the other side is so steep at least, `STEEP_MORE` more for all that is left.
# The last row asks for a visible difference, because there only fine texture was lost.
BLUR_ROWS = ((0.68, 1.2), (0.75, 1.3))
BLUR_TEXTURE, STEEP, STEEP_MORE, TEXTURE_LEVELS = 0.6, 0.4, 0.8, 4.0
PART_LOST, PART_KEPT, PART_STEEP = 0.6, 0.9, 0.8
GONE_ENERGY, GONE_CONTRAST = 0.1, 0.92  # so strong that coarse points lose contrast too
GAIN, GAIN_AGREES = 0.2, 0.99  # a change of contrast this large and this even is taken out first
ELSEWHERE, EDGES = 0.4, 6.0  # of the strongest steps, which must be so many levels
FINE_ENERGY = 0.85  # of fine structure; blur always takes some
# Noise on one side: levels, correlation of neighbours, and what it does to fine structure or to the share of close
# neighbours.
ADDED, ADDED_CORRELATION, ADDED_ENERGY, ADDED_ROUGH, ADDED_KEEPS = 5.0, 0.35, 1.2, 0.15, 0.95
MIXED, MIXED_ENERGY, MIXED_AGREES, MIXED_LIKENESS = 8.0, 1.8, 0.7, 0.9  # under noise, with contrast lost to it
STATIC_DB, STATIC_NEAR = (
    22.0,
    0.3,
)  # a frame of noise is this far from its partner; neighbours of a clip's usual picture
FROZEN_RUN = 3
FROZEN_SHARE = 0.12
DEGENERATE_SHARE = 0.9
NOISE_SHARE = 0.1
FAINT, FAINT_RATIO = 6.0, 0.2  # contrast in levels, and of the other side's
DARK_REGIONS, DARK_MANY = 2, 16  # of 64
DARK_AGREES = 0.97  # from here on a straight line explains luma: crushed shadows are a matter of contrast
PLACE, PLACE_RATIO = 5.0, 4.5  # mean luma levels in one region throughout, against three quarters of the regions
ANYWHERE = 12.0  # mean luma levels in one region throughout that a person should look at, whatever SSIM says
MOMENT, MOMENT_RATIO, MOMENT_SURE = 16.0, 6.0, 12.0  # the same in one moment, against the clip's median
MOMENT_SMALL, MOMENT_DROP = 8.0, 8.0  # levels, where the worst frame is this many dB below the clip
DAMAGE_DB = 6.0

AUDIO_DURATION_S = 0.1  # SGLang; parity facts, G1
AUDIO_LEVEL_LU = 1.0  # EBU R128, production tolerance
AUDIO_GAIN_DB = 0.7  # a change of level is one throughout, not the trace of another change
AUDIO_LEVEL_DB = 2.0  # SGLang, where the clip is too short for a loudness
AUDIO_TRUE_PEAK = -1.0  # dBTP, EBU R128
AUDIO_OFFSET_MS = 20.0  # half of the 40 ms that EBU R37 allows to sound that is early
AUDIO_OFFSET_AGREES = 0.75
AUDIO_CORRELATION = 0.9  # SGLang
AUDIO_OTHER = 0.6
AUDIO_LOG_MEL, AUDIO_LOG_MEL_OTHER = 0.97, 0.93  # SGLang's 0.95 of spectra, in time as well
AUDIO_CORRELATION_HEARD = 0.985  # waveforms that agree this well may part a little more in what is heard
AUDIO_LOG_MEL_ASK = 0.95  # SGLang
AUDIO_CLICKS_DB = 6.0  # a peak this much higher at the same level; codecs stay below 3
AUDIO_GAP_S = 0.08
AUDIO_HARSH_DB = 3.0  # own choice: a difference in treble that is plainly heard; codecs stay below 1
AUDIO_HARSH_HEARD = -30.0  # treble this far below the voice is not heard
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
