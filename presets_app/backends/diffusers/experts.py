"""WAN: one schedule for both experts, and the noise level at which the second takes over."""

from __future__ import annotations

from presets_app.backends.diffusers import guidance, schedules
from presets_app.backends.diffusers.form import Form
from presets_app.backends.diffusers.sampling import (
    EULER_NAMES,
    OWN_SCHEDULES,
    UNIPC_NAMES,
    named_schedule,
    put_class,
    put_steps,
    refuse_rest,
    steps_of,
)
from presets_app.core.families import is_wan_5b
from presets_app.core.lints.values import number, whole

ROLES = ("high_noise", "low_noise")
# What diffusers' converter saved with the published weights, for a preset that states no shift.
_SAVED_SHIFT, _SAVED_SHIFT_5B = 3.0, 5.0
_FIRST, _LAST = "/stages/0", "/stages/1"
_STEPS = 50


def wan(form: Form, count: int, *, from_video: bool) -> None:
    """Scheduler, steps, guidance and boundary for one stage or two; `from_video` is WanVideoToVideoPipeline, which
    knows one expert only and starts from its input with so much noise."""
    name = _scheduler(form)
    steps = put_steps(form, _FIRST, "", _STEPS)
    shift = _shift(form)
    _named(form, name, steps, shift)
    guidance.single(form, f"{_FIRST}/guidance", "/call/guidance_scale", guidance.WAN_USUAL)
    last = _LAST if count == 2 else _FIRST
    if count == 2:
        guidance.single(form, f"{_LAST}/guidance", "/call/guidance_scale_2", guidance.WAN_USUAL)
        _together(form)
        _one_schedule(form, steps)
    elif not from_video:
        form.put("/call/guidance_scale_2", None, note="One stage: both experts, if there are two, take the first's.")
    if from_video:
        _strength(form)
    _boundary(form, count, schedules.times(name, steps, shift))
    _whole_range(form, last, steps)
    for index in range(count):
        _rest(form, f"/stages/{index}")


def _strength(form: Form) -> None:
    value = number(form.value(f"{_FIRST}/denoise"))
    note = "" if value is not None else "Not stated: all noise, so that nothing of the video is kept."
    form.put("/call/strength", 1.0 if value is None else value, f"{_FIRST}/denoise", note=note)


def _scheduler(form: Form) -> str:
    euler = form.value(f"{_FIRST}/sampler") in EULER_NAMES
    name = schedules.EULER if euler else schedules.UNIPC
    put_class(form, _FIRST, "", name, EULER_NAMES if euler else UNIPC_NAMES)
    form.put("/scheduler/num_train_timesteps", schedules.TRAINED)
    if not euler:
        form.put("/scheduler/prediction_type", "flow_prediction")
        form.put("/scheduler/use_flow_sigmas", True)
    return name


def _shift(form: Form) -> float:
    key = "shift" if form.output["scheduler"]["class"] == schedules.EULER else "flow_shift"
    target, shift = f"/scheduler/{key}", number(form.value(f"{_FIRST}/shift"))
    if shift:
        form.put(target, shift, f"{_FIRST}/shift")
        return shift
    usual = _SAVED_SHIFT_5B if is_wan_5b(dict(form.document)) else _SAVED_SHIFT
    form.put(target, usual, note="Not stated: what the published weights were saved with.")
    text = f"The preset states no flow shift; {usual:g} is written, which the published weights were saved with."
    form.trouble("value_assumed", "warning", f"{_FIRST}/shift", text, "State the shift.")
    return usual


def _named(form: Form, name: str, steps: int, shift: float) -> None:
    path, value = f"{_FIRST}/scheduler", form.value(f"{_FIRST}/scheduler")
    if value in OWN_SCHEDULES:
        form.share(path, "/scheduler/class", name, "The schedule of the class itself.")
    elif value is not None:
        named_schedule(form, path, "/scheduler/class", (schedules.OF_CLASS[name], steps, shift))


def _together(form: Form) -> None:
    """With guidance off for the first expert, the pipeline leaves it out of the second as well."""
    first = form.output["call"]["guidance_scale"]
    second = form.output["call"]["guidance_scale_2"]
    if first <= 1 < second:
        text = f"With guidance {first:g} in the first stage, the pipeline leaves out the second's {second:g} too."
        hint = "Use a value just above 1 in the first stage."
        form.trouble("guidance_not_expressible", "error", f"{_FIRST}/guidance", text, hint)


def _one_schedule(form: Form, steps: int) -> None:
    """Both experts walk one schedule: what the second says otherwise cannot be."""
    for key in ("steps", "shift", "sampler", "scheduler"):
        path = f"{_LAST}/{key}"
        if not form.ledger.has(path):
            continue
        own, shared = form.value(path), form.value(f"{_FIRST}/{key}")
        if own == shared or (key == "steps" and steps_of(form, _LAST) == steps):
            target = {"steps": "/call/num_inference_steps", "shift": "/scheduler"}.get(key, "/scheduler/class")
            form.share(path, target, own, "Both experts share one schedule.", "carried")
        else:
            text = f"diffusers runs both experts on one schedule; the second's {key} is another one."
            form.refuse(path, "stages_differ", text, f"Give both stages the same {key}.")
    form.drop(f"{_LAST}/seed", "Noise is drawn once, for the first stage.")


def _boundary(form: Form, count: int, times: list[float]) -> None:
    end, start = f"{_FIRST}/end_step", f"{_LAST}/start_step"
    stated = whole(form.value(end)) if count == 2 else None
    switch = stated if stated is not None else (whole(form.value(start)) if count == 2 else None)
    boundary = number(form.value(f"{_FIRST}/boundary"))
    target = "/config/boundary_ratio"
    if switch is not None and times:
        ratio = schedules.boundary_at(switch, times)
        note = f"Halfway between two noise levels, so that the change is after step {min(switch, len(times))}."
        form.put(target, ratio, end if stated is not None else start, note=note)
        form.share(start, target, ratio, "Where the first ends.", "mapped")
        form.drop(f"{_FIRST}/boundary", "The step is what takes effect.")
        _gap(form, switch, len(times))
    elif boundary is not None:
        form.put(target, boundary, f"{_FIRST}/boundary")
    elif count == 2:
        text = "The preset does not say where the second expert takes over; the weights' own boundary holds."
        form.trouble("boundary_unstated", "note", f"{_FIRST}/end_step", text, "State end_step, or a boundary.")
    form.keep(f"{_LAST}/boundary", "The first stage's holds.")


def _gap(form: Form, switch: int, steps: int) -> None:
    start = whole(form.value(f"{_LAST}/start_step"))
    if start is not None and min(start, steps) != min(switch, steps):
        text = f"The first stage ends at step {switch}, the second starts at {start}: diffusers changes at one step."
        form.trouble("stages_differ", "error", f"{_LAST}/start_step", text, "Start the second where the first ends.")


def _whole_range(form: Form, last: str, steps: int) -> None:
    """The first step of all and the last need no word."""
    path, end = f"{_FIRST}/start_step", f"{last}/end_step"
    if form.value(path) == 0:
        form.keep(path, "The first step.")
    value = whole(form.value(end))
    if value is not None and form.is_open(end) and value >= steps:
        form.keep(end, "The last step.")


def _rest(form: Form, at: str) -> None:
    guidance.unknown_options(form, at)
    form.keep(f"{at}/scheduler_options", "Empty.")
    for path in form.ledger.open_leaves():
        if path == f"{at}/sigmas" or path.startswith(f"{at}/scheduler_options"):
            text = "WAN's pipeline takes no explicit sigmas and no schedule of its own making."
            form.refuse(path, "sigmas_not_in_pipeline", text, "State steps and shift instead.")
    add_noise = at == _FIRST
    refuse_rest(form, at, {"start_step": 0, "end_step": None, "denoise": 1, "scale": 1, "add_noise": add_noise})
