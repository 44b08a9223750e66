"""A call in its normal form as a document: what it is, what it says, where it runs and which file it writes."""

from __future__ import annotations

from fractions import Fraction
from pathlib import PurePosixPath
from typing import Any

from presets_app.backends.diffusers import naming, reading_files, reading_stages
from presets_app.backends.diffusers.calls import DEFAULTS, EXPORT_FPS
from presets_app.backends.diffusers.draft import Draft
from presets_app.backends.diffusers.naming import Pipeline
from presets_app.backends.diffusers.placing import CODECS, CONTAINERS, SOUND_CODECS
from presets_app.backends.diffusers.reading_stages import assumed
from presets_app.core.documents.names import name_problems
from presets_app.core.lints.values import fraction, number, whole
from presets_app.core.secrets import shown

_DTYPES = ("float32", "float16", "bfloat16", "float8_e4m3fn", "float8_e5m2")
_OFFLOADS = ("none", "model", "sequential", "group")
_SIZES = {"height": "/height", "width": "/width", "num_frames": "/frames"}
_BACK = {name: word for word, name in reversed({**CODECS, **SOUND_CODECS}.items())}


def read(draft: Draft) -> None:
    """Everything of the call, into the draft."""
    draft.document.update({"format": "matchframe/preset/1", "name": "", "models": {}, "stages": []})
    pipeline = _identity(draft)
    _prompts(draft)
    _shape(draft, pipeline)
    reading_stages.read(draft, pipeline)
    reading_files.read(draft, pipeline)
    _task(draft, pipeline)
    _parts(draft)
    _runtime(draft)
    _export(draft, pipeline)
    _name(draft)
    _unsaid(draft)


def _identity(draft: Draft) -> Pipeline | None:
    """Family, variant and weights. The class decides the library, the repository's name the model."""
    name = draft.value("/pipeline")
    target = "/from_pretrained/pretrained_model_name_or_path"
    repository = draft.value(target)
    repository = repository if isinstance(repository, str) else ""
    if (name is None or name in naming.AUTOMATIC) and repository:
        name = naming.automatic(repository)
    pipeline = naming.PIPELINES.get(name) if isinstance(name, str) else None
    if pipeline is None:
        _not_ours(draft, name)
    else:
        _family(draft, pipeline, repository)
        if draft.has("/pipeline"):
            draft.take("/pipeline", "/family", draft.document.get("family"), status="mapped", write=False)
    if repository:
        draft.take(target, "/models/transformer", [repository[:400]], note="The repository brings every part.")
        _pinning(draft)
    return pipeline


def _not_ours(draft: Draft, name: Any) -> None:
    known = ", ".join(sorted(naming.PIPELINES))
    if isinstance(name, str) and name:
        text = f"{shown(name)} is no pipeline of LTX or WAN, so its family is not one of this program's."
        draft.trouble("family_not_supported", "error", "/family", text, f"Known: {known}.", "/pipeline")
    else:
        text = "Nothing says which pipeline is called."
        draft.trouble("pipeline_unstated", "error", "/family", text, f"Name its class: {known}.")


def _family(draft: Draft, pipeline: Pipeline, repository: str) -> None:
    experts = any(draft.value(target) is not None for target in ("/call/guidance_scale_2", "/config/boundary_ratio"))
    family, said = naming.family_of(pipeline.library, repository, experts)
    if not family:
        text = f"{pipeline.name} is of WAN 2.1 and 2.2, and the weights' name does not say which."
        draft.trouble("family_unknown", "error", "/family", text, "Set the family.", "/pipeline")
        return
    draft.document["family"] = family
    if not said:
        text = f"The weights' name does not say the model; by the call it is {family}."
        draft.trouble("family_by_class", "warning", "/family", text, "Check the family.", "/pipeline")
    variant = naming.variant_of(family, repository)
    if variant:
        draft.document["variant"] = variant


def _pinning(draft: Draft) -> None:
    """A revision belongs to the manifest; here it is only told."""
    target = "/from_pretrained/revision"
    if draft.value(target):
        draft.aside(target, "Belongs to the manifest, which pins the weights.", "dropped")
        text = f"The weights' revision {shown(str(draft.value(target)))} is not part of a preset."
        draft.trouble("revision_in_manifest", "note", "/models", text, "Pin it on the target.", target)
    for key in ("revision", "use_safetensors", "subfolder", "variant"):
        draft.aside(f"/from_pretrained/{key}", "How the files are opened; the weights are the same.")


def _prompts(draft: Draft) -> None:
    for key in ("prompt", "negative_prompt"):
        target, value = f"/call/{key}", draft.value(f"/call/{key}")
        if isinstance(value, list) and len(value) == 1 and isinstance(value[0], str):
            draft.take(target, f"/{key}", value[0], note="A list of one.")
        elif isinstance(value, str):
            draft.take(target, f"/{key}", value)
        elif value is None:
            draft.aside(target, "None: the pipeline takes an empty one.")
        else:
            text = f"The {key.replace('_', ' ')} is no single text; several make several videos."
            draft.lose(target, "prompt_not_single", f"/{key}", text, "Import one call for each video.")


def _shape(draft: Draft, pipeline: Pipeline | None) -> None:
    """Size and length; what the call leaves out takes the pipeline's default."""
    usual = DEFAULTS.get(pipeline.name, {}) if pipeline and draft.has("/call") else {}
    for argument, path in _SIZES.items():
        target, value = f"/call/{argument}", whole(draft.value(f"/call/{argument}"))
        if value is not None:
            draft.take(target, path, value)
        elif argument in usual and not _undecided(draft, target):
            assumed(draft, path, usual[argument], argument)
    if usual and "frame_rate" in usual:
        _rate(draft, usual["frame_rate"])


def _undecided(draft: Draft, target: str) -> bool:
    """Whether a script gives the argument a value that only its run decides: then no default holds."""
    return target in draft.source.undecided


def _rate(draft: Draft, usual: float) -> None:
    """The rate a model is told. The file's, when it is the same one in its exact spelling, is the better word."""
    target, told = "/call/frame_rate", fraction(draft.value("/call/frame_rate"))
    written = fraction(draft.value("/export/fps"))
    if told is None:
        if not _undecided(draft, target):
            assumed(draft, "/fps", usual, "frame_rate")
        return
    same = written is not None and abs(float(written) - float(told)) < 1e-9
    stated = draft.value("/export/fps")
    exact = number_of(stated) if isinstance(stated, str) and "/" not in stated else stated
    draft.take(target, "/fps", _tidy(exact) if same else _tidy(draft.value(target)))


def _tidy(value: Any) -> Any:
    """24.0 is 24; 29.97002997 is 30000/1001, which is what was meant."""
    if not isinstance(value, float):
        return value
    if value.is_integer():
        return int(value)
    exact = Fraction(round(value * 1001 / 1000) * 1000, 1001)
    return f"{exact.numerator}/{exact.denominator}" if abs(float(exact) - value) < 1e-6 else value


def _task(draft: Draft, pipeline: Pipeline | None) -> None:
    if pipeline is None:
        return
    inputs = draft.document.get("inputs", {})
    task = pipeline.tasks[0]
    if pipeline.name == "WanImageToVideoPipeline":
        task = "flf2v" if "last_image" in inputs else "i2v"
    elif pipeline.name in ("LTX2ConditionPipeline", "LTXConditionPipeline"):
        task = "v2v" if "video" in inputs else ("flf2v" if "last_image" in inputs else "i2v" if inputs else "t2v")
    elif draft.document.get("frames") == 1 and "t2i" in pipeline.tasks:
        task = "t2i"
    draft.document["task"] = task
    if not pipeline.written:
        text = f"{pipeline.name} takes more than a preset holds; what it has in common with the others is read."
        draft.trouble("pipeline_in_part", "warning", "/task", text, "Check the draft against the call.", "/pipeline")


def _parts(draft: Draft) -> None:
    """Components that come from elsewhere, and the model of each stage."""
    models, stages = draft.document["models"], draft.document["stages"]
    held = draft.value("/parts")
    for key, source in held.items() if isinstance(held, dict) else ():
        if not isinstance(source, str):
            continue
        second = key == "transformer_2"
        name = "transformer" if second else str(key)
        file = source.replace("\\", "/")[:400]
        own = key in ("transformer", "transformer_2")
        listed = [file] if not second else [*models.get("transformer", [])[:1], file]
        draft.take(f"/parts/{key}", f"/models/{name}", listed)
        if own and len(stages) > int(second):
            stages[int(second)]["model"] = file
    for stage in stages:
        if models.get("transformer") and "model" not in stage:
            stage["model"] = models["transformer"][0]


def _runtime(draft: Draft) -> None:
    _dtypes(draft)
    offload = draft.value("/placement/offload")
    if offload in _OFFLOADS:
        draft.take("/placement/offload", "/runtime/offload", offload)
    for key in ("vae_tiling", "vae_slicing", "compile"):
        if isinstance(draft.value(f"/placement/{key}"), bool):
            draft.take(f"/placement/{key}", f"/runtime/{key}", draft.value(f"/placement/{key}"))
    attention = draft.value("/placement/attention")
    if isinstance(attention, str):
        draft.take("/placement/attention", "/runtime/attention", "sdpa" if attention == "native" else attention[:80])
    quantized = draft.value("/from_pretrained/quantization")
    if isinstance(quantized, str):
        draft.take("/from_pretrained/quantization", "/runtime/quantization", quantized[:80])
    draft.aside("/placement/device", "Where it runs is the target's business.")


def _dtypes(draft: Draft) -> None:
    target = "/from_pretrained/torch_dtype"
    stated = draft.value(target)
    parts = stated if isinstance(stated, dict) else {"default": stated}
    for part, key in (("default", "dtype"), ("vae", "vae_dtype"), ("text_encoder", "text_encoder_dtype")):
        place = f"{target}/{part}" if isinstance(stated, dict) else target
        name = str(parts.get(part)).removeprefix("torch.")
        if name in _DTYPES:
            draft.take(place, f"/runtime/{key}", name)
    for key, path in (("vae_dtype", "/runtime/vae_dtype"), ("text_encoder_dtype", "/runtime/text_encoder_dtype")):
        name = str(draft.value(f"/placement/{key}")).removeprefix("torch.")
        if name in _DTYPES:
            draft.take(f"/placement/{key}", path, name)
    cast = str(draft.value("/placement/layerwise_casting")).removeprefix("torch.")
    if cast in _DTYPES:
        draft.take("/placement/layerwise_casting", "/runtime/dtype", cast, note="Weights are stored so.")
    if stated is None and draft.source.is_script and draft.has("/from_pretrained"):
        assumed(draft, "/runtime/dtype", "float32", "torch_dtype")


def _export(draft: Draft, pipeline: Pipeline | None) -> None:
    _export_rate(draft, pipeline)
    file = draft.value("/export/file")
    suffix = PurePosixPath(str(file).replace("\\", "/")).suffix.lower().lstrip(".") if isinstance(file, str) else ""
    container = draft.value("/export/container")
    if container in CONTAINERS:
        draft.take("/export/container", "/output/container", container)
    elif suffix in (*CONTAINERS, "gif", "webp"):
        draft.take("/export/file", "/output/container", suffix, status="mapped")
    draft.aside("/export/file", "A file's name is the run's.")
    for key in ("video_codec", "audio_codec"):
        value = draft.value(f"/export/{key}")
        if isinstance(value, str):
            draft.take(f"/export/{key}", f"/output/{key}", _BACK.get(value, value))
    for key in ("pixel_format", "preset", "color_range"):
        if isinstance(draft.value(f"/export/{key}"), str):
            draft.take(f"/export/{key}", f"/output/{key}", draft.value(f"/export/{key}"))
    crf = whole(draft.value("/export/crf"))
    if crf is not None:
        draft.take("/export/crf", "/output/crf", crf)
    if isinstance(draft.value("/export/audio"), bool):
        _sound(draft, pipeline)


def _sound(draft: Draft, pipeline: Pipeline | None) -> None:
    if pipeline is not None and pipeline.library == "ltx2":
        draft.take("/export/audio", "/audio/generate", draft.value("/export/audio"))
    else:
        draft.aside("/export/audio", "The pipeline makes no sound.")


def _export_rate(draft: Draft, pipeline: Pipeline | None) -> None:
    """The file's rate. diffusers' encode_video cuts it to whole frames a second without a word."""
    target, stated = "/export/fps", draft.value("/export/fps")
    rate = fraction(stated) if not isinstance(stated, str) else fraction(stated) or fraction(number_of(stated))
    if rate is None:
        if draft.value("/export/writer") == "export_to_video" and not _undecided(draft, target):
            _silent_rate(draft)
        return
    written: Any = _tidy(number_of(stated)) if isinstance(stated, str) and "/" not in stated else _tidy(stated)
    if draft.value("/export/writer") == "encode_video" and rate.denominator != 1:
        text = f"encode_video writes {int(rate)} frames a second for {float(rate):g}: it cuts off the fraction."
        draft.trouble("fps_cut", "warning", "/output/fps", text, "Write at the exact rate.", target)
        written = int(rate)
    made = fraction(draft.document.get("fps"))
    if made is None:
        draft.take(target, "/fps", written)
    elif made == fraction(written):
        draft.take(target, "/fps", draft.document["fps"], write=False)
    else:
        draft.take(target, "/output/fps", written)
    draft.aside("/export/writer", "Which function writes the file.")


def number_of(text: str) -> Any:
    """A number that stands as text, as FPS = "24" does; the text itself otherwise."""
    try:
        value = float(text)
    except ValueError:
        return text
    return int(value) if value.is_integer() else value


def _silent_rate(draft: Draft) -> None:
    path = "/output/fps" if "fps" in draft.document else "/fps"
    assumed(draft, path, EXPORT_FPS, "fps of export_to_video")


def _name(draft: Draft) -> None:
    file = draft.value("/export/file")
    stem = PurePosixPath(str(file).replace("\\", "/")).stem if isinstance(file, str) else ""
    words = stem.replace("_", " ").replace("-", " ").strip()[:120].strip()
    usual = f"Imported {draft.value('/pipeline') or 'diffusers'} call"
    chosen = words.capitalize() if words and not name_problems(words.capitalize()) else usual[:120]
    draft.assume("/name", chosen if not name_problems(chosen) else "Imported diffusers call", "Made up; change it.")


def _unsaid(draft: Draft) -> None:
    """What a preset needs and the call does not say, each with its place."""
    for key in ("prompt", "width", "height", "frames", "fps"):
        if key not in draft.document:
            told = any(problem.path == f"/{key}" and problem.severity == "error" for problem in draft.problems)
            if not told:
                text = f"The call does not say the {key}."
                draft.trouble("not_stated", "error", f"/{key}", text, f"Set the {key} before saving.")
    if number(draft.document.get("fps")) is None and not draft.document.get("fps"):
        draft.document.pop("fps", None)
