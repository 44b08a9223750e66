"""WAN 2.1 and 2.2: one model, or two experts that share the steps; TI2V-5B, S2V, VACE and control."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from presets_app.backends.comfyui.compiling import loading, media, sampling, splitting
from presets_app.backends.comfyui.compiling.building import Builder, Fixed, Given, Input, Out
from presets_app.backends.comfyui.compiling.saving import Finished, save
from presets_app.backends.comfyui.compiling.stating import stage_literal
from presets_app.backends.comfyui.compiling.wan_starts import Start, start_of

_EXPERTS = ("high_noise", "low_noise")


@dataclass(frozen=True)
class _Sampler:
    """One stage: its number, how many there are, its model, and the latent it takes over."""

    index: int
    count: int
    model: Out
    latent: Out

    @property
    def path(self) -> str:
        return f"/stages/{self.index}"

    @property
    def last(self) -> bool:
        return self.index == self.count - 1


def compile_wan(build: Builder, assets: Mapping[str, str], run_name: str) -> None:
    parts = loading.wan_parts(build)
    count = len(build.document["stages"])
    models = [loading.model(build, index, whole=False) for index in range(count)]
    if parts is None or None in models or not _stages_fit(build):
        return
    positive, negative = media.prompts(build, parts.clip)
    start = start_of(build, parts.vae, positive, negative, assets)
    if start is None:
        return
    build.landmarks["start"] = start.latent.node
    build.keep("/audio/generate", "WAN 2.1 and 2.2 make no sound.") if not build.value("/audio/generate") else None
    for index, model in enumerate(models):
        if model is not None:
            stage = _Sampler(index, count, loading.shifted(build, index, model), start.latent)
            start = replace(start, latent=_sampled(build, stage, start))
    save(build, Finished(_trimmed(build, start), parts.vae, run_name, start.sound))


def _stages_fit(build: Builder) -> bool:
    """Whether every stage samples the latent of the one before, at its size."""
    for index, stage in enumerate(build.document["stages"]):
        path = f"/stages/{index}/scale"
        text = ""
        if build.value(path) not in (None, 1):
            text = f"Stage {index + 1} enlarges the picture, and stock ComfyUI has no latent upscaler for WAN."
        elif str(stage.get("role")).startswith("extend"):
            path, text = (
                f"/stages/{index}/role",
                f"Stage {index + 1} makes the video longer, which is a video in parts.",
            )
        if text:
            hint = "Leave the stage out, and do its work as a run of its own."
            build.trouble("stage_unsupported", "error", path, text, hint)
            return False
        build.keep(path, "1 leaves the size as it is.")
    return True


def _sampled(build: Builder, stage: _Sampler, start: Start) -> Out:
    own = build.document["stages"][stage.index]
    if own.get("sigmas") or own.get("scheduler_options"):
        return _custom(build, stage, start)
    partly = any(own.get(key) is not None for key in ("start_step", "end_step", "add_noise", "boundary"))
    if partly or own.get("role") in _EXPERTS:
        return _advanced(build, stage, start)
    return _plain(build, stage, start)


def _plain(build: Builder, stage: _Sampler, start: Start) -> Out:
    inputs: dict[str, Input] = {
        "model": stage.model,
        **_common(build, stage, start, "seed"),
        "denoise": stage_literal(build, stage.index, "denoise"),
    }
    node = build.add("KSampler", f"Sample{_name(build, stage)}", inputs)
    build.landmarks[f"{stage.path}/role"] = node
    return Out(node)


def _advanced(build: Builder, stage: _Sampler, start: Start) -> Out:
    adds = _adds_noise(build, stage)
    leaves = Fixed(
        "disable" if stage.last else "enable", "Noise is handed on to the next stage, and none is left over."
    )
    inputs: dict[str, Input] = {
        "model": stage.model,
        "add_noise": adds,
        **_common(build, stage, start, "noise_seed", quiet=isinstance(adds, Fixed) and adds.value == "disable"),
        **splitting.bounds(build, stage.index),
        "return_with_leftover_noise": leaves,
    }
    node = build.add("KSamplerAdvanced", f"Sample{_name(build, stage)}", inputs)
    build.landmarks[f"{stage.path}/role"] = node
    denoise = f"{stage.path}/denoise"
    if build.value(denoise) == 1:
        build.keep(denoise, "The whole schedule is run.")
    elif build.ledger.has(denoise):
        text = "A stage with start and end steps takes no denoise; the steps decide."
        build.ledger.drop(denoise, text)
        build.trouble("denoise_not_carried", "warning", denoise, text, "State the steps alone.")
    return Out(node)


def _adds_noise(build: Builder, stage: _Sampler) -> Input:
    path = f"{stage.path}/add_noise"
    stated = build.value(path)
    if stated is not None:
        return Given(path, "enable" if stated else "disable", "The node's words for yes and no.")
    first = stage.index == 0
    note = "The first stage begins with noise." if first else "This stage takes over the noise of the one before."
    return Fixed("enable" if first else "disable", note)


def _common(build: Builder, stage: _Sampler, start: Start, seed: str, *, quiet: bool = False) -> dict[str, Input]:
    at = stage.index
    return {
        seed: stage_literal(build, at, "seed", quiet=quiet),
        "steps": stage_literal(build, at, "steps"),
        "cfg": stage_literal(build, at, "guidance"),
        "sampler_name": stage_literal(build, at, "sampler"),
        "scheduler": stage_literal(build, at, "scheduler"),
        "positive": start.positive,
        "negative": start.negative,
        "latent_image": stage.latent,
    }


def _custom(build: Builder, stage: _Sampler, start: Start) -> Out:
    """A stage with listed sigmas or settings of its own. It takes over the noise of the one before where it goes on
    from the noise level that that one ends with."""
    fresh = stage.index == 0 or not _goes_on(build.document["stages"], stage.index)
    given = sampling.Stage(stage.index, stage.model, start.positive, start.negative, stage.latent, fresh)
    return Out(sampling.custom(build, given))


def _goes_on(stages: Sequence[Mapping[str, Any]], index: int) -> bool:
    own, before = stages[index], stages[index - 1]
    sigmas, earlier = own.get("sigmas"), before.get("sigmas")
    if sigmas and earlier and not own.get("start_step"):
        return bool(sigmas[0] == earlier[-1] != 0)
    return bool(own.get("start_step"))


def _trimmed(build: Builder, start: Start) -> Out:
    """VACE puts the reference picture before the video; here it is cut off again."""
    if start.trim is None:
        return start.latent
    return Out(
        build.add("TrimVideoLatent", "Cut off the reference", {"samples": start.latent, "trim_amount": start.trim})
    )


def _name(build: Builder, stage: _Sampler) -> str:
    return f" ({build.value(f'{stage.path}/role')})" if stage.count > 1 else ""
