"""A scheduler as sampler, schedule and shift, and WAN's boundary as a step."""

from __future__ import annotations

from typing import Any

from presets_app.backends.diffusers import schedules
from presets_app.backends.diffusers.draft import Draft
from presets_app.backends.diffusers.naming import Pipeline
from presets_app.core.lints.values import number, whole

_TO_ONE_ENTRY = ", to one entry of a table of 1000."
_NEAR = {
    "FlowMatchHeunDiscreteScheduler": "heun",
    "FlowMatchLCMScheduler": "lcm",
    "LCMScheduler": "lcm",
    "DPMSolverMultistepScheduler": "dpmpp_2m",
    "EulerDiscreteScheduler": "euler",
    "EulerAncestralDiscreteScheduler": "euler_ancestral",
}
# What a flow model's scheduler always says, and each value that means so.
_IMPLIED: dict[str, Any] = {
    "prediction_type": "flow_prediction",
    "use_flow_sigmas": True,
    "num_train_timesteps": schedules.TRAINED,
    "time_shift_type": "exponential",
    "base_image_seq_len": 1024,
    "max_image_seq_len": 4096,
    "stochastic_sampling": False,
    "invert_sigmas": False,
    "use_karras_sigmas": False,
    "use_exponential_sigmas": False,
    "use_beta_sigmas": False,
}


def read(draft: Draft, pipeline: Pipeline | None, base: str, stages: list[int]) -> None:
    """The scheduler of the call at `base`, for the stages it makes; the first of them is written to."""
    at = f"/stages/{stages[0]}"
    name = draft.value(f"{base}/scheduler/class")
    wan = pipeline is not None and pipeline.library == "wan"
    if isinstance(name, str):
        _class(draft, base, at, name.rsplit(".", 1)[-1], wan)
    if wan:
        _shift(draft, base, at, ("flow_shift", "shift"))
        _boundary(draft, stages)
    else:
        _ltx(draft, base, at)
    for key, usual in _IMPLIED.items():
        if draft.value(f"{base}/scheduler/{key}") == usual:
            draft.aside(f"{base}/scheduler/{key}", "As the model's scheduler has it.")
    _left(draft, base, at)


def _class(draft: Draft, base: str, at: str, name: str, wan: bool) -> None:
    target = f"{base}/scheduler/class"
    if name == schedules.EULER:
        draft.take(target, f"{at}/sampler", "euler")
        if wan:
            draft.assume(f"{at}/scheduler", "normal", "The schedule that this class makes by itself.")
    elif name == schedules.UNIPC:
        draft.take(target, f"{at}/sampler", "uni_pc")
        if wan:
            draft.assume(f"{at}/scheduler", "simple", f"The schedule that this class makes{_TO_ONE_ENTRY}")
    elif name in _NEAR:
        draft.take(target, f"{at}/sampler", _NEAR[name], status="approximated", note="The nearest of ComfyUI's names.")
        text = f"{name} is read as {_NEAR[name]}, the nearest sampler by name."
        draft.trouble("sampler_approximated", "warning", f"{at}/sampler", text, "Compare a preview.", target)
    else:
        text = f"The scheduler {name[:60]!r} has no equal among a preset's samplers."
        draft.lose(target, "sampler_unknown", f"{at}/sampler", text, "Choose a sampler, and compare a preview.")


def _shift(draft: Draft, base: str, at: str, keys: tuple[str, ...]) -> None:
    """WAN's shift: `flow_shift` for UniPC, `shift` for Euler; a key that the class does not have decides nothing."""
    euler = draft.document["stages"][0].get("sampler") == "euler"
    for key in reversed(keys) if euler else keys:
        target = f"{base}/scheduler/{key}"
        value = number(draft.value(target))
        if value is not None and "shift" not in draft.document["stages"][int(at.rsplit("/", 1)[-1])]:
            draft.take(target, f"{at}/shift", draft.value(target))


def _ltx(draft: Draft, base: str, at: str) -> None:
    stage = draft.document["stages"][int(at.rsplit("/", 1)[-1])]
    dynamic = draft.value(f"{base}/scheduler/use_dynamic_shifting")
    if "sigmas" in stage:
        _beside_sigmas(draft, base, at)
        return
    here = f"{base}/scheduler"
    if dynamic is True:
        draft.take(f"{here}/use_dynamic_shifting", f"{at}/scheduler", "ltxv", note="Shifted by the number of tokens.")
    elif dynamic is False:
        draft.aside(f"{here}/use_dynamic_shifting", "A stated shift is a fixed one.")
        _shift(draft, base, at, ("shift", "flow_shift"))
        if "shift" in stage:
            draft.assume(f"{at}/scheduler", "simple", f"The schedule that a fixed shift makes{_TO_ONE_ENTRY}")
    for key in ("base_shift", "max_shift"):
        if number(draft.value(f"{here}/{key}")) is not None:
            draft.take(f"{here}/{key}", f"{at}/scheduler_options/{key}", draft.value(f"{here}/{key}"))
    _terminal(draft, f"{here}/shift_terminal", f"{at}/scheduler_options", fixed=dynamic is False)


def _terminal(draft: Draft, target: str, options: str, *, fixed: bool) -> None:
    value = draft.value(target)
    if number(value):
        draft.take(target, f"{options}/terminal", value)
        draft.assume(f"{options}/stretch", True, "An end is what stretching is for.")
    elif draft.has(target) and fixed:
        draft.aside(target, "A fixed shift is not stretched.")
    elif draft.has(target):
        draft.take(target, f"{options}/stretch", False, note="No end: not stretched.")


def _beside_sigmas(draft: Draft, base: str, at: str) -> None:
    """Explicit sigmas are only taken as they are when nothing moves them."""
    here = f"{base}/scheduler"
    dynamic, shift = draft.value(f"{here}/use_dynamic_shifting"), number(draft.value(f"{here}/shift"))
    distilled = "distilled" in draft.document.get("variant", "")
    if dynamic is not False and not distilled:
        text = (
            "The sigmas pass through the full model's schedule, which moves them (0.421875 becomes about 0.1);"
            " the preset keeps them as they are written."
        )
        hint = "Build the scheduler with use_dynamic_shifting=False and shift_terminal=None, or compare a preview."
        draft.trouble("sigmas_moved", "warning", f"{at}/sigmas", text, hint, f"{base}/call/sigmas")
    elif shift not in (None, 1.0):
        text = f"The scheduler shifts the sigmas by {shift:g}; the preset keeps them as they are written."
        draft.trouble("sigmas_moved", "warning", f"{at}/sigmas", text, "Compare a preview.", f"{here}/shift")
    for key in ("use_dynamic_shifting", "shift_terminal", "shift", "base_shift", "max_shift"):
        draft.aside(f"{here}/{key}", "The sigmas are what takes effect.")


def _boundary(draft: Draft, stages: list[int]) -> None:
    """A ratio that lies halfway between two noise levels is a step; any other is kept as it is."""
    ratio = number(draft.value("/config/boundary_ratio"))
    if ratio is None:
        draft.aside("/config/boundary_ratio", "None: one expert.")
        return
    first = draft.document["stages"][stages[0]]
    name = draft.value("/scheduler/class")
    steps, shift = whole(first.get("steps")), number(first.get("shift"))
    known = isinstance(name, str) and name in schedules.OF_CLASS and steps and shift
    times = schedules.times(str(name), steps or 0, shift or 1.0) if known else []
    if len(stages) == 1 or not times or not schedules.is_halfway(ratio, times):
        draft.take("/config/boundary_ratio", "/stages/0/boundary", draft.value("/config/boundary_ratio"))
        return
    switch = schedules.step_at(ratio, times)
    last = draft.document["stages"][stages[1]]
    first.update({"start_step": 0, "end_step": switch})
    last.update({"start_step": switch, "end_step": len(times)})
    note = f"Halfway between two noise levels: after step {switch}."
    draft.take("/config/boundary_ratio", "/stages/0/end_step", switch, note=note, write=False)


def _left(draft: Draft, base: str, at: str) -> None:
    """Settings of the scheduler that change the schedule and have no place in a preset."""
    told = draft.value(f"{base}/scheduler")
    for key in told if isinstance(told, dict) else ():
        target = f"{base}/scheduler/{key}"
        if not draft.is_settled(target):
            if str(key).startswith("_"):
                draft.aside(target, "About the file itself.")
            else:
                text = f"A preset has no place for the scheduler's {str(key)[:40]!r}."
                draft.lose(target, "option_not_in_preset", f"{at}/scheduler_options", text, "Compare a preview.")
