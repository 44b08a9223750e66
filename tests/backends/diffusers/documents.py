"""Documents that diffusers can render as they are, and what of a document takes effect."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from hypothesis import strategies as st

from presets_app.backends.diffusers import schedules

SHA = "5e" * 32
Document = dict[str, Any]
# What a prompt may hold, quotes, backslashes, braces and lines included; control characters are refused on reading.
texts = st.text(st.characters(exclude_categories=["Cc", "Cs"]) | st.sampled_from("\n'\"\\{}$`#"), max_size=60)
seeds = st.integers(0, 2**64 - 1)
guidances = st.sampled_from([1.0, 3.0, 3.5, 7])
files = st.text(st.sampled_from("abc xyz'\"\\{}-_."), min_size=1, max_size=20).map(lambda name: f"{name}.safetensors")
loras = st.lists(
    st.fixed_dictionaries({"file": files.map(lambda name: name.replace("\\", "/"))}, optional={"strength": guidances}),
    min_size=1,
    max_size=2,
)
LTX_OPTIONS = ("stg_scale", "modality_scale", "guidance_rescale")
DISTILLED = [1.0, 0.99375, 0.9875, 0.98125, 0.975, 0.909375, 0.725, 0.421875, 0.0]


def example(**changes: Any) -> Document:
    """One stage of LTX-2 on published weights."""
    stage = {"role": "base", "seed": 10, "steps": 30, "guidance": 4.0, "sampler": "euler"}
    return {
        "format": "matchframe/preset/1",
        "name": "Puppet at dusk",
        "family": "ltx-2",
        "task": "t2v",
        "prompt": "A puppet at dusk",
        "negative_prompt": "blurry",
        "width": 768,
        "height": 512,
        "frames": 121,
        "fps": 24,
        "models": {"transformer": ["Lightricks/LTX-2"]},
        "stages": [stage],
        **changes,
    }


def wan(**changes: Any) -> Document:
    """WAN 2.2 T2V-A14B as its authors set it, with the change of experts as a step."""
    shared = {"steps": 40, "shift": 12.0, "sampler": "uni_pc", "scheduler": "simple"}
    high = {"role": "high_noise", "seed": 7, "guidance": 4.0, "start_step": 0, "end_step": 26, **shared}
    low = {"role": "low_noise", "guidance": 3.0, "start_step": 26, "end_step": 40, **shared}
    return example(
        **{
            "family": "wan-2.2",
            "variant": "t2v-a14b",
            "width": 1280,
            "height": 720,
            "frames": 81,
            "fps": 16,
            "models": {"transformer": ["Wan-AI/Wan2.2-T2V-A14B-Diffusers"]},
            "stages": [high, low],
            **changes,
        }
    )


@st.composite
def ltx_stages(draw: Any, role: str = "base") -> dict[str, Any]:
    options = draw(st.dictionaries(st.sampled_from(LTX_OPTIONS), st.sampled_from([0.5, 1.0, 2.0])))
    options |= draw(st.dictionaries(st.sampled_from([f"audio_{key}" for key in LTX_OPTIONS]), st.just(0.25)))
    if any(options.get(key) for key in ("stg_scale", "audio_stg_scale")):
        options["spatio_temporal_guidance_blocks"] = draw(st.lists(st.integers(0, 47), min_size=1, max_size=3))
    optional = {"guidance_options": st.just(options), "sampler": st.just("euler"), "loras": loras}
    common = {"role": st.just(role), "seed": seeds, "guidance": guidances}
    ways = [
        {"sigmas": st.just(DISTILLED), "steps": st.just(8)},
        {"steps": st.integers(2, 50)},
        {"steps": st.integers(2, 50), "shift": st.sampled_from([1.5, 3.0, 7.0])},
        {
            "steps": st.integers(2, 50),
            "scheduler": st.just("ltxv"),
            "scheduler_options": st.fixed_dictionaries(
                {"stretch": st.booleans(), "max_shift": st.just(2.05)}, optional={"base_shift": st.just(0.95)}
            ),
        },
    ]
    return draw(st.fixed_dictionaries({**common, **draw(st.sampled_from(ways))}, optional=optional))


@st.composite
def wan_stages(draw: Any) -> list[dict[str, Any]]:
    shared = draw(
        st.fixed_dictionaries(
            {"steps": st.integers(2, 50), "shift": st.sampled_from([3.0, 5.0, 12.0])},
            optional={"sampler": st.sampled_from(["uni_pc", "euler"])},
        )
    )
    high = {
        "role": "high_noise",
        "seed": draw(seeds),
        "guidance": draw(guidances.filter(lambda value: value > 1)),
        **shared,
    }
    low = {"role": "low_noise", "guidance": draw(guidances), **shared}
    if draw(st.booleans()):
        switch = draw(st.integers(0, shared["steps"]))
        high.update(start_step=0, end_step=switch)
        low.update(start_step=switch, end_step=shared["steps"])
    else:
        high["boundary"] = draw(st.sampled_from([0.875, 0.9]))
    return [{**stage, **draw(st.fixed_dictionaries({}, optional={"loras": loras}))} for stage in (high, low)]


assets = st.one_of(
    st.text(st.sampled_from("abc xyz'{}"), min_size=1, max_size=12).map(lambda name: f"{name}.jpg"),
    st.fixed_dictionaries({"sha256": st.just(SHA), "name": st.sampled_from(["a.png", "b'.png"])}),
)
runtimes = st.fixed_dictionaries(
    {"dtype": st.sampled_from(["bfloat16", "float16", "float32"])},
    optional={
        "vae_dtype": st.sampled_from(["float32", "bfloat16"]),
        "text_encoder_dtype": st.just("bfloat16"),
        "offload": st.sampled_from(["none", "model", "sequential", "group"]),
        "vae_tiling": st.booleans(),
        "vae_slicing": st.booleans(),
        "noise_device": st.sampled_from(["cpu", "cuda"]),
        "attention": st.sampled_from(["sdpa", "flash", "sage"]),
    },
)
outputs = st.fixed_dictionaries(
    {},
    optional={
        "container": st.sampled_from(["mp4", "mkv", "mov"]),
        "video_codec": st.sampled_from(["h264", "h265"]),
        "pixel_format": st.sampled_from(["yuv420p", "yuv444p"]),
        "crf": st.integers(0, 51),
        "color_range": st.sampled_from(["limited", "full"]),
    },
)


@st.composite
def documents(draw: Any) -> Document:
    """Any document that diffusers renders as it is written."""
    common = {
        "prompt": draw(texts),
        "negative_prompt": draw(texts),
        "fps": draw(st.sampled_from([16, 24, 23.976, "30000/1001"])),
        "runtime": draw(runtimes),
        "output": draw(outputs),
    }
    if draw(st.booleans()):
        return _ltx(draw, common)
    task = draw(st.sampled_from(["t2v", "i2v", "flf2v"]))
    kind = "T2V" if task == "t2v" else "I2V"
    inputs = {"t2v": {}, "i2v": {"image": assets}, "flf2v": {"first_image": assets, "last_image": assets}}[task]
    models = {"transformer": [f"Wan-AI/Wan2.2-{kind}-A14B-Diffusers"]}
    given = {"inputs": {name: draw(asset) for name, asset in inputs.items()}} if inputs else {}
    return wan(**common, **given, task=task, variant=f"{kind.lower()}-a14b", models=models, stages=draw(wan_stages()))


def _ltx(draw: Any, common: Document) -> Document:
    repository, family = draw(
        st.sampled_from([("Lightricks/LTX-2", "ltx-2"), ("diffusers/LTX-2.3-Distilled-Diffusers", "ltx-2.3")])
    )
    stages = [draw(ltx_stages())]
    if draw(st.booleans()):
        stages.append({**draw(ltx_stages("refine")), "scale": 2})
    image = draw(st.booleans())
    given = {"task": "i2v", "inputs": {"image": draw(assets)}} if image else {}
    audio = {"audio": {"generate": draw(st.booleans())}}
    return example(**common, **given, **audio, family=family, models={"transformer": [repository]}, stages=stages)


def effective(document: Document) -> dict[str, Any]:
    """What of a document decides the video, in words that two spellings of it share."""
    runtime, output = document.get("runtime", {}), document.get("output", {})
    wan_family = document["family"].startswith("wan")
    plain = {key: document.get(key) for key in ("family", "task", "prompt", "width", "height", "frames")}
    return {
        **plain,
        "negative": document.get("negative_prompt") or "",
        "fps": Fraction(str(document["fps"])),
        "weights": document["models"]["transformer"],
        "inputs": {name: _file(asset) for name, asset in document.get("inputs", {}).items()},
        "stages": [_stage(stage, document, wan_family) for stage in _switched(document["stages"])],
        "sound": not wan_family and document.get("audio", {}).get("generate", True),
        "dtype": (runtime.get("dtype", "bfloat16"), runtime.get("vae_dtype", "float32" if wan_family else None)),
        "placement": [runtime.get(key) or usual for key, usual in _PLACEMENT.items()],
        "output": [output.get(key, usual) for key, usual in _OUTPUT.items()],
    }


_PLACEMENT = {"offload": "none", "vae_tiling": False, "vae_slicing": False, "noise_device": "cpu", "attention": "sdpa"}
_PLACEMENT |= {"text_encoder_dtype": ""}
_OUTPUT = {"container": "mp4", "video_codec": "h264", "pixel_format": "yuv420p", "crf": 18, "color_range": None}


def _file(asset: Any) -> Any:
    return asset if isinstance(asset, str) else (asset["sha256"], asset["name"])


def _switched(stages: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """A boundary that happens to lie halfway between two noise levels is the step there, and is read as one."""
    first, *others = stages
    boundary, steps = first.get("boundary"), first.get("steps")
    if boundary is None or not others or not first.get("shift"):
        return stages
    scheduler = schedules.EULER if first.get("sampler") == "euler" else schedules.UNIPC
    times = schedules.times(scheduler, steps, first["shift"])
    if not schedules.is_halfway(boundary, times):
        return stages
    step = {**first, "boundary": None, "end_step": schedules.step_at(boundary, times)}
    return [step, *({**stage, "end_step": steps} for stage in others)]


def _stage(stage: dict[str, Any], document: Document, wan_family: bool) -> dict[str, Any]:
    sampler = stage.get("sampler") or ("uni_pc" if wan_family else "euler")
    found = {key: stage.get(key) for key in ("role", "steps", "sigmas", "shift", "boundary", "scale", "end_step")}
    found["loras"] = [(lora["file"], lora.get("strength", 1.0)) for lora in stage.get("loras", [])]
    found["seed"] = stage.get("seed") if stage["role"] != "low_noise" else None
    schedule = stage.get("scheduler_options", {})
    found["options"] = {"stretch": schedule.get("stretch"), "max": schedule.get("max_shift"), **schedule}
    found["options"].pop("max_shift", None)
    found["options"].pop("terminal", None)
    return {**found, "sampler": sampler, "guidance": _guidance(stage, wan_family)}


def _guidance(stage: dict[str, Any], wan_family: bool) -> list[Any]:
    if wan_family:
        return [stage["guidance"]]
    told = stage.get("guidance_options", {})
    picture = [
        stage["guidance"],
        told.get("stg_scale", 0),
        told.get("modality_scale", 1),
        told.get("guidance_rescale", 0),
    ]
    keys = ("guidance_scale", *LTX_OPTIONS)
    sound = [told.get(f"audio_{key}", own) for key, own in zip(keys, picture, strict=True)]
    return [*picture, *sound, told.get("spatio_temporal_guidance_blocks")]
