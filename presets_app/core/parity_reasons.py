"""Why a pair is judged as it is: stable codes, each with numbers, a place and one sentence."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

# fail: the output is bad. ask: a person decides. note: said, decides nothing. dry_run: would fail, but the project's
# policy has the gate on trial.
ReasonSeverity = Literal["fail", "ask", "note", "dry_run"]

CODES: dict[str, str] = {
    "size_mismatch": "The pictures differ in size or rotation.",
    "fps_mismatch": "The frame rates differ.",
    "frame_count_mismatch": "The numbers of frames differ.",
    "duration_mismatch": "The durations differ by more than a frame, or 0.1 s of sound.",
    "pixel_format_mismatch": "Pixel format or colour range differ.",
    "codec_mismatch": "The codecs differ.",
    "time_shift": "One side is late by whole frames, from the start or from some frame on.",
    "speed_change": "One side plays faster.",
    "colour_shift": "The same pictures in other colours, contrast or saturation.",
    "brightness_drift": "One side grows brighter or darker against the other.",
    "frozen": "One side stands still while the other moves, or nothing moves at all.",
    "duplicate_frames": "One side repeats frames.",
    "black": "The picture is black.",
    "grey": "The picture is one flat colour, or hardly more.",
    "static_noise": "The picture is noise, or carries noise that the other side does not have.",
    "flicker": "One side's brightness jumps from frame to frame.",
    "blur": "One side is less sharp.",
    "content_differs": "The pictures show something else.",
    "audio_missing": "Only one side has sound.",
    "audio_format_mismatch": "Sample rate or channels differ.",
    "audio_offset": "The sound of one side is late.",
    "audio_level": "The sound of one side is louder.",
    "audio_harsh": "The sound of one side has more treble: 4-8 kHz against 0.5-4 kHz.",
    "audio_content": "The sound differs.",
    "audio_broken": "The sound holds values that are not numbers.",
    "undecodable": "A file cannot be read, or not to its end.",
    "not_rendered": "A side was not rendered.",
    "measure_failed": "The measuring process ended before it had an answer.",
}


@dataclass(frozen=True)
class Reason:
    """`place` says where: {"side"}, {"frame"}, {"region"}; `numbers` are flat in the JSON beside the message."""

    code: str
    severity: ReasonSeverity
    message: str
    place: dict[str, Any] | None = None
    numbers: dict[str, Any] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        own = {"code": self.code, "severity": self.severity, "message": self.message, "place": self.place}
        return {**self.numbers, **own}


def number(value: Any) -> float | None:
    """A measured value as a float, None where it was not measured."""
    return float(value) if isinstance(value, (int, float)) and not isinstance(value, bool) else None
