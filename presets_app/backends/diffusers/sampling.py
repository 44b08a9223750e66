"""Samplers, schedules, steps and sigmas of one stage as a scheduler and arguments of a call."""

from __future__ import annotations

from typing import Any

from presets_app.backends.diffusers import schedules
from presets_app.backends.diffusers.form import Form
from presets_app.core.lints.values import number, whole

EULER_NAMES = ("euler", "flow_match_euler")
UNIPC_NAMES = ("uni_pc", "unipc")
OWN_SCHEDULES = ("flow_match", "flow_match_euler", "unipc", "uni_pc")
LTX_OPTIONS = {"base_shift": "base_shift", "max_shift": "max_shift", "terminal": "shift_terminal"}
_TERMINAL = 0.1  # where ComfyUI's LTXVScheduler stretches to, and the full LTX-2 weights are saved with
_UNSTATED_STEPS = "Not stated: the pipeline's own default."


def steps_of(form: Form, at: str) -> int | None:
    """Steps of a stage; explicit sigmas count as one less than their number."""
    sigmas = form.value(f"{at}/sigmas")
    if isinstance(sigmas, list) and len(sigmas) > 1:
        return len(sigmas) - 1
    steps = whole(form.value(f"{at}/steps"))
    return steps if steps is not None and steps > 0 else None


def put_steps(form: Form, at: str, to: str, usual: int) -> int:
    """`num_inference_steps`, from the steps or the sigmas. The number that is taken."""
    target, steps = f"{to}/call/num_inference_steps", steps_of(form, at)
    if steps is None:
        form.put(target, usual, note=_UNSTATED_STEPS)
        text = f"The stage does not say its steps; {usual} are written, as diffusers takes without a word."
        form.trouble("value_assumed", "warning", f"{at}/steps", text, "State the steps.")
        return usual
    form.put(target, steps, f"{at}/steps", note="" if form.ledger.has(f"{at}/steps") else "One less than the sigmas.")
    return steps


def put_sigmas(form: Form, at: str, to: str) -> list[float] | None:
    """`sigmas` without the final 0, which the scheduler adds by itself. None when the stage has none."""
    sigmas = form.value(f"{at}/sigmas")
    target = f"{to}/call/sigmas"
    if not isinstance(sigmas, list) or len(sigmas) < 2:
        form.put(target, None, note="The schedule makes them.")
        return None
    values = [float(sigma) for sigma in sigmas]
    if values[-1] == 0:
        form.put(target, values[:-1], f"{at}/sigmas", note="Without the last 0, which the scheduler adds.")
    else:
        text = f"The sigmas end at {values[-1]:g}; diffusers always goes on to 0."
        form.trouble("sigmas_end", "warning", f"{at}/sigmas", text, "Compare a preview before you rely on it.")
        form.near(target, values[:-1], f"{at}/sigmas", f"The last step goes to 0 instead of {values[-1]:g}.")
    return values[:-1]


def put_class(form: Form, at: str, to: str, name: str, known: tuple[str, ...]) -> None:
    """The scheduler's class for the stage's sampler; another sampler is only come near to, by name."""
    target, path = f"{to}/scheduler/class", f"{at}/sampler"
    sampler = form.value(path)
    if sampler is None:
        form.put(target, name, note="Not stated: the class that the weights are published with.")
    elif sampler in known:
        form.put(target, name, path)
    else:
        text = f"diffusers has no sampler {str(sampler)[:40]!r} for this family; {name} is written instead."
        form.trouble("sampler_not_in_diffusers", "warning", path, text, "Choose euler, and compare a preview.")
        form.near(target, name, path, "Another method: the same seed gives another take.")


def ltx_schedule(form: Form, at: str, to: str, sigmas: list[float] | None, steps: int) -> None:
    """What the scheduler is told beside its class. Explicit sigmas must not pass through the full model's schedule,
    which would move them (measured: 0.421875 became 0.1)."""
    put_class(form, at, to, schedules.EULER, EULER_NAMES)
    shift = number(form.value(f"{at}/shift"))
    if sigmas:
        for key, value in (("use_dynamic_shifting", False), ("shift_terminal", None), ("shift", 1.0)):
            form.put(f"{to}/scheduler/{key}", value, note="So that the sigmas are taken as they are.")
        _idle(form, at)
        return
    if shift is not None:
        form.put(f"{to}/scheduler/use_dynamic_shifting", False, note="A stated shift is a fixed one.")
        form.put(f"{to}/scheduler/shift_terminal", None, note="A fixed shift is not stretched.")
        form.put(f"{to}/scheduler/shift", shift, f"{at}/shift")
    _ltx_options(form, at, to)
    _ltx_name(form, at, to, steps, shift)


def _idle(form: Form, at: str) -> None:
    """A schedule beside explicit sigmas has no effect, here as elsewhere."""
    for path in form.ledger.open_leaves():
        if path in (f"{at}/scheduler", f"{at}/shift") or path.startswith(f"{at}/scheduler_options"):
            form.drop(path, "The sigmas are what takes effect.")


def _ltx_options(form: Form, at: str, to: str) -> None:
    here = f"{at}/scheduler_options"
    for key, field in LTX_OPTIONS.items():
        value = number(form.value(f"{here}/{key}"))
        if value is not None and not (key == "terminal" and form.value(f"{here}/stretch") is False):
            form.put(f"{to}/scheduler/{field}", value, f"{here}/{key}")
    if form.value(f"{here}/stretch") is False:
        form.put(f"{to}/scheduler/shift_terminal", None, f"{here}/stretch", note="Not stretched.")
        form.drop(f"{here}/terminal", "Without stretching, the end has no effect.")
    elif form.value(f"{here}/stretch") is True:
        target = f"{to}/scheduler/shift_terminal"
        if form.output_at(target) is None:
            form.put(target, _TERMINAL, f"{here}/stretch", note="Stretched to the end that ComfyUI takes by itself.")
        else:
            form.share(f"{here}/stretch", target, form.output_at(target), "Stretched to the end that is stated.")
    for path in form.ledger.open_leaves():
        if path.startswith(f"{here}/"):
            name = path.rsplit("/", 1)[-1]
            text = f"diffusers' schedule for LTX has no option {name[:40]!r}."
            form.refuse(path, "option_not_in_diffusers", text, "Known: base_shift, max_shift, stretch, terminal.")
    form.keep(here, "Empty.")


def _ltx_name(form: Form, at: str, to: str, steps: int, shift: float | None) -> None:
    path, name = f"{at}/scheduler", form.value(f"{at}/scheduler")
    target = f"{to}/scheduler/use_dynamic_shifting"
    if name is None:
        return
    if name in OWN_SCHEDULES:
        form.share(path, f"{to}/scheduler/class", schedules.EULER, "The schedule of the class itself.")
    elif name == "ltxv" and shift is None:
        form.put(target, True, path, note="Shifted by the number of tokens, as ComfyUI's LTXVScheduler does.")
    elif shift is not None:
        named_schedule(form, path, f"{to}/scheduler/shift", (schedules.even, steps, shift))
    else:
        _other_schedule(form, path, f"{to}/scheduler/class", "the weights' own schedule")


def named_schedule(
    form: Form, path: str, target: str, made: tuple[schedules.Schedule, int, float], own: str = "diffusers' own"
) -> None:
    """A schedule by ComfyUI's name: the same one, or how far diffusers' is from it in sigma."""
    schedule, steps, shift = made
    name = form.value(path)
    apart = schedules.distance(name, schedule, steps, shift) if isinstance(name, str) else None
    after = form.output_at(target)
    if apart is None:
        _other_schedule(form, path, target, own)
    elif schedules.is_same(apart, shift):
        form.share(
            path, target, after, f"The same schedule, to one entry of a table of 1000 ({apart:.4f} of sigma).", "mapped"
        )
    else:
        text = f"ComfyUI's schedule {name!r} and diffusers' differ by up to {apart:.3f} of sigma in {steps} steps."
        form.trouble("schedule_not_in_diffusers", "warning", path, text, "Compare a preview before you rely on it.")
        form.ledger.approximate(path, target, after, f"Up to {apart:.3f} of sigma.")


def _other_schedule(form: Form, path: str, target: str, own: str) -> None:
    text = f"diffusers has no schedule {str(form.value(path))[:40]!r} for this family; {own} is taken."
    form.trouble("schedule_not_in_diffusers", "warning", path, text, "Compare a preview before you rely on it.")
    form.ledger.approximate(path, target, form.output_at(target), "Another schedule: how far is not reckoned.")


def refuse_rest(form: Form, at: str, keys: dict[str, Any]) -> None:
    """Parts of a stage that this pipeline has nothing for: `keys` maps each to the value that changes nothing."""
    for key, idle in keys.items():
        path = f"{at}/{key}"
        if not form.ledger.has(path) or not form.is_open(path):
            continue
        if form.value(path) == idle:
            form.keep(path, "Without effect, as in diffusers.")
        else:
            text = f"diffusers' pipeline cannot be told {key} {form.value(path)!r:.40}."
            form.refuse(path, "stage_not_in_diffusers", text, f"Leave {key} out, or choose another target.")
