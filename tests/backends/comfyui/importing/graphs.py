"""Small graphs to import: nodes as (class, inputs), links as (node, output) pairs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from presets_app.backends.base import Imported
from presets_app.backends.comfyui.graph import Graph, Link, Node
from presets_app.backends.comfyui.interpreting import interpret

Drawn = Mapping[str, tuple[str, Mapping[str, Any]]]


def graph(drawn: Drawn, *, off: Drawn | None = None, other_fields: Mapping[str, Any] | None = None) -> Graph:
    """A graph of the nodes that are on, and of those that are muted."""
    muted = tuple(node(name, *parts, mode="muted") for name, parts in (off or {}).items())
    return Graph({name: node(name, *parts) for name, parts in drawn.items()}, "api", muted, other_fields or {})


def node(name: str, kind: str, inputs: Mapping[str, Any], mode: Any = "active") -> Node:
    held = {key: Link(*value) if isinstance(value, tuple) else value for key, value in inputs.items()}
    fields = {key: f"/{name}/inputs/{key}" for key, value in held.items() if not isinstance(value, Link)}
    return Node(name, kind, kind, held, f"/{name}", fields, mode=mode)


def imported(drawn: Drawn, **parts: Any) -> Imported:
    return interpret(graph(drawn, **parts))


def document(drawn: Drawn, **parts: Any) -> dict[str, Any]:
    """The document of a graph that has one."""
    found = imported(drawn, **parts).document
    assert found is not None
    return found


def changed(drawn: Drawn, **nodes: Mapping[str, Any]) -> dict[str, tuple[str, Mapping[str, Any]]]:
    """The same graph with other inputs: changed(WAN, sampler={"seed": 7})."""
    return {name: (kind, {**inputs, **nodes.get(name, {})}) for name, (kind, inputs) in drawn.items()}


def codes(found: Imported) -> set[tuple[str, str]]:
    return {(problem.code, problem.path) for problem in found.problems}


# WAN 2.1: one sampler, one model.
WAN: Drawn = {
    "unet": ("UNETLoader", {"unet_name": "wan2.1_t2v_1.3B_fp16.safetensors", "weight_dtype": "default"}),
    "shift": ("ModelSamplingSD3", {"shift": 8.000000000000002, "model": ("unet", 0)}),
    "clip": ("CLIPLoader", {"clip_name": "umt5_xxl.safetensors", "type": "wan", "device": "default"}),
    "vae": ("VAELoader", {"vae_name": "wan_2.1_vae.safetensors"}),
    "yes": ("CLIPTextEncode", {"text": "a fox in the snow", "clip": ("clip", 0)}),
    "no": ("CLIPTextEncode", {"text": "blurry", "clip": ("clip", 0)}),
    "latent": ("EmptyHunyuanLatentVideo", {"width": 832, "height": 480, "length": 33, "batch_size": 1}),
    "sampler": (
        "KSampler",
        {
            "seed": 18446744073709551615,
            "steps": 30,
            "cfg": 6.0,
            "sampler_name": "uni_pc",
            "scheduler": "simple",
            "denoise": 1.0,
            "model": ("shift", 0),
            "positive": ("yes", 0),
            "negative": ("no", 0),
            "latent_image": ("latent", 0),
        },
    ),
    "decode": ("VAEDecode", {"samples": ("sampler", 0), "vae": ("vae", 0)}),
    "video": ("CreateVideo", {"fps": 16.0, "images": ("decode", 0)}),
    "save": ("SaveVideo", {"filename_prefix": "video/x", "format": "auto", "codec": "auto", "video": ("video", 0)}),
}


def expert(model: str, latent: tuple[str, int], start: int, end: int, **more: Any) -> tuple[str, dict[str, Any]]:
    """A KSamplerAdvanced of twenty steps."""
    return (
        "KSamplerAdvanced",
        {
            "add_noise": "enable" if start == 0 else "disable",
            "noise_seed": 9 if start == 0 else 0,
            "steps": 20,
            "cfg": 3.5,
            "sampler_name": "euler",
            "scheduler": "simple",
            "start_at_step": start,
            "end_at_step": end,
            "return_with_leftover_noise": "disable" if end > 20 else "enable",
            "model": (model, 0),
            "positive": ("yes", 0),
            "negative": ("no", 0),
            "latent_image": latent,
            **more,
        },
    )


# WAN 2.2 A14B: two experts, the second on what the first leaves.
EXPERTS: Drawn = {
    **{name: parts for name, parts in WAN.items() if name not in ("unet", "shift", "sampler")},
    "unet_high": ("UNETLoader", {"unet_name": "wan2.2_t2v_high_noise_14B.safetensors", "weight_dtype": "fp8_e4m3fn"}),
    "unet_low": ("UNETLoader", {"unet_name": "wan2.2_t2v_low_noise_14B.safetensors", "weight_dtype": "default"}),
    "shift_high": ("ModelSamplingSD3", {"shift": 8.0, "model": ("unet_high", 0)}),
    "shift_low": ("ModelSamplingSD3", {"shift": 5.0, "model": ("unet_low", 0)}),
    "high": expert("shift_high", ("latent", 0), 0, 10),
    "low": expert("shift_low", ("high", 0), 10, 10000),
    "decode": ("VAEDecode", {"samples": ("low", 0), "vae": ("vae", 0)}),
}


def custom(noise: str, guider: str, sigmas: str, latent: tuple[str, int]) -> tuple[str, dict[str, Any]]:
    return (
        "SamplerCustomAdvanced",
        {
            "noise": (noise, 0),
            "guider": (guider, 0),
            "sampler": ("euler", 0),
            "sigmas": (sigmas, 0),
            "latent_image": latent,
        },
    )


# LTX-2 in two stages with sound, from a picture.
LTX: Drawn = {
    "model": ("CheckpointLoaderSimple", {"ckpt_name": "ltx-2-19b-dev.safetensors"}),
    "lora": (
        "LoraLoaderModelOnly",
        {"lora_name": "ltx\\distilled.safetensors", "strength_model": 0.6, "model": ("model", 0)},
    ),
    "gemma": (
        "LTXAVTextEncoderLoader",
        {"text_encoder": "gemma.safetensors", "ckpt_name": "ltx-2-19b-dev.safetensors", "device": "default"},
    ),
    "audio_vae": ("LTXVAudioVAELoader", {"ckpt_name": "ltx-2-19b-dev.safetensors"}),
    "up_model": ("LatentUpscaleModelLoader", {"model_name": "ltx-2-spatial-upscaler-x2-1.0.safetensors"}),
    "wide": ("PrimitiveInt", {"value": 1280}),
    "seconds": ("PrimitiveInt", {"value": 5}),
    "rate": ("PrimitiveFloat", {"value": 24.0}),
    "half": ("ComfyMathExpression", {"expression": "a/2", "values.a": ("wide", 0)}),
    "length": ("ComfyMathExpression", {"expression": "a * b + 1", "values.a": ("seconds", 0), "values.b": ("rate", 0)}),
    "yes": ("CLIPTextEncode", {"text": "a puppet sings", "clip": ("gemma", 0)}),
    "no": ("CLIPTextEncode", {"text": "blurry", "clip": ("gemma", 0)}),
    "both": ("LTXVConditioning", {"frame_rate": ("rate", 0), "positive": ("yes", 0), "negative": ("no", 0)}),
    "empty": ("EmptyLTXVLatentVideo", {"width": ("half", 1), "height": 360, "length": ("length", 1), "batch_size": 1}),
    "quiet": (
        "LTXVEmptyLatentAudio",
        {"frames_number": ("length", 1), "frame_rate": 24, "batch_size": 1, "audio_vae": ("audio_vae", 0)},
    ),
    "picture": ("LoadImage", {"image": "sub\\puppet.png [input]"}),
    "pressed": ("LTXVPreprocess", {"img_compression": 33, "image": ("picture", 0)}),
    "started": (
        "LTXVImgToVideoInplace",
        {"strength": 0.7, "bypass": False, "vae": ("model", 2), "image": ("pressed", 0), "latent": ("empty", 0)},
    ),
    "av": ("LTXVConcatAVLatent", {"video_latent": ("started", 0), "audio_latent": ("quiet", 0)}),
    "euler": ("KSamplerSelect", {"sampler_name": "euler"}),
    "noise": ("RandomNoise", {"noise_seed": 10}),
    "noise_2": ("RandomNoise", {"noise_seed": 0}),
    "guide": ("CFGGuider", {"cfg": 4.0, "model": ("model", 0), "positive": ("both", 0), "negative": ("both", 1)}),
    "schedule": (
        "LTXVScheduler",
        {"steps": 20, "max_shift": 2.05, "base_shift": 0.95, "stretch": True, "terminal": 0.1, "latent": ("av", 0)},
    ),
    "first": custom("noise", "guide", "schedule", ("av", 0)),
    "parts": ("LTXVSeparateAVLatent", {"av_latent": ("first", 0)}),
    "crop": ("LTXVCropGuides", {"positive": ("both", 0), "negative": ("both", 1), "latent": ("parts", 0)}),
    "larger": ("LTXVLatentUpsampler", {"samples": ("crop", 2), "upscale_model": ("up_model", 0), "vae": ("model", 2)}),
    "av_2": ("LTXVConcatAVLatent", {"video_latent": ("larger", 0), "audio_latent": ("parts", 1)}),
    "guide_2": ("CFGGuider", {"cfg": 1.0, "model": ("lora", 0), "positive": ("crop", 0), "negative": ("crop", 1)}),
    "listed": ("ManualSigmas", {"sigmas": "0.909375, 0.725, 0.421875, 0.0"}),
    "second": custom("noise_2", "guide_2", "listed", ("av_2", 0)),
    "parts_2": ("LTXVSeparateAVLatent", {"av_latent": ("second", 0)}),
    "decode": (
        "VAEDecodeTiled",
        {"samples": ("parts_2", 0), "vae": ("model", 2), "tile_size": 512, "overlap": 64},
    ),
    "sound": ("LTXVAudioVAEDecode", {"samples": ("parts_2", 1), "audio_vae": ("audio_vae", 0)}),
    "video": ("CreateVideo", {"fps": ("rate", 0), "images": ("decode", 0), "audio": ("sound", 0)}),
    "save": ("SaveVideo", {"filename_prefix": "x", "format": "mp4", "codec": "h264", "video": ("video", 0)}),
}
