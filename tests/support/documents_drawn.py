"""Presets drawn by hypothesis: of every family and task, whole or with gaps, each of a valid shape."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

FAMILY_TASKS: dict[str, tuple[str, ...]] = {
    "ltxv": ("t2v", "i2v", "flf2v"),
    "ltx-2": ("t2v", "i2v", "flf2v", "ia2v", "a2v"),
    "ltx-2.3": ("t2v", "i2v", "ia2v", "a2v"),
    "ltx-2.5": ("t2v", "i2v", "flf2v"),
    "wan-2.1": ("t2v", "i2v", "flf2v"),
    "wan-2.2": ("t2v", "i2v", "flf2v", "s2v"),
    "wan-2.5": ("t2v", "i2v", "a2v", "ia2v"),
    "wan-2.6": ("t2v", "i2v", "r2v", "ia2v"),
}
ADDRESS = "https://files.example/{}"
_TEXTS = st.text("abcdefgh äß,.'~/\n", min_size=1, max_size=40)
_WORDS = st.sampled_from(["euler", "simple", "dev", "distilled", "t2v-a14b", "ti2v-5b", "uni_pc"])
_FILES = st.sampled_from(["a.safetensors", "maker/model", ADDRESS.format("lora.safetensors"), "folder/b.safetensors"])
_SEEDS = st.sampled_from([0, 1, 2**31 - 1, 2**31, 2**64 - 1])
_NUMBERS = st.sampled_from([0, 1, 3.5, 5.0, 8, 0.25])
_RATES = st.sampled_from([16, 24, 25, 23.976, 30, 48, 50, "30000/1001", "24/1", 12.5])
_SIZES = st.sampled_from([(1280, 720), (1280, 704), (832, 480), (480, 832), (640, 360), (1920, 1080), (768, 768)])
_OPTIONS = st.dictionaries(st.sampled_from(["max_shift", "stg_scale", "boundary"]), _NUMBERS, max_size=2)
_LORAS = st.lists(
    st.fixed_dictionaries({"file": _FILES}, optional={"strength": st.sampled_from([1, 0.8, -1, 5])}), max_size=4
)
_KNOWN = {"sha256": st.just("ab" * 32)}
_ASSETS = st.one_of(
    st.sampled_from([ADDRESS.format("a.png"), "a.png", "http://plain.example/a.png"]),
    st.fixed_dictionaries(_KNOWN, optional={"name": st.just("a.png"), "local_only": st.booleans()}),
)
_INPUTS = st.dictionaries(
    st.sampled_from(["image", "first_image", "last_image", "audio", "video"]), _ASSETS, max_size=3
)
_SHOTS = st.lists(
    st.fixed_dictionaries({"prompt": _TEXTS}, optional={"seconds": st.sampled_from([2, 2.5]), "frames": st.just(33)}),
    max_size=3,
)
_EXPANSION = st.fixed_dictionaries(
    {}, optional={"source": _TEXTS, "by": st.just("a model"), "seed": _SEEDS, "enabled": st.booleans()}
)


def stages(role: str) -> st.SearchStrategy[dict[str, Any]]:
    parts = {
        "model": _FILES,
        "loras": _LORAS,
        "seed": _SEEDS,
        "steps": st.integers(1, 60),
        "guidance": _NUMBERS,
        "guidance_options": _OPTIONS,
        "sampler": _WORDS,
        "scheduler": _WORDS,
        "sigmas": st.just([1.0, 0.5, 0.0]),
        "shift": _NUMBERS,
        "scheduler_options": _OPTIONS,
        "start_step": st.sampled_from([0, 4]),
        "end_step": st.sampled_from([4, 10000]),
        "boundary": st.just(0.875),
        "add_noise": st.booleans(),
        "scale": st.sampled_from([1, 2, 1.5]),
        "denoise": st.just(0.5),
    }
    return st.fixed_dictionaries({"role": st.just(role)}, optional=parts)


_STAGES = st.one_of(
    st.tuples(stages("base")),
    st.tuples(stages("base"), stages("refine")),
    st.tuples(stages("high_noise"), stages("low_noise")),
).map(list)
_AROUND = {
    "description": _TEXTS,
    "variant": _WORDS,
    "negative_prompt": st.one_of(st.just(""), _TEXTS),
    "prompt_expansion": _EXPANSION,
    "audio": st.fixed_dictionaries({}, optional={"generate": st.booleans(), "sample_rate": st.just(44100)}),
    "inputs": _INPUTS,
    "references": st.lists(_ASSETS, max_size=3),
    "shots": _SHOTS,
    "aspect_ratio": st.just("16:9"),
    "output": st.fixed_dictionaries({}, optional={"container": st.just("mp4"), "crf": st.just(18), "fps": st.just(24)}),
    "runtime": st.fixed_dictionaries({}, optional={"dtype": st.just("bfloat16"), "quantization": st.none()}),
    "environment": st.just(["SOME_KEY"]),
    "hardware": st.just({"min_vram_gib": 24}),
}


@st.composite
def documents(draw: st.DrawFn, families: tuple[str, ...] = tuple(FAMILY_TASKS)) -> dict[str, Any]:
    """A preset that the schema takes, with every member that is required."""
    family = draw(st.sampled_from(families))
    width, height = draw(_SIZES)
    return {
        "format": "matchframe/preset/1",
        "name": "Drawn",
        "family": family,
        "task": draw(st.sampled_from(FAMILY_TASKS[family])),
        "prompt": draw(_TEXTS),
        "width": width,
        "height": height,
        "frames": draw(st.sampled_from([1, 33, 81, 97, 121, 241, 481])),
        "fps": draw(_RATES),
        "models": draw(st.dictionaries(st.sampled_from(["transformer", "vae"]), st.lists(_FILES, max_size=2))),
        "stages": draw(_STAGES),
        **draw(st.fixed_dictionaries({}, optional=_AROUND)),
    }


@st.composite
def drafts(draw: st.DrawFn) -> dict[str, Any]:
    """A preset from which some members are missing, as an import leaves it."""
    whole = draw(documents())
    for name in draw(st.lists(st.sampled_from(sorted(set(whole) - {"format"})), max_size=5)):
        whole.pop(name, None)
    return whole
