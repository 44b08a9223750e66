"""One stage of sampling: noise, guidance, schedule and sampler nodes."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from presets_app.backends.comfyui.compiling.building import Builder, Given, Input, Out
from presets_app.backends.comfyui.compiling.stating import option, stage_literal

_LTXV: dict[str, Any] = {"max_shift": 2.05, "base_shift": 0.95, "stretch": True, "terminal": 0.1}
# Samplers with settings of their own, and the nodes that take them: class, then each setting's default.
_OWN: dict[str, tuple[str, dict[str, Any]]] = {
    "euler_ancestral": ("SamplerEulerAncestral", {"eta": 1.0, "s_noise": 1.0}),
    "euler_ancestral_cfg_pp": ("SamplerEulerAncestralCFGPP", {"eta": 1.0, "s_noise": 1.0}),
    "dpmpp_2m_sde": (
        "SamplerDPMPP_2M_SDE",
        {"solver_type": "midpoint", "eta": 1.0, "s_noise": 1.0, "noise_device": "gpu"},
    ),
    "dpmpp_3m_sde": ("SamplerDPMPP_3M_SDE", {"eta": 1.0, "s_noise": 1.0, "noise_device": "gpu"}),
    "dpmpp_sde": ("SamplerDPMPP_SDE", {"eta": 1.0, "s_noise": 1.0, "r": 0.5, "noise_device": "gpu"}),
    "dpmpp_2s_ancestral": ("SamplerDPMPP_2S_Ancestral", {"eta": 1.0, "s_noise": 1.0}),
    "lms": ("SamplerLMS", {"order": 4}),
}
_SCHEDULERS = {  # schedules that are nodes of their own: class, then each setting's default
    "karras": ("KarrasScheduler", {"sigma_max": 14.614642, "sigma_min": 0.0291675, "rho": 7.0}),
    "exponential": ("ExponentialScheduler", {"sigma_max": 14.614642, "sigma_min": 0.0291675}),
    "beta": ("BetaSamplingScheduler", {"alpha": 0.6, "beta": 0.6}),
}
_SAME_SCALE = "The same as the picture's guidance."


@dataclass(frozen=True)
class Stage:
    """What a stage samples with: its number in the document, the model, the prompts and the latent it begins with.
    `fresh` tells that it begins with noise of its own where the document does not say, `sound` that the latent holds
    sound too."""

    index: int
    model: Out
    positive: Out
    negative: Out
    latent: Out
    fresh: bool = True
    sound: bool = False

    @property
    def path(self) -> str:
        return f"/stages/{self.index}"


def custom(build: Builder, stage: Stage) -> str:
    """One sampler node with everything that drives it; the node's id. Slot 0 is what it ends with, slot 1 the
    picture without the noise that is left."""
    name = _name(build, stage)
    if build.value(f"{stage.path}/add_noise") is True and not _two_scales(build, stage):
        node = _stating(build, stage, name)
    else:
        inputs: dict[str, Input] = {
            "noise": _noise(build, stage, name),
            "guider": _guider(build, stage, name),
            **_driven(build, stage, name),
        }
        node = build.add("SamplerCustomAdvanced", f"Sample{name}", inputs)
    build.landmarks[f"{stage.path}/role"] = node
    return node


def _driven(build: Builder, stage: Stage, name: str) -> dict[str, Input]:
    return {
        "sampler": sampler_node(build, stage, name),
        "sigmas": sigmas(build, stage, name),
        "latent_image": stage.latent,
    }


def _stating(build: Builder, stage: Stage, name: str) -> str:
    """SamplerCustom does the same and has a field for add_noise, which the document states."""
    inputs: dict[str, Input] = {
        "model": stage.model,
        "add_noise": Given(f"{stage.path}/add_noise", True),
        "noise_seed": stage_literal(build, stage.index, "seed"),
        "cfg": stage_literal(build, stage.index, "guidance"),
        "positive": stage.positive,
        "negative": stage.negative,
        **_driven(build, stage, name),
    }
    node = build.add("SamplerCustom", f"Sample{name}", inputs)
    sound = f"{stage.path}/guidance_options/audio_guidance_scale"
    if build.value(sound) == build.value(f"{stage.path}/guidance"):
        build.keep(sound, _SAME_SCALE, build.place_of(node, "cfg"))
    return node


def _noise(build: Builder, stage: Stage, name: str) -> Out:
    path = f"{stage.path}/add_noise"
    stated = build.value(path)
    if stated is False or (stated is None and not stage.fresh):
        node = build.add("DisableNoise", f"No noise{name}", {})
        build.keep(path, "DisableNoise stands in the place of the noise.", f"/{node}/class_type", "DisableNoise")
        return Out(node)
    build.keep(path, "The stage begins with noise.")
    return Out(build.add("RandomNoise", f"Noise{name}", {"noise_seed": stage_literal(build, stage.index, "seed")}))


def _guider(build: Builder, stage: Stage, name: str) -> Out:
    guidance = stage_literal(build, stage.index, "guidance")
    drives: dict[str, Input] = {"model": stage.model, "positive": stage.positive, "negative": stage.negative}
    sound = f"{stage.path}/guidance_options/audio_guidance_scale"
    if _two_scales(build, stage):
        inputs: dict[str, Input] = {"video_cfg": guidance, "audio_cfg": Given(sound, build.value(sound)), **drives}
        return Out(build.add("LTXVDualCFGGuider", f"Guidance{name}", inputs))
    node = build.add("CFGGuider", f"Guidance{name}", {"cfg": guidance, **drives})
    if build.value(sound) == build.value(f"{stage.path}/guidance"):
        build.keep(sound, _SAME_SCALE, build.place_of(node, "cfg"))
    return Out(node)


def _two_scales(build: Builder, stage: Stage) -> bool:
    """Whether picture and sound take the guider for two scales. LTX-2.5's templates use it for equal ones too; for
    earlier families servers may not have it."""
    stated = build.value(f"{stage.path}/guidance_options/audio_guidance_scale")
    if stated is None or not stage.sound:
        return False
    return bool(stated != build.value(f"{stage.path}/guidance")) or build.value("/family") == "ltx-2.5"


def sampler_node(build: Builder, stage: Stage, name: str) -> Out:
    literal = stage_literal(build, stage.index, "sampler")
    kind, settings = _OWN.get(str(getattr(literal, "value", "")), ("", {}))
    stated = [key for key in settings if build.ledger.has(f"{stage.path}/scheduler_options/{key}")]
    if not stated or not isinstance(literal, Given):
        return Out(build.add("KSamplerSelect", f"Sampler{name}", {"sampler_name": literal}))
    inputs = {key: option(build, stage.index, key, default) for key, default in settings.items()}
    node = build.add(kind, f"Sampler{name}", inputs)
    build.keep(literal.path, f"{kind} is this sampler with settings of its own.", f"/{node}/class_type", kind)
    return Out(node)


def sigmas(build: Builder, stage: Stage, name: str) -> Out:
    """The schedule of a stage: the listed sigmas, or the scheduler's node; cut to the steps the stage samples."""
    listed = build.value(f"{stage.path}/sigmas")
    made = _manual(build, stage, listed, name) if isinstance(listed, list) else _scheduled(build, stage, name)
    return _cut(build, stage, made, name)


def _manual(build: Builder, stage: Stage, listed: list[Any], name: str) -> Out:
    text = ", ".join(_digits(number) for number in listed)
    literal = Given(f"{stage.path}/sigmas", text, "The same numbers as text.")
    node = build.add("ManualSigmas", f"Sigmas{name}", {"sigmas": literal})
    place = build.place_of(node, "sigmas")
    build.keep(f"{stage.path}/steps", "One less than there are sigmas.", place, text)
    for path in (f"{stage.path}/scheduler", f"{stage.path}/denoise"):
        if build.ledger.has(path):
            build.ledger.drop(path, "Listed sigmas decide the schedule alone.")
    return Out(node)


def _digits(number: float) -> str:
    """Digits that read back as the same number and that ManualSigmas finds: it knows no exponent."""
    return format(Decimal(repr(number)), "f")


def _scheduled(build: Builder, stage: Stage, name: str) -> Out:
    scheduler = build.value(f"{stage.path}/scheduler")
    ltx = str(build.value("/family")).startswith("ltx")
    if scheduler == "ltxv" or (scheduler is None and ltx):
        return _ltxv(build, stage, name)
    kind, settings = _SCHEDULERS.get(str(scheduler), ("", {}))
    if any(build.ledger.has(f"{stage.path}/scheduler_options/{key}") for key in settings):
        inputs = {key: option(build, stage.index, key, default) for key, default in settings.items()}
        steps = stage_literal(build, stage.index, "steps")
        first: dict[str, Input] = {"model": stage.model} if kind == "BetaSamplingScheduler" else {}
        node = build.add(kind, f"Schedule{name}", {**first, "steps": steps, **inputs})
        build.keep(f"{stage.path}/scheduler", f"{kind} makes this schedule.", f"/{node}/class_type", kind)
        return Out(node)
    inputs = {key: stage_literal(build, stage.index, key) for key in ("scheduler", "steps", "denoise")}
    return Out(build.add("BasicScheduler", f"Schedule{name}", {"model": stage.model, **inputs}))


def _ltxv(build: Builder, stage: Stage, name: str) -> Out:
    settings = {key: option(build, stage.index, key, default) for key, default in _LTXV.items()}
    steps = stage_literal(build, stage.index, "steps")
    inputs: dict[str, Input] = {"steps": steps, **settings, "latent": stage.latent}
    node = build.add("LTXVScheduler", f"Schedule{name}", inputs)
    build.keep(f"{stage.path}/scheduler", "LTXVScheduler makes this schedule.", f"/{node}/class_type", "LTXVScheduler")
    denoise = f"{stage.path}/denoise"
    if build.value(denoise) == 1:
        build.keep(denoise, "The whole schedule is run.")
    return Out(node)


def _cut(build: Builder, stage: Stage, made: Out, name: str) -> Out:
    """SplitSigmas where a stage samples only a part of its schedule."""
    start, end = (build.value(f"{stage.path}/{key}") for key in ("start_step", "end_step"))
    steps = build.value(f"{stage.path}/steps")
    if end is not None and (not isinstance(steps, int) or end < steps):
        literal = Given(f"{stage.path}/end_step", end)
        made = Out(build.add("SplitSigmas", f"Until step {end}{name}", {"sigmas": made, "step": literal}))
    elif end is not None:
        build.keep(f"{stage.path}/end_step", "The stage runs to the end of its schedule.")
    if start:
        literal = Given(f"{stage.path}/start_step", start)
        return Out(build.add("SplitSigmas", f"From step {start}{name}", {"sigmas": made, "step": literal}), 1)
    build.keep(f"{stage.path}/start_step", "The stage begins with its first step.")
    return made


def _name(build: Builder, stage: Stage) -> str:
    role = build.value(f"{stage.path}/role")
    return f" ({role})" if len(build.document["stages"]) > 1 else ""
