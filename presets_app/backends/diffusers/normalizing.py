"""The many ways people write a diffusers call as JSON, brought into the one form that an export has.

Each part keeps the pointer of where it stood, so that every field of the file can be accounted for.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from presets_app.backends.diffusers import calls
from presets_app.core.ledger import leaves
from presets_app.core.pointers import joined

Made = dict[str, Any]
CLASS_KEYS = ("pipeline", "class", "_class_name", "pipeline_class", "class_name", "type")
SOURCE_KEYS = ("pretrained_model_name_or_path", "model", "model_id", "repo_id", "repository", "checkpoint", "path")
CALL_KEYS = ("call", "kwargs", "arguments", "call_kwargs", "args", "parameters")
_LOADING = {"revision": "revision", "torch_dtype": "torch_dtype", "dtype": "torch_dtype", "variant": "variant"}
_LOADING |= {"use_safetensors": "use_safetensors", "subfolder": "subfolder", "quantization_config": "quantization"}
_SHIFT = ("flow_shift", "shift")
_SEED = ("seed", "manual_seed", "generator_seed")
_OFFLOADS = {
    "enable_model_cpu_offload": "model",
    "enable_sequential_cpu_offload": "sequential",
    "enable_group_offload": "group",
}
_VAE = {
    "tiling": "vae_tiling",
    "enable_tiling": "vae_tiling",
    "slicing": "vae_slicing",
    "enable_slicing": "vae_slicing",
}
_PLACEMENT = {"offload": "offload", "vae_tiling": "vae_tiling", "vae_slicing": "vae_slicing", "attention": "attention"}
_PLACEMENT |= {"compile": "compile", "layerwise_casting": "layerwise_casting", "attention_backend": "attention"}
_EXPORT = {"fps": "fps", "output_path": "file", "output_video_path": "file", "file": "file", "path": "file"}
_LORA_FILE = ("file", "path", "name", "lora", "pretrained_model_name_or_path_or_dict", "model", "repository", "repo_id")
_LORA_WEIGHT = ("weight", "strength", "scale", "adapter_weight", "lora_scale")
_CONDITION = {"image": "frames", "video": "frames", "frame_index": "index", "frame": "index"}
_KNOWN_ARGUMENTS = frozenset(
    {
        *(name for defaults in calls.DEFAULTS.values() for name in defaults),
        *calls.LTX2_FIXED,
        *calls.LTX_FIXED,
        *calls.WAN_FIXED,
        "prompt",
        "negative_prompt",
        "guidance_scale_2",
        "sigmas",
        "noise_scale",
        "output_type",
        "return_dict",
        "image",
        "last_image",
        "video",
        "conditions",
        "strength",
        "image_crf",
        "min_seconds",
        "max_seconds",
        "prompt_enhancement_seed",
        "prompt_max_new_tokens",
        "mask",
        "reference_images",
        "conditioning_scale",
    }
)


@dataclass
class Source:
    """A call in the form of an export.

    `origin` maps a pointer of the form to the file's own; `lines` says on which line of a script a part was said;
    `undecided` names what only a run of the script decides. A field that fits nowhere has no place here."""

    file: Mapping[str, Any]
    form: Made = field(default_factory=dict)
    origin: dict[str, str] = field(default_factory=dict)
    lines: dict[str, int] = field(default_factory=dict)
    is_script: bool = False
    undecided: frozenset[str] = frozenset()

    def put(self, place: Made, target: str, key: str | None, value: Any, at: str) -> None:
        """Set form[...][key], where `place` is the object at `target`; each leaf below keeps where it came from."""
        key = str(key)
        if key in place:
            return  # said twice in other words: the first holds
        place[key] = value
        own = joined((key,), target)
        for path, _ in leaves(value, own):
            self.origin[path] = at + path[len(own) :]

    def where(self, target: str) -> str:
        return self.origin.get(target, "")


def normalized(file: Mapping[str, Any]) -> Source:
    """Never raises: what fits nowhere is left out."""
    source = Source(file)
    _stage(source, source.form, "", dict(file), "")
    return source


def is_argument(name: str) -> bool:
    return name in _KNOWN_ARGUMENTS


def _stage(source: Source, made: Made, target: str, value: Made, at: str) -> None:
    """One call with all that belongs to it: the file itself, or an entry of its `stages`."""
    for key, held in value.items():
        here = joined((key,), at)
        if not _part(source, made, (target, key), held, here):
            _argument(source, made, target, key, held, here)


def _part(source: Source, made: Made, place: tuple[str, str], held: Any, here: str) -> bool:
    """A key that is no argument of a call. False when it may be one."""
    target, key = place
    if key in CLASS_KEYS:
        return _class(source, made, target, held, here)
    if key == "from_pretrained" or (key in SOURCE_KEYS and isinstance(held, str)):
        _pretrained(source, made, target, held, here)
    elif key in _LOADING:
        source.put(_below(made, "from_pretrained"), f"{target}/from_pretrained", _LOADING[key], held, here)
    elif key in CALL_KEYS and isinstance(held, dict):
        for name, inner in held.items():
            _argument(source, made, target, name, inner, joined((name,), here))
    elif key == "scheduler" or key in _SHIFT:
        _scheduler(source, made, target, key, held, here)
    elif key in ("loras", "lora"):
        _loras(source, made, target, held, here)
    elif key in ("generator", *_SEED):
        _generator(source, made, target, held, here)
    elif key == "stages" and isinstance(held, list) and not target:
        _stages(source, made, held, here)
    else:
        return _about(source, made, place, held, here)
    return True


def _about(source: Source, made: Made, place: tuple[str, str], held: Any, here: str) -> bool:
    """What describes the files beside a call. False when the key may be an argument."""
    target, key = place
    if key in ("config", "boundary_ratio"):
        ratio = held.get("boundary_ratio") if isinstance(held, dict) else held
        at = here if ratio is held else f"{here}/boundary_ratio"
        source.put(_below(made, "config"), f"{target}/config", "boundary_ratio", ratio, at)
    elif key == "script" or (key in ("inputs", "environment") and _is_table(held)):
        source.put(made, target, key, held, here)
    elif key == "inputs" and isinstance(held, dict):
        for name, inner in held.items():
            _argument(source, made, target, name, inner, joined((name,), here))
    else:
        return _around(source, made, place, held, here)
    return True


def _around(source: Source, made: Made, place: tuple[str, str], held: Any, here: str) -> bool:
    """Where parts run and which file is written. False when the key may be an argument."""
    target, key = place
    if key in ("export", "output") and isinstance(held, dict):
        _inside(source, made, (target, "export"), held, here)
    elif key in _EXPORT and not isinstance(held, (dict, list)):
        source.put(_below(made, "export"), f"{target}/export", _EXPORT[key], held, here)
    elif key in _OFFLOADS and held:
        source.put(_below(made, "placement"), f"{target}/placement", "offload", _OFFLOADS[key], here)
    elif key in ("placement", "vae") and isinstance(held, dict):
        _placement(source, made, target, held, here)
    elif key in _PLACEMENT:
        source.put(_below(made, "placement"), f"{target}/placement", _PLACEMENT[key], held, here)
    else:
        return False
    return True


def _is_table(held: Any) -> bool:
    """Whether `inputs` or `environment` is a list of files or names, and not the call's arguments."""
    return isinstance(held, list) or (isinstance(held, dict) and not _is_call(held))


def _is_call(held: Any) -> bool:
    return isinstance(held, dict) and any(key in _KNOWN_ARGUMENTS and not isinstance(held[key], dict) for key in held)


def _inside(source: Source, made: Made, place: tuple[str, str], held: Made, here: str) -> None:
    """The fields of an object under their usual names."""
    target, key = place
    for name, inner in held.items():
        own = _EXPORT.get(name, name) if key == "export" else name
        source.put(_below(made, key), f"{target}/{key}", own, inner, joined((name,), here))


def _below(made: Made, key: str) -> Made:
    found = made.setdefault(key, {})
    return found if isinstance(found, dict) else {}


def _argument(source: Source, made: Made, target: str, key: str, held: Any, here: str) -> None:
    if key in ("generator", *_SEED):
        _generator(source, made, target, held, here)
    elif key == "fps":
        source.put(_below(made, "export"), f"{target}/export", "fps", held, here)
    elif key == "conditions" and isinstance(held, (list, dict)):
        _conditions(source, made, target, held, here)
    elif key in _KNOWN_ARGUMENTS or here.count("/") > 1:
        source.put(_below(made, "call"), f"{target}/call", key, held, here)


def _class(source: Source, made: Made, target: str, held: Any, here: str) -> bool:
    if isinstance(held, dict):  # {"pipeline": {"class": ..., "from_pretrained": ...}, "call": ...}
        _stage(source, made, target, held, here)
        return True
    name = held[1] if isinstance(held, list) and len(held) == 2 else held
    if not isinstance(name, str):
        return False
    source.put(made, target, "pipeline", name.rsplit(".", 1)[-1], here)
    return True


def _pretrained(source: Source, made: Made, target: str, held: Any, here: str) -> None:
    place, base = _below(made, "from_pretrained"), f"{target}/from_pretrained"
    if not isinstance(held, dict):
        source.put(place, base, SOURCE_KEYS[0], held, here)
        return
    for key, inner in held.items():
        name = SOURCE_KEYS[0] if key in SOURCE_KEYS else _LOADING.get(key, key)
        source.put(place, base, name, inner, joined((key,), here))


def _scheduler(source: Source, made: Made, target: str, key: str, held: Any, here: str) -> None:
    place, base = _below(made, "scheduler"), f"{target}/scheduler"
    if key in _SHIFT:
        source.put(place, base, key, held, here)
    elif isinstance(held, dict):
        for name, inner in held.items():
            if name in ("config", "kwargs") and isinstance(inner, dict):
                _scheduler(source, made, target, key, inner, joined((name,), here))
            else:
                source.put(place, base, "class" if name in CLASS_KEYS else name, inner, joined((name,), here))
    else:
        name = held[1] if isinstance(held, list) and len(held) == 2 else held
        source.put(place, base, "class", name, here)


def _loras(source: Source, made: Made, target: str, held: Any, here: str) -> None:
    entries = held if isinstance(held, list) else [held]
    listed = made.setdefault("loras", [])
    if not entries:
        source.origin[f"{target}/loras"] = here
    for number, entry in enumerate(entries):
        at = f"{here}/{number}" if isinstance(held, list) else here
        base = f"{target}/loras/{len(listed)}"
        fresh: Made = {}
        listed.append(fresh)
        if not isinstance(entry, dict):
            source.put(fresh, base, "file", entry, at)
            continue
        for key, inner in entry.items():
            name = "file" if key in _LORA_FILE else ("weight" if key in _LORA_WEIGHT else key)
            source.put(fresh, base, name, inner, joined((key,), at))


def _generator(source: Source, made: Made, target: str, held: Any, here: str) -> None:
    place, base = _below(made, "generator"), f"{target}/generator"
    if not isinstance(held, dict):
        source.put(place, base, "seed", held, here)
        return
    for key, inner in held.items():
        source.put(place, base, "seed" if key in _SEED else key, inner, joined((key,), here))


def _placement(source: Source, made: Made, target: str, held: Made, here: str) -> None:
    for key, inner in held.items():
        at = joined((key,), here)
        if key in ("torch_dtype", "dtype"):
            source.put(_below(made, "placement"), f"{target}/placement", "vae_dtype", inner, at)
        else:
            name = _VAE.get(key, _PLACEMENT.get(key, _OFFLOADS.get(key, key)))
            source.put(_below(made, "placement"), f"{target}/placement", name, inner, at)


def _conditions(source: Source, made: Made, target: str, held: Any, here: str) -> None:
    entries = held if isinstance(held, list) else [held]
    listed: list[Made] = []
    _below(made, "call")["conditions"] = listed
    for number, entry in enumerate(entries):
        at = f"{here}/{number}" if isinstance(held, list) else here
        base = f"{target}/call/conditions/{number}"
        fresh: Made = {}
        listed.append(fresh)
        for key, inner in entry.items() if isinstance(entry, dict) else (("frames", entry),):
            own = joined((key,), at) if isinstance(entry, dict) else at
            source.put(fresh, base, _CONDITION.get(key, key), inner, own)


def _stages(source: Source, made: Made, held: list[Any], here: str) -> None:
    listed = made.setdefault("stages", [])
    for number, entry in enumerate(held):
        fresh: Made = {}
        listed.append(fresh)
        if isinstance(entry, dict):
            _stage(source, fresh, f"/stages/{number}", entry, f"{here}/{number}")
