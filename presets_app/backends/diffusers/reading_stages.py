"""The calls of one run as stages: WAN's two experts in one call, LTX-2's second call at twice the size."""

from __future__ import annotations

from typing import Any

from presets_app.backends.diffusers import reading_files, reading_schedule
from presets_app.backends.diffusers.calls import BLOCKS, DEFAULTS, GUIDANCE_OFF, LTX2_FIXED, LTX_FIXED, WAN_FIXED
from presets_app.backends.diffusers.draft import Draft
from presets_app.backends.diffusers.naming import UPSAMPLERS, VERSION, Pipeline
from presets_app.core.lints.values import number, whole
from presets_app.core.secrets import shown

_FIXED = {"ltx2": LTX2_FIXED, "ltx": LTX_FIXED, "wan": WAN_FIXED}
_HOW = ("output_type", "return_dict", "callback_on_step_end_tensor_inputs")
LARGEST_SEED = 2**64 - 1


def read(draft: Draft, pipeline: Pipeline | None) -> None:
    stages: list[dict[str, Any]] = draft.document["stages"]
    experts = pipeline is not None and pipeline.library == "wan" and _has_experts(draft)
    stages.append({"role": "high_noise" if experts else "base"})
    if experts:
        stages.append({"role": "low_noise"})
        if draft.document.get("variant") in ("t2v", "i2v"):
            draft.document["variant"] += "-a14b"  # of WAN 2.2, only these have two experts
    numbers = list(range(len(stages)))
    _one(draft, pipeline, "", "/stages/0")
    if experts:
        _second_expert(draft)
    reading_schedule.read(draft, pipeline, "", numbers)
    if experts:
        _shared(stages)
    reading_files.loras(draft, "", numbers)
    further = draft.value("/stages")
    for index, entry in enumerate(further if isinstance(further, list) else ()):
        if isinstance(entry, dict):
            _further(draft, pipeline, index, entry)
    _set_aside(draft, pipeline, "")


def _has_experts(draft: Draft) -> bool:
    if draft.document.get("family") != "wan-2.2" or "5b" in draft.document.get("variant", ""):
        return False
    loras = draft.value("/loras")
    second = any(
        isinstance(entry, dict) and entry.get("load_into_transformer_2") is True
        for entry in (loras if isinstance(loras, list) else ())
    )
    told = draft.value("/call/guidance_scale_2") is not None or draft.value("/config/boundary_ratio") is not None
    return second or told or "a14b" in draft.document.get("variant", "")


def _one(draft: Draft, pipeline: Pipeline | None, base: str, at: str) -> None:
    """Seed, steps and guidance of one call."""
    _seed(draft, base, at)
    called = draft.has(f"{base}/call")
    usual = DEFAULTS.get(pipeline.name, {}) if pipeline is not None and called else {}
    _steps(draft, base, at, usual)
    target = f"{base}/call/guidance_scale"
    value = number(draft.value(target))
    if value is not None:
        draft.take(target, f"{at}/guidance", draft.value(target))
    elif "guidance_scale" in usual and target not in draft.source.undecided:
        assumed(draft, f"{at}/guidance", usual["guidance_scale"], "guidance_scale")
    if pipeline is not None and pipeline.library == "ltx2" and called:
        _ltx2_guidance(draft, base, at)


def assumed(draft: Draft, path: str, value: Any, argument: str) -> None:
    draft.assume(path, value, f"The default of {argument} in {VERSION}.")
    text = f"The call does not say {argument}; diffusers {VERSION} takes {value}."
    draft.trouble("default_of_diffusers", "note", path, text, "Check it, if another version was used.")


def _seed(draft: Draft, base: str, at: str) -> None:
    target, path = f"{base}/generator/seed", f"{at}/seed"
    seed = whole(draft.value(target))
    if seed is not None and 0 <= seed <= LARGEST_SEED:
        draft.take(target, path, seed)
        device = draft.value(f"{base}/generator/device")
        if isinstance(device, str):
            _device(draft, f"{base}/generator/device", device)
        return
    draft.aside(target, "Random: no seed is stated.", "dropped")
    if base and not draft.has(f"{base}/generator"):
        return  # the second call goes on with the first one's generator
    text = f"The call states no seed{draft.line(target)}, so the original cannot be made again."
    if target in draft.source.undecided:
        text = f"The seed is decided when the script runs{draft.line(target)}."
    draft.trouble("seed_random", "warning", path, text, "Set the seed that was drawn.", target)


def _device(draft: Draft, target: str, device: str) -> None:
    kind = device.partition(":")[0]
    if kind in ("cpu", "cuda", "mps"):
        draft.take(target, "/runtime/noise_device", kind)


def _steps(draft: Draft, base: str, at: str, usual: dict[str, Any]) -> None:
    sigmas, target = draft.value(f"{base}/call/sigmas"), f"{base}/call/num_inference_steps"
    steps = whole(draft.value(target))
    if isinstance(sigmas, list) and sigmas and all(number(sigma) is not None for sigma in sigmas):
        whole_list = [*sigmas, 0.0] if sigmas[-1] != 0 else list(sigmas)
        draft.take(f"{base}/call/sigmas", f"{at}/sigmas", whole_list, note="With the 0 that the scheduler adds.")
        _counted(draft, target, f"{at}/steps", len(whole_list) - 1, steps)
    elif steps is not None:
        draft.take(target, f"{at}/steps", steps)
    elif "num_inference_steps" in usual and target not in draft.source.undecided:
        assumed(draft, f"{at}/steps", usual["num_inference_steps"], "num_inference_steps")
    if sigmas is None:
        draft.aside(f"{base}/call/sigmas", "The schedule makes them.")


def _counted(draft: Draft, target: str, path: str, counted: int, stated: int | None) -> None:
    if stated == counted:
        draft.take(target, path, counted)
        return
    draft.assume(path, counted, "As many as there are sigmas.")
    if stated is not None:
        text = f"The call states {stated} steps beside {counted} sigmas; the sigmas are what takes effect."
        draft.lose(target, "steps_beside_sigmas", path, text, f"State {counted} steps.")


def _ltx2_guidance(draft: Draft, base: str, at: str) -> None:
    """Eight more numbers. What the call leaves out is on by default, and was not in earlier versions."""
    silent: list[str] = []
    for key in (*list(GUIDANCE_OFF)[1:], BLOCKS):
        target, path = f"{base}/call/{key}", f"{at}/guidance_options/{key}"
        value = draft.value(target)
        if isinstance(value, list) or (number(value) is not None and not _as_picture(draft, base, key, value)):
            draft.take(target, path, value)
        elif draft.has(target):
            draft.aside(target, "As for the picture." if key != BLOCKS else "No block.")
        elif target not in draft.source.undecided:
            draft.assume(path, DEFAULTS["LTX2Pipeline"][key], f"The default of diffusers {VERSION}.")
            silent.append(key)
    if silent:
        text = (
            f"The call leaves {len(silent)} kinds of guidance to the library ({', '.join(silent)}). diffusers {VERSION}"
            " switches them on; in the first version with LTX-2 they did not exist."
        )
        hint = "If an earlier version made the original, take them out of guidance_options."
        draft.trouble("guidance_by_default", "warning", f"{at}/guidance_options", text, hint)


def _as_picture(draft: Draft, base: str, key: str, value: Any) -> bool:
    """A zero for the sound is read as "the same as for the picture"."""
    picture = draft.value(f"{base}/call/{key.removeprefix('audio_')}")
    return key.startswith("audio_") and value == 0 and bool(picture)


def _second_expert(draft: Draft) -> None:
    target, value = "/call/guidance_scale_2", draft.value("/call/guidance_scale_2")
    first = draft.document["stages"][0]
    if number(value) is not None:
        draft.take(target, "/stages/1/guidance", value)
    elif "guidance" in first and target not in draft.source.undecided:
        draft.aside(target, "None: as the first expert's.")
        draft.assume("/stages/1/guidance", first["guidance"], "Not stated: as the first expert's.")


def _shared(stages: list[dict[str, Any]]) -> None:
    """Both experts walk one schedule."""
    for key in ("steps", "sampler", "scheduler", "shift"):
        if key in stages[0]:
            stages[1].setdefault(key, stages[0][key])


def _further(draft: Draft, pipeline: Pipeline | None, index: int, entry: dict[str, Any]) -> None:
    """A call after the first: upsampling says the scale, a second generation is a stage of its own."""
    base = f"/stages/{index}"
    if entry.get("pipeline") in UPSAMPLERS or "latent_upsampler" in str(entry.get("from_pretrained", "")):
        _upsampling(draft, base, index)
        return
    stages = draft.document["stages"]
    if len(stages) >= 8 or (pipeline is not None and pipeline.library == "wan"):
        text = "A call after the first is left out: this family renders in one."
        draft.trouble("call_left_out", "warning", "/stages", text, "Import it as a preset of its own.", base)
        return
    at = f"/stages/{len(stages)}"
    stages.append({"role": "refine" if len(stages) == 1 else f"refine_{len(stages)}"})
    _scale(draft, base, stages[-1])
    _one(draft, pipeline, base, at)
    reading_schedule.read(draft, pipeline, base, [len(stages) - 1])
    reading_files.loras(draft, base, [len(stages) - 1])
    _same_again(draft, base)
    _set_aside(draft, pipeline, base)


def _upsampling(draft: Draft, base: str, index: int) -> None:
    source = f"{base}/from_pretrained/pretrained_model_name_or_path"
    named = draft.value(source)
    if isinstance(named, str):
        draft.take(source, "/models/latent_upscaler", [named[:400]])
    following = draft.value(f"/stages/{index + 1}")
    for key in ("pipeline", "from_pretrained", "call", "generator", "placement"):
        draft.aside(f"{base}/{key}", "Between two stages; the second one's scale says it.")
    if following is None:
        text = "The latents are only enlarged, with no second generation; a preset has no stage for that."
        draft.trouble("upsampling_only", "warning", "/stages", text, "Enlarge the finished video.", base)


def _scale(draft: Draft, base: str, stage: dict[str, Any]) -> None:
    first, second = draft.value("/call/height"), draft.value(f"{base}/call/height")
    if whole(first) and whole(second):
        factor = second / first
        stage["scale"] = int(factor) if float(factor).is_integer() else factor
    else:
        stage["scale"] = 2
    for key in ("height", "width"):
        if draft.has(f"{base}/call/{key}"):
            at = f"/stages/{len(draft.document['stages']) - 1}/scale"
            draft.take(f"{base}/call/{key}", at, stage["scale"], write=False, status="mapped")


def _same_again(draft: Draft, base: str) -> None:
    """What the second call repeats; what it says otherwise a preset cannot hold."""
    for key in ("prompt", "negative_prompt", "num_frames", "frame_rate", "image", "conditions", "last_image"):
        target = f"{base}/call/{key}"
        if draft.value(target) == draft.value(f"/call/{key}") or draft.value(target) is None:
            draft.aside(target, "As in the first call.")
        else:
            text = f"The second call has another {key}; a preset has one for all stages."
            draft.lose(target, "stages_differ", f"/{key}" if key == "prompt" else "/stages/1", text)
    draft.aside(f"{base}/pipeline", "The same pipeline again.")
    sigmas, noise = draft.value(f"{base}/call/sigmas"), number(draft.value(f"{base}/call/noise_scale"))
    if noise is not None and isinstance(sigmas, list) and sigmas and abs(noise - sigmas[0]) > 1e-6:
        text = f"The second call adds {noise:g} of noise and starts at sigma {sigmas[0]:g}; a preset takes the sigma."
        draft.lose(f"{base}/call/noise_scale", "noise_scale_not_in_preset", "/stages/1", text)
    for key in ("noise_scale", "latents", "audio_latents"):
        draft.aside(f"{base}/call/{key}", "How one stage hands over to the next.")


def _set_aside(draft: Draft, pipeline: Pipeline | None, base: str) -> None:
    """Arguments that no preset decides: as they always are, or named because they change the video."""
    fixed = _FIXED[pipeline.library] if pipeline is not None else {}
    for key, usual in fixed.items():
        target, value = f"{base}/call/{key}", draft.value(f"{base}/call/{key}")
        if value == usual:
            draft.aside(target, "As diffusers has it by itself.")
        else:
            told = shown(value) if isinstance(value, str) else f"{value!r:.60}"
            draft.lose(target, "argument_not_in_preset", "", f"A preset has no place for {key} {told}.")
    for key in _HOW:
        draft.aside(f"{base}/call/{key}", "How the result is handed over.")
    if draft.value(f"{base}/call/noise_scale") in (0, 0.0, None):
        draft.aside(f"{base}/call/noise_scale", "The first stage starts from noise alone.")
    draft.aside("/script", "Written from the fields beside it.")
    for key in ("image_crf", "prompt_enhancement_seed", "prompt_max_new_tokens", "min_seconds", "max_seconds"):
        if draft.value(f"{base}/call/{key}") is None:
            draft.aside(f"{base}/call/{key}", "As diffusers has it by itself.")
