"""Which reasons decide, and which are on trial: a gate that is new says what it would do until it has been judged on
enough pairs, and only then decides."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from presets_app.core.parity_reasons import CODES
from presets_app.core.policy import UNSTATED

# The gates of the first release, which decide from the beginning. One that is added later is left out of this list
# and so begins on trial in every project.
FIRST = frozenset(
    (
        "audio_broken", "audio_content", "audio_format_mismatch", "audio_harsh", "audio_level", "audio_missing",
        "audio_offset", "black", "blur", "brightness_drift", "codec_mismatch", "colour_shift",
        "content_differs", "duplicate_frames", "duration_mismatch", "flicker", "fps_mismatch",
        "frame_count_mismatch", "frozen", "grey", "measure_failed", "not_rendered", "pixel_format_mismatch",
        "size_mismatch", "speed_change", "static_noise", "time_shift", "undecodable",
    )
)  # fmt: skip


@dataclass(frozen=True)
class Trial:
    """A gate that does not decide yet. `judged` pairs have been measured while it was on trial, in `fired` of them it
    would have spoken."""

    code: str
    judged: int
    needed: int
    fired: int = 0

    @property
    def over(self) -> bool:
        return self.judged >= self.needed


def trials(policy: Mapping[str, Any], judged: Mapping[str, int], fired: Mapping[str, int]) -> list[Trial]:
    """The gates that the policy puts on trial, and those that are new."""
    needed = int(policy.get("trial_pairs", UNSTATED["trial_pairs"]))
    codes = dict.fromkeys([*policy.get("dry_run", ()), *sorted(set(CODES) - FIRST)])
    return [Trial(code, judged.get(code, 0), needed, fired.get(code, 0)) for code in codes]


def dry(found: list[Trial]) -> list[str]:
    """The codes that do not decide."""
    return [trial.code for trial in found if not trial.over]
