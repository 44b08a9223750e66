"""WAN 2.2 text to video: WanPipeline with two experts (A14B) or one (TI2V-5B).

Self-contained on purpose, as diffusers' own pipelines are: what is shared with another family is copied until it
has proved to be the same thing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from diffusers import (
    AutoencoderKLWan,
    FlowMatchEulerDiscreteScheduler,
    UniPCMultistepScheduler,
    WanPipeline,
    WanTransformer3DModel,
)
from transformers import T5TokenizerFast, UMT5EncoderModel

from presets_app.core.generation import SeedUsed
from runner import limits
from runner.pipelines.loading import Parts, load_parts, load_tokenizer, place, read_index, read_scheduler
from runner.pipelines.rendering import Clock, Rendered, frames_from
from runner.progress import Report

CLASS_NAME = "WanPipeline"
PARTS: Parts = {
    "text_encoder": (UMT5EncoderModel,),
    "vae": (AutoencoderKLWan,),
    "transformer": (WanTransformer3DModel,),
    "transformer_2": (WanTransformer3DModel,),
}
OPTIONAL = ("transformer_2",)
SCHEDULERS = ("UniPCMultistepScheduler", "FlowMatchEulerDiscreteScheduler")
TEXT_TOKENS = 512
GUIDANCE = 5.0  # diffusers' own default, for a stage that does not say


@dataclass
class Loaded:
    """A resident WanPipeline; see rendering.Loaded."""

    pipe: Any
    dtype: str
    device: str
    boundary: float | None
    saved: Mapping[str, Any]  # the checkpoint's scheduler settings

    def render(self, document: Mapping[str, Any], progress: Report) -> Rendered:
        limits.check(document)
        first, last = document["stages"][0], document["stages"][-1]
        clock, steps = Clock(progress), limits.steps_of(first)
        with torch.no_grad():
            clock.enter("text")
            call = self._call(document, first, last)
            self._prepare(document, first, last, steps)
            texts = self._texts(document, call["guidance_scale"] > 1)
            clock.enter("denoise", 0, steps)
            generator = torch.Generator("cpu").manual_seed(first["seed"])
            video = self.pipe(**call, **texts, generator=generator, callback_on_step_end=_steps(clock, steps)).frames[0]
        frames = frames_from(video)
        clock.close()
        return Rendered(frames, None, None, _seeds(document), clock.timings, call)

    def _prepare(
        self, document: Mapping[str, Any], first: Mapping[str, Any], last: Mapping[str, Any], steps: int
    ) -> None:
        """Set what the pipeline keeps between calls, so that a warm render equals a cold one."""
        self.pipe.scheduler = _scheduler(self.saved, first)
        boundary = self._boundary(first, last, steps)
        self.pipe.register_to_config(boundary_ratio=boundary)
        runtime = document.get("runtime") or {}
        vae = self.pipe.vae
        (vae.enable_tiling if runtime.get("vae_tiling") else vae.disable_tiling)()
        (vae.enable_slicing if runtime.get("vae_slicing") else vae.disable_slicing)()

    def _boundary(self, first: Mapping[str, Any], last: Mapping[str, Any], steps: int) -> float | None:
        """Where the low-noise expert takes over, as a share of the noise schedule: from the stages' steps when they
        say it, else the stage's own `boundary`, else the checkpoint's."""
        if self.boundary is None:
            return None
        switch = first.get("end_step") if last is not first else None
        switch = last.get("start_step") if switch is None and last is not first else switch
        if switch is None:
            return float(first.get("boundary", self.boundary))
        scheduler = self.pipe.scheduler
        scheduler.set_timesteps(steps, device="cpu")
        times = [float(time) for time in scheduler.timesteps]
        total, at = scheduler.config.num_train_timesteps, min(int(switch), steps)
        edges = [total + 1.0, *times, -1.0]  # before the first step and after the last
        return float((edges[at] + edges[at + 1]) / 2 / total)

    def _call(self, document: Mapping[str, Any], first: Mapping[str, Any], last: Mapping[str, Any]) -> dict[str, Any]:
        """Every argument spelled out: what is left to a default would change with the library."""
        return {
            "prompt": None,
            "negative_prompt": None,
            "height": document["height"],
            "width": document["width"],
            "num_frames": document["frames"],
            "num_inference_steps": limits.steps_of(first),
            "guidance_scale": float(first.get("guidance", GUIDANCE)),
            "guidance_scale_2": float(last.get("guidance", GUIDANCE)) if self.boundary is not None else None,
            "num_videos_per_prompt": 1,
            "latents": None,
            "output_type": "np",
            "return_dict": True,
            "attention_kwargs": None,
            "callback_on_step_end_tensor_inputs": ["latents"],
            "max_sequence_length": TEXT_TOKENS,
        }

    def _texts(self, document: Mapping[str, Any], guided: bool) -> dict[str, Any]:
        prompt, negative = self.pipe.encode_prompt(
            prompt=document["prompt"],
            negative_prompt=document.get("negative_prompt") or "",
            do_classifier_free_guidance=guided,
            num_videos_per_prompt=1,
            prompt_embeds=None,
            negative_prompt_embeds=None,
            max_sequence_length=TEXT_TOKENS,
            device=torch.device(self.device),
        )
        return {"prompt_embeds": prompt, "negative_prompt_embeds": negative}


def load(folder: Path, *, dtype: str, vae_dtype: str | None, device: str, offload: str) -> Loaded:
    """Raises CannotRender when the folder is not a complete WanPipeline."""
    index = read_index(folder, CLASS_NAME)
    # WAN's VAE is run in float32 by its authors; half precision shows as banding.
    dtypes = {"default": dtype, "vae": vae_dtype or "float32"}
    parts = load_parts(folder, index, PARTS, dtypes, OPTIONAL)
    saved = read_scheduler(folder, SCHEDULERS)
    boundary = index.get("boundary_ratio")
    pipe = WanPipeline(
        tokenizer=load_tokenizer(folder, T5TokenizerFast),
        scheduler=_scheduler(saved, {}),
        boundary_ratio=boundary,
        expand_timesteps=bool(index.get("expand_timesteps", False)),
        **{name: parts.get(name) for name in PARTS},
    )
    place(pipe, device, offload)
    return Loaded(pipe, dtype, device, boundary, saved)


def _scheduler(config: Mapping[str, Any], stage: Mapping[str, Any]) -> Any:
    """A fresh scheduler: the checkpoint's own, or Euler when the stage asks for it. The saved shift (3 for A14B)
    is not the one its authors use, so the stage's `shift` is always set when given."""
    shift = float(stage.get("shift") or config.get("flow_shift") or config.get("shift") or 1.0)
    own_is_euler = config.get("_class_name") == "FlowMatchEulerDiscreteScheduler"
    if stage.get("sampler") in ("euler", "flow_match_euler") or (own_is_euler and not stage.get("sampler")):
        return FlowMatchEulerDiscreteScheduler(num_train_timesteps=1000, shift=shift)
    known = {key: value for key, value in config.items() if not key.startswith("_")}
    settings = {
        **known,
        "prediction_type": "flow_prediction",
        "use_flow_sigmas": True,
        "num_train_timesteps": 1000,
        "flow_shift": shift,
    }
    return UniPCMultistepScheduler.from_config(settings)


def _steps(clock: Clock, steps: int) -> Any:
    def after_step(_pipe: Any, number: int, _time: Any, kept: dict[str, Any]) -> dict[str, Any]:
        clock.enter("denoise", number + 1, steps)
        if number + 1 == steps:
            clock.enter("decode")
        return kept

    return after_step


def _seeds(document: Mapping[str, Any]) -> tuple[SeedUsed, ...]:
    """Noise is drawn once, for the first stage; a second stage's seed changes nothing."""
    first, *rest = document["stages"]
    used = SeedUsed(str(first["role"]), first["seed"], first["seed"], "cpu")
    return (used, *(SeedUsed(str(stage["role"]), stage.get("seed"), None, None) for stage in rest))
