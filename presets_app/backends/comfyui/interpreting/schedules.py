"""Noise schedules: the nodes behind a sampler's sigmas."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from presets_app.backends.comfyui.graph import Link, Node
from presets_app.backends.comfyui.interpreting.draft import Draft
from presets_app.backends.comfyui.interpreting.found import Value, capital, is_number, named, tidy
from presets_app.backends.comfyui.interpreting.values import Values

_NUMBER = re.compile(r"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?")  # as ManualSigmas finds them in its text
_MOST = 10_001
_LONGEST = 20  # nodes between a sampler and the node that makes its schedule
_LTXV = ("max_shift", "base_shift", "stretch", "terminal")
# Nodes that make a schedule of their own kind: the name it has in a document, and its settings.
_MAKERS = {
    "KarrasScheduler": ("karras", ("sigma_max", "sigma_min", "rho")),
    "ExponentialScheduler": ("exponential", ("sigma_max", "sigma_min")),
    "PolyexponentialScheduler": ("polyexponential", ("sigma_max", "sigma_min", "rho")),
    "BetaSamplingScheduler": ("beta", ("alpha", "beta")),
    "LaplaceScheduler": ("laplace", ("sigma_max", "sigma_min", "mu", "beta")),
    "SDTurboScheduler": ("sd_turbo", ()),
    "AlignYourStepsScheduler": ("align_your_steps", ("model_type",)),
    "OptimalStepsScheduler": ("optimal_steps", ("model_type",)),
    "GITSScheduler": ("gits", ("coeff",)),
    "Flux2Scheduler": ("flux2", ()),
    "VPScheduler": ("vp", ("beta_d", "beta_min", "eps_s")),
}


def read_sigmas(values: Values, draft: Draft, link: Link | None, path: str) -> None:
    """Enter the schedule of a stage: explicit sigmas, or a scheduler's name with its settings."""
    changes: list[tuple[Node, int]] = []
    for _ in range(_LONGEST):
        for decided in values.deciders(link):
            draft.credit(f"{path}/scheduler", decided)
        link = values.origin(link)
        node = values.graph.nodes.get(link.node) if link else None
        if node is None or link is None:
            break
        if node.link("sigmas") is None:
            _made(values, draft, node, path)
            for change, slot in reversed(changes):
                _changed(values, draft, change, slot, path)
            return
        changes.append((node, link.slot))
        link = node.link("sigmas")
    text = "The sampler's sigmas come from nothing that is in the file."
    draft.trouble("value_not_in_file", "error", f"{path}/scheduler", text, "Set the schedule by hand.")


def _made(values: Values, draft: Draft, node: Node, path: str) -> None:
    kind = node.class_type
    if kind in ("ManualSigmas", "StringToFloatList", "FloatToSigmas"):
        _manual(values, draft, node, path)
    elif kind == "LTXVScheduler":
        draft.set(f"{path}/scheduler", "ltxv")
        draft.put(f"{path}/steps", values.of(node, "steps"), "whole", at_least="number of steps")
        for name in _LTXV:
            value = values.of(node, name)
            draft.put(f"{path}/scheduler_options/{name}", value, "flag" if name == "stretch" else "number")
    elif kind in _MAKERS:
        name, settings = _MAKERS[kind]
        draft.set(f"{path}/scheduler", name)
        _common(values, draft, node, path)
        for setting in settings:
            value = values.of(node, setting)
            draft.put(f"{path}/scheduler_options/{setting}", value, "text" if setting == "model_type" else "number")
    else:
        if kind != "BasicScheduler":
            text = f"The schedule comes from {named(node)}, which is not known here; it was read by its inputs' names."
            draft.trouble("scheduler_unknown", "warning", f"{path}/scheduler", text, "Compare it with the node.", node)
        draft.put(f"{path}/scheduler", values.of(node, "scheduler"), "text", at_least="scheduler")
        _common(values, draft, node, path)


def _common(values: Values, draft: Draft, node: Node, path: str) -> None:
    draft.put(f"{path}/steps", values.of(node, "steps"), "whole", at_least="number of steps")
    draft.put(f"{path}/denoise", values.of(node, "denoise"), "number")


def _manual(values: Values, draft: Draft, node: Node, path: str) -> None:
    listed = node.link("float_list")
    behind = values.node(listed) if listed else None
    holder = behind if behind is not None and behind.class_type == "StringToFloatList" else node
    text = values.of(holder, "string" if holder.class_type == "StringToFloatList" else "sigmas")
    if not text.known:
        draft.put(f"{path}/sigmas", text, "text", at_least="sigmas")
        return
    numbers = [tidy(float(found)) for found in _NUMBER.findall(str(text.value))][: _MOST + 1]
    if not 2 <= len(numbers) <= _MOST or not all(is_number(number) for number in numbers):
        told = f"{named(node)} lists {len(numbers)} sigmas, and a schedule needs at least 2."
        draft.trouble("value_strange", "error", f"{path}/sigmas", capital(told), "Set them by hand.", node)
        return
    draft.set(f"{path}/sigmas", numbers)
    draft.credit(f"{path}/sigmas", text)


def _changed(values: Values, draft: Draft, node: Node, slot: int, path: str) -> None:
    """A node between the schedule and the sampler: cuts it, or changes single sigmas."""
    change = _CHANGES.get(node.class_type)
    stage = draft.document["stages"][int(path.rsplit("/", 1)[1])]
    if change is None or not change(values, draft, node, slot, path, stage):
        text = f"The schedule passes {named(node)}, whose effect a preset cannot hold."
        draft.trouble("schedule_changed", "error", f"{path}/scheduler", text, "List the sigmas by hand.", node)


Stage = dict[str, Any]


def _split(values: Values, draft: Draft, node: Node, slot: int, path: str, stage: Stage) -> bool:
    return _cut(draft, values.of(node, "step"), slot, path, stage)


def _split_denoise(values: Values, draft: Draft, node: Node, slot: int, path: str, stage: Stage) -> bool:
    """ComfyUI cuts after round(steps * denoise) steps, counted from the end."""
    part = values.of(node, "denoise")
    sigmas = stage.get("sigmas")
    steps = len(sigmas) - 1 if isinstance(sigmas, list) else stage.get("steps")
    if not part.known or not is_number(part.value) or not isinstance(steps, int):
        return False
    return _cut(draft, Value(steps - round(steps * part.value)).with_history([part]), slot, path, stage)


def _cut(draft: Draft, step: Value, slot: int, path: str, stage: Stage) -> bool:
    """Keep the part of a schedule before (slot 0) or after a step."""
    if not step.known or not is_number(step.value) or step.value < 0:
        return False
    at = int(step.value)
    if isinstance(stage.get("sigmas"), list):
        draft.set(f"{path}/sigmas", stage["sigmas"][: at + 1] if slot == 0 else stage["sigmas"][at:])
        draft.credit(f"{path}/sigmas", step)
        return len(stage["sigmas"]) > 1
    if slot == 0:
        draft.set(f"{path}/start_step", stage.get("start_step", 0))
        draft.put(f"{path}/end_step", step, "whole")
    else:
        draft.put(f"{path}/start_step", step, "whole")
        if isinstance(stage.get("steps"), int):
            draft.set(f"{path}/end_step", stage.get("end_step", stage["steps"]))
    return True


def _first(values: Values, draft: Draft, node: Node, slot: int, path: str, stage: Stage) -> bool:
    sigma = values.of(node, "sigma")
    if not isinstance(stage.get("sigmas"), list) or not sigma.known or not is_number(sigma.value):
        return False
    draft.set(f"{path}/sigmas", [tidy(sigma.value), *stage["sigmas"][1:]])
    draft.credit(f"{path}/sigmas", sigma)
    return True


_CHANGES: dict[str, Callable[[Values, Draft, Node, int, str, Stage], bool]] = {
    "SplitSigmas": _split,
    "SplitSigmasDenoise": _split_denoise,
    "SetFirstSigma": _first,
}
