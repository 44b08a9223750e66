"""Methods: of pipelines and their parts, generators, option parsers, texts and lists."""

from __future__ import annotations

from typing import Any

from presets_app.backends.diffusers.scripts import loading, plain
from presets_app.backends.diffusers.scripts.state import State
from presets_app.backends.diffusers.scripts.values import (
    Generator,
    Lora,
    Method,
    Namespace,
    Part,
    PartOf,
    Picture,
    Pipe,
    Result,
    Scheduler,
    Told,
    Unknown,
    first_unknown,
    is_plain,
    results_in,
)

Given = list[Any]
Named = dict[str, Told]
_OFFLOADS = {
    "enable_model_cpu_offload": "model",
    "enable_sequential_cpu_offload": "sequential",
    "enable_group_offload": "group",
}
_VAE = {
    "enable_tiling": ("vae_tiling", True),
    "disable_tiling": ("vae_tiling", False),
    "enable_slicing": ("vae_slicing", True),
    "disable_slicing": ("vae_slicing", False),
    "enable_vae_tiling": ("vae_tiling", True),
    "enable_vae_slicing": ("vae_slicing", True),
}
# They change nothing of the video.
_QUIET = frozenset(
    {
        "set_progress_bar_config",
        "eval",
        "requires_grad_",
        "maybe_free_model_hooks",
        "remove_all_hooks",
        "parameters",
        "components",
        "state_dict",
        "enable_attention_slicing",
        "train",
        "named_parameters",
        "items",
        "values",
    }
)
_MOVES = ("to", "cuda", "cpu", "half", "bfloat16", "float")
_PICTURES = ("convert", "resize", "crop", "copy", "thumbnail", "rotate", "transpose")


def call(reader: State, method: Method, given: Given, named: Named, line: int) -> Any:
    reads = _OWNERS.get(type(method.owner))
    if reads is not None:
        return reads(reader, method.owner, method.name, given, named, line)
    return _of_value(method.owner, method.name, given, line)


def _of_scheduler(_reader: State, owner: Scheduler, name: str, given: Given, _named: Named, line: int) -> None:
    if name == "set_shift" and given:
        owner.told["shift"] = Told(given[0], line)


def _of_value(owner: Any, name: str, given: Given, line: int) -> Any:
    results = results_in([owner, *given])
    if isinstance(owner, list) and name in ("append", "extend") and given:
        owner.extend(given[0] if name == "extend" and isinstance(given[0], (list, tuple)) else [given[0]])
        return None
    if isinstance(owner, dict):
        return _of_dict(owner, name, given, line)
    if results:
        return Result(results[0])
    if isinstance(owner, str) and all(is_plain(argument) for argument in given):
        if name == "join" and given and isinstance(given[0], (list, tuple)):
            return plain.bounded(lambda: owner.join(given[0]), line)
        return plain.text_method(owner, name, given, line)
    return owner if isinstance(owner, Unknown) else Unknown(f"the method {name[:40]}", line)


def _of_dict(owner: dict[str, Any], name: str, given: Given, line: int) -> Any:
    if name == "update" and given and isinstance(given[0], dict):
        owner.update(given[0])
        return None
    if name in ("get", "pop") and given and isinstance(given[0], str):
        held = owner.get(given[0], given[1] if len(given) > 1 else None)
        if name == "pop":
            owner.pop(given[0], None)
        return held
    if name == "items":
        return list(owner.items())
    return dict(owner) if name == "copy" else Unknown(f"the method {name[:40]}", line)


def _of_generator(_reader: State, owner: Generator, name: str, given: Given, _named: Named, line: int) -> Any:
    if name == "manual_seed" and given:
        owner.seed = Told(given[0], line)
        return Generator(owner.device, owner.seed)
    return owner if name == "set_state" else Unknown(f"the generator's {name[:40]}", line)


def _of_parser(_reader: State, owner: Namespace, name: str, given: Given, named: Named, line: int) -> Any:
    """argparse: each option's default, which a person may change at each run."""
    if name == "add_argument":
        words = [word for word in given if isinstance(word, str)]
        long = next((word for word in words if word.startswith("--")), words[0] if words else "")
        told = named.get("dest")
        key = told.value if told is not None and isinstance(told.value, str) else long.lstrip("-").replace("-", "_")
        owner.values[key] = _default(key, named, line)
        return None
    if name in ("parse_args", "parse_known_args"):
        return owner if name == "parse_args" else [owner, []]
    return owner  # groups of options


def _default(key: str, named: Named, line: int) -> Any:
    action, default = named.get("action"), named.get("default")
    if default is None:
        flags = {"store_true": False, "store_false": True}
        word = action.value if action is not None and isinstance(action.value, str) else ""
        return flags.get(word, Unknown(f"the command line option {key[:40]}", line))
    kind = named.get("type")
    if kind is not None and isinstance(default.value, str) and getattr(kind.value, "last", "") in ("int", "float"):
        return plain.function(kind.value.last, [default.value], {}, line)
    return default.value


def _of_picture(reader: State, owner: Picture, name: str, _given: Given, _named: Named, line: int) -> Any:
    if name in ("resize", "crop", "rotate", "transpose"):
        words = f"the script changes a picture ({name}); the preset names the file as it is"
        reader.remark("picture_changed", words, line, "warning")
    return owner if name in _PICTURES else Unknown("a picture's size", line)


def _of_pipe(reader: State, pipe: Pipe, name: str, given: Given, named: Named, line: int) -> Any:
    reader.events += name not in _QUIET
    if name == "__call__":
        return loading.generate(reader, pipe, given, named, line)
    if name in _OFFLOADS:
        pipe.placement["offload"] = Told(_OFFLOADS[name], line)
    elif name in _VAE:
        pipe.placement[_VAE[name][0]] = Told(_VAE[name][1], line)
    elif name in _MOVES:
        _moved(pipe, given, named, line)
        return pipe
    elif name == "register_to_config":
        pipe.config.update(named)
    elif name == "enable_xformers_memory_efficient_attention":
        pipe.placement["attention"] = Told("xformers", line)
    elif not _lora_method(reader, pipe, name, given, named, line) and name not in _QUIET:
        reader.remark("script_not_read", f"what {name[:60]}() does to the pipeline is not read", line, "warning")
    return None


def _moved(pipe: Pipe, given: Given, named: Named, line: int) -> None:
    for held in (*given, *(told.value for told in named.values())):
        dtype = loading.dtype_of(held)
        if dtype in ("float32", "float16", "bfloat16"):
            pipe.pretrained["torch_dtype"] = Told(dtype, line)
        elif isinstance(held, str) and held.split(":")[0] in ("cuda", "mps"):
            pipe.placement.setdefault("offload", Told("none", line))


def _lora_method(reader: State, pipe: Pipe, name: str, given: Given, named: Named, line: int) -> bool:
    if name == "load_lora_weights":
        _load_lora(reader, pipe, given, named, line)
    elif name == "set_adapters":
        _set_adapters(reader, pipe, given, named, line)
    elif name == "fuse_lora":
        _fuse(pipe, named)
    elif name in ("unload_lora_weights", "disable_lora", "delete_adapters"):
        gone = _listed(given[0]) if name == "delete_adapters" and given else None
        for lora in pipe.loras:
            lora.active = lora.fused or (gone is not None and lora.adapter not in gone)
    elif name == "enable_lora":
        for lora in pipe.loras:
            lora.active = True
    else:
        return False
    return True


def _listed(held: Any) -> list[Any]:
    return list(held) if isinstance(held, (list, tuple)) else [held]


def _load_lora(reader: State, pipe: Pipe, given: Given, named: Named, line: int) -> None:
    source = given[0] if given else next((told.value for key, told in named.items() if "pretrained" in key), None)
    weight = named.get("weight_name")
    unknown = first_unknown([source, weight.value if weight is not None else None])
    if unknown is not None or not isinstance(source, str):
        words = f"which LoRA is loaded comes from {unknown.why if unknown else 'the script itself'}"
        reader.remark("lora_at_run_time", words, line, "warning")
        return
    file = f"{source.rstrip('/')}/{weight.value}" if weight is not None and weight.value else source
    adapter = named.get("adapter_name")
    name = adapter.value if adapter is not None and isinstance(adapter.value, str) else f"default_{len(pipe.loras)}"
    second = named.get("load_into_transformer_2")
    into = second is not None and second.value is True
    pipe.loras.append(Lora(Told(file, line), name, Told(1.0, line), into))


def _set_adapters(reader: State, pipe: Pipe, given: Given, named: Named, line: int) -> None:
    names = _listed(given[0] if given else _value(named, "adapter_names"))
    weights = given[1] if len(given) > 1 else _value(named, "adapter_weights")
    listed = list(weights) if isinstance(weights, (list, tuple)) else [weights] * len(names)
    if first_unknown([names, listed]) is not None:
        reader.remark("lora_at_run_time", "the strengths of LoRAs are decided by a run", line, "warning")
        return
    strengths = dict(zip(names, listed, strict=False)) if all(isinstance(name, str) for name in names) else {}
    for lora in pipe.loras:
        lora.active = lora.fused or lora.adapter in strengths
        held = strengths.get(lora.adapter)
        if isinstance(held, (int, float)):
            lora.weight = Told(held, line)


def _fuse(pipe: Pipe, named: Named) -> None:
    scale, names = _value(named, "lora_scale"), _value(named, "adapter_names")
    for lora in pipe.loras:
        if lora.active and not lora.fused and (names is None or lora.adapter in _listed(names)):
            lora.fused = True
            if isinstance(scale, (int, float)) and isinstance(lora.weight.value, (int, float)):
                lora.weight = Told(lora.weight.value * scale, named["lora_scale"].line)


def _value(named: Named, key: str) -> Any:
    told = named.get(key)
    return told.value if told is not None else None


def _of_part(reader: State, part: PartOf | Part, name: str, given: Given, named: Named, line: int) -> Any:
    kind = part.name if isinstance(part, PartOf) else part.kind
    placement = part.pipe.placement if isinstance(part, PartOf) else part.placement
    reader.events += name not in _QUIET
    if name in _MOVES:
        _part_moved(part, kind, given, named, line)
        return part
    found = _part_placed(kind, name, given, named)
    if found is not None:
        placement[found[0]] = Told(found[1], line)
    elif isinstance(part, PartOf) and kind == "scheduler" and name == "set_shift" and given:
        if part.pipe.scheduler is not None:
            part.pipe.scheduler.told["shift"] = Told(given[0], line)
    elif name not in _QUIET:
        reader.remark("script_not_read", f"what {kind}.{name[:60]}() does is not read", line, "warning")
    return None


def _part_placed(kind: str, name: str, given: Given, named: Named) -> tuple[str, Any] | None:
    """Where and how one component runs, as (setting, value)."""
    if name in _VAE:
        return _VAE[name] if kind == "vae" else None
    if name == "set_attention_backend" and given:
        return "attention", given[0]
    if name in ("compile", "compile_repeated_blocks"):
        return "compile", True
    if name == "enable_layerwise_casting":
        return "layerwise_casting", loading.dtype_of(_value(named, "storage_dtype"))
    return ("offload", "group") if name == "enable_group_offload" else None


def _part_moved(part: PartOf | Part, kind: str, given: Given, named: Named, line: int) -> None:
    for held in (*given, *(told.value for told in named.values())):
        dtype = loading.dtype_of(held)
        if dtype not in ("float32", "float16", "bfloat16"):
            continue
        if isinstance(part, Part):
            part.dtype = Told(dtype, line)
        elif kind in ("vae", "text_encoder"):
            part.pipe.placement[f"{kind}_dtype"] = Told(dtype, line)


def compiled(reader: State, given: Given, line: int) -> Any:
    """torch.compile(pipe.transformer)"""
    part = given[0] if given else None
    if isinstance(part, PartOf):
        part.pipe.placement["compile"] = Told(True, line)
        reader.events += 1
    return part


def offloaded(reader: State, given: Given, kind: str, line: int) -> None:
    """apply_group_offloading(pipe.transformer, ...)"""
    part = given[0] if given else None
    if isinstance(part, (PartOf, Part)):
        held = part.placement if isinstance(part, Part) else part.pipe.placement
        held["offload"] = Told(kind, line)
        reader.events += 1


_OWNERS: dict[type, Any] = {
    Pipe: _of_pipe,
    PartOf: _of_part,
    Part: _of_part,
    Generator: _of_generator,
    Namespace: _of_parser,
    Picture: _of_picture,
    Scheduler: _of_scheduler,
}
