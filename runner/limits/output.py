"""The file that is asked for: this runner writes H.264 and AAC in mp4."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from runner.failures import cannot
from runner.limits.common import AUDIO_RATE, fps_of

OUTPUT = {
    "container": ("mp4",),
    "video_codec": ("h264", "libx264", "avc1", "x264"),
    "pixel_format": ("yuv420p",),
    "audio_codec": ("aac",),
    "color_range": ("limited",),
    "color_space": ("bt709",),
    "preset": ("medium",),
}
WORST_CRF = 51


def check_output(document: Mapping[str, Any]) -> None:
    """Raise CannotRender when the asked file is not one this runner writes: H.264 and AAC in mp4."""
    output = document.get("output") or {}
    for key, known in OUTPUT.items():
        if output.get(key) is not None and output[key] not in known:
            text = f"This runner writes {known[0]} here, not {output[key]!r}."
            raise cannot("preset", "output_unsupported", text, f"Set {key} to {known[0]}.", path=f"/output/{key}")
    rate, audio = output.get("fps"), AUDIO_RATE.get(str(document.get("family")))
    if rate is not None and fps_of({"fps": rate}) != fps_of(document):
        text = f"This runner writes the rate that it renders, {document.get('fps')}, not {rate}."
        raise cannot("preset", "output_unsupported", text, "Leave it out.", path="/output/fps")
    if audio and output.get("audio_rate", audio) != audio:
        text = f"This runner writes the model's own {audio} Hz, not {output['audio_rate']}."
        raise cannot("preset", "output_unsupported", text, "Leave it out.", path="/output/audio_rate")
    if not 0 <= output.get("crf", 0) <= WORST_CRF:
        text = f"H.264 takes a crf from 0 to {WORST_CRF}."
        raise cannot("preset", "output_unsupported", text, path="/output/crf")
