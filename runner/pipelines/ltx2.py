"""LTX-2 and 2.3, full and distilled: text, one picture or several to video with sound, in one stage or two.

Self-contained on purpose, as diffusers' own pipelines are: what is shared with another family is copied until it
has proved to be the same thing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import torch
from diffusers import (
    AutoencoderKLLTX2Audio,
    AutoencoderKLLTX2Video,
    FlowMatchEulerDiscreteScheduler,
    LTX2ConditionPipeline,
    LTX2ImageToVideoPipeline,
    LTX2LatentUpsamplePipeline,
    LTX2Pipeline,
    LTX2VideoTransformer3DModel,
)
from diffusers.pipelines.ltx2.connectors import LTX2TextConnectors
from diffusers.pipelines.ltx2.latent_upsampler import LTX2LatentUpsamplerModel
from diffusers.pipelines.ltx2.pipeline_ltx2_condition import LTX2VideoCondition
from diffusers.pipelines.ltx2.vocoder import LTX2Vocoder, LTX2VocoderWithBWE
from transformers import Gemma3ForConditionalGeneration, GemmaTokenizer

from presets_app.core.generation import SeedUsed
from presets_app.core.weights_named import upsampler
from runner import limits
from runner.pipelines import loras
from runner.pipelines.loading import (
    Parts,
    Variants,
    load_part,
    load_parts,
    load_tokenizer,
    read_index,
    read_scheduler,
    reader_of,
    settle,
    wrong_variant,
)
from runner.pipelines.pictures import opened
from runner.pipelines.rendering import (
    Clock,
    Extras,
    Pictures,
    Rendered,
    Steps,
    frames_from,
    recorded,
    samples_from,
    settings_of,
    watched,
)
from runner.progress import Report

CLASS_NAMES = ("LTX2Pipeline", "LTX2ImageToVideoPipeline", "LTX2ConditionPipeline")  # of one and the same models
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
VOCODERS = {"ltx-2": "LTX2Vocoder", "ltx-2.3": "LTX2VocoderWithBWE"}  # what tells the two apart in a folder
TEXT_TOKENS = 1024
GUIDANCE = 1.0  # off, for a stage that does not say
PICTURE_CRF = 33  # both were trained on pictures that H.264 had been through at this quality
Document = Mapping[str, Any]
Calls = list[dict[str, Any]]


@dataclass
class Loaded:
    """A resident LTX-2 checkpoint; see rendering.Loaded."""

    variants: Variants
    dtype: str
    device: str
    saved: Mapping[str, Any]  # the checkpoint's scheduler settings
    distilled: bool
    lora_files: dict[str, loras.Lora] = field(default_factory=dict)
    upsampler: tuple[str, Any] = ("", None)  # its digest, and the model

    @property
    def pipe(self) -> Any:
        """The checkpoint's own pipeline, over the models that all share."""
        return self.variants.base

    def prepare(self, document: Document, extras: Extras) -> None:
        """See rendering.Loaded; raises CannotRender for weights that are not of the variant that the preset names."""
        limits.check(document)
        self._check_variant(document)
        kept = {lora.digest: lora for lora in self.lora_files.values()}
        named = {name: extra for name, extra in extras.items() if extra.path.is_file()}
        parts = self._changed_by_loras()
        self.lora_files = {
            name: kept.get(extra.digest) or loras.read(extra, LTX2Pipeline, parts) for name, extra in named.items()
        }
        wanted, before = upsampler(document), self.upsampler[0]
        self.upsampler = self._upsampler(extras[wanted.name]) if wanted else ("", None)
        if self.upsampler[0] != before:
            self.variants.forget(LTX2LatentUpsamplePipeline)

    def render(self, document: Document, progress: Report, pictures: Pictures | None = None) -> Rendered:
        limits.check(document)
        clock, calls = Clock(progress), Calls()
        base = self.variants.of(LTX2Pipeline)
        with torch.no_grad(), watched(base.vae.decoder):
            clock.enter("text")
            settings_of(base, document.get("runtime") or {})
            with self.variants.encoding():
                texts = self._texts(base, document)
            inputs = _Inputs(document, texts, pictures or {}, clock)
            made = self._stages(inputs, calls)
        frames, samples = frames_from(made.frames[0]), None
        if (document.get("audio") or {}).get("generate", True):
            samples = samples_from(made.audio[0].float().cpu().numpy())
        clock.close()
        rate = int(base.vocoder.config.output_sampling_rate) if samples is not None else None
        return Rendered(frames, samples, rate, _seeds(document), clock.timings, calls)

    def _stages(self, inputs: _Inputs, calls: Calls) -> Any:
        """The last stage's output; between two stages the latents are upsampled, and the sound's go along."""
        stages = inputs.document["stages"]
        generator = torch.Generator("cpu").manual_seed(stages[0]["seed"])
        latents: dict[str, Any] = {"latents": None, "audio_latents": None}
        for number, stage in enumerate(stages):
            if number and stage.get("seed") is not None:
                generator = torch.Generator("cpu").manual_seed(stage["seed"])
            made = self._stage(inputs, number, latents, generator, calls)
            if number + 1 < len(stages):
                latents = {"latents": self._upsampled(made.frames, calls), "audio_latents": made.audio}
        return made

    def _stage(
        self, inputs: _Inputs, number: int, latents: dict[str, Any], generator: torch.Generator, calls: Calls
    ) -> Any:
        document, stage = inputs.document, inputs.document["stages"][number]
        chosen = self._chosen(stage)
        kind, conditioned, told = inputs.conditioning(number)
        pipe = self.variants.of(kind, **({"audio_scheduler": None} if kind is LTX2ConditionPipeline else {}))
        pipe.scheduler = _scheduler(self.saved, stage, limits.sigmas_of(document, number))
        call = {**_call(document, number), **_noise(document, number, kind)}
        calls.append(recorded(pipe, call, {name: strength for name, (_, strength) in chosen.items()}, **told))
        after = Steps(inputs.clock, inputs.steps_before(number), call["num_inference_steps"], inputs.steps)
        inputs.clock.enter("denoise", inputs.steps_before(number), inputs.steps)
        with loras.applied(chosen, self._changed_by_loras(), self.device):
            texts = inputs.texts
            return pipe(**{**call, **latents, **conditioned}, **texts, generator=generator, callback_on_step_end=after)

    def _upsampled(self, latents: torch.Tensor, calls: Calls) -> torch.Tensor:
        pipe = self.variants.of(LTX2LatentUpsamplePipeline, latent_upsampler=self.upsampler[1])
        _batch, _channels, count, height, width = latents.shape
        call = {
            "video": None,
            "height": height * pipe.vae_spatial_compression_ratio,
            "width": width * pipe.vae_spatial_compression_ratio,
            "num_frames": (count - 1) * pipe.vae_temporal_compression_ratio + 1,
            "spatial_patch_size": 1,
            "temporal_patch_size": 1,
            "latents_normalized": False,
            "decode_timestep": 0.0,
            "decode_noise_scale": None,
            "adain_factor": 0.0,
            "tone_map_compression_ratio": 0.0,
            "generator": None,
            "output_type": "latent",
            "return_dict": False,
        }
        calls.append(recorded(pipe, call, {}))
        larger: torch.Tensor = pipe(**call, latents=latents)[0]
        return larger

    def _texts(self, pipe: Any, document: Document) -> dict[str, Any]:
        """The prompts of all stages; the negative one is encoded when any stage is guided by it."""
        guidance = [_guidance(stage) for stage in document["stages"]]
        guided = any(one["guidance_scale"] > 1 or one["audio_guidance_scale"] > 1 for one in guidance)
        prompt, mask, negative, negative_mask = pipe.encode_prompt(
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

    def _changed_by_loras(self) -> dict[str, torch.nn.Module]:
        return {"transformer": self.pipe.transformer, "connectors": self.pipe.connectors}

    def _chosen(self, stage: Mapping[str, Any]) -> dict[str, tuple[loras.Lora, float]]:
        held = stage.get("loras") or ()
        return {lora["file"]: (self.lora_files[lora["file"]], float(lora.get("strength", 1))) for lora in held}

    def _upsampler(self, extra: Any) -> tuple[str, Any]:
        if self.upsampler[0] == extra.digest:
            return self.upsampler
        dtype = self.pipe.transformer.dtype
        model = load_part(extra.path.parent, extra.path.name, LTX2LatentUpsamplerModel, dtype)
        if not model.config.spatial_upsample or model.config.temporal_upsample:
            raise wrong_variant(f"{extra.part.name} does not enlarge the picture and only that.")
        settle(model)
        return extra.digest, model.to(self.device)

    def _check_variant(self, document: Document) -> None:
        stage = document["stages"][0]
        if self.distilled and not limits.sigmas_of(document, 0):
            text = "These are distilled weights, which know eight noise levels only, and the preset names none."
            raise wrong_variant(text, "Set variant to distilled, or write the sigmas.")
        if limits.is_distilled(document) and not self.distilled and not stage.get("loras"):
            text = "The preset means the distilled model; these are the full model's weights."
            raise wrong_variant(text)


@dataclass
class _Inputs:
    """What all stages of one render share."""

    document: Document
    texts: dict[str, Any]
    pictures: Pictures
    clock: Clock

    @property
    def steps(self) -> int:
        return self.steps_before(len(self.document["stages"]))

    def steps_before(self, number: int) -> int:
        return sum(limits.steps_in(self.document, earlier) for earlier in range(number))

    def conditioning(self, number: int) -> tuple[type[Any], dict[str, Any], dict[str, Any]]:
        """(the class, its arguments for the pictures, the same as JSON)."""
        found = limits.pictures_of(self.document)
        if not found:
            return LTX2Pipeline, {}, {}
        if len(found) == 1 and found[0].is_plain:
            crf = {"image_crf": PICTURE_CRF}
            image = opened(found[0], self.pictures)
            return LTX2ImageToVideoPipeline, {"image": image, **crf}, {"image": found[0].sha256, **crf}
        places = [_latent(picture.frame) for picture in found]
        conditions = [
            LTX2VideoCondition(opened(picture, self.pictures), place, picture.strength, PICTURE_CRF)
            for picture, place in zip(found, places, strict=True)
        ]
        told = [
            {"frames": picture.sha256, "index": place, "strength": picture.strength, "crf": PICTURE_CRF}
            for picture, place in zip(found, places, strict=True)
        ]
        return LTX2ConditionPipeline, {"conditions": conditions}, {"conditions": told}


def load(document: Document, folder: Path, *, dtypes: Mapping[str, str], device: str, offload: str) -> Loaded:
    """Raises CannotRender when the folder is not a complete LTX-2 checkpoint of the document's family."""
    index = read_index(folder, *CLASS_NAMES)
    _check_family(document["family"], index)
    parts = load_parts(folder, index, PARTS, dtypes)
    saved = read_scheduler(folder, SCHEDULERS)
    pipe = LTX2Pipeline(
        tokenizer=load_tokenizer(folder, GemmaTokenizer),
        scheduler=_scheduler(saved, {}, None),
        **parts,
        **dict.fromkeys(ABSENT),
    )
    variants = Variants(pipe, device, offload, reader_of(folder, "text_encoder", parts["text_encoder"]))
    # Nothing else in the folder tells the two apart: the distilled weights' schedule is not bent.
    return Loaded(variants, dtypes["default"], device, saved, not saved.get("use_dynamic_shifting", False))


def _check_family(family: str, index: Mapping[str, Any]) -> None:
    named = index.get("vocoder")
    found = named[1] if isinstance(named, list) and len(named) == 2 else None
    if found != VOCODERS[family]:
        other = next((name for name, vocoder in VOCODERS.items() if vocoder == found), None)
        text = f"These weights are {other}'s; the preset's family is {family}."
        raise wrong_variant(text if other else f"The weights' vocoder is a {found!r}; {family} has {VOCODERS[family]}.")


def _latent(frame: int) -> int:
    """The latent that begins with a frame: the first is one frame, each further one eight; -1 is the last."""
    return frame if frame <= 0 else (frame - 1) // 8 + 1


def _call(document: Document, number: int) -> dict[str, Any]:
    """Every argument spelled out: what is left to a default would change with the library."""
    stage, sigmas = document["stages"][number], limits.sigmas_of(document, number)
    scale = limits.SCALE if number else 1
    return {
        "prompt": None,
        "negative_prompt": None,
        "height": document["height"] * scale,
        "width": document["width"] * scale,
        "num_frames": document["frames"],
        "min_seconds": 1.0,
        "max_seconds": 20.0,
        "frame_rate": float(limits.fps_of(document)),
        "motion_speed": 1.0,
        "num_inference_steps": limits.steps_in(document, number),
        "sigmas": list(sigmas[:-1]) if sigmas else None,
        "timesteps": None,
        **_guidance(stage),
        "num_videos_per_prompt": 1,
        "latents": None,
        "audio_latents": None,
        "decode_timestep": 0.0,
        "decode_noise_scale": None,
        "use_cross_timestep": True,
        "system_prompt": None,
        "enable_prompt_enhancement": False,
        "prompt_max_new_tokens": None,
        "prompt_enhancement_kwargs": None,
        "prompt_enhancement_seed": 10,
        "output_type": "np" if number + 1 == len(document["stages"]) else "latent",
        "return_dict": True,
        "attention_kwargs": None,
        "callback_on_step_end_tensor_inputs": ["latents"],
        "max_sequence_length": TEXT_TOKENS,
    }


def _noise(document: Document, number: int, kind: type[Any]) -> dict[str, float]:
    """How much noise is put on what a stage starts from: the first sigma's in the second stage. In the first, the
    condition pipeline mixes its pictures with noise by this number, the others start from noise anyhow."""
    sigmas = limits.sigmas_of(document, number)
    if number and sigmas:
        return {"noise_scale": float(sigmas[0])}
    return {"noise_scale": 1.0 if kind is LTX2ConditionPipeline else 0.0}


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


def _scheduler(saved: Mapping[str, Any], stage: Mapping[str, Any], sigmas: Any) -> FlowMatchEulerDiscreteScheduler:
    """A fresh scheduler from the checkpoint's settings and what the stage says.

    Explicit sigmas are taken as they are: through the full model's schedule the same eight values would be moved
    (measured: 0.421875 became 0.1).
    """
    settings = {key: value for key, value in saved.items() if not key.startswith("_")}
    if sigmas:
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


def _seeds(document: Document) -> tuple[SeedUsed, ...]:
    """A second stage without a seed of its own goes on with the first one's noise."""
    return tuple(
        SeedUsed(str(stage["role"]), stage.get("seed"), stage.get("seed"), "cpu") for stage in document["stages"]
    )
