"""What this runner can render, checked on the document alone, before any weights are read.

The pipelines let most of these pass: 122 frames of LTX-2 become sound and picture of two lengths, one step of its
full schedule becomes NaN, WAN rounds sizes down and says so only in a log.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from typing import Any

from presets_app.core.families import rules_of
from runner.failures import CannotRender, cannot

Document = Mapping[str, Any]
FAMILIES = ("ltx-2", "wan-2.2")
LARGEST_SEED = 2**64 - 1
MOST_PIXELS = 4096 * 4096  # of one frame; far above any model's size, far below what fills memory by mistake
MOST_FRAMES = 2001
DTYPES = ("float32", "bfloat16", "float16")
SAMPLERS = {
    "ltx-2": ("", "euler", "flow_match_euler"),
    "wan-2.2": ("", "unipc", "uni_pc", "euler", "flow_match_euler"),
}
SCHEDULERS = {
    "ltx-2": ("", "ltxv", "flow_match", "flow_match_euler"),
    "wan-2.2": ("", "simple", "normal", "flow_match", "flow_match_euler", "unipc", "uni_pc"),
}
ATTENTION = ("sdpa", "native")
WAN_ROLES = ("high_noise", "low_noise")
OUTPUT = {
    "container": ("mp4",),
    "video_codec": ("h264", "libx264", "avc1", "x264"),
    "pixel_format": ("yuv420p",),
    "audio_codec": ("aac",),
    "color_range": ("limited",),
    "color_space": ("bt709",),
}
WORST_CRF = 51
LTX_GUIDANCE = frozenset(
    {
        "stg_scale",
        "modality_scale",
        "guidance_rescale",
        "audio_guidance_scale",
        "audio_stg_scale",
        "audio_modality_scale",
        "audio_guidance_rescale",
        "spatio_temporal_guidance_blocks",
    }
)
LTX_SCHEDULE = frozenset({"base_shift", "max_shift", "stretch", "terminal"})


def check(document: Document) -> None:
    """Raise CannotRender (cause `preset`) for the first thing this runner would not render as written."""
    for rule in (_family, _task, _size, _frames, _rate, _stages, _runtime):
        rule(document)
    for number, stage in enumerate(document["stages"]):
        _stage(document["family"], number, stage)
    (_ltx_stages if document["family"] == "ltx-2" else _wan_stages)(document["stages"])


def check_output(document: Document) -> None:
    """Raise CannotRender when the asked file is not one this runner writes: H.264 and AAC in mp4."""
    output = document.get("output") or {}
    for key, known in OUTPUT.items():
        if output.get(key) is not None and output[key] not in known:
            text = f"This runner writes {known[0]} here, not {output[key]!r}."
            raise _preset("output_unsupported", text, f"/output/{key}", f"Set {key} to {known[0]}.")
    if not 0 <= output.get("crf", 0) <= WORST_CRF:
        raise _preset("output_unsupported", f"H.264 takes a crf from 0 to {WORST_CRF}.", "/output/crf")


def fps_of(document: Document) -> Fraction:
    """The document's rate, written as a number or "30000/1001". Raises CannotRender when it is neither."""
    value = document.get("fps")
    try:
        rate = Fraction(value) if isinstance(value, str) else Fraction(str(value))
    except (ValueError, ZeroDivisionError):
        rate = Fraction(0)
    if rate <= 0:
        raise _preset("fps_invalid", f"The rate {value!r} is not a number of frames per second.", "/fps")
    return rate


def steps_of(stage: Mapping[str, Any]) -> int:
    """Steps of a stage; explicit sigmas count as one less than their number. 0 when nothing is said."""
    sigmas = stage.get("sigmas")
    return len(sigmas) - 1 if sigmas else int(stage.get("steps") or 0)


def _preset(code: str, message: str, path: str, hint: str = "", **evidence: Any) -> CannotRender:
    return cannot("preset", code, message, hint, path=path, **evidence)


def _family(document: Document) -> None:
    if document.get("family") not in FAMILIES:
        text = f"This runner renders {' and '.join(FAMILIES)}, not {document.get('family')!r}."
        raise _preset("family_unsupported", text, "/family")


def _task(document: Document) -> None:
    if document.get("task", "t2v") != "t2v":
        text = f"This runner renders text to video (t2v), not {document['task']!r}."
        raise _preset("task_unsupported", text, "/task")
    for key in ("inputs", "references", "shots"):
        if document.get(key):
            raise _preset(
                "inputs_unsupported", f"This runner takes no {key}.", f"/{key}", "Remove them from the preset."
            )


def _size(document: Document) -> None:
    rules = rules_of(dict(document))
    for key in ("width", "height"):
        value = document.get(key)
        if not isinstance(value, int) or isinstance(value, bool) or value < 1:
            raise _preset("size_invalid", f"The {key} {value!r} is not a number of pixels.", f"/{key}")
        if rules and value % rules.size_step:
            near = " or ".join(str(size) for size in rules.nearest_sizes(value))
            text = f"The {key} {value} is not a multiple of {rules.size_step}, which {rules.title} needs."
            raise _preset("size_invalid", text, f"/{key}", f"Use {near}.", value=value)
    if document["width"] * document["height"] > MOST_PIXELS:
        text = f"{document['width']}x{document['height']} is more than this runner renders."
        raise _preset("size_too_large", text, "/width")


def _frames(document: Document) -> None:
    frames, rules = document.get("frames"), rules_of(dict(document))
    if not isinstance(frames, int) or isinstance(frames, bool) or not 1 <= frames <= MOST_FRAMES:
        raise _preset("frames_invalid", f"{frames!r} frames cannot be rendered (1 to {MOST_FRAMES}).", "/frames")
    if rules and not rules.frames_fit(frames):
        near = " or ".join(str(count) for count in rules.nearest_frames(frames))
        text = f"{frames} frames: {rules.title} makes {rules.frames_step}k+1 frames only."
        raise _preset("frames_invalid", text, "/frames", f"Use {near}.", value=frames)


def _rate(document: Document) -> None:
    fps_of(document)


def _stages(document: Document) -> None:
    stages = document.get("stages")
    if not isinstance(stages, list) or not stages or not all(isinstance(stage, dict) for stage in stages):
        raise _preset("stages_invalid", "The preset has no stages.", "/stages")


def _runtime(document: Document) -> None:
    runtime = document.get("runtime") or {}
    for key in ("dtype", "vae_dtype", "text_encoder_dtype"):
        if runtime.get(key) is not None and runtime[key] not in DTYPES:
            text = f"This runner computes in {', '.join(DTYPES)}, not {runtime[key]!r}."
            raise _preset("dtype_unsupported", text, f"/runtime/{key}")
    if runtime.get("quantization"):
        text = f"This runner loads weights as they are; it cannot quantize to {runtime['quantization']!r}."
        raise _preset("quantization_unsupported", text, "/runtime/quantization")
    if (runtime.get("attention") or "sdpa") not in ATTENTION:
        text = f"This runner computes attention with PyTorch's own kernels (sdpa), not {runtime['attention']!r}."
        raise _preset("attention_unsupported", text, "/runtime/attention")
    if runtime.get("compile"):
        raise _preset("compile_unsupported", "This runner does not compile models.", "/runtime/compile")
    if runtime.get("noise_device") not in (None, "cpu"):
        text = "Noise is drawn on the CPU here, so that it is the same on every machine."
        raise _preset("noise_device_unsupported", text, "/runtime/noise_device", "Set noise_device to cpu.")


def _stage(family: str, number: int, stage: Mapping[str, Any]) -> None:
    path = f"/stages/{number}"
    if stage.get("loras"):
        raise _preset("loras_unsupported", "This runner does not load LoRAs.", f"{path}/loras")
    if stage.get("denoise", 1) != 1:
        raise _preset("denoise_unsupported", "This runner starts from noise: denoise must be 1.", f"{path}/denoise")
    for key, known in (("sampler", SAMPLERS[family]), ("scheduler", SCHEDULERS[family])):
        if (stage.get(key) or "") not in known:
            text = f"This runner has no {key} {stage[key]!r} for {family}."
            raise _preset(f"{key}_unsupported", text, f"{path}/{key}", f"It has {', '.join(filter(None, known))}.")
    if steps_of(stage) < 1:
        raise _preset("steps_missing", "The stage does not say how many steps to take.", f"{path}/steps")
    if number == 0:
        _seed(stage.get("seed"), path)


def _seed(seed: Any, path: str) -> None:
    if seed is None:
        text = "The first stage has no seed, so its render could not be repeated."
        raise _preset("seed_missing", text, f"{path}/seed", "Set a seed from 0 to 18446744073709551615.")
    if not isinstance(seed, int) or isinstance(seed, bool) or not 0 <= seed <= LARGEST_SEED:
        text = "The seed is not a whole number from 0 to 18446744073709551615."
        raise _preset("seed_invalid", text, f"{path}/seed")


def _ltx_stages(stages: Sequence[Mapping[str, Any]]) -> None:
    if len(stages) != 1:
        text = "This runner renders LTX-2 in one stage; it has no latent upsampler."
        raise _preset("stages_unsupported", text, "/stages")
    stage = stages[0]
    strange = sorted(set(stage.get("scheduler_options") or {}) - LTX_SCHEDULE)
    if strange:
        text = f"LTX-2's schedule has no option {strange[0]!r} here."
        raise _preset(
            "scheduler_option_unknown", text, "/stages/0/scheduler_options", f"Known: {sorted(LTX_SCHEDULE)}."
        )
    unknown = sorted(set(stage.get("guidance_options") or {}) - LTX_GUIDANCE)
    if unknown:
        text = f"LTX-2 has no guidance option {unknown[0]!r}."
        raise _preset("guidance_option_unknown", text, "/stages/0/guidance_options", f"Known: {sorted(LTX_GUIDANCE)}.")
    _ltx_guidance(stage.get("guidance_options") or {})
    if not stage.get("sigmas") and steps_of(stage) < 2:
        text = "One step of LTX-2's full schedule ends in values that are not numbers."
        raise _preset("steps_too_few", text, "/stages/0/steps", "Use 2 steps or more, or explicit sigmas.")


def _ltx_guidance(options: Mapping[str, Any]) -> None:
    """diffusers reads a zero for sound as "the same as for the picture", so a zero there alone cannot be had."""
    path = "/stages/0/guidance_options"
    for key in ("stg_scale", "guidance_rescale"):
        if options.get(key) and options.get(f"audio_{key}", 1) == 0:
            text = f"audio_{key} 0 beside {key} {options[key]} would be taken as {options[key]} by the pipeline."
            raise _preset("guidance_not_expressible", text, f"{path}/audio_{key}", "Use a small value above 0.")
    scales = (options.get("stg_scale"), options.get("audio_stg_scale"))
    if any(scales) and not options.get("spatio_temporal_guidance_blocks"):
        text = "Spatio-temporal guidance needs the list of blocks it applies to."
        raise _preset("guidance_blocks_missing", text, f"{path}/spatio_temporal_guidance_blocks")


def _wan_stages(stages: Sequence[Mapping[str, Any]]) -> None:
    roles = tuple(stage.get("role") for stage in stages)
    if len(stages) > 2 or (len(stages) == 2 and roles != WAN_ROLES):
        text = "WAN 2.2 has one stage, or high_noise and then low_noise."
        raise _preset("stages_unsupported", text, "/stages", f"The preset has {', '.join(map(str, roles))}.")
    if any(stage.get("scheduler_options") for stage in stages):
        raise _preset("scheduler_option_unknown", "WAN's schedule has no options here.", "/stages/0/scheduler_options")
    if any(stage.get("sigmas") for stage in stages):
        raise _preset("sigmas_unsupported", "WAN's pipeline takes no explicit sigmas.", "/stages/0/sigmas")
    same: tuple[tuple[str, Callable[[Mapping[str, Any]], Any]], ...] = (
        ("steps", steps_of),
        ("shift", lambda stage: stage.get("shift")),
        ("sampler", lambda stage: stage.get("sampler") or ""),
    )
    for key, read in same:
        if read(stages[0]) != read(stages[-1]):
            text = f"Both stages of WAN 2.2 share one schedule here, but their {key} differ."
            raise _preset("stages_differ", text, f"/stages/1/{key}", f"Give both stages the same {key}.")
    if stages[0].get("guidance", 5) <= 1 < stages[-1].get("guidance", 5):
        text = "With guidance 1 or less in the first stage, WAN's pipeline leaves it out of the second as well."
        raise _preset("guidance_not_expressible", text, "/stages/0/guidance", "Use a value just above 1.")
    end, start = stages[0].get("end_step"), stages[-1].get("start_step")
    if len(stages) == 2 and end is not None and start is not None and min(end, steps_of(stages[0])) != start:
        text = f"The first stage ends at step {end}, the second starts at {start}."
        raise _preset("stages_differ", text, "/stages/1/start_step", "Start the second where the first ends.")
