"""WAN 2.2: text, one picture or two to video, with two experts (A14B) or one model (TI2V-5B).

Self-contained on purpose, as diffusers' own pipelines are: what is shared with another family is copied until it
has proved to be the same thing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import torch
from diffusers import (
    AutoencoderKLWan,
    FlowMatchEulerDiscreteScheduler,
    UniPCMultistepScheduler,
    WanImageToVideoPipeline,
    WanPipeline,
    WanTransformer3DModel,
)
from transformers import T5TokenizerFast, UMT5EncoderModel

from presets_app.core.families import is_wan_5b
from presets_app.core.generation import SeedUsed
from runner import limits
from runner.pipelines import loras
from runner.pipelines.loading import (
    Parts,
    Variants,
    load_parts,
    load_tokenizer,
    read_index,
    read_scheduler,
    reader_of,
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
    settings_of,
    watched,
)
from runner.progress import Report

CLASS_NAMES = ("WanPipeline", "WanImageToVideoPipeline")
PARTS: Parts = {
    "text_encoder": (UMT5EncoderModel,),
    "vae": (AutoencoderKLWan,),
    "transformer": (WanTransformer3DModel,),
    "transformer_2": (WanTransformer3DModel,),
}
OPTIONAL = ("transformer_2",)
PICTURE_PARTS = ("image_encoder", "image_processor")  # WAN 2.1's; 2.2 sees its picture through the VAE only
SCHEDULERS = ("UniPCMultistepScheduler", "FlowMatchEulerDiscreteScheduler")
TEXT_TOKENS = 512
GUIDANCE = 5.0  # diffusers' own default, for a stage that does not say
Document = Mapping[str, Any]
Stage = Mapping[str, Any]


@dataclass
class Loaded:
    """A resident WAN 2.2 checkpoint; see rendering.Loaded."""

    variants: Variants
    dtype: str
    device: str
    boundary: float | None
    saved: Mapping[str, Any]  # the checkpoint's scheduler settings
    lora_files: dict[str, dict[str, loras.Lora]] = field(default_factory=dict)  # by expert, then by name

    @property
    def pipe(self) -> Any:
        """The checkpoint's own pipeline, over the models that all share."""
        return self.variants.base

    def prepare(self, document: Document, extras: Extras) -> None:
        """See rendering.Loaded."""
        limits.check(document)
        self._check_variant(document)
        held = {(expert, one.digest): one for expert, found in self.lora_files.items() for one in found.values()}
        self.lora_files = {expert: {} for expert in self._experts()}
        for expert, stage in zip(self._experts(), document["stages"], strict=False):
            for lora in stage.get("loras") or ():
                extra = extras[lora["file"]]
                model = {"transformer": getattr(self.pipe, expert)}
                known = held.get((expert, extra.digest))
                self.lora_files[expert][lora["file"]] = known or loras.read(extra, WanPipeline, model)

    def render(self, document: Document, progress: Report, pictures: Pictures | None = None) -> Rendered:
        limits.check(document)
        first, last = document["stages"][0], document["stages"][-1]
        clock, steps = Clock(progress), limits.steps_of(first)
        conditioned, told = _conditioning(document, pictures or {})
        pipe = self._pipe(document)
        with torch.no_grad(), watched(pipe.vae.decoder), self._applied(document) as strengths:
            clock.enter("text")
            call = self._call(document, first, last)
            self._settle(pipe, document, first, last, steps)
            with self.variants.encoding():
                texts = self._texts(pipe, document, call["guidance_scale"] > 1)
            clock.enter("denoise", 0, steps)
            noise = torch.Generator("cpu").manual_seed(first["seed"])
            calls = [recorded(pipe, call, strengths, **told, boundary_ratio=pipe.config.boundary_ratio)]
            after = Steps(clock, 0, steps, steps)
            made = pipe(**{**call, **conditioned}, **texts, generator=noise, callback_on_step_end=after)
        frames = frames_from(made.frames[0])
        clock.close()
        return Rendered(frames, None, None, _seeds(document), clock.timings, calls)

    def _pipe(self, document: Document) -> Any:
        if document.get("task", "t2v") == "t2v":
            return self.variants.of(WanPipeline)
        return self.variants.of(WanImageToVideoPipeline, **dict.fromkeys(PICTURE_PARTS), **self._switches())

    def _switches(self) -> dict[str, Any]:
        config = self.pipe.config
        return {"boundary_ratio": config.boundary_ratio, "expand_timesteps": config.expand_timesteps}

    def _experts(self) -> tuple[str, ...]:
        return ("transformer",) if self.boundary is None else ("transformer", "transformer_2")

    @contextmanager
    def _applied(self, document: Document) -> Iterator[dict[str, float]]:
        """Each stage's LoRAs on its own expert; gives the strengths as they are recorded."""
        strengths: dict[str, float] = {}
        with ExitStack() as stack:
            for expert, stage in zip(self._experts(), document["stages"], strict=False):
                held = {lora["file"]: float(lora.get("strength", 1)) for lora in stage.get("loras") or ()}
                chosen = {name: (self.lora_files[expert][name], strength) for name, strength in held.items()}
                model = {"transformer": getattr(self.pipe, expert)}
                stack.enter_context(loras.applied(chosen, model, self.device))
                strengths |= {f"{stage['role']}:{name}": strength for name, strength in held.items()}
            yield strengths

    def _check_variant(self, document: Document) -> None:
        config = self.pipe.config
        small, pictured = bool(config.expand_timesteps), document.get("task", "t2v") != "t2v"
        if small != is_wan_5b(dict(document)):
            text = f"These are the weights of {'TI2V-5B' if small else 'A14B'}, and the preset means the other."
            raise wrong_variant(text, f"Set variant to {'ti2v-5b' if small else 't2v-a14b or i2v-a14b'}.")
        takes_pictures = self.pipe.transformer.config.in_channels > self.pipe.vae.config.z_dim
        if not small and pictured != takes_pictures:
            text = f"These weights were made for {'pictures' if takes_pictures else 'text'} to video, not the other."
            raise wrong_variant(text)
        if not small and self.boundary is None:
            raise wrong_variant("These weights have one expert; WAN 2.2 A14B has two.")

    def _settle(self, pipe: Any, document: Document, first: Stage, last: Stage, steps: int) -> None:
        """Set what the pipeline keeps between calls, so that a warm render equals a cold one."""
        pipe.scheduler = _scheduler(self.saved, first)
        boundary = self._boundary(pipe.scheduler, first, last, steps)
        pipe.register_to_config(boundary_ratio=boundary)
        settings_of(pipe, document.get("runtime") or {})

    def _boundary(self, scheduler: Any, first: Stage, last: Stage, steps: int) -> float | None:
        """Where the low-noise expert takes over, as a share of the noise schedule: from the stages' steps when they
        say it, else the stage's own `boundary`, else the checkpoint's."""
        if self.boundary is None:
            return None
        switch = first.get("end_step") if last is not first else None
        switch = last.get("start_step") if switch is None and last is not first else switch
        if switch is None:
            return float(first.get("boundary", self.boundary))
        scheduler.set_timesteps(steps, device="cpu")
        times = [float(time) for time in scheduler.timesteps]
        total, at = scheduler.config.num_train_timesteps, min(int(switch), steps)
        edges = [total + 1.0, *times, -1.0]  # before the first step and after the last
        return float((edges[at] + edges[at + 1]) / 2 / total)

    def _call(self, document: Document, first: Stage, last: Stage) -> dict[str, Any]:
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

    def _texts(self, pipe: Any, document: Document, guided: bool) -> dict[str, Any]:
        prompt, negative = pipe.encode_prompt(
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


def load(document: Document, folder: Path, *, dtypes: Mapping[str, str], device: str, offload: str) -> Loaded:
    """Raises CannotRender when the folder is not a complete WAN 2.2 checkpoint for the document's task."""
    index = read_index(folder, *_classes(document))
    if any(isinstance(index.get(part), list) and index[part][1] for part in PICTURE_PARTS):
        raise wrong_variant("These weights see their picture through an image encoder; WAN 2.2 has none.")
    parts = load_parts(folder, index, PARTS, dtypes, OPTIONAL)
    saved = read_scheduler(folder, SCHEDULERS)
    boundary = index.get("boundary_ratio") if parts.get("transformer_2") is not None else None
    shared = {
        "tokenizer": load_tokenizer(folder, T5TokenizerFast),
        "scheduler": _scheduler(saved, {}),
        "boundary_ratio": boundary,
        "expand_timesteps": bool(index.get("expand_timesteps", False)),
        **{name: parts.get(name) for name in PARTS},
    }
    again = reader_of(folder, "text_encoder", parts["text_encoder"])
    variants = Variants(WanPipeline(**shared), device, offload, again)
    return Loaded(variants, dtypes["default"], device, boundary, saved)


def _classes(document: Document) -> tuple[str, ...]:
    """TI2V-5B is one folder for both tasks; A14B has one folder for each."""
    if is_wan_5b(dict(document)):
        return CLASS_NAMES
    return CLASS_NAMES[:1] if document.get("task", "t2v") == "t2v" else CLASS_NAMES[1:]


def _conditioning(document: Document, pictures: Pictures) -> tuple[dict[str, Any], dict[str, Any]]:
    """The arguments for the pictures, and the same as JSON."""
    found = limits.pictures_of(document)
    if not found:
        return {}, {}
    first = {"image": opened(found[0], pictures), "last_image": None, "image_embeds": None}
    told: dict[str, Any] = {"image": found[0].sha256, "last_image": None, "image_embeds": None}
    if len(found) == 1:
        return first, told
    return {**first, "last_image": opened(found[1], pictures)}, {**told, "last_image": found[1].sha256}


def _scheduler(config: Mapping[str, Any], stage: Stage) -> Any:
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


def _seeds(document: Document) -> tuple[SeedUsed, ...]:
    """Noise is drawn once, for the first stage; a second stage's seed changes nothing."""
    first, *rest = document["stages"]
    used = SeedUsed(str(first["role"]), first["seed"], first["seed"], "cpu")
    return (used, *(SeedUsed(str(stage["role"]), stage.get("seed"), None, None) for stage in rest))
