"""Stages, steps, sigmas, shift and guidance."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import Any

from presets_app.core.distilled import is_distilled_stage, sounds_distilled
from presets_app.core.families import is_ltx, is_open_wan
from presets_app.core.labels import label_of
from presets_app.core.lints.values import number, stages_of, whole
from presets_app.core.problems import Problem

_SHIFT_SOURCE = "diffusers documentation of Wan flow_shift (3.0 for 480p, 5.0 for 720p)"
_720P = 1280 * 704  # pixels from which a WAN render counts as 720p; 1280x704 is what TI2V-5B makes of it
_480P = 854 * 480
_SHIFT_720P, _SHIFT_480P = 5.0, 3.0
_MODEL_ROLES = {"high_noise", "low_noise"}


def roles_once(document: dict[str, Any]) -> Iterator[Problem]:
    seen: set[str] = set()
    for index, stage in stages_of(document):
        role = stage.get("role")
        if isinstance(role, str) and role in seen:
            yield Problem(
                "stage_role_twice",
                "error",
                f"/stages/{index}/role",
                f"{_stage(index)} has the role of an earlier stage, so seeds and changes could not be told apart.",
                "Give each stage a role of its own, such as base and refine.",
            )
        elif isinstance(role, str):
            seen.add(role)


def sigmas_and_steps(document: dict[str, Any]) -> Iterator[Problem]:
    for index, stage in stages_of(document):
        sigmas, steps = stage.get("sigmas"), whole(stage.get("steps"))
        if not isinstance(sigmas, list) or len(sigmas) < 2:
            continue
        path = f"/stages/{index}"
        if steps is not None and steps != len(sigmas) - 1:
            yield Problem(
                "steps_sigmas",
                "error",
                f"{path}/steps",
                f"{_stage(index)} lists {len(sigmas)} sigmas, which are {len(sigmas) - 1} steps, and says {steps}.",
                f"Set steps to {len(sigmas) - 1}, or leave the sigmas out.",
                "A sampler makes one step from each sigma to the next",
            )
        values = [number(sigma) for sigma in sigmas]
        known = [value for value in values if value is not None]
        if len(known) == len(values) and any(after >= before for before, after in pairwise(known)):
            yield Problem(
                "sigmas_order",
                "error",
                f"{path}/sigmas",
                f"The sigmas of stage {index + 1} do not fall from each one to the next.",
                "List them from the most noise to the least.",
            )
        if stage.get("scheduler") is not None:
            yield Problem(
                "sigmas_and_scheduler",
                "note",
                f"{path}/scheduler",
                f"{_stage(index)} names a scheduler and explicit sigmas; the sigmas are what takes effect.",
                "Leave the scheduler out.",
            )


def step_order(document: dict[str, Any]) -> Iterator[Problem]:
    end_before: int | None = None
    for index, stage in stages_of(document):
        start, end, steps = (whole(stage.get(key)) for key in ("start_step", "end_step", "steps"))
        path = f"/stages/{index}"
        if end is not None and steps is not None and end > steps:
            yield _clamped(path, index, end, steps)
            end = steps
        if start is not None and end is not None and start >= end:
            yield Problem(
                "step_order",
                "error",
                f"{path}/start_step",
                f"{_stage(index)} starts at step {start} and ends at step {end}, so it does nothing.",
                "Let it start before it ends.",
            )
        if start is not None and end_before is not None and start != end_before:
            yield Problem(
                "step_gap",
                "warning",
                f"{path}/start_step",
                f"{_stage(index)} starts at step {start}, and the stage before it ends at step {end_before}.",
                f"Start it at step {end_before}, or the noise level jumps between the stages.",
            )
        end_before = end


def _clamped(path: str, index: int, end: int, steps: int) -> Problem:
    return Problem(
        "end_step_clamped",
        "note",
        f"{path}/end_step",
        f"{_stage(index)} ends at step {end:,} of {steps}: it is taken as {steps}.",
        f"Write {steps}.",
        "ComfyUI KSamplerAdvanced: 10000 means the end",
    )


def wan_experts(document: dict[str, Any]) -> Iterator[Problem]:
    roles = {stage.get("role") for _, stage in stages_of(document) if isinstance(stage.get("role"), str)}
    if document.get("family") == "wan-2.2" and len(roles & _MODEL_ROLES) == 1:
        missing = next(iter(_MODEL_ROLES - roles))
        yield Problem(
            "wan_expert_missing",
            "warning",
            "/stages",
            f"WAN 2.2 A14B renders with two experts, and there is no {missing} stage.",
            f"Add the {missing} stage, or name the variant if this is another model.",
            "Wan 2.2 A14B: high-noise and low-noise transformers",
        )


def usual_shift(document: dict[str, Any]) -> float | None:
    """For WAN at about 480p and 720p; None between them and for other families."""
    width, height = whole(document.get("width")), whole(document.get("height"))
    if not is_open_wan(document) or width is None or height is None or _480P < width * height < _720P:
        return None
    return _SHIFT_720P if width * height >= _720P else _SHIFT_480P


def flow_shift(document: dict[str, Any]) -> Iterator[Problem]:
    """About 5.0 at 720p and 3.0 at 480p. Advice: both official and ComfyUI templates use others on purpose."""
    usual = usual_shift(document)
    if usual is None:
        return
    size = "720p" if usual == _SHIFT_720P else "480p"
    for index, stage in stages_of(document):
        shift = number(stage.get("shift"))
        if shift is not None and abs(shift - usual) > 1.0:
            yield Problem(
                "flow_shift",
                "warning",
                f"/stages/{index}/shift",
                f"{_stage(index)} uses a flow shift of {shift:g}; at {size} about {usual} is usual. A higher shift"
                " spends more steps on motion and layout, a lower one on detail.",
                f"Try {usual}, or keep {shift:g} if it was chosen on purpose.",
                _SHIFT_SOURCE,
            )


def shift_stated(document: dict[str, Any]) -> Iterator[Problem]:
    if not is_open_wan(document):
        return
    for index, stage in stages_of(document):
        if stage.get("shift") is None and stage.get("sigmas") is None:
            yield Problem(
                "flow_shift_unstated",
                "note",
                f"/stages/{index}",
                f"{_stage(index)} states no flow shift; each renderer then takes its own default.",
                "State the shift, so that both sides use the same one.",
                "diffusers converts A14B with flow_shift 3.0; ComfyUI templates use 8 or 5",
            )


def distilled_guidance(document: dict[str, Any]) -> Iterator[Problem]:
    """A distilled model has guidance trained in; more than 1 doubles the time and burns the picture."""
    if not is_ltx(document) and not is_open_wan(document):
        return
    whole_model = sounds_distilled(document.get("variant"))
    for index, stage in stages_of(document):
        guidance = number(stage.get("guidance"))
        if guidance is not None and guidance > 1.0 and (whole_model or is_distilled_stage(stage)):
            yield Problem(
                "distilled_guidance",
                "warning",
                f"/stages/{index}/guidance",
                f"{_stage(index)} renders a distilled model with guidance {guidance:g}; it was trained for 1.",
                "Set guidance to 1.",
                "Settings of the distilled weights by Lightricks and lightx2v: guidance off",
            )


def one_step_schedule(document: dict[str, Any]) -> Iterator[Problem]:
    for index, stage in stages_of(document):
        if is_ltx(document) and stage.get("steps") == 1 and stage.get("sigmas") is None:
            yield Problem(
                "one_step_nan",
                "error",
                f"/stages/{index}/steps",
                f"{_stage(index)} makes one step on LTX's stretched schedule, which has no finite value for it.",
                "Use at least 2 steps, or give two sigmas.",
                "Measured on diffusers 0.42.1: shift_terminal 0.1 with one step gives NaN frames",
            )


def _stage(index: int) -> str:
    words = label_of(("stages", index))
    return words[:1].upper() + words[1:]


CHECKS = (
    roles_once,
    sigmas_and_steps,
    step_order,
    wan_experts,
    flow_shift,
    shift_stated,
    distilled_guidance,
    one_step_schedule,
)
