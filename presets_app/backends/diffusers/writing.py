"""The script of an export: readable Python that renders the same document.

Every value that comes from the document is written as a literal, never as a part of the code.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

from presets_app.backends.diffusers import writing_parts as parts
from presets_app.backends.diffusers.files import lora_source

Output = dict[str, Any]
_VIDEOS = (".mp4", ".mov", ".webm", ".mkv", ".gif")
_ASSETS = ("image", "last_image", "video", "conditions")


def script(output: Output) -> str:
    """The whole text. It names its revision at the top and does not start without one."""
    top = "\n\n".join(block.strip("\n") for block in (parts.HEAD, _imports(output), _settings(output)))
    body = "\n".join([_checks(output), *_body(output)])
    return "\n\n\n".join(block.strip("\n") for block in (top, parts.DIGEST, *_functions(output), body)) + "\n"


def literal(value: Any, indent: str = "") -> str:
    """A value as Python source. repr escapes whatever is not printable, line ends and bidirectional signs included."""
    if isinstance(value, dict):
        inner = indent + "    "
        lines = [f"{inner}{literal(key)}: {literal(held, inner)},\n" for key, held in value.items()]
        return "{\n" + "".join(lines) + indent + "}"
    if isinstance(value, list):
        return "[" + ", ".join(literal(held, indent) for held in value) + "]"
    if isinstance(value, float) and not math.isfinite(value):
        return "None"
    return repr(value) if value is None or isinstance(value, (bool, int, float, str)) else "None"


def _stages(output: Output) -> list[Output]:
    """The calls that generate: the first, and the one after upsampling."""
    return [output, *output["stages"][1:]] if "stages" in output else [output]


def _imports(output: Output) -> str:
    classes = {output["pipeline"], *(stage["scheduler"]["class"] for stage in _stages(output))}
    if "stages" in output:
        classes.add("LTX2LatentUpsamplePipeline")
    lines = [parts.IMPORTS.strip("\n"), f"from diffusers import {', '.join(sorted(classes))}"]
    if "conditions" in output["call"]:
        lines.append("from diffusers.pipelines.ltx2.pipeline_ltx2_condition import LTX2VideoCondition")
    if "stages" in output:
        lines.append("from diffusers.pipelines.ltx2.latent_upsampler import LTX2LatentUpsamplerModel")
    loaders = sorted({_loader(name) for name in _names(output)})
    if loaders:
        lines.append(f"from diffusers.utils import {', '.join(loaders)}")
    return "\n".join(lines)


def _settings(output: Output) -> str:
    source = output["from_pretrained"]
    lines = [
        f"REPOSITORY = {literal(source['pretrained_model_name_or_path'])}",
        f"REVISION = {literal(source['revision'] or '')}  # 40 hex digits: exactly these weights",
        f"FPS = {literal(str(output['export']['fps']))}",
    ]
    for number, stage in enumerate(_stages(output), 1):
        suffix = "" if number == 1 else f"_{number}"
        if "generator" in stage:
            lines.append(f"SEED{suffix} = {literal(stage['generator']['seed'])}")
        call = {key: value for key, value in stage["call"].items() if key not in _ASSETS or value is None}
        lines.append(f"CALL{suffix} = {literal(call)}")
    export = {key: value for key, value in output["export"].items() if key not in ("fps", "audio")}
    lines.append(f"EXPORT = {literal(export)}")
    if output.get("inputs"):
        lines.append(f"INPUTS = {literal(list(output['inputs'].values()))}")
    return "\n".join(lines)


def _checks(output: Output) -> str:
    seeds = [f"SEED{'' if number == 1 else f'_{number}'}" for number, _ in _seeded(output)]
    lines = [parts.CHECK_REVISION.strip("\n")]
    if output.get("inputs"):
        lines.append(parts.VERIFIED.strip("\n"))
    lines += [f'if {seed} is None:\n    sys.exit("Set {seed} to a whole number.")' for seed in seeds]
    return "\n".join([*lines, parts.DEVICE.strip("\n")])


def _seeded(output: Output) -> list[tuple[int, Output]]:
    return [(number, stage) for number, stage in enumerate(_stages(output), 1) if "generator" in stage]


def _functions(output: Output) -> Iterator[str]:
    yield parts.WRITE_SOUND if output["export"]["audio"] else parts.WRITE


def _body(output: Output) -> Iterator[str]:
    yield from _load(output)
    yield from _placed(output, "pipe")
    two = "stages" in output
    yield f"generator = {_generator(output, 'SEED')}"
    if not two:
        yield f"made = pipe({_arguments(output, '')})"
    else:
        yield f"latents, audio_latents = pipe({_arguments(output, '')})"
        yield from _refined(output)
    yield parts.FRAMES.strip("\n")
    if output["export"]["audio"]:
        yield parts.SOUND.strip("\n")
    else:
        yield "write_video(frames, fps=FPS, **EXPORT)"


def _load(output: Output) -> Iterator[str]:
    dtypes = output["from_pretrained"]["torch_dtype"]
    listed = ", ".join(f"{literal(part)}: torch.{dtype}" for part, dtype in dtypes.items())
    yield f"pipe = {output['pipeline']}.from_pretrained("
    yield f"    REPOSITORY, revision=REVISION, torch_dtype={{{listed}}}, use_safetensors=True"
    yield ")"
    yield "saved = pipe.scheduler.config"
    yield from _scheduled(output)
    if "config" in output:
        yield f"pipe.register_to_config(boundary_ratio={literal(output['config']['boundary_ratio'])})"
    yield from _loras(output)


def _scheduled(stage: Output) -> Iterator[str]:
    told = {key: value for key, value in stage["scheduler"].items() if key != "class"}
    words = "".join(f", {key}={literal(value)}" for key, value in told.items())
    name = stage["scheduler"]["class"]
    if name == "FlowMatchEulerDiscreteScheduler" and "num_train_timesteps" in told:
        yield f"pipe.scheduler = {name}({words.removeprefix(', ')})"
    else:
        yield f"pipe.scheduler = {name}.from_config(saved{words})"


def _loras(stage: Output) -> Iterator[str]:
    for lora in stage.get("loras", ()):
        source = lora_source(lora["file"])
        words = [literal(source.get("repository") or source["path"])]
        if "weight_name" in source:
            words.append(f"weight_name={literal(source['weight_name'])}")
        words.append(f"adapter_name={literal(lora['adapter_name'])}")
        if lora["load_into_transformer_2"]:
            words.append("load_into_transformer_2=True")
        yield f"pipe.load_lora_weights({', '.join(words)})"
    if stage.get("loras"):
        names = [lora["adapter_name"] for lora in stage["loras"]]
        strengths = [lora["weight"] for lora in stage["loras"]]
        yield f"pipe.set_adapters({literal(names)}, {literal(strengths)})"


def _placed(output: Output, name: str) -> Iterator[str]:
    placement = output["placement"]
    cast = placement.get("layerwise_casting")
    for part in _transformers(output):
        if cast:
            stored = f"storage_dtype=torch.{cast}, compute_dtype=torch.bfloat16"
            yield f"{name}.{part}.enable_layerwise_casting({stored})"
        if "attention" in placement:
            yield f"{name}.{part}.set_attention_backend({literal(placement['attention'])})"
    for way in ("tiling", "slicing"):
        yield f"{name}.vae.{'enable' if placement[f'vae_{way}'] else 'disable'}_{way}()"
    yield from _moved(placement["offload"], name)
    if placement.get("compile"):
        for part in _transformers(output):
            yield f"{name}.{part}.compile_repeated_blocks()"


def _transformers(output: Output) -> tuple[str, ...]:
    two = output["call"].get("guidance_scale_2") is not None
    return ("transformer", "transformer_2") if two else ("transformer",)


def _moved(offload: str, name: str) -> Iterator[str]:
    steps = {
        "model": f"{name}.enable_model_cpu_offload()",
        "sequential": f"{name}.enable_sequential_cpu_offload()",
        "group": f'{name}.enable_group_offload(onload_device=torch.device(DEVICE), offload_type="leaf_level")',
    }
    yield 'if DEVICE == "cpu":'
    yield f"    settle({name})"
    yield "else:"
    yield f"    {steps.get(offload, f'{name}.to(DEVICE)')}"


def _generator(stage: Output, seed: str) -> str:
    return f"torch.Generator({literal(stage['generator']['device'])}).manual_seed({seed})"


def _arguments(stage: Output, suffix: str, more: str = "") -> str:
    return f"**CALL{suffix}, {more}{''.join(_assets(stage))}generator=generator"


def _assets(stage: Output) -> Iterator[str]:
    for name in _ASSETS:
        value = stage["call"].get(name)
        if value is None:
            continue
        if name != "conditions":
            yield f"{name}={_opened(value)}, "
            continue
        listed = ", ".join(
            f"LTX2VideoCondition(frames={_opened(one['frames'])}, index={literal(one['index'])},"
            f" strength={literal(one['strength'])})"
            for one in value
        )
        yield f"conditions=[{listed}], "


def _opened(name: str) -> str:
    return f"{_loader(name)}({literal(name)})"


def _loader(name: str) -> str:
    return "load_video" if name.lower().endswith(_VIDEOS) else "load_image"


def _names(output: Output) -> Iterator[str]:
    for name in _ASSETS:
        value = output["call"].get(name)
        if isinstance(value, str):
            yield value
        elif value:
            yield from (one["frames"] for one in value)


def _refined(output: Output) -> Iterator[str]:
    upsample, second = output["stages"]
    dtypes = output["from_pretrained"]["torch_dtype"]
    source = upsample["from_pretrained"]
    yield "upsampler = LTX2LatentUpsamplerModel.from_pretrained("
    yield (
        f"    {literal(source['pretrained_model_name_or_path'])}, revision=REVISION,"
        f" subfolder={literal(source['subfolder'])}, torch_dtype=torch.{dtypes['default']}, use_safetensors=True"
    )
    yield ")"
    yield "upsample = LTX2LatentUpsamplePipeline(vae=pipe.vae, latent_upsampler=upsampler)"
    yield from _moved(output["placement"]["offload"], "upsample")
    words = "".join(f", {key}={literal(value)}" for key, value in upsample["call"].items())
    yield f"latents = upsample(latents=latents{words})[0]"
    yield from _scheduled(second)
    yield from _loras(second)
    if output.get("loras") and not second.get("loras"):
        yield "pipe.disable_lora()"
    if "generator" in second:
        yield f"generator = {_generator(second, 'SEED_2')}"
    yield f"made = pipe({_arguments(second, '_2', 'latents=latents, audio_latents=audio_latents, ')})"
