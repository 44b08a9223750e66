"""Graphs of the WanVideoWrapper pack, which names and joins things in its own way."""

from __future__ import annotations

from typing import Any

from tests.backends.comfyui.importing.graphs import Drawn, codes, imported


def sampler(model: str, start: int, end: int, **more: Any) -> tuple[str, dict[str, Any]]:
    return (
        "WanVideoSampler",
        {
            "model": (model, 0),
            "image_embeds": ("embeds", 0),
            "text_embeds": ("words", 0),
            "steps": 8,
            "cfg": 1.0,
            "shift": 5.0,
            "seed": 43,
            "force_offload": True,
            "scheduler": "dpm++_sde",
            "riflex_freq_index": 0,
            "denoise_strength": 1.0,
            "start_step": start,
            "end_step": end,
            **more,
        },
    )


def loader(file: str) -> tuple[str, dict[str, Any]]:
    inputs = {
        "model": file,
        "base_precision": "bf16",
        "quantization": "disabled",
        "attention_mode": "sageattn",
        "lora": ("lora_2", 0),
    }
    return "WanVideoModelLoader", inputs


GRAPH: Drawn = {
    "high": loader("Wan2_2-I2V-A14B-HIGH_fp8.safetensors"),
    "low": loader("Wan2_2-I2V-A14B-LOW_fp8.safetensors"),
    "lora_1": ("WanVideoLoraSelect", {"lora": "one.safetensors", "strength": 1.0}),
    "lora_2": ("WanVideoLoraSelect", {"lora": "two.safetensors", "strength": 0.5, "prev_lora": ("lora_1", 0)}),
    "t5": ("LoadWanVideoT5TextEncoder", {"model_name": "umt5-xxl-enc-bf16.safetensors", "precision": "bf16"}),
    "words": ("WanVideoTextEncode", {"positive_prompt": "a fox", "negative_prompt": "blurry", "t5": ("t5", 0)}),
    "vae": ("WanVideoVAELoader", {"model_name": "Wan2_1_VAE_bf16.safetensors", "precision": "bf16"}),
    "picture": ("LoadImage", {"image": "fox.png"}),
    "embeds": (
        "WanVideoImageToVideoEncode",
        {"vae": ("vae", 0), "width": 832, "height": 480, "num_frames": 81, "start_image": ("picture", 0)},
    ),
    "first": sampler("high", 0, 4),
    "second": sampler("low", 4, -1, samples=("first", 0)),
    "decode": ("WanVideoDecode", {"vae": ("vae", 0), "samples": ("second", 0), "enable_vae_tiling": True}),
    "save": ("VHS_VideoCombine", {"images": ("decode", 0), "frame_rate": 16, "format": "video/h264-mp4", "crf": 19}),
}


def test_two_samplers_of_the_pack_are_two_stages() -> None:
    found = imported(GRAPH)
    assert found.document is not None
    high, low = found.document["stages"]
    assert (high["role"], low["role"]) == ("high_noise", "low_noise")
    assert (high["sampler"], high["shift"], high["guidance"], high["seed"]) == ("dpm++_sde", 5, 1, 43)
    assert (high["start_step"], high["end_step"], low["start_step"]) == (0, 4, 4)
    assert "end_step" not in low
    assert high["loras"] == [
        {"file": "one.safetensors", "strength": 1},
        {"file": "two.safetensors", "strength": 0.5},
    ]
    assert not any(problem.severity == "error" for problem in found.problems)


def test_sizes_words_and_files_of_the_pack_are_found() -> None:
    found = imported(GRAPH)
    made = found.document
    assert made is not None
    assert (made["width"], made["height"], made["frames"], made["fps"]) == (832, 480, 81, 16)
    assert (made["prompt"], made["negative_prompt"]) == ("a fox", "blurry")
    assert (made["family"], made["task"], made["inputs"]) == ("wan-2.2", "i2v", {"image": "fox.png"})
    assert made["models"]["text_encoder"] == ["umt5-xxl-enc-bf16.safetensors"]
    assert made["models"]["vae"] == ["Wan2_1_VAE_bf16.safetensors"]
    assert made["runtime"] == {"attention": "sageattn", "dtype": "bfloat16", "vae_tiling": True}
    assert ("sampler_unknown", "/stages/0") not in codes(found)
