"""Loading of pipelines, components and schedulers, and the generation itself."""

from __future__ import annotations

import copy
import re
from typing import Any

from presets_app.backends.diffusers import naming
from presets_app.backends.diffusers.scripts.state import State
from presets_app.backends.diffusers.scripts.values import (
    Call,
    Config,
    Name,
    Part,
    PartOf,
    Pipe,
    Result,
    Scheduler,
    Thing,
    Told,
    Unknown,
    results_in,
)

Named = dict[str, Told]
_KINDS = (
    (re.compile(r"Scheduler$"), "scheduler"),
    (re.compile(r"^AutoencoderKL\w*Audio|AudioVAE"), "audio_vae"),
    (re.compile(r"^Autoencoder|VAE"), "vae"),
    (re.compile(r"Transformer\w*Model$"), "transformer"),
    (re.compile(r"LatentUpsampler"), "latent_upsampler"),
    (re.compile(r"CLIPVision|ImageEncoder"), "image_encoder"),
    (re.compile(r"Tokenizer"), "tokenizer"),
    (re.compile(r"T5|Gemma|TextEncoder|EncoderModel|CausalLM|ForConditionalGeneration"), "text_encoder"),
    (re.compile(r"Vocoder"), "vocoder"),
    (re.compile(r"Connectors"), "connectors"),
)
_SOURCE = "pretrained_model_name_or_path"
_KEPT = ("revision", "variant", "use_safetensors", "subfolder")
_HIDDEN = frozenset({"token", "use_auth_token", "cache_dir", "local_files_only", "low_cpu_mem_usage", "proxies"})
_HIDDEN |= {"force_download", "max_memory", "offload_folder", "device_map", "trust_remote_code", "custom_pipeline"}
_I2V = ("image", "prompt", "negative_prompt", "height", "width", "num_frames")
_T2V = ("prompt", "negative_prompt", "height", "width", "num_frames")
_FIRST = {
    "LTX2ConditionPipeline": ("conditions", *_T2V),
    "LTXConditionPipeline": ("conditions",),
    "WanVideoToVideoPipeline": ("video", "prompt", "negative_prompt", "height", "width"),
    "WanVACEPipeline": ("prompt", "negative_prompt", "video", "mask", "reference_images"),
    "WanAnimatePipeline": ("image",),
}


def load(reader: State, owner: str, how: str, given: list[Any], named: Named, line: int) -> Any:
    """Class.from_pretrained and its kin; Unknown for what is no part of a pipeline."""
    source = Told(given[0], line) if given else named.get(_SOURCE) or named.get("config")
    if owner.endswith("Scheduler"):
        return _scheduler(owner, how, source, named, line)
    if owner in naming.AUTOMATIC or owner.endswith("Pipeline") or owner.startswith("AutoPipeline"):
        return _pipe(reader, owner, how, source, named, line)
    kind = next((kind for pattern, kind in _KINDS if pattern.search(owner)), "")
    if kind or owner == "AutoModel":
        return _part(kind, source, named, line)
    return Thing(owner, dict(named))


def _scheduler(owner: str, how: str, source: Told | None, named: Named, line: int) -> Scheduler:
    """from_config keeps what the pipeline's scheduler was told before, and adds to it."""
    held = source.value if source is not None else None
    before = dict(held.told) if how == "from_config" and isinstance(held, Config) else {}
    own = {key: told for key, told in named.items() if key not in ("config", "subfolder", "revision", _SOURCE)}
    return Scheduler(owner, line, {**before, **own})


def _part(kind: str, source: Told | None, named: Named, line: int) -> Part:
    folder = named.get("subfolder")
    if folder is not None and folder.value in ("transformer_2", "text_encoder", "vae", "audio_vae", "transformer"):
        kind = str(folder.value)
    return Part(kind, source, named.get("torch_dtype") or named.get("dtype"), line)


def _pipe(reader: State, owner: str, how: str, source: Told | None, named: Named, line: int) -> Pipe:
    pipe = Pipe(owner, line)
    held = source.value if source is not None else None
    if how == "from_pipe" and isinstance(held, Pipe):
        pipe = copy.deepcopy(held)
        pipe.kind, pipe.line = owner, line
    elif source is not None:
        pipe.pretrained[_SOURCE] = source
    _fill(reader, pipe, named, line)
    reader.pipes.append(pipe)
    return pipe


def assembled(reader: State, kind: str, named: Named, line: int) -> Pipe:
    """A pipeline built of its parts, as the one that enlarges latents is."""
    pipe = Pipe(kind, line)
    _fill(reader, pipe, named, line)
    for told in named.values():
        if isinstance(told.value, PartOf):
            for key, held in told.value.pipe.pretrained.items():
                pipe.pretrained.setdefault(key, held)
    reader.pipes.append(pipe)
    return pipe


def _fill(reader: State, pipe: Pipe, named: Named, line: int) -> None:
    for key, told in named.items():
        if isinstance(told.value, Scheduler):
            pipe.scheduler = told.value
        elif isinstance(told.value, Part):
            pipe.parts[key] = told.value
            pipe.placement.update(told.value.placement)
        elif key in ("torch_dtype", "dtype"):
            pipe.pretrained["torch_dtype"] = told
        elif key in _KEPT:
            pipe.pretrained[key] = told
        elif key in ("quantization_config", "pipeline_quantization_config"):
            pipe.pretrained["quantization"] = Told(_quantization(told.value), told.line)
        elif key == "boundary_ratio":
            pipe.config[key] = told
        elif key in _HIDDEN:
            _hidden(reader, key, told.line)
        elif told.value is not None and key not in (_SOURCE, "config") and not isinstance(told.value, PartOf):
            words = f"the argument {key[:40]} of loading is not read"
            reader.remark("script_not_read", words, line, "warning")


def _hidden(reader: State, key: str, line: int) -> None:
    """Arguments about fetching; the value of a token is looked at by nobody."""
    if key in ("trust_remote_code", "custom_pipeline"):
        words = f"{key} would run code of somebody else; a preset has no place for it"
        reader.remark("remote_code", words, line, "warning")


def _quantization(held: Any) -> Any:
    """A short name for a quantization: its backend, or the class that describes it."""
    if not isinstance(held, Thing):
        return held if isinstance(held, str) else Unknown("a quantization", 0)
    backend = held.told.get("quant_backend")
    if backend is not None and isinstance(backend.value, str):
        return backend.value
    bits = next((key for key in ("load_in_4bit", "load_in_8bit") if key in held.told), "")
    return f"{held.kind.removesuffix('Config')}{f' {bits[8:]}' if bits else ''}"


def generate(reader: State, pipe: Pipe, given: list[Any], named: Named, line: int) -> Result:
    """A call of the pipeline: it is kept as it is at this line."""
    names = _FIRST.get(pipe.kind, _I2V if "ImageToVideo" in pipe.kind else _T2V)
    arguments = {name: Told(held, line) for name, held in zip(names, given, strict=False)}
    arguments.update(named)
    needs = results_in(list(arguments.values()))
    reader.calls.append(Call(_kept(pipe), arguments, line, needs, reader.loops > 0))
    reader.events += 1
    return Result(len(reader.calls) - 1)


def _kept(pipe: Pipe) -> Pipe:
    scheduler = pipe.scheduler
    return Pipe(
        pipe.kind,
        pipe.line,
        dict(pipe.pretrained),
        Scheduler(scheduler.kind, scheduler.line, dict(scheduler.told)) if scheduler is not None else None,
        dict(pipe.parts),
        [copy.copy(lora) for lora in pipe.loras if lora.active],
        dict(pipe.placement),
        dict(pipe.config),
    )


def dtype_of(held: Any) -> str | None:
    """The short name of a torch type: torch.bfloat16 is bfloat16."""
    if isinstance(held, Name) and held.path.startswith("torch."):
        return {"half": "float16", "float": "float32"}.get(held.last, held.last)
    return held.removeprefix("torch.") if isinstance(held, str) else None
