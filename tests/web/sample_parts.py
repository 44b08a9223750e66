"""What several sample pages share: people, sides, one document, a moment that stays the same."""

from __future__ import annotations

import datetime as dt
import hashlib
from typing import Any

NOW = dt.datetime(2026, 11, 20, 14, 30, tzinfo=dt.UTC)
DIGESTS = [hashlib.sha256(str(seed).encode()).hexdigest() for seed in range(40)]
PRESET = {"slug": "puppet-at-dusk", "name": "Puppet at dusk"}
LOCAL = {"kind": "local", "label": "workstation, RTX 4090", "slug": "workstation", "name": "Workstation"}
CLOUD = {"kind": "cloud", "label": "WaveSpeed", "slug": "wavespeed", "name": "WaveSpeed"}


def before(**span: float) -> dt.datetime:
    return NOW - dt.timedelta(**span)


def page(**context: Any) -> dict[str, Any]:
    """A page's own context with what the context processor would add."""
    person = {"name": "Grace", "role": "approver", "theme": "auto"}
    shared = {
        "now": NOW,
        "page_project": {"slug": "autumn", "name": "Autumn spots", "local_only": False},
        "page_person": person,
        "nav_counts": {"parity": 1, "migrations": 1},
        "csrf_token": "sample",
        "pages": {"newer": None, "older": None},
    }
    return {**shared, **context}


DOCUMENT: dict[str, Any] = {
    "format": "matchframe/preset/1",
    "name": "Puppet at dusk",
    "description": "Reference two-stage LTX-2 look for the autumn spots.",
    "family": "ltx-2",
    "variant": "dev",
    "task": "t2v",
    "models": {
        "transformer": ["ltx-2-19b-dev-fp8.safetensors"],
        "text_encoder": ["gemma_3_12B_it_fp4_mixed.safetensors"],
        "latent_upscaler": ["ltx-2-spatial-upscaler-x2-1.0.safetensors"],
    },
    "prompt": "A close-up of a cheerful puppet with curly auburn yarn hair who sits on a window sill at dusk and hums. "
    "The camera moves slowly to the left; the city behind it goes out of focus.",
    "negative_prompt": "blurry, low quality, still frame",
    "width": 640,
    "height": 360,
    "frames": 121,
    "fps": 24,
    "stages": [
        {
            "role": "base",
            "model": "ltx-2-19b-dev-fp8.safetensors",
            "loras": [],
            "seed": 10,
            "steps": 20,
            "guidance": 4.0,
            "sampler": "euler_ancestral",
            "scheduler": "ltxv",
        },
        {
            "role": "refine",
            "model": "ltx-2-19b-dev-fp8.safetensors",
            "scale": 2,
            "seed": 0,
            "steps": 3,
            "loras": [{"file": "ltx-2-19b-distilled-lora-384.safetensors", "strength": 1.0}],
            "guidance": 1.0,
            "sampler": "euler_ancestral",
            "sigmas": [0.909375, 0.725, 0.421875, 0.0],
        },
    ],
    "audio": {"generate": True},
    "output": {"container": "mp4", "video_codec": "h264", "pixel_format": "yuv420p", "crf": 18, "audio_codec": "aac"},
    "runtime": {
        "dtype": "bfloat16",
        "vae_dtype": "float32",
        "offload": "model",
        "vae_tiling": True,
        "attention": "sdpa",
        "quantization": None,
        "noise_device": "cpu",
    },
    "environment": ["WAVESPEED_API_KEY"],
    "hardware": {"min_vram_gib": 24},
}

PROBLEMS = [
    {
        "code": "frames_at_other_rate",
        "severity": "warning",
        "path": "/fps",
        "message": "121 frames at 24 fps last 5.04 s.",
        "hint": "The service rounds to whole seconds: 5 s, 120 frames. Set frames to 113 or 121 on both sides.",
        "source": "",
    },
    {
        "code": "seed_zero",
        "severity": "note",
        "path": "/stages/1/seed",
        "message": "The refine stage uses seed 0.",
        "hint": "Some services read 0 as random; this one takes it as it is.",
        "source": "",
    },
]

CHANGES = [
    {
        "path": "/prompt",
        "label": "Prompt",
        "group": "Prompt",
        "before": "A close-up of a cheerful puppet with curly red yarn hair who sits on a sill and hums.",
        "after": "A close-up of a cheerful puppet with curly auburn yarn hair who sits on a sill at dusk and hums.",
    },
    {"path": "/stages/0/steps", "label": "Steps, base", "group": "Stages", "before": 30, "after": 20},
    {
        "path": "/stages/1/loras/0",
        "label": "LoRA, refine",
        "group": "Stages",
        "before": None,
        "after": "ltx-2-19b-distilled-lora-384.safetensors at 1",
    },
    {"path": "/runtime/quantization", "label": "Quantization", "group": "Runtime", "before": "fp8", "after": None},
]

LOSSES = [
    {
        "path": "/prompt",
        "status": "carried",
        "target_path": "/prompt",
        "before": "A close-up of ...",
        "after": "A close-up of ...",
        "note": "",
    },
    {
        "path": "/width",
        "status": "approximated",
        "target_path": "/size",
        "before": 640,
        "after": "1280*720",
        "note": "only two sizes are offered; output is scaled down",
    },
    {
        "path": "/stages/0/sampler",
        "status": "dropped",
        "target_path": "",
        "before": "euler_ancestral",
        "after": None,
        "note": "the service does not let it be chosen",
    },
    {
        "path": "",
        "status": "defaulted",
        "target_path": "/enable_safety_checker",
        "before": None,
        "after": True,
        "note": "sent as the service's own default",
    },
]

LIVE_LOCAL = {"state": "in_sync", "since": before(days=4), "label": "Workstation", "revision": DIGESTS[0]}
LIVE_CLOUD = {
    "state": "drifted",
    "since": before(hours=2),
    "label": "WaveSpeed",
    "revision": DIGESTS[0],
    "why_url": "#",
}
EVENTS = [
    {
        "state": "approved",
        "sentence": "Approved Puppet at dusk to WaveSpeed",
        "person": "Grace",
        "when": before(hours=1),
        "url": "#",
        "reason": "Looked at 07 and 19 side by side: another take, the same shot.",
        "digest": DIGESTS[3],
        "day": NOW.date(),
    },
    {
        "state": "drifted",
        "sentence": "WaveSpeed no longer answers as it was pinned",
        "person": None,
        "when": before(hours=2),
        "url": "#",
        "day": NOW.date(),
    },
    {
        "state": "released",
        "sentence": "Published Puppet at dusk on both sides",
        "person": "Grace",
        "when": before(days=4),
        "url": "#",
        "reason": "First release of the autumn look.",
        "digest": DIGESTS[0],
        "active_for": 4 * 86400,
        "action": {"url": "#", "word": "Roll back to this"},
        "day": before(days=4).date(),
    },
    {
        "state": "frozen",
        "sentence": "Froze the input set Preview 12",
        "person": "Ada",
        "when": before(days=5),
        "url": "#",
        "digest": DIGESTS[5],
        "day": before(days=5).date(),
    },
]
PINS = [
    {"section": "model", "label": "transformer", "value": "Lightricks/LTX-2 at 3fa2c1d8", "status": "captured"},
    {
        "section": "model",
        "label": "text encoder",
        "value": "gemma_3_12B_it_fp4_mixed.safetensors",
        "status": "captured",
    },
    {"section": "driver", "label": "NVIDIA driver", "value": "570.86.10", "status": "captured"},
    {"section": "driver", "label": "torch", "value": "2.13.0", "status": "captured"},
    {"section": "driver", "label": "room", "value": "rack 4, by Ada", "status": "declared"},
    {"section": "seeds", "label": "noise device", "value": None, "status": "unknown"},
]
COMMENTS = [{"person": "Ada", "when": before(hours=3), "text": "The hair is right now. Is the hum a little harsh?"}]
LIVE = [
    {"preset": PRESET, "local": LIVE_LOCAL, "cloud": LIVE_CLOUD},
    {
        "preset": {"slug": "harbour", "name": "Harbour at noon"},
        "cloud": None,
        "local": {**LIVE_LOCAL, "state": "behind"},
    },
    {
        "preset": {"slug": "letters", "name": "Letters, WAN"},
        "local": LIVE_LOCAL,
        "cloud": {**LIVE_LOCAL, "label": "WaveSpeed"},
    },
]
CHOICES = [("", "any"), ("ltx-2", "LTX-2"), ("wan-2.2", "WAN 2.2")]

MUTED = [
    {"code": "flow_shift", "preset": "", "reason": "Chosen on purpose.", "person": "Grace", "when": before(days=2)},
    {
        "code": "audio_harsh",
        "preset": "puppet-at-dusk",
        "reason": "No voices.",
        "person": "Grace",
        "when": before(days=1),
    },
]
