"""A document as the exact keyword arguments of a diffusers call, and as a script that renders it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from presets_app.backends.base import Exported
from presets_app.backends.diffusers import calls, experts, files, guidance, placing, sampling, weights, writing
from presets_app.backends.diffusers.capability import pipeline_for
from presets_app.backends.diffusers.form import Form
from presets_app.backends.diffusers.naming import Pipeline
from presets_app.core.families import rules_of
from presets_app.core.generation import WeightsPin
from presets_app.core.ledger import leaves
from presets_app.core.lints.values import number, whole
from presets_app.core.losses import Loss
from presets_app.core.problems import Problem
from presets_app.core.secrets import find

_NO_FIELD = "diffusers has no such setting."
_FIXED = {"ltx2": calls.LTX2_FIXED, "ltx": calls.LTX_FIXED, "wan": calls.WAN_FIXED}
_UPSAMPLER = "/stages/0"  # of the output: what stands between two stages of LTX-2


def to_form(document: Mapping[str, Any], *, pins: WeightsPin | None = None) -> Exported:
    """{"pipeline", "from_pretrained", "scheduler", "loras", "call", "generator", "placement", "export", "script"} and,
    for what follows the first call, "stages": upsampling and the second call.

    `call` holds every argument by its own name, nothing left to a default; images stand as file names. `pins` name
    the weights exactly; without a revision the script does not start. Never raises.
    """
    secrets = find(dict(document))
    if secrets:
        return _withheld(document, secrets)
    form = Form(document)
    pipeline, problems = pipeline_for(document)
    stages = _stages(document)
    form.problems.extend(problems)
    if not document:
        return Exported({}, [], form.problems)
    if pipeline is not None and _fits(form, pipeline, stages):
        _fill(form, pipeline, len(stages), pins)
    if form.output:
        form.put("/script", writing.script(form.output), note="Made of all the fields beside it.")
    for path, value in leaves(form.output):
        if path and path not in {entry.target_path for entry in form.ledger.entries}:
            form.ledger.default(path, value, "Said for completeness.")
    return Exported(form.output, form.ledger.closed(_NO_FIELD), form.problems)


def _stages(document: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The stages, none of them when one is not an object."""
    stages = document.get("stages")
    whole_list = isinstance(stages, list) and all(isinstance(stage, dict) for stage in stages)
    return list(stages or ()) if whole_list else []


def _fits(form: Form, pipeline: Pipeline, stages: list[dict[str, Any]]) -> bool:
    """Whether the pipeline can go through the stages: WAN's experts, LTX-2's second at twice the size."""
    roles = tuple(stage.get("role") for stage in stages)
    two = {"wan": roles == experts.ROLES, "ltx2": len(stages) == 2, "ltx": False}[pipeline.library]
    if len(stages) == 1 or (len(stages) == 2 and two):
        return True
    named = ", ".join(str(role)[:40] for role in roles) or "none"
    text = f"{pipeline.name} renders one stage{' or two' if pipeline.library != 'ltx' else ''}; there are: {named}."
    form.trouble("stages_not_in_diffusers", "error", "/stages", text, "Use the stages that the family has.")
    return False


def _fill(form: Form, pipeline: Pipeline, count: int, pins: WeightsPin | None) -> None:
    form.put("/pipeline", pipeline.name, "/family", status="mapped")
    for path in ("/variant", "/task"):
        form.share(path, "/pipeline", pipeline.name, "By the class and the weights.", "mapped")
    weights.repository(form, pins)
    weights.dtypes(form, pipeline.library == "wan")
    _base(form, pipeline, latent=pipeline.library == "ltx2" and count == 2)
    if pipeline.library == "wan":
        experts.wan(form, count, from_video=pipeline.name == "WanVideoToVideoPipeline")
    else:
        _ltx(form, pipeline, "/stages/0", "")
    _seed(form, "/stages/0", "/generator")
    _role(form, "/stages/0")
    files.loras(form, "/stages/0", "", low_noise=False)
    if count == 2:
        _second(form, pipeline)
    files.inputs(form, pipeline)
    if count == 2 and pipeline.library == "ltx2":
        _inputs_again(form)
    placing.placement(form)
    placing.export(form, pipeline.library == "ltx2")


def _base(form: Form, pipeline: Pipeline, *, latent: bool) -> None:
    """What every call says: prompts, size, length, rate, and the arguments that no preset decides."""
    usual = calls.DEFAULTS[pipeline.name]
    _text(form, "")
    for argument, path in (("height", "/height"), ("width", "/width"), ("num_frames", "/frames")):
        if argument in usual:
            _whole(form, f"/call/{argument}", path, usual[argument])
        elif form.ledger.has(path):
            form.keep(path, "As many as the input video has.")
    if "frame_rate" in usual:
        rate = placing.rate_of(form)
        note = "As a float." if rate is not None else "Not stated."
        form.put("/call/frame_rate", usual["frame_rate"] if rate is None else rate, "/fps", note=note)
    _fixed(form, pipeline, "", latent=latent)
    _size(form)


def _size(form: Form) -> None:
    """Sizes that the pipeline refuses, and lengths that it cuts without a word."""
    rules = rules_of(dict(form.document))
    for side in ("width", "height"):
        pixels = form.output["call"][side]
        if rules and pixels % rules.size_step:
            near = " or ".join(str(size) for size in rules.nearest_sizes(pixels))
            text = f"The {side} {pixels} is no multiple of {rules.size_step}, which the pipeline needs."
            form.trouble("size_not_in_diffusers", "error", f"/{side}", text, f"Use {near}.")
    frames = form.output["call"].get("num_frames")
    if rules and frames and not rules.frames_fit(frames):
        made = rules.nearest_frames(frames)[0]
        text = f"Of {frames} frames the pipeline renders {made}, without a word and with the sound of all."
        form.trouble("frames_not_in_diffusers", "error", "/frames", text, f"Use {made}.")


def _text(form: Form, to: str) -> None:
    prompt, negative = form.value("/prompt"), form.value("/negative_prompt")
    form.put(f"{to}/call/prompt", prompt if isinstance(prompt, str) else "", "/prompt", note="")
    if not isinstance(prompt, str) and not to:
        form.trouble("prompt_missing", "error", "/prompt", "The preset has no prompt.", "Write one.")
    if isinstance(negative, str):
        form.put(f"{to}/call/negative_prompt", negative, "/negative_prompt")
    else:
        form.put(f"{to}/call/negative_prompt", None, note="None is stated: diffusers takes an empty one.")


def _whole(form: Form, target: str, path: str, usual: int) -> None:
    value = whole(form.value(path))
    if value is not None:
        form.put(target, value, path)
        return
    form.put(target, usual, note="Not stated: the pipeline's own default.")
    text = f"The preset does not say {path[1:]}; {usual} is written, as diffusers takes without a word."
    form.trouble("value_assumed", "warning", path, text, f"Set {path[1:]}.")


def _fixed(form: Form, pipeline: Pipeline, to: str, *, latent: bool) -> None:
    for key, value in _FIXED[pipeline.library].items():
        form.put(f"{to}/call/{key}", value)
    form.put(f"{to}/call/output_type", "latent" if latent else "np")
    form.put(f"{to}/call/return_dict", not latent)


def _ltx(form: Form, pipeline: Pipeline, at: str, to: str) -> None:
    usual = calls.DEFAULTS[pipeline.name]
    steps = sampling.put_steps(form, at, to, usual["num_inference_steps"])
    sigmas = None
    if pipeline.library == "ltx2":
        sigmas = sampling.put_sigmas(form, at, to)
        guidance.ltx2(form, at, to)
        if not to:
            noise = None if pipeline.name == "LTX2ConditionPipeline" else 0.0
            form.put("/call/noise_scale", noise, note="The first stage starts from noise alone.")
    else:
        text = "LTXPipeline takes no explicit sigmas."
        form.refuse(f"{at}/sigmas", "sigmas_not_in_pipeline", text, "State steps and a schedule instead.")
        guidance.single(form, f"{at}/guidance", f"{to}/call/guidance_scale", 3.0)
        guidance.unknown_options(form, at)
    sampling.ltx_schedule(form, at, to, sigmas, steps)
    idle: dict[str, Any] = {"start_step": 0, "end_step": steps, "denoise": 1, "boundary": None, "add_noise": True}
    sampling.refuse_rest(form, at, idle if to else {**idle, "scale": 1})


def _seed(form: Form, at: str, target: str) -> None:
    device, seed = form.value("/runtime/noise_device"), form.value(f"{at}/seed")
    note = "Noise drawn on the CPU is the same on every machine."
    if isinstance(device, str):
        form.put(f"{target}/device", device, "/runtime/noise_device")
    else:
        form.put(f"{target}/device", "cpu", note=note)
    form.put(f"{target}/seed", seed if whole(seed) is not None else None, f"{at}/seed", note="Not stated.")
    if whole(seed) is None:
        text = "The stage has no seed; the script asks for one and does not start without."
        form.trouble("seed_missing", "error", f"{at}/seed", text, "Set a seed from 0 to 18446744073709551615.")


def _role(form: Form, at: str) -> None:
    form.share(f"{at}/role", "/pipeline", form.output["pipeline"], "By its place.", "mapped")


def _second(form: Form, pipeline: Pipeline) -> None:
    _role(form, "/stages/1")
    if pipeline.library == "wan":
        files.loras(form, "/stages/1", "", low_noise=True)
        return
    _upsample(form)
    to = "/stages/1"
    form.put(f"{to}/pipeline", pipeline.name, note="The same parts again.")
    _text(form, to)
    first = form.output["call"]
    for argument in ("height", "width"):
        form.put(f"{to}/call/{argument}", first[argument] * 2, f"/{argument}", note="Twice the first stage's.")
    for argument, path in (("num_frames", "/frames"), ("frame_rate", "/fps")):
        form.put(f"{to}/call/{argument}", first[argument], path)
    _fixed(form, pipeline, to, latent=False)
    _ltx(form, pipeline, "/stages/1", to)
    sigmas = form.output_at(f"{to}/call/sigmas")
    noise = sigmas[0] if sigmas else 1.0
    note = "The first sigma: as much noise as the schedule starts with."
    form.put(f"{to}/call/noise_scale", noise, note=note)
    if form.ledger.has("/stages/1/seed"):
        _seed(form, "/stages/1", f"{to}/generator")
    files.loras(form, "/stages/1", to, low_noise=False)


def _inputs_again(form: Form) -> None:
    """The second stage is held to the same images."""
    for argument in ("image", "conditions"):
        if argument in form.output["call"]:
            form.put(f"/stages/1/call/{argument}", form.output["call"][argument], note="As in the first stage.")


def _upsample(form: Form) -> None:
    """LTX2LatentUpsamplePipeline doubles the size of the latents; another factor is not to be had."""
    form.put(f"{_UPSAMPLER}/pipeline", "LTX2LatentUpsamplePipeline", note="Between the stages.")
    scale, path = number(form.value("/stages/1/scale")), "/stages/1/scale"
    base = f"{_UPSAMPLER}/from_pretrained"
    if scale is not None and scale != 2:
        text = f"diffusers' latent upsampler doubles the size; the preset asks for {scale:g} times."
        form.refuse(path, "scale_not_in_diffusers", text, "Set scale to 2.")
    else:
        form.share(path, f"{_UPSAMPLER}/pipeline", "LTX2LatentUpsamplePipeline", "It doubles the size.", "mapped")
    files_ = form.document.get("models")
    named = files_.get("latent_upscaler") if isinstance(files_, dict) else None
    chosen = form.output["from_pretrained"]["pretrained_model_name_or_path"]
    own = named[0] if isinstance(named, list) and named and isinstance(named[0], str) else ""
    form.put(f"{base}/pretrained_model_name_or_path", chosen, note="The model's repository has it as a folder.")
    form.put(f"{base}/revision", form.output["from_pretrained"]["revision"], note="The model's own.")
    form.put(f"{base}/subfolder", "latent_upsampler")
    if own:
        where = "/models/latent_upscaler"
        form.ledger.approximate(where, f"{base}/subfolder", "latent_upsampler", "The repository's own upsampler.")
    for key, value in calls.UPSAMPLE.items():
        form.put(f"{_UPSAMPLER}/call/{key}", value)


def _withheld(document: Mapping[str, Any], found: list[Problem]) -> Exported:
    """A document that holds a secret is not written out; no value of it is repeated."""
    note = "Not written: the preset holds a secret."
    return Exported({}, [Loss(path, "dropped", "", None, None, note) for path, _ in leaves(document)], found)
