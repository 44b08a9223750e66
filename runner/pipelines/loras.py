"""LoRAs: small matrices beside a model's linear layers, added with a strength that each stage chooses.

They are added while a stage runs and leave no trace in the weights, so that the next stage or render finds the model as
it was loaded, to the bit. safetensors only; every tensor of the file must have its place in the model.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Any

import torch
from safetensors import SafetensorError, safe_open
from torch import nn
from torch.nn import functional

from runner.failures import CannotRender, cannot
from runner.weights import Extra

_DOWN, _UP = (".lora_A.weight", ".lora_down.weight"), (".lora_B.weight", ".lora_up.weight")
_BIAS, _ALPHA = (".lora_B.bias",), (".alpha",)
_UNKNOWN_SETTINGS = ("alpha_pattern", "rank_pattern", "use_dora", "use_rslora")


@dataclass(frozen=True)
class Layer:
    """What is added to one linear layer: `up @ down @ x * scale (+ bias)`, with (rank, in) and (out, rank)."""

    down: torch.Tensor
    up: torch.Tensor
    bias: torch.Tensor | None
    scale: float


@dataclass(frozen=True)
class Lora:
    """A file, by the part of the pipeline it changes and the name of each layer in it."""

    name: str
    digest: str
    layers: Mapping[str, Mapping[str, Layer]]


def read(extra: Extra, pipeline: Any, parts: Mapping[str, nn.Module]) -> Lora:
    """The file's layers, by the pipeline class's own table of spellings.

    `parts` are the models it may change. Raises CannotRender for a file that is none, and for a tensor without place.
    """
    name = extra.part.name
    try:
        with safe_open(str(extra.path), "pt") as file:
            tensors = {key: file.get_tensor(key) for key in file.keys()}  # noqa: SIM118 - not a mapping
            settings = _settings(file.metadata() or {}, name)
    except (SafetensorError, OSError, ValueError) as error:
        raise _unusable(name, f"it cannot be read ({type(error).__name__})") from error
    try:
        spelled = pipeline.lora_state_dict(tensors)
    except (LookupError, ValueError, TypeError, AttributeError, RuntimeError) as error:
        raise _unusable(name, f"its tensors are named in an unknown way ({type(error).__name__})") from error
    if not spelled:
        raise _unusable(name, "it holds no tensors")
    return Lora(name, extra.digest, _layers(name, spelled, parts, settings))


@contextmanager
def applied(chosen: Mapping[str, tuple[Lora, float]], parts: Mapping[str, nn.Module], device: str) -> Iterator[None]:
    """Within, each LoRA of `chosen` (by name) acts on `parts` with its strength; afterwards nothing is left."""
    with ExitStack() as stack:
        for lora, strength in chosen.values():
            for part, layers in lora.layers.items():
                for place, layer in layers.items():
                    module = parts[part].get_submodule(place)
                    handle = module.register_forward_hook(_adding(layer, strength, module, device))
                    stack.callback(handle.remove)
        yield


def _adding(layer: Layer, strength: float, module: nn.Module, device: str) -> Any:
    dtype = module.get_parameter("weight").dtype
    down, up = layer.down.to(device, dtype), layer.up.to(device, dtype)
    bias = None if layer.bias is None else layer.bias.to(device, dtype)
    factor = strength * layer.scale

    def add(_module: Any, arguments: Any, output: torch.Tensor) -> torch.Tensor:
        change = functional.linear(functional.linear(arguments[0].to(dtype), down), up)
        grown = output + change.to(output.dtype) * factor
        return grown if bias is None else grown + bias.to(output.dtype) * strength

    return add


def _layers(
    name: str, tensors: Mapping[str, torch.Tensor], parts: Mapping[str, nn.Module], settings: Mapping[str, float]
) -> dict[str, dict[str, Layer]]:
    grouped: dict[tuple[str, str], dict[str, torch.Tensor]] = {}
    for key, tensor in sorted(tensors.items()):
        part, _, rest = key.partition(".")
        kind, ending = _kind(rest)
        if part not in parts or not kind:
            raise _unusable(name, f"the tensor {key} has no place in this model")
        grouped.setdefault((part, rest.removesuffix(ending)), {})[kind] = tensor
    found: dict[str, dict[str, Layer]] = {}
    for (part, place), held in grouped.items():
        found.setdefault(part, {})[place] = _layer(f"{part}.{place}", held, _module(name, parts[part], place), settings)
    return found


def _kind(key: str) -> tuple[str, str]:
    for kind, endings in (("down", _DOWN), ("up", _UP), ("bias", _BIAS), ("alpha", _ALPHA)):
        for ending in endings:
            if key.endswith(ending):
                return kind, ending
    return "", ""


def _module(name: str, part: nn.Module, place: str) -> nn.Linear:
    try:
        module = part.get_submodule(place)
    except AttributeError:
        module = None
    if not isinstance(module, nn.Linear):
        raise _unusable(name, f"this model has no linear layer {place}")
    return module


def _layer(place: str, held: Mapping[str, torch.Tensor], module: nn.Linear, settings: Mapping[str, float]) -> Layer:
    down, up = held.get("down"), held.get("up")
    if down is None or up is None:
        raise _unusable(place, "it has one of its two matrices only")
    rank = down.shape[0]
    if down.shape != (rank, module.in_features) or up.shape != (module.out_features, rank):
        shapes = f"{tuple(down.shape)} and {tuple(up.shape)}"
        raise _unusable(
            place, f"its matrices {shapes} do not fit a layer {module.in_features} -> {module.out_features}"
        )
    if not all(bool(torch.isfinite(tensor.float()).all()) for tensor in held.values()):
        raise _unusable(place, "it holds values that are not numbers")
    part = place.partition(".")[0]
    alpha = float(held["alpha"]) if "alpha" in held else settings.get(part, settings.get("", float(rank)))
    return Layer(down, up, held.get("bias"), alpha / rank)


def _settings(metadata: Mapping[str, str], name: str) -> dict[str, float]:
    """alpha by part, from what PEFT keeps in the file's header. Raises CannotRender for kinds of LoRA that add more."""
    text = metadata.get("lora_adapter_metadata")
    told = json.loads(text) if text else {}
    found: dict[str, float] = {}
    for key, value in told.items() if isinstance(told, dict) else ():
        part, _, setting = str(key).rpartition(".")
        if setting in _UNKNOWN_SETTINGS and value:
            raise _unusable(name, f"its setting {setting} is not supported")
        if setting == "lora_alpha":
            found[part] = float(value)
    return found


def _unusable(name: str, why: str) -> CannotRender:
    text = f"The LoRA {name} cannot be used: {why}."
    return cannot("preset", "lora_unusable", text, "Choose one that was made for this model.", lora=name)
