"""Frames, sizes and rates: what the family can render, and what it was trained for."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import Any

from presets_app.core.families import rules_of
from presets_app.core.lints.values import fraction, stages_of, whole
from presets_app.core.problems import Problem

_UNBOUND_TASKS = ("s2v", "t2a", "v2a")  # length follows the audio, in chunks


def frames_rule(document: dict[str, Any]) -> Iterator[Problem]:
    """LTX takes 8k+1 frames, WAN 4k+1. diffusers floors the video and not the sound, so nothing would say it."""
    rules, frames = rules_of(document), whole(document.get("frames"))
    if rules is None or frames is None or frames < 1 or document.get("task") in _UNBOUND_TASKS:
        return
    if not rules.frames_fit(frames):
        yield Problem(
            "frames_rule",
            "error",
            "/frames",
            f"{rules.title} renders {rules.frames_step}k+1 frames, and {frames:,} is not such a number.",
            f"Use {_either(rules.nearest_frames(frames))}.",
            rules.source,
        )


def size_rule(document: dict[str, Any]) -> Iterator[Problem]:
    """A warning, since presets from ComfyUI carry such sizes and render there at another one."""
    rules = rules_of(document)
    if rules is None or not rules.size_step:
        return
    for side in ("width", "height"):
        pixels = whole(document.get(side))
        if pixels is None or pixels < 1 or pixels % rules.size_step == 0:
            continue
        near = rules.nearest_sizes(pixels)
        twice = _is_two_stage(document)
        yield Problem(
            "size_rule",
            "warning",
            f"/{side}",
            f"The {side} of {pixels:,} is not a multiple of {rules.size_step}, which {rules.title} needs:"
            f" {rules.size_note}, and the local runner refuses it."
            + (f" The finished video is twice that, and so a multiple of {2 * rules.size_step}." if twice else ""),
            f"Use {_either(near)}{_two_stage_note(near) if twice else ''}.",
            rules.source,
        )


def fps_rule(document: dict[str, Any]) -> Iterator[Problem]:
    """Frames shown at another rate than they were made for are slow or fast motion."""
    rules, rate = rules_of(document), fraction(document.get("fps"))
    if rules is None or rate is None or not rules.fps or document.get("task") == "t2i":
        return
    if all(rate != usual for usual in rules.fps):
        usual = _either(rules.fps)
        yield Problem(
            "fps_for_family",
            "warning",
            "/fps",
            f"{rules.title} makes motion for {usual} frames a second; at {_spelled(rate)} it plays"
            f" {'fast' if rate > max(rules.fps) else 'slow'}.",
            f"Use {usual}, and interpolate afterwards if another rate is needed.",
            rules.source,
        )


def output_fps(document: dict[str, Any]) -> Iterator[Problem]:
    output = document.get("output")
    written = fraction(output.get("fps")) if isinstance(output, dict) else None
    made = fraction(document.get("fps"))
    if written is not None and made is not None and written != made:
        yield Problem(
            "fps_of_output",
            "warning",
            "/output/fps",
            f"The file is written at {_spelled(written)} frames a second and generated at {_spelled(made)}:"
            f" motion and sound change their length.",
            "Leave the output's rate out, or set both to the same value.",
            "Export rate and generation rate must be equal, or the result is slow motion",
        )


def told_fps(document: dict[str, Any]) -> Iterator[Problem]:
    """LTX models are told a rate, and what they are told decides how fast things move."""
    made = fraction(document.get("fps"))
    for index, stage in stages_of(document):
        options = stage.get("guidance_options")
        told = fraction(options.get("frame_rate")) if isinstance(options, dict) else None
        if told is not None and made is not None and told != made:
            yield Problem(
                "fps_told",
                "warning",
                "/fps",
                f"Stage {index + 1} tells the model {_spelled(told)} frames a second and the video has"
                f" {_spelled(made)}: it plays {'slow' if made < told else 'fast'}.",
                "Leave the stage's frame_rate out, unless the slow or fast motion is meant.",
                "Export rate and generation rate must be equal, or the result is slow motion",
            )


def _is_two_stage(document: dict[str, Any]) -> bool:
    return any(stage.get("scale") == 2 for _, stage in stages_of(document))


def _two_stage_note(near: tuple[int, ...]) -> str:
    return f" (the first stage; the finished video then has {_either(tuple(2 * size for size in near))})"


def _either(choices: tuple[int, ...]) -> str:
    return " or ".join(f"{choice}" for choice in choices)


def _spelled(rate: Fraction) -> str:
    return str(rate.numerator) if rate.denominator == 1 else f"{float(rate):.5g}"


CHECKS = (frames_rule, size_rule, fps_rule, output_fps, told_fps)
