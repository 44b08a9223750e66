"""Two whole presets for the tests of core, made anew at each call."""

from __future__ import annotations

from typing import Any


def ltx2(**overrides: Any) -> dict[str, Any]:
    """A two-stage LTX-2 preset as ComfyUI has it: its first stage is 360 pixels high, which ComfyUI floors."""
    dev = "ltx-2-19b-dev-fp8.safetensors"
    return {
        "format": "matchframe/preset/1",
        "name": "Puppet at dusk",
        "description": "Reference two-stage look.",
        "family": "ltx-2",
        "variant": "dev",
        "task": "t2v",
        "prompt": "A close-up of a cheerful puppet with curly auburn yarn hair",
        "negative_prompt": "blurry, low quality, still frame",
        "prompt_expansion": {"source": "A puppet at dusk", "by": "qwen2.5-7b-instruct", "seed": 7},
        "width": 640,
        "height": 360,
        "frames": 121,
        "fps": 24,
        "models": {"transformer": [dev], "vae": []},
        "stages": _two_stages(dev),
        "audio": {"generate": True},
        "inputs": {},
        "output": {"container": "mp4", "video_codec": "h264", "pixel_format": "yuv420p", "crf": 18},
        "runtime": {"dtype": "bfloat16", "vae_dtype": "float32", "offload": "model", "quantization": None},
        "environment": ["WAVESPEED_API_KEY"],
        "hardware": {"min_vram_gib": 24},
        **overrides,
    }


def _two_stages(dev: str) -> list[dict[str, Any]]:
    return [
        {
            "role": "base",
            "model": dev,
            "loras": [],
            "seed": 10,
            "steps": 20,
            "guidance": 4.0,
            "sampler": "euler_ancestral",
            "scheduler": "ltxv",
            "scheduler_options": {"max_shift": 2.05, "stretch": True},
        },
        {
            "role": "refine",
            "model": dev,
            "scale": 2,
            "loras": [{"file": "ltx-2-19b-distilled-lora-384.safetensors", "strength": 1.0}],
            "seed": 0,
            "steps": 3,
            "guidance": 1.0,
            "sampler": "euler_ancestral",
            "sigmas": [0.909375, 0.725, 0.421875, 0.0],
        },
    ]


def wan22(**overrides: Any) -> dict[str, Any]:
    """A WAN 2.2 T2V-A14B preset with both experts, and nothing to remark."""
    shared = {"steps": 20, "guidance": 3.5, "sampler": "euler", "scheduler": "simple", "shift": 5.0}
    return {
        "format": "matchframe/preset/1",
        "name": "Harbour",
        "family": "wan-2.2",
        "variant": "t2v-a14b",
        "task": "t2v",
        "prompt": "A harbour in the morning fog",
        "width": 1280,
        "height": 720,
        "frames": 81,
        "fps": 16,
        "models": {"transformer": ["high.safetensors", "low.safetensors"]},
        "stages": [
            {"role": "high_noise", "model": "high.safetensors", "seed": 3, "start_step": 0, "end_step": 10, **shared},
            {"role": "low_noise", "model": "low.safetensors", "seed": 0, "start_step": 10, "end_step": 20, **shared},
        ],
        "runtime": {"dtype": "bfloat16", "vae_dtype": "float32", "noise_device": "cpu"},
        **overrides,
    }
