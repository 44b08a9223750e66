"""A request as the document that the tiny pipelines render, and the size it is delivered in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from runner.standins.wavespeed.catalogue import Model

_STAGE = ("seed", "steps", "guidance", "shift", "sampler", "scheduler", "sigmas", "boundary")
_RUNTIME = ("dtype", "vae_dtype", "vae_tiling", "vae_slicing", "noise_device")
_SCHEDULE = ("base_shift", "max_shift", "terminal", "stretch")
_GUIDANCE = (
    "stg_scale",
    "modality_scale",
    "guidance_rescale",
    "audio_guidance_scale",
    "audio_stg_scale",
    "audio_modality_scale",
    "audio_guidance_rescale",
    "spatio_temporal_guidance_blocks",
)
_TIERS = {"480p": 480, "720p": 720, "1080p": 1080, "2k": 1440, "4k": 2160}
_SMALL = {"width": 96, "height": 64, "frames": 17}  # what is rendered for a real id before it is scaled up
_RATES = {"ltx-2": 24, "wan-2.2": 16}
_FRAME_STEPS = {"ltx-2": 8, "wan-2.2": 4}


@dataclass(frozen=True)
class Delivery:
    """What leaves the stand-in: sizes in pixels and the number of frames."""

    width: int
    height: int
    frames: int


def document_of(model: Model, body: Mapping[str, Any], seed: int) -> dict[str, Any]:
    """What to render. A field that was not sent is absent, so that the pipeline's own rule holds as it does locally."""
    document: dict[str, Any] = {
        "family": model.family,
        "task": "t2v",
        "prompt": body["prompt"],
        **_present(body, ("negative_prompt", "width", "height", "fps")),
        "models": {},
        "stages": _stages(model, {**body, "seed": seed}),
    }
    if "num_frames" in body:
        document["frames"] = body["num_frames"]
    if runtime := _present(body, _RUNTIME):
        document["runtime"] = runtime
    if "generate_audio" in body:
        document["audio"] = {"generate": body["generate_audio"]}
    return (
        document
        if model.exact
        else {**document, **_SMALL, "fps": _RATES[model.family], "runtime": {"dtype": "float32"}}
    )


def delivery_of(model: Model, body: Mapping[str, Any]) -> Delivery:
    """The size and length the real model would give, as its documentation states them."""
    if model.exact:
        return Delivery(body["width"], body["height"], body["num_frames"])
    width, height = _size(body, model)
    step = _FRAME_STEPS[model.family]
    seconds = int(body.get("duration") or model.fields.get("duration", {}).get("default", 5))
    return Delivery(width, height, seconds * _RATES[model.family] // step * step + 1)


def _stages(model: Model, body: dict[str, Any]) -> list[dict[str, Any]]:
    if not model.exact:
        return [{"role": "base", "seed": body["seed"], "steps": 2, "guidance": 1.0}]
    first = _present(body, _STAGE)
    for name, keys in (("scheduler_options", _SCHEDULE), ("guidance_options", _GUIDANCE)):
        if options := _present(body, keys):
            first[name] = options
    if "guidance_2" not in body and "boundary_step" not in body:
        return [{"role": "base", **first}]
    second = {key: value for key, value in first.items() if key not in ("seed", "guidance")}
    if "guidance_2" in body:
        second["guidance"] = body["guidance_2"]
    if "boundary_step" in body:
        first["end_step"] = second["start_step"] = body["boundary_step"]
    return [{"role": "high_noise", **first}, {"role": "low_noise", **second}]


def _size(body: Mapping[str, Any], model: Model) -> tuple[int, int]:
    stated = body.get("size") or model.fields.get("size", {}).get("default")
    if stated:
        width, height = stated.split("*")
        return int(width), int(height)
    tier = body.get("resolution") or model.fields.get("resolution", {}).get("default") or model.model_id[-4:]
    side = _TIERS.get(tier, 480)
    longer = side * 16 // 9 // 2 * 2
    return (side, longer) if body.get("aspect_ratio") == "9:16" else (longer, side)


def _present(body: Mapping[str, Any], keys: tuple[str, ...]) -> dict[str, Any]:
    return {key: body[key] for key in keys if key in body}
