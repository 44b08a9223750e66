"""What one sampler node does: seed, steps, guidance, sampler and schedule of a stage."""

from __future__ import annotations

from dataclasses import dataclass

from presets_app.backends.comfyui.graph import Link, Node
from presets_app.backends.comfyui.interpreting import guiding, schedules
from presets_app.backends.comfyui.interpreting.chains import WRAPPED
from presets_app.backends.comfyui.interpreting.draft import Draft, Kind
from presets_app.backends.comfyui.interpreting.found import Value, capital, named
from presets_app.backends.comfyui.interpreting.values import Values

# Classes whose inputs are exactly the ones read here; others of the same shape are read with a warning.
_KNOWN = frozenset({"KSampler", "KSamplerAdvanced", "SamplerCustom", "SamplerCustomAdvanced"})
_DIRECT: tuple[tuple[str, str, Kind], ...] = (
    ("steps", "steps", "whole"),
    ("cfg", "guidance", "number"),
    ("scheduler", "scheduler", "text"),
    ("denoise", "denoise", "number"),
    ("denoise_strength", "denoise", "number"),
    ("shift", "shift", "number"),
)
_OWN_SAMPLERS: dict[
    str, tuple[str, dict[str, object]]
] = {  # SAMPLER nodes that are one sampler of the list with its own settings
    "SamplerEulerAncestral": ("euler_ancestral", {"eta": 1.0, "s_noise": 1.0}),
    "SamplerEulerAncestralCFGPP": ("euler_ancestral_cfg_pp", {"eta": 1.0, "s_noise": 1.0}),
    "SamplerEulerCFGpp": ("euler_cfg_pp", {}),
    "SamplerDPMPP_2M_SDE": ("dpmpp_2m_sde", {"solver_type": "midpoint", "eta": 1.0, "s_noise": 1.0}),
    "SamplerDPMPP_3M_SDE": ("dpmpp_3m_sde", {"eta": 1.0, "s_noise": 1.0}),
    "SamplerDPMPP_SDE": ("dpmpp_sde", {"eta": 1.0, "s_noise": 1.0, "r": 0.5}),
    "SamplerDPMPP_2S_Ancestral": ("dpmpp_2s_ancestral", {"eta": 1.0, "s_noise": 1.0}),
    "SamplerLMS": ("lms", {"order": 4}),
    "SamplerER_SDE": ("er_sde", {}),
    "SamplerSASolver": ("sa_solver", {}),
}


@dataclass(frozen=True)
class Driven:
    """What drives a sampler: links to the model and the prompts, and the model link that its schedule asks."""

    model: Link | None
    positive: Link | None
    negative: Link | None
    guider: Node | None


def driven_by(values: Values, sampler: Node) -> Driven:
    guider = values.node(sampler.link("guider")) if "guider" in sampler.inputs else None
    told = guider or sampler
    if sampler.class_type in WRAPPED:
        return Driven(told.link("model"), told.link("text_embeds"), told.link("text_embeds"), None)
    positive = next((link for name in ("positive", "conditioning", "cond1") if (link := told.link(name))), None)
    if guider is not None and guider.class_type == "ScheduledCFGGuider":
        positive = guider.link("positive")
    return Driven(told.link("model"), positive, told.link("negative"), guider)


def read_sampler(values: Values, draft: Draft, sampler: Node, path: str, *, last: bool) -> None:
    """Enter what a sampler says about its stage at `path`, such as /stages/0."""
    if sampler.class_type not in _KNOWN and sampler.class_type not in WRAPPED:
        text = f"{capital(named(sampler))} is no sampler that is known here; it was read by the names of its inputs."
        draft.trouble("sampler_unknown", "warning", path, text, "Compare the stage with the node.", sampler)
    _seed(values, draft, sampler, path)
    for name, field, kind in _DIRECT:
        if name in sampler.inputs and not (field == "scheduler" and sampler.class_type in WRAPPED):
            draft.put(f"{path}/{field}", values.of(sampler, name), kind)
    _named_sampler(values, draft, sampler, path)
    guiding.read_guider(values, draft, driven_by(values, sampler).guider, path)
    if "sigmas" in sampler.inputs and sampler.link("sigmas"):
        schedules.read_sigmas(values, draft, sampler.link("sigmas"), path)
    _range(values, draft, sampler, path, last=last)
    _finish(draft, path)


def _seed(values: Values, draft: Draft, sampler: Node, path: str) -> None:
    noise = values.node(sampler.link("noise")) if "noise" in sampler.inputs else None
    holder = noise or sampler
    if holder.class_type == "DisableNoise":
        draft.set(f"{path}/add_noise", False)
        return
    name = next((name for name in ("noise_seed", "seed") if name in holder.inputs), "")
    seed = values.of(holder, name)
    if noise is not None and seed.absent:
        text = f"The noise comes from {named(noise)}, which states no seed."
        draft.trouble("value_not_in_file", "warning", f"{path}/seed", text, "Set the seed by hand.", noise)
        return
    draft.put(f"{path}/seed", seed, "whole", at_least="seed")
    adds = values.of(sampler, "add_noise")
    if not adds.absent:
        draft.put(f"{path}/add_noise", adds, "flag")
    if adds.known and adds.value in ("disable", False):
        text = f"The seed of {named(sampler)} has no effect: this stage adds no noise of its own."
        draft.trouble("seed_without_effect", "note", f"{path}/seed", text, "", sampler)


def _named_sampler(values: Values, draft: Draft, sampler: Node, path: str) -> None:
    if "sampler_name" in sampler.inputs:
        _put_sampler(draft, path, values.of(sampler, "sampler_name"), sampler)
        return
    if sampler.class_type in WRAPPED:  # the pack names sampler and schedule in one word
        draft.put(f"{path}/sampler", values.of(sampler, "scheduler"), "text", at_least="sampler")
        return
    node = values.node(sampler.link("sampler"))
    if node is None:
        return
    if "sampler_name" in node.inputs:
        _put_sampler(draft, path, values.of(node, "sampler_name"), node)
    elif node.class_type in _OWN_SAMPLERS:
        _own_sampler(values, draft, node, path)
    else:
        text = f"{capital(named(node))} makes a sampler that is not known here."
        draft.trouble("sampler_unknown", "error", f"{path}/sampler", text, "Name the sampler by hand.", node)


def _put_sampler(draft: Draft, path: str, name: Value, node: Node) -> None:
    """Enter a sampler's name; packs write theirs with a group in front, such as exponential/res_2s."""
    if name.known and isinstance(name.value, str) and "/" in name.value:
        name = Value(name.value.rsplit("/", 1)[1]).with_history([name])
    draft.put(f"{path}/sampler", name, "text", at_least="sampler")
    if node.class_type not in (*_KNOWN, *WRAPPED, "KSamplerSelect"):
        others = sorted(set(node.inputs) - {"sampler_name"} - _PLAIN)
        if others:
            text = f"{capital(named(node))} sets {', '.join(others)[:200]}, which a preset has no place for."
            draft.trouble("sampler_settings", "warning", f"{path}/sampler", text, "", node)


_PLAIN = frozenset(name for name, _, _ in _DIRECT) | {
    "model",
    "positive",
    "negative",
    "latent_image",
    "seed",
    "noise_seed",
    "add_noise",
    "sigmas",
    "sampler",
    "start_at_step",
    "end_at_step",
    "return_with_leftover_noise",
}


def _own_sampler(values: Values, draft: Draft, node: Node, path: str) -> None:
    name, usual = _OWN_SAMPLERS[node.class_type]
    draft.set(f"{path}/sampler", name)
    for setting in node.inputs:
        value = values.of(node, setting)
        if not value.known or value.value == usual.get(setting):
            draft.credit(f"{path}/sampler", value)
        else:
            draft.put(f"{path}/scheduler_options/{setting}", value, "number" if setting != "solver_type" else "text")


def _range(values: Values, draft: Draft, sampler: Node, path: str, *, last: bool) -> None:
    """Start and end of a stage that samples a part of its steps; ComfyUI's 10000 means the end."""
    stage = draft.document["stages"][int(path.rsplit("/", 1)[1])]
    for names, field in ((("start_at_step", "start_step"), "start_step"), (("end_at_step", "end_step"), "end_step")):
        name = next((name for name in names if name in sampler.inputs), "")
        value = values.of(sampler, name)
        if name and not (value.known and value.value == -1):
            draft.put(f"{path}/{field}", value, "whole")
    steps, end = stage.get("steps"), stage.get("end_step")
    if isinstance(steps, int) and isinstance(end, int) and end > steps:
        draft.set(f"{path}/end_step", steps)
    _leftover(values, draft, sampler, path, last=last)


def _leftover(values: Values, draft: Draft, sampler: Node, path: str, *, last: bool) -> None:
    rest = values.of(sampler, "return_with_leftover_noise")
    if not rest.known:
        return
    draft.credit(f"{path}/end_step", rest)
    stage = draft.document["stages"][int(path.rsplit("/", 1)[1])]
    early = isinstance(stage.get("end_step"), int) and stage.get("end_step") != stage.get("steps")
    keeps = rest.value in ("enable", True)
    if early and keeps == last:
        text = (
            f"{capital(named(sampler))} ends before its last step and hands on the noise that is left."
            if keeps
            else f"{capital(named(sampler))} ends early and removes all noise at once before the next stage."
        )
        draft.trouble(
            "leftover_noise", "warning", f"{path}/end_step", text, "Compare the stage with the node.", sampler
        )


def _finish(draft: Draft, path: str) -> None:
    """Explicit sigmas decide the number of steps."""
    stage = draft.document["stages"][int(path.rsplit("/", 1)[1])]
    sigmas = stage.get("sigmas")
    if isinstance(sigmas, list) and len(sigmas) > 1:
        stage["steps"] = len(sigmas) - 1
