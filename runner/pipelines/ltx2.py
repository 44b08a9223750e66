"""LTX-2 text to video with sound: LTX2Pipeline, one stage.

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
    AutoencoderKLLTX2Audio,
    AutoencoderKLLTX2Video,
    FlowMatchEulerDiscreteScheduler,
    LTX2Pipeline,
    LTX2VideoTransformer3DModel,
)
from diffusers.pipelines.ltx2.connectors import LTX2TextConnectors
from diffusers.pipelines.ltx2.vocoder import LTX2Vocoder, LTX2VocoderWithBWE
from transformers import Gemma3ForConditionalGeneration, GemmaTokenizer

from presets_app.core.generation import SeedUsed
from runner import limits
from runner.pipelines.loading import Parts, load_parts, load_tokenizer, place, read_index, read_scheduler
from runner.pipelines.rendering import Clock, Rendered, frames_from, samples_from
from runner.progress import Report

CLASS_NAME = "LTX2Pipeline"
PARTS: Parts = {
    "vae": (AutoencoderKLLTX2Video,),
    "audio_vae": (AutoencoderKLLTX2Audio,),
    "text_encoder": (Gemma3ForConditionalGeneration,),
    "connectors": (LTX2TextConnectors,),
    "transformer": (LTX2VideoTransformer3DModel,),
    "vocoder": (LTX2Vocoder, LTX2VocoderWithBWE),
}
SCHEDULERS = ("FlowMatchEulerDiscreteScheduler",)
ABSENT = ("processor", "prompt_enhancer", "duration_head")
TEXT_TOKENS = 1024
GUIDANCE = 1.0  # off, for a stage that does not say


@dataclass
class Loaded:
    """A resident LTX2Pipeline; see rendering.Loaded."""

    pipe: Any
    dtype: str
    device: str
    saved: Mapping[str, Any]  # the checkpoint's scheduler settings

    def render(self, document: Mapping[str, Any], progress: Report) -> Rendered:
        limits.check(document)
        stage = document["stages"][0]
        clock, steps = Clock(progress), limits.steps_of(stage)
        with torch.no_grad():
            clock.enter("text")
            call = _call(document, stage)
            self._prepare(document, stage)
            guided = call["guidance_scale"] > 1 or call["audio_guidance_scale"] > 1
            texts = self._texts(document, guided)
            clock.enter("denoise", 0, steps)
            generator = torch.Generator("cpu").manual_seed(stage["seed"])
            made = self.pipe(**call, **texts, generator=generator, callback_on_step_end=_steps(clock, steps))
        frames, samples = frames_from(made.frames[0]), None
        if (document.get("audio") or {}).get("generate", True):
            samples = samples_from(made.audio[0].float().cpu().numpy())
        clock.close()
        rate = int(self.pipe.vocoder.config.output_sampling_rate) if samples is not None else None
        used = SeedUsed(str(stage["role"]), stage["seed"], stage["seed"], "cpu")
        return Rendered(frames, samples, rate, (used,), clock.timings, call)

    def _prepare(self, document: Mapping[str, Any], stage: Mapping[str, Any]) -> None:
        """Set what the pipeline keeps between calls, so that a warm render equals a cold one."""
        self.pipe.scheduler = _scheduler(self.saved, stage)
        runtime = document.get("runtime") or {}
        vae = self.pipe.vae
        (vae.enable_tiling if runtime.get("vae_tiling") else vae.disable_tiling)()
        (vae.enable_slicing if runtime.get("vae_slicing") else vae.disable_slicing)()

    def _texts(self, document: Mapping[str, Any], guided: bool) -> dict[str, Any]:
        prompt, mask, negative, negative_mask = self.pipe.encode_prompt(
            prompt=document["prompt"],
            negative_prompt=document.get("negative_prompt") or "",
            do_classifier_free_guidance=guided,
            num_videos_per_prompt=1,
            prompt_embeds=None,
            negative_prompt_embeds=None,
            prompt_attention_mask=None,
            negative_prompt_attention_mask=None,
            max_sequence_length=TEXT_TOKENS,
            device=torch.device(self.device),
        )
        return {
            "prompt_embeds": prompt,
            "prompt_attention_mask": mask,
            "negative_prompt_embeds": negative,
            "negative_prompt_attention_mask": negative_mask,
        }


def load(folder: Path, *, dtype: str, vae_dtype: str | None, device: str, offload: str) -> Loaded:
    """Raises CannotRender when the folder is not a complete LTX2Pipeline."""
    index = read_index(folder, CLASS_NAME)
    parts = load_parts(folder, index, PARTS, {"default": dtype, "vae": vae_dtype or dtype})
    saved = read_scheduler(folder, SCHEDULERS)
    pipe = LTX2Pipeline(
        tokenizer=load_tokenizer(folder, GemmaTokenizer),
        scheduler=_scheduler(saved, {}),
        **parts,
        **dict.fromkeys(ABSENT),
    )
    place(pipe, device, offload)
    return Loaded(pipe, dtype, device, saved)


def _call(document: Mapping[str, Any], stage: Mapping[str, Any]) -> dict[str, Any]:
    """Every argument spelled out: what is left to a default would change with the library."""
    sigmas = stage.get("sigmas")
    return {
        "prompt": None,
        "negative_prompt": None,
        "height": document["height"],
        "width": document["width"],
        "num_frames": document["frames"],
        "frame_rate": float(limits.fps_of(document)),
        "motion_speed": 1.0,
        "num_inference_steps": limits.steps_of(stage),
        "sigmas": [float(sigma) for sigma in sigmas[:-1]] if sigmas else None,
        "timesteps": None,
        **_guidance(stage),
        "noise_scale": 0.0,
        "num_videos_per_prompt": 1,
        "latents": None,
        "audio_latents": None,
        "decode_timestep": 0.0,
        "decode_noise_scale": None,
        "use_cross_timestep": True,
        "system_prompt": None,
        "enable_prompt_enhancement": False,
        "output_type": "np",
        "return_dict": True,
        "attention_kwargs": None,
        "callback_on_step_end_tensor_inputs": ["latents"],
        "max_sequence_length": TEXT_TOKENS,
    }


def _guidance(stage: Mapping[str, Any]) -> dict[str, Any]:
    """All nine arguments: with the pipeline's defaults, `guidance_scale=1` alone still runs three passes a step."""
    options = stage.get("guidance_options") or {}
    guidance = float(stage.get("guidance", GUIDANCE))
    stg, modality = float(options.get("stg_scale", 0.0)), float(options.get("modality_scale", 1.0))
    rescale = float(options.get("guidance_rescale", 0.0))
    return {
        "guidance_scale": guidance,
        "stg_scale": stg,
        "modality_scale": modality,
        "guidance_rescale": rescale,
        "audio_guidance_scale": float(options.get("audio_guidance_scale", guidance)),
        "audio_stg_scale": float(options.get("audio_stg_scale", stg)),
        "audio_modality_scale": float(options.get("audio_modality_scale", modality)),
        "audio_guidance_rescale": float(options.get("audio_guidance_rescale", rescale)),
        "spatio_temporal_guidance_blocks": options.get("spatio_temporal_guidance_blocks"),
    }


def _scheduler(saved: Mapping[str, Any], stage: Mapping[str, Any]) -> FlowMatchEulerDiscreteScheduler:
    """A fresh scheduler from the checkpoint's settings and what the stage says.

    Explicit sigmas are taken as they are: through the full model's schedule the same eight values would be moved
    (measured: 0.421875 became 0.1).
    """
    settings = {key: value for key, value in saved.items() if not key.startswith("_")}
    if stage.get("sigmas"):
        settings |= {"use_dynamic_shifting": False, "shift_terminal": None, "shift": 1.0}
    elif stage.get("shift") is not None:
        settings |= {"use_dynamic_shifting": False, "shift_terminal": None, "shift": float(stage["shift"])}
    for key, value in (stage.get("scheduler_options") or {}).items():
        settings |= _option(key, value)
    return FlowMatchEulerDiscreteScheduler.from_config(settings)


def _option(key: str, value: Any) -> dict[str, Any]:
    if key in ("base_shift", "max_shift"):
        return {key: float(value)}
    if key == "terminal":
        return {"shift_terminal": float(value)}
    return {} if value else {"shift_terminal": None}  # stretch: off means that the schedule is not stretched


def _steps(clock: Clock, steps: int) -> Any:
    def after_step(_pipe: Any, number: int, _time: Any, kept: dict[str, Any]) -> dict[str, Any]:
        clock.enter("denoise", number + 1, steps)
        if number + 1 == steps:
            clock.enter("decode")
        return kept

    return after_step
