"""Requests as people keep them, one of each shape, and what is asserted of every import and export."""

from __future__ import annotations

from typing import Any

from presets_app.backends.base import Exported, Imported
from presets_app.core.ledger import leaves, unaccounted
from presets_app.core.schema import validate

GRAPH = {
    "1": {
        "class_type": "UNETLoader",
        "inputs": {"unet_name": "wan2.2_ti2v_5B_fp16.safetensors", "weight_dtype": "default"},
    },
    "2": {
        "class_type": "CLIPLoader",
        "inputs": {"clip_name": "umt5_xxl.safetensors", "type": "wan", "device": "default"},
    },
    "3": {"class_type": "VAELoader", "inputs": {"vae_name": "wan2.2_vae.safetensors"}},
    "4": {"class_type": "CLIPTextEncode", "inputs": {"text": "a harbour", "clip": ["2", 0]}},
    "5": {"class_type": "CLIPTextEncode", "inputs": {"text": "blurry", "clip": ["2", 0]}},
    "6": {
        "class_type": "Wan22ImageToVideoLatent",
        "inputs": {"vae": ["3", 0], "width": 1280, "height": 704, "length": 121, "batch_size": 1},
    },
    "7": {
        "class_type": "KSampler",
        "inputs": {
            "model": ["1", 0],
            "positive": ["4", 0],
            "negative": ["5", 0],
            "latent_image": ["6", 0],
            "seed": 898471028164125,
            "steps": 20,
            "cfg": 5,
            "sampler_name": "uni_pc",
            "scheduler": "simple",
            "denoise": 1,
        },
    },
    "8": {"class_type": "VAEDecode", "inputs": {"samples": ["7", 0], "vae": ["3", 0]}},
    "9": {"class_type": "CreateVideo", "inputs": {"images": ["8", 0], "fps": 24}},
    "10": {
        "class_type": "SaveVideo",
        "inputs": {"video": ["9", 0], "filename_prefix": "video", "format": "auto", "codec": "auto"},
    },
}
LTX = {"prompt": "an eagle", "model": "ltx-2-pro", "duration": 8, "resolution": "1920x1080"}
WAN = {"prompt": "a dog", "num_inference_steps": 30, "guidance": 5, "size": "1280*720", "flow_shift": 5, "seed": 7}
DASHSCOPE = {
    "model": "wan2.6-t2v",
    "input": {"prompt": "a kitten"},
    "parameters": {"size": "1280*720", "duration": 5, "prompt_extend": False, "seed": 9},
}
WAVESPEED = {"model": "wavespeed-ai/wan-2.2/t2v-480p", "input": {"prompt": "a tree", "size": "832*480", "seed": 3}}
SHAPES: dict[str, tuple[str, dict[str, Any]]] = {
    "a ComfyUI graph": ("comfyui", GRAPH),
    "a ComfyUI post": ("comfyui", {"prompt": GRAPH, "client_id": "x"}),
    "DashScope, bare": ("dashscope", DASHSCOPE),
    "DashScope, only input": ("dashscope", {"model": "wan2.2-t2v-plus", "input": {"prompt": "x"}}),
    "DashScope, in its envelope": (
        "dashscope",
        {
            "model": "wan2.6-t2v",
            "method": "POST",
            "path": "/api/v1/services/aigc/video-generation/video-synthesis",
            "headers": {"X-DashScope-Async": "enable"},
            "body": DASHSCOPE,
        },
    ),
    "RunPod, bare": ("runpod", {"input": WAN}),
    "RunPod, in its envelope": ("runpod", {"path": "/v2/wan-2-2-t2v-720/run", "body": {"input": WAN}}),
    "RunPod, with its address": ("runpod", {"url": "https://api.runpod.ai/v2/wan-2-6-t2v/runsync", "input": WAN}),
    "worker-comfyui": ("runpod", {"input": {"workflow": GRAPH, "images": [{"name": "a.png", "image": "data:,x"}]}}),
    "LTX API, bare": ("ltx_api", LTX),
    "LTX API, with its endpoint": (
        "ltx_api",
        {"endpoint": "image-to-video", "image_uri": "https://a.example/b", **LTX},
    ),
    "LTX API, in its envelope": (
        "ltx_api",
        {"model": "ltx-2-pro", "method": "POST", "path": "/v2/text-to-video", "body": LTX},
    ),
    "WaveSpeed, as its history shows it": ("wavespeed", WAVESPEED),
    "WaveSpeed, in its envelope": (
        "wavespeed",
        {"path": "/api/v3/alibaba/wan-2.6/text-to-video", "body": {"prompt": "x", "size": "1280*720", "seed": 1}},
    ),
    "WaveSpeed, of another maker": (
        "wavespeed",
        {"model": "lightricks/ltx-2-pro/text-to-video", "input": {"prompt": "x"}},
    ),
}


def assert_read(found: Imported, value: dict[str, Any]) -> None:
    """Each field of the file has its entry, and what was made of it is a draft of a valid shape."""
    told = {loss.target_path for loss in found.losses}
    # In a ComfyUI graph links have no entries, literals have.
    assert {pointer for pointer, _ in leaves(value) if "/workflow/" not in pointer} <= told
    assert found.document is not None
    assert [problem for problem in validate(found.document, draft=True) if problem.severity == "error"] == []


def assert_written(found: Exported, document: dict[str, Any]) -> None:
    """Each leaf of the document and each field of the output has its entry."""
    fields = [pointer for pointer, _ in leaves(found.output)] if found.output else []
    assert unaccounted(document, fields, found.losses) == set()
    assert found.output or any(problem.severity == "error" for problem in found.problems)
