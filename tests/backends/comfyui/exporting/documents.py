"""Presets for tests, one for each kind of graph, and short ways to look into a graph."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

from presets_app.backends.base import Exported

LARGEST_SEED = 2**64 - 1
WAN_FILES = {"text_encoder": ["umt5_xxl.safetensors"], "vae": ["wan_vae.safetensors"]}


def preset(family: str, task: str, stages: list[dict[str, Any]], **more: Any) -> dict[str, Any]:
    plain = {
        "format": "matchframe/preset/1",
        "name": "Fox in the snow",
        "family": family,
        "task": task,
        "prompt": "A fox runs through the snow",
        "negative_prompt": "blurry",
        "width": 640,
        "height": 384,
        "frames": 81,
        "fps": 16,
        "stages": deepcopy(stages),
    }
    return {**plain, **deepcopy(more)}


def expert(role: str, start: int, end: int, **more: Any) -> dict[str, Any]:
    side = role.removesuffix("_noise")
    return {
        "role": role,
        "model": f"wan2.2_t2v_{side}_noise_14B.safetensors",
        "loras": [{"file": f"lightx2v_{side}.safetensors", "strength": 0.8}],
        "seed": LARGEST_SEED if side == "high" else 0,
        "steps": 20,
        "guidance": 3.5,
        "sampler": "euler",
        "scheduler": "simple",
        "shift": 5.5 if side == "high" else 8,
        "start_step": start,
        "end_step": end,
        "add_noise": side == "high",
        **more,
    }


def wan(task: str = "t2v", **more: Any) -> dict[str, Any]:
    """WAN 2.2 A14B with its two experts."""
    stages = [expert("high_noise", 0, 8), expert("low_noise", 8, 20)]
    files = {"transformer": [stage["model"] for stage in stages], **WAN_FILES}
    return preset("wan-2.2", task, stages, **{"models": files, "variant": "t2v-a14b", **more})


def plain_stage(model: str, **more: Any) -> dict[str, Any]:
    settings = {"seed": 7, "steps": 30, "guidance": 5, "sampler": "uni_pc", "scheduler": "simple", "shift": 8}
    return {"role": "base", "model": model, "loras": [], **settings, "denoise": 1, **more}


def wan_single(family: str, model: str, task: str = "t2v", **more: Any) -> dict[str, Any]:
    files = {"transformer": [model], **WAN_FILES, **more.pop("files", {})}
    return preset(family, task, [plain_stage(model)], **{"models": files, **more})


def base_stage(model: str, **more: Any) -> dict[str, Any]:
    options = {"max_shift": 2.1, "base_shift": 0.9, "stretch": False, "terminal": 0.2}
    settings = {"seed": 10, "steps": 20, "guidance": 4.5, "sampler": "euler_ancestral", "scheduler": "ltxv"}
    return {"role": "base", "model": model, "loras": [], **settings, "scheduler_options": options, **more}


def refine_stage(model: str, **more: Any) -> dict[str, Any]:
    loras = [{"file": "distilled.safetensors", "strength": 0.6}]
    sigmas = [0.909375, 0.725, 0.421875, 0]
    settings = {"seed": 420, "steps": 3, "guidance": 1, "sampler": "gradient_estimation", "sigmas": sigmas}
    return {"role": "refine", "model": model, "loras": loras, "scale": 2, **settings, **more}


def ltx(family: str = "ltx-2", task: str = "t2v", *, stages: int = 2, **more: Any) -> dict[str, Any]:
    """An LTX model out of one checkpoint, with sound where the family has it."""
    model = {"ltxv": "ltx-video-2b.safetensors", "ltx-2": "ltx-2-19b-dev.safetensors"}.get(
        family, f"{family}.safetensors"
    )
    files = {"transformer": [model], "text_encoder": ["gemma.safetensors"]}
    if stages == 2:
        files["latent_upscaler"] = ["spatial-upscaler-x2.safetensors"]
    sound = {} if family == "ltxv" else {"audio": {"generate": True}}
    given = {"models": files, "frames": 121, "fps": 24, **sound, **more}
    return preset(family, task, [base_stage(model), refine_stage(model)][:stages], **given)


def nodes(exported: Exported, class_type: str) -> list[dict[str, Any]]:
    """The inputs of every node of a class."""
    return [node["inputs"] for node in exported.output.values() if node["class_type"] == class_type]


def node(exported: Exported, class_type: str) -> dict[str, Any]:
    found = nodes(exported, class_type)
    assert len(found) == 1, f"{len(found)} nodes of the class {class_type}"
    return found[0]


def behind(exported: Exported, link: list[Any]) -> tuple[str, dict[str, Any], int]:
    """(class, inputs, slot) of what a link comes from."""
    held = exported.output[link[0]]
    return held["class_type"], held["inputs"], link[1]


def literals(graph: dict[str, Any]) -> list[str]:
    """Pointers of every literal input."""
    return [
        f"/{name}/inputs/{key}"
        for name, held in graph.items()
        for key, value in held["inputs"].items()
        if not isinstance(value, list)
    ]


def codes(exported: Exported, severity: str = "") -> set[str]:
    return {problem.code for problem in exported.problems if severity in ("", problem.severity)}


PICTURES = {"image": "start.png"}
ENDS = {"first_image": "start.png", "last_image": "end.png"}
S2V_FILES = {"audio_encoder": ["wav2vec2.safetensors"]}
EVERY_KIND: dict[str, dict[str, Any]] = {
    "ltxv": ltx("ltxv", stages=1),
    "ltxv from a picture": ltx("ltxv", "i2v", stages=1, inputs=PICTURES),
    "ltx-2": ltx(stages=1),
    "ltx-2 in two stages": ltx(),
    "ltx-2 without sound": ltx(audio={"generate": False}),
    "ltx-2 from a picture": ltx(task="i2v", inputs=PICTURES),
    "ltx-2 from picture to picture": ltx(task="flf2v", inputs=ENDS),
    "ltx-2 to a given sound": ltx(task="ia2v", inputs={**PICTURES, "audio": "voice.mp3"}, audio={"generate": False}),
    "ltx-2 with a voice": ltx(task="i2v", inputs={**PICTURES, "reference_audio": "voice.mp3"}),
    "ltx-2.3": ltx("ltx-2.3"),
    "ltx-2.5": ltx("ltx-2.5"),
    "wan-2.2": wan(),
    "wan-2.2 from a picture": wan("i2v", inputs=PICTURES),
    "wan-2.2 from picture to picture": wan("flf2v", inputs=ENDS),
    "wan-2.2 with a control video": wan("control", inputs={"reference_image": "a.png", "control_video": "b.mp4"}),
    "wan-2.2 5B": wan_single("wan-2.2", "wan2.2_ti2v_5B.safetensors", fps=24),
    "wan-2.2 5B from a picture": wan_single("wan-2.2", "wan2.2_ti2v_5B.safetensors", "i2v", inputs=PICTURES),
    "wan-2.2 s2v": wan_single(
        "wan-2.2", "wan2.2_s2v_14B.safetensors", "s2v", inputs={**PICTURES, "audio": "voice.mp3"}, files=S2V_FILES
    ),
    "wan-2.1": wan_single("wan-2.1", "wan2.1_t2v_1.3B.safetensors"),
    "wan-2.1 from a picture": wan_single(
        "wan-2.1", "wan2.1_i2v_14B.safetensors", "i2v", inputs=PICTURES, files={"clip_vision": ["clip_h.safetensors"]}
    ),
    "wan-2.1 vace": wan_single(
        "wan-2.1", "wan2.1_vace_14B.safetensors", "vace-ref2v", inputs={"reference_image": "a.png"}
    ),
    "wan-2.1 vace with a control video": wan_single(
        "wan-2.1", "wan2.1_vace_14B.safetensors", "v2v", inputs={"reference_image": "a.png", "control_video": "b.mp4"}
    ),
    "wan-2.1 with a control video": wan_single(
        "wan-2.1", "wan2.1_fun_control.safetensors", "control", inputs={**PICTURES, "control_video": "b.mp4"}
    ),
}
