"""What the LTX API's models take: rates, sizes and lengths, which depend on each other."""

from __future__ import annotations

from typing import Any

from presets_app.backends.base import CatalogueModel

Schema = dict[str, Any]

_DOCS = "docs.ltx.video/models"
_DESKTOP = "github.com/Lightricks/LTX-Desktop api_model_specs.py, a client that mirrors the service"
_LONG = (2, 3, 4, 5, 6, 8, 10, 12, 14, 16, 18, 20)
_SHORT = (2, 3, 4, 5, 6, 8, 10)
_FIRST_LONG = (6, 8, 10, 12, 14, 16, 18, 20)
_FIRST_SHORT = (6, 8, 10)
_WIDE = ("1280x720", "1920x1080", "2560x1440", "3840x2160")
_TALL = ("720x1280", "1080x1920", "1440x2560", "2160x3840")
FAMILIES = {"ltx-2": "ltx-2", "ltx-2.3": "ltx-2-3", "ltx-2.5": "ltx-2-5"}
MODELS = tuple(f"{family}-{tier}" for family in FAMILIES.values() for tier in ("fast", "pro"))
OPERATIONS = {
    "t2v": "text-to-video",
    "i2v": "image-to-video",
    "flf2v": "image-to-video",
    "a2v": "audio-to-video",
    "ia2v": "audio-to-video",
}
CAMERA_MOTIONS = (
    "dolly_in",
    "dolly_out",
    "dolly_left",
    "dolly_right",
    "jib_up",
    "jib_down",
    "static",
    "focus_shift",
)


def rates(model: str) -> tuple[int, ...]:
    """Frames a second that can be asked for."""
    if _first(model):
        return (25, 50)
    return (24, 25, 50) if model == "ltx-2-5-pro" else (24, 25, 48, 50)


def sizes(model: str) -> tuple[str, ...]:
    """ "WxH" that can be asked for; of LTX-2 only the wide ones are documented."""
    if _first(model):
        return _WIDE[1:]
    return (*_WIDE[:2], *_TALL[:2]) if model == "ltx-2-5-pro" else (*_WIDE, *_TALL)


def seconds(model: str, size: str, rate: float) -> tuple[int, ...]:
    """Lengths that can be asked for at a size and a rate."""
    fast = model.endswith("-fast")
    if _first(model):
        return _FIRST_LONG if fast and size == "1920x1080" and rate == 25 else _FIRST_SHORT
    small = size in (*_WIDE[:2], *_TALL[:2])
    return _LONG if fast and small and rate in (24, 25) else _SHORT


def model_for(model: str, operation: str, size: str, rate: float) -> CatalogueModel:
    """One endpoint's request, with the lengths that go with a size and a rate."""
    source = _DOCS if _first(model) else _DESKTOP
    schema = {
        "type": "object",
        "properties": _fields(model, operation, size, rate),
        "required": _REQUIRED[operation],
        "x-vendor": "LTX API",
        "x-variant": True,
        "x-operation": operation,
        "x-source": source,
        **({"x-audio": True} if operation == "audio-to-video" else {}),
    }
    return CatalogueModel(model, model, "", operation, "", schema)


_REQUIRED = {
    "text-to-video": ["prompt", "duration", "resolution"],
    "image-to-video": ["image_uri", "prompt", "duration", "resolution"],
    "audio-to-video": ["audio_uri"],
}


def _first(model: str) -> bool:
    """Whether it is LTX-2 itself, whose table is another one."""
    return model in ("ltx-2-fast", "ltx-2-pro")


def _fields(model: str, operation: str, size: str, rate: float) -> Schema:
    # 5,000 characters by the reference page; a partner's client allows 10,000.
    prompt = {"prompt": {"type": "string", "maxLength": 5000}}
    resolution = {"resolution": {"type": "string", "enum": list(sizes(model))}}
    address = {"type": "string"}
    if operation == "audio-to-video":
        return {**prompt, "audio_uri": address, "image_uri": address, **resolution}
    images = {"image_uri": address, "last_frame_uri": address} if operation == "image-to-video" else {}
    return {
        **prompt,
        **images,
        "duration": {"type": "integer", "enum": list(seconds(model, size, rate))},
        **resolution,
        "fps": {"type": "integer", "enum": list(rates(model)), "default": 25 if _first(model) else 24},
        "generate_audio": {"type": "boolean"},
        "camera_motion": {"type": "string", "enum": list(CAMERA_MOTIONS), "default": "none"},
        "enhance_prompt": {"type": "boolean"},
    }
