"""What the fields of a family are: which of them it usually states, and what is usual there."""

from __future__ import annotations

from typing import Any

from presets_app.core.families import is_ltx, is_open_wan, is_wan_5b, rules_of

_720P = 1280 * 704
_EVERY_STAGE = ("role", "model", "seed", "steps", "guidance", "sampler", "scheduler")
_LTX_STAGE = (*_EVERY_STAGE, "sigmas", "scheduler_options")
_WAN_STAGE = (*_EVERY_STAGE, "shift")
_EXPERT = (*_WAN_STAGE, "start_step", "end_step", "boundary", "add_noise")
_EXPERTS = ("high_noise", "low_noise")
_INPUTS: dict[str, tuple[str, ...]] = {
    "i2v": ("image",),
    "flf2v": ("image", "end_image"),
    "ia2v": ("image", "audio"),
    "v2v": ("video",),
    "control": ("control_video",),
    "camera-i2v": ("image", "camera"),
    "s2v": ("image", "audio"),
    "a2v": ("audio",),
    "v2a": ("video",),
}
_DISTILLED_REFINE = "0.909375, 0.725, 0.421875, 0.0"


def stage_fields(document: dict[str, Any], stage: dict[str, Any]) -> tuple[str, ...]:
    """The fields a stage of this family and role usually states."""
    if is_open_wan(document):
        return _WAN_STAGE if is_wan_5b(document) or document.get("family") == "wan-2.1" else _EXPERT
    if is_ltx(document):
        return _LTX_STAGE if stage.get("role") == "base" else (*_LTX_STAGE, "scale")
    return ("role", "model", "seed", "guidance")


def model_names(document: dict[str, Any]) -> tuple[str, ...]:
    """The kinds of files a renderer of this family loads."""
    if is_ltx(document):
        sound = () if document.get("family") == "ltxv" else ("audio_vae",)
        return ("transformer", "text_encoder", "vae", *sound, "latent_upscaler")
    names = ("transformer", "text_encoder", "vae") if is_open_wan(document) else ()
    return (*names, "clip_vision") if names and document.get("task") in ("i2v", "flf2v") else names


def input_names(document: dict[str, Any]) -> tuple[str, ...]:
    task = document.get("task")
    return _INPUTS.get(task, ()) if isinstance(task, str) else ()


def has_sound(document: dict[str, Any]) -> bool:
    return document.get("family") in ("ltx-2", "ltx-2.3", "ltx-2.5", "wan-2.5", "wan-2.6")


def has_shots(document: dict[str, Any]) -> bool:
    return document.get("family") in ("wan-2.5", "wan-2.6")


def next_role(document: dict[str, Any], taken: set[str]) -> str:
    """A role for one more stage: the family's next one, or a numbered one."""
    usual: tuple[str, ...] = ("base", "refine")
    if is_open_wan(document):
        usual = ("base",) if is_wan_5b(document) or document.get("family") == "wan-2.1" else _EXPERTS
    numbered = (f"stage_{number}" for number in range(len(taken) + 1, len(taken) + 10))
    return next(role for role in (*usual, *numbered) if role not in taken)


def usual(document: dict[str, Any], path: tuple[str, ...], stage: dict[str, Any] | None = None) -> str:
    """What is usual at a place ("*" for elements), in a few words; "" when nobody says."""
    rules = rules_of(document)
    if path in (("width",), ("height",)):
        return f"a multiple of {rules.size_step}" if rules and rules.size_step else ""
    if path == ("frames",) and rules and rules.frames_step:
        step = rules.frames_step
        return f"{step}k+1, such as {step * 10 + 1} or {step * 15 + 1}"
    if path == ("fps",):
        return " or ".join(str(rate) for rate in rules.fps) if rules and rules.fps else "24 or 25"
    if path[:2] == ("stages", "*") and stage is not None and len(path) == 3:
        return _of_stage(document, path[2], stage)
    return _PLAIN.get("/".join(path), "") if path != ("runtime", "vae_dtype") else _vae(document)


def _vae(document: dict[str, Any]) -> str:
    return "float32" if is_open_wan(document) else ""


_PLAIN = {
    "runtime/noise_device": "cpu",
    "output/crf": "18",
    "output/container": "mp4",
    "output/pixel_format": "yuv420p",
    "stages/*/loras/*/strength": "1.0",
}


def _of_stage(document: dict[str, Any], name: str, stage: dict[str, Any]) -> str:
    if is_open_wan(document):
        return _of_wan(document, name, stage)
    if not is_ltx(document):
        return ""
    if name == "guidance":
        return "1 for distilled weights and LoRAs"
    refine = stage.get("role") == "refine"
    return {"sigmas": _DISTILLED_REFINE, "scale": "2"}.get(name, "") if refine else ""


def _of_wan(document: dict[str, Any], name: str, stage: dict[str, Any]) -> str:
    if name == "shift":
        return _shift(document)
    if name == "start_step":
        return "0" if stage.get("role") == "high_noise" else "the step where the high-noise expert ends"
    to_video = document.get("task") == "t2v"
    if name == "boundary":
        return "0.875" if to_video else "0.9"
    if name == "guidance" and not is_wan_5b(document):
        low = stage.get("role") == "low_noise"
        return ("3.0" if low else "4.0") if to_video else "3.5"
    return {"steps": "50" if is_wan_5b(document) else "40"}.get(name, "") if name == "steps" else ""


def _shift(document: dict[str, Any]) -> str:
    width, height = document.get("width"), document.get("height")
    if not isinstance(width, int) or not isinstance(height, int) or abs(width * height) > 10**9:
        return "5.0 at 720p, 3.0 at 480p"
    return "5.0 at 720p" if width * height >= _720P else "3.0 at 480p, 5.0 at 720p"
