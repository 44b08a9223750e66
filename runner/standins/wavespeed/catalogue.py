"""The stand-in's catalogue: real model ids with the request schemas their pages document, and two tiny models."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

SEED_LIMIT = 2**31 - 1
_REAL = "Stand-in for the real model of this id: an untrained tiny model, rendered small and scaled up."
_TINY = "Stand-in, untrained tiny model: {} Its pictures are noise."
_WIDE = ["832*480", "480*832"]
_HD = ["1280*720", "720*1280"]
_FULL_HD = ["1920*1080", "1080*1920"]
Field = dict[str, Any]
Fields = dict[str, Field]


@dataclass(frozen=True)
class Model:
    """`family` is what renders it; `exact` says that the request is rendered as it is and not scaled up."""

    model_id: str
    family: str
    price: float
    fields: Fields
    required: tuple[str, ...]
    exact: bool = False
    description: str = _REAL

    def schema(self) -> dict[str, Any]:
        return {
            "type": "object",
            "properties": self.fields,
            "required": list(self.required),
            "x-order-properties": list(self.fields),
        }

    def entry(self, server: str) -> dict[str, Any]:
        """This model as the catalogue lists it."""
        api = {
            "type": "model_run",
            "method": "POST",
            "server": server,
            "api_path": f"/api/v3/{self.model_id}",
            "request_schema": self.schema(),
        }
        return {
            "model_id": self.model_id,
            "name": self.model_id,
            "description": self.description,
            "type": "image-to-video" if "image" in self.fields else "text-to-video",
            "base_price": self.price,
            "formula": "",
            "sort_order": 0,
            "api_schema": {"api_schemas": [api]},
        }


def _text(limit: int = 10_000, **more: Any) -> Field:
    return {"type": "string", "maxLength": limit, **more}


def _whole(low: int, high: int, **more: Any) -> Field:
    return {"type": "integer", "minimum": low, "maximum": high, **more}


def _number(low: float, high: float, **more: Any) -> Field:
    return {"type": "number", "minimum": low, "maximum": high, **more}


def _choice(*values: Any) -> Field:
    """One of the values; the first is the default."""
    return {"type": "integer" if isinstance(values[0], int) else "string", "enum": list(values), "default": values[0]}


def _loras() -> Field:
    item = {
        "type": "object",
        "required": ["path", "scale"],
        "properties": {"path": _text(2000), "scale": _number(0, 4)},
    }
    return {"type": "array", "maxItems": 3, "items": item, "default": []}


_PROMPT = {"prompt": _text()}
_NEGATIVE = {"negative_prompt": _text(default="")}
_IMAGE = {"image": _text(4000)}
_SEED = {"seed": _whole(-1, SEED_LIMIT, default=-1)}
_SWITCH = {"type": "boolean", "default": False}


def _ltx(model_id: str, *tiers: str, image: bool = False) -> Model:
    shape = {} if image else {"aspect_ratio": _choice("16:9", "9:16")}
    lora = {"loras": _loras()} if model_id.endswith("-lora") else {}
    size = {"resolution": _choice(*tiers), **shape, "duration": _whole(5, 20, default=5)}
    fields = {**(_IMAGE if image else {}), **_PROMPT, **size, **lora, **_SEED}
    return Model(model_id, "ltx-2", 0.2, fields, ("image", "prompt") if image else ("prompt",))


def _wan(model_id: str, size: Fields, *, image: bool = False, more: Fields | None = None) -> Model:
    lora = {name: _loras() for name in ("loras", "high_noise_loras", "low_noise_loras")} if "-lora" in model_id else {}
    fields = {**(_IMAGE if image else {}), **_PROMPT, **_NEGATIVE, **size, **lora, **(more or {}), **_SEED}
    return Model(model_id, "wan-2.2", 0.3, fields, ("image", "prompt") if image else ("prompt",))


def _seconds(*values: int) -> Fields:
    return {"duration": _choice(*values)}


_TIERS = ("720p", "480p", "1080p")
_REWRITE = {"enable_prompt_expansion": _SWITCH}
_SHOTS = {"shot_type": _choice("single", "multi")}

_COMPUTING: Fields = {
    "sampler": _text(40),
    "scheduler": _text(40),
    "dtype": {"type": "string", "enum": ["float32", "bfloat16", "float16"]},
    "vae_dtype": {"type": "string", "enum": ["float32", "bfloat16", "float16"]},
    "vae_tiling": {"type": "boolean"},
    "vae_slicing": {"type": "boolean"},
    "noise_device": {"type": "string", "enum": ["cpu"]},
}
_SHAPE: Fields = {
    "width": _whole(32, 512),
    "height": _whole(32, 512),
    "num_frames": _whole(1, 121),
    "fps": _number(1, 120),
}
_SAMPLING: Fields = {"steps": _whole(1, 50), "guidance": _number(0, 30), "shift": _number(0, 100)}
_GUIDANCE: Fields = {
    name: _number(0, 30)
    for name in (
        "stg_scale",
        "modality_scale",
        "guidance_rescale",
        "audio_guidance_scale",
        "audio_stg_scale",
        "audio_modality_scale",
        "audio_guidance_rescale",
    )
}
_SCHEDULE: Fields = {
    "sigmas": {"type": "array", "items": _number(0, 1), "maxItems": 51},
    "base_shift": _number(0, 20),
    "max_shift": _number(0, 20),
    "terminal": _number(0, 1),
    "stretch": {"type": "boolean"},
}
_BLOCKS: Fields = {"spatio_temporal_guidance_blocks": {"type": "array", "items": _whole(0, 99), "maxItems": 16}}
_EXPERTS: Fields = {"guidance_2": _number(0, 30), "boundary_step": _whole(0, 50), "boundary": _number(0, 1)}
_NEEDED = ("prompt", "width", "height", "num_frames", "fps", "steps")

TINY_LTX = Model(
    "matchframe/tiny-ltx-2/text-to-video",
    "ltx-2",
    0.01,
    {
        **_PROMPT,
        **_NEGATIVE,
        **_SHAPE,
        **_SAMPLING,
        **_GUIDANCE,
        **_BLOCKS,
        **_SCHEDULE,
        **_COMPUTING,
        "generate_audio": {"type": "boolean", "default": True},
        **_SEED,
    },
    _NEEDED,
    exact=True,
    description=_TINY.format("LTX-2 with sound."),
)
TINY_WAN = Model(
    "matchframe/tiny-wan-2.2/text-to-video",
    "wan-2.2",
    0.01,
    {**_PROMPT, **_NEGATIVE, **_SHAPE, **_SAMPLING, **_EXPERTS, **_COMPUTING, **_SEED},
    _NEEDED,
    exact=True,
    description=_TINY.format("WAN 2.2 with two experts."),
)
_MODELS = (
    TINY_LTX,
    TINY_WAN,
    *(
        _ltx(f"wavespeed-ai/{name}/{task}{lora}", *_TIERS, image=task == "image-to-video")
        for name in ("ltx-2-19b", "ltx-2.3")
        for task in ("text-to-video", "image-to-video")
        for lora in ("", "-lora")
    ),
    _ltx("wavespeed-ai/ltx-2.5/text-to-video", "720p", "1080p", "2k", "4k"),
    *(
        _wan(f"wavespeed-ai/wan-2.2/t2v-{tier}{lora}", {"size": _choice(*sizes), **_seconds(5, 8)})
        for tier, sizes in (("480p", _WIDE), ("720p", _HD))
        for lora in ("", "-lora")
    ),
    *(
        _wan(f"wavespeed-ai/wan-2.2/i2v-{tier}", {"last_image": _text(4000), **_seconds(5, 8)}, image=True)
        for tier in ("480p", "720p")
    ),
    _wan(
        "wavespeed-ai/wan-2.2/image-to-video",
        {"resolution": _choice("480p", "720p"), "last_image": _text(4000), **_seconds(5, 8)},
        image=True,
    ),
    _wan(
        "alibaba/wan-2.5/text-to-video",
        {"size": _choice(*_HD, *_WIDE, *_FULL_HD), "audio": _text(4000), **_seconds(5, 10)},
        more=_REWRITE,
    ),
    _wan(
        "alibaba/wan-2.6/text-to-video",
        {"size": _choice(*_HD, *_FULL_HD), "audio": _text(4000), **_seconds(5, 10, 15)},
        more={**_SHOTS, **_REWRITE},
    ),
    _wan(
        "alibaba/wan-2.6/image-to-video",
        {"resolution": _choice("720p", "1080p"), "audio": _text(4000), **_seconds(5, 10, 15)},
        image=True,
        more={**_SHOTS, **_REWRITE},
    ),
)
MODELS = {model.model_id: model for model in _MODELS}
