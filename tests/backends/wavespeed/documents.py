"""Documents and models for tests: full ones, so that no part of the format goes unaccounted for."""

from __future__ import annotations

from typing import Any

from presets_app.backends.base import CatalogueModel
from presets_app.backends.wavespeed import replies
from runner.standins.wavespeed.catalogue import MODELS as OFFERED

MODELS: dict[str, CatalogueModel] = {
    model.model_id: model for model in replies.models([one.entry("http://127.0.0.1:1") for one in OFFERED.values()])
}
TINY_LTX, TINY_WAN = "matchframe/tiny-ltx-2/text-to-video", "matchframe/tiny-wan-2.2/text-to-video"


def model(**properties: dict[str, Any]) -> CatalogueModel:
    """A model whose request has just these fields."""
    return CatalogueModel("vendor/model", "Model", "", "text-to-video", "", {"properties": properties})


def ltx(**changes: Any) -> dict[str, Any]:
    stage = {
        "role": "base",
        "model": "tiny",
        "loras": [],
        "seed": 10,
        "steps": 4,
        "guidance": 3.0,
        "sampler": "euler",
        "scheduler": "ltxv",
        "scheduler_options": {"max_shift": 2.05, "base_shift": 0.95, "stretch": True, "terminal": 0.1},
        "guidance_options": {"stg_scale": 1.0, "spatio_temporal_guidance_blocks": [1], "audio_guidance_scale": 7.0},
    }
    return {
        "format": "matchframe/preset/1",
        "name": "Puppet at dusk",
        "description": "A look.",
        "family": "ltx-2",
        "variant": "dev",
        "task": "t2v",
        "prompt": "A puppet",
        "negative_prompt": "blurry",
        "prompt_expansion": {"source": "Puppet", "seed": 7},
        "width": 96,
        "height": 64,
        "frames": 17,
        "fps": 24,
        "models": {"transformer": ["matchframe/tiny-ltx-2"], "vae": [], "text_encoder": ["gemma.safetensors"]},
        "stages": [stage],
        "audio": {"generate": True},
        "inputs": {},
        "output": {"container": "mp4", "crf": 18},
        "runtime": {"dtype": "float32", "offload": "none", "quantization": None, "noise_device": "cpu"},
        "environment": ["WAVESPEED_API_KEY"],
        "hardware": {"min_vram_gib": 24},
        **changes,
    }


def two_stage_ltx() -> dict[str, Any]:
    lora = {"file": "https://files.test/distilled.safetensors", "strength": 1.0}
    refine = {"role": "refine", "scale": 2, "loras": [lora], "seed": 0, "sigmas": [0.9, 0.7, 0.4, 0.0], "guidance": 1.0}
    return ltx(stages=[*ltx()["stages"], refine], fps="30000/1001", frames=121, width=640, height=352)


def wan(**changes: Any) -> dict[str, Any]:
    shared = {"steps": 6, "shift": 12.0, "sampler": "unipc"}
    high = {"role": "high_noise", **shared, "seed": 1, "guidance": 4.0, "start_step": 0, "end_step": 4}
    low = {"role": "low_noise", **shared, "seed": 2, "guidance": 3.0, "start_step": 4, "end_step": 10000, "loras": []}
    whole = ltx(family="wan-2.2", fps=16, models={"transformer": ["high", "low"]}, stages=[high, low])
    del whole["audio"], whole["variant"]
    return {**whole, **changes}


DOCUMENTS = {"ltx": ltx(), "two-stage": two_stage_ltx(), "wan": wan()}
