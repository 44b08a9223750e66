"""At which step the low-noise expert takes over, where a document states the noise level and not the step."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from presets_app.backends.comfyui.compiling.building import Builder, Fixed, Given, Input

END = 10000  # KSamplerAdvanced's word for the last step
_TIMES = 1000  # training steps of the model's schedule
_USUAL_SHIFT = 8.0  # ComfyUI's own for WAN when no node sets one
_BOUNDARY = {"t2v": 0.875, "i2v": 0.9, "flf2v": 0.9}  # WAN 2.2 reference settings


def bounds(build: Builder, index: int) -> dict[str, Input]:
    """start_at_step and end_at_step of a stage."""
    last = len(build.document["stages"]) - 1
    start = f"/stages/{index}/start_step"
    end = f"/stages/{index}/end_step"
    return {
        "start_at_step": _stated(build, start) or (_first() if index == 0 else _between(build, index - 1)),
        "end_at_step": _stated(build, end) or (_final() if index == last else _between(build, index)),
    }


def _stated(build: Builder, path: str) -> Input | None:
    return Given(path, build.value(path)) if build.ledger.has(path) else None


def _first() -> Input:
    return Fixed(0, "The first stage begins with the first step.")


def _final() -> Input:
    return Fixed(END, "The last stage runs to the last step.")


def _between(build: Builder, index: int) -> Input:
    """The step where stage `index` hands over to the next one."""
    for path in (f"/stages/{index}/end_step", f"/stages/{index + 1}/start_step"):
        if build.ledger.has(path):
            return Given(path, build.value(path), "The stages follow each other without a gap.", "carried")
    for path in (f"/stages/{index}/boundary", f"/stages/{index + 1}/boundary"):
        if build.ledger.has(path):
            step, note = _step_at(build.document["stages"][index], build.value(path))
            return Given(path, step, note, "approximated")
    return _usual(build, index)


def _usual(build: Builder, index: int) -> Input:
    task = str(build.value("/task"))
    boundary = _BOUNDARY.get(task, 0.875)
    step, note = _step_at(build.document["stages"][index], boundary)
    text = f"The preset does not say where its stages change over; the usual boundary of WAN 2.2 ({boundary}) holds."
    hint = "State end_step of the first stage and start_step of the second."
    build.trouble(
        "split_defaulted", "warning", f"/stages/{index + 1}/start_step", text, hint, "WAN 2.2 reference settings"
    )
    return Fixed(step, f"Not stated: {note}")


def _step_at(stage: Mapping[str, Any], boundary: float) -> tuple[int, str]:
    """How many steps lie at or above a noise level, and how near the schedule comes to it."""
    steps, shift = stage.get("steps") or 20, stage.get("shift") or _USUAL_SHIFT
    levels = [_simple(at, steps, shift) for at in range(steps)] + [0.0]
    step = max(1, sum(level >= boundary for level in levels))
    above, below = levels[step - 1], levels[step]
    note = (
        f"With {steps} steps of the schedule simple and shift {shift:g}, the boundary {boundary:g} lies between "
        f"step {step - 1} (noise {above:.3f}) and step {step} ({below:.3f})."
    )
    return step, note


def _simple(step: int, steps: int, shift: float) -> float:
    """The noise level of a step in ComfyUI's schedule simple."""
    place = (_TIMES - int(step * _TIMES / steps)) / _TIMES
    return shift * place / (1 + (shift - 1) * place)
