"""From a sampler's model back to the file it was loaded from, with everything that is put on the way."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from presets_app.backends.comfyui.graph import Link, Node
from presets_app.backends.comfyui.interpreting.draft import Draft, portable
from presets_app.backends.comfyui.interpreting.found import Value, capital, is_number, named
from presets_app.backends.comfyui.interpreting.values import Values

_LONGEST = 300  # nodes between a sampler and its loader
_FILES = ("unet_name", "ckpt_name", "model_name", "model", "gguf_name", "diffusion_model_name", "model_path")
_FILE = re.compile(r"\.(safetensors|sft|gguf|ckpt|pt|pth|bin)$", re.IGNORECASE)
_PRECISIONS = {"fp32": "float32", "fp16": "float16", "fp16_fast": "float16", "bf16": "bfloat16"}
# Patches that only change how fast the same thing is computed.
_SPEED = {
    "PathchSageAttentionKJ": "sage",
    "LTX2MemoryEfficientSageAttentionPatch": "sage",
    "CheckpointLoaderKJ": "",
    "ModelPatchTorchSettings": "",
    "TorchCompileModel": "compile",
    "TorchCompileModelWanVideo": "compile",
    "TorchCompileModelWanVideoV2": "compile",
    "TorchCompileModelLTXVideo": "compile",
    "TorchCompileModelAdvanced": "compile",
    "wanBlockSwap": "",
    "WanVideoBlockSwap": "",
    "LTXVChunkFeedForward": "",
    "ModelMemoryUsageFactorOverride": "",
    "WanAnimate2Cache": "",
}


@dataclass
class Weights:
    """One model of one stage: the loader with the input that names its file, the LoRAs in the order they are put
    on, the nodes that set the shift (the one nearest the sampler first), other patches, and switches passed."""

    loader: Node | None = None
    file_input: str = ""
    loras: list[tuple[Value, Value, Node]] = field(default_factory=list)
    shifts: list[Node] = field(default_factory=list)
    patches: list[Node] = field(default_factory=list)
    deciders: list[Value] = field(default_factory=list)


def weights_at(values: Values, draft: Draft, link: Link | None, path: str) -> Weights:
    """Walk a model link back to its loader."""
    found = Weights()
    seen: set[str] = set()
    while link is not None and len(seen) < _LONGEST:
        found.deciders += values.deciders(link)
        node = values.node(link)
        if node is None or node.id in seen:
            break
        seen.add(node.id)
        link = _model_link(node)
        if link is None:
            found.loader, found.file_input = node, _file_input(values, node)
        else:
            _met(values, draft, found, node, path)
        for beside in _loras_beside(values, node):
            found.loras += reversed(list(_loras_of(values, draft, beside, path)))
    found.loras.reverse()
    return found


def _met(values: Values, draft: Draft, found: Weights, node: Node, path: str) -> None:
    if any("lora" in name.lower() for name in node.inputs) and "lora" in node.class_type.lower():
        found.loras += reversed(list(_loras_of(values, draft, node, path)))
    elif node.class_type.startswith("ModelSampling"):
        found.shifts.append(node)
    else:
        found.patches.append(node)


def _loras_beside(values: Values, node: Node) -> list[Node]:
    """LoRAs that the WanVideoWrapper pack chains beside the model, the last one first."""
    found: list[Node] = []
    here = values.node(node.link("lora")) if node.link("lora") else None
    while here is not None and here not in found and len(found) < _LONGEST:
        found.append(here)
        here = values.node(here.link("prev_lora")) if here.link("prev_lora") else None
    return found


def _model_link(node: Node) -> Link | None:
    return next((link for name in ("model", "model1", "MODEL", "prev_model") if (link := node.link(name))), None)


def _file_input(values: Values, node: Node) -> str:
    return next((name for name in _FILES if name in node.inputs and isinstance(values.of(node, name).value, str)), "")


def _loras_of(values: Values, draft: Draft, node: Node, path: str) -> Iterator[tuple[Value, Value, Node]]:
    """(file, strength, node) of each LoRA that a node puts on; those that are off become notes."""
    for name, held in node.inputs.items():
        if isinstance(held, dict) and "lora" in held:
            yield from _power(values, draft, node, name, path)
        elif name in ("lora_name", "lora") and not node.link(name):
            strength = next((n for n in ("strength_model", "strength", "lora_strength") if n in node.inputs), "")
            yield from _one(values, draft, node, (values.of(node, name), values.of(node, strength)), path)
        elif (number := re.fullmatch(r"lora_name_(\d+)|lora_(\d+)(?:_name)?", name)) is not None:
            index = number[1] or number[2]
            names = (f"lora_wt_{index}", f"model_str_{index}", f"strength_model_{index}", f"strength_{index}")
            strength = next((n for n in names if n in node.inputs), "")
            yield from _one(values, draft, node, (values.of(node, name), values.of(node, strength)), path)


def _power(values: Values, draft: Draft, node: Node, name: str, path: str) -> Iterator[tuple[Value, Value, Node]]:
    """One row of a Power Lora Loader: an object with on, lora and strength."""
    held = node.inputs[name]
    trail = values.of(node, name).trail
    file, strength = Value(held.get("lora"), trail), Value(held.get("strength", 1), trail)
    if held.get("on") is False:
        _off(draft, node, file, path, "it is switched off")
    else:
        yield from _one(values, draft, node, (file, strength), path)


def _one(
    values: Values, draft: Draft, node: Node, pair: tuple[Value, Value], path: str
) -> Iterator[tuple[Value, Value, Node]]:
    file, strength = pair
    if file.known and file.value in ("None", "none", "", None):
        return
    if strength.known and is_number(strength.value) and strength.value == 0:
        _off(draft, node, file, path, "its strength is 0")
        return
    yield file, strength, node


def _off(draft: Draft, node: Node, file: Value, path: str, why: str) -> None:
    text = f"The LoRA {portable(file.value)} of {named(node)} has no effect: {why}."
    draft.trouble("lora_off", "note", f"{path}/loras", text, "", node)


def read_weights(values: Values, draft: Draft, weights: Weights, path: str) -> str:
    """Enter a stage's model, LoRAs, shift and patches; the file's name, "" when it cannot be known."""
    for decided in weights.deciders:
        draft.credit(f"{path}/model", decided)
    name = _file(values, draft, weights, path)
    draft.set(f"{path}/loras", [])
    for index, (file, strength, _) in enumerate(weights.loras):
        draft.put(f"{path}/loras/{index}/file", file, "file", at_least="LoRA's file")
        draft.put(f"{path}/loras/{index}/strength", strength, "number")
    for node in weights.shifts[:1]:
        _shift(values, draft, node, path)
    for node in weights.shifts[1:]:
        text = f"{capital(named(node))} has no effect: another node sets the shift after it."
        draft.trouble("node_without_effect", "note", f"{path}/shift", text, "", node)
    for node in weights.patches:
        _patch(values, draft, node, path)
    return name


def _file(values: Values, draft: Draft, weights: Weights, path: str) -> str:
    loader = weights.loader
    if loader is None or not weights.file_input:
        seen = f"; the way back ends at {named(loader)}" if loader is not None else ""
        text = f"The model of this stage comes from no loader that is known here{seen}."
        draft.trouble("value_not_in_file", "error", f"{path}/model", text, "Name the model by hand.", loader)
        return ""
    value = values.of(loader, weights.file_input)
    if not draft.put(f"{path}/model", value, "file", at_least="model"):
        return ""
    _stored(values, draft, loader)
    found = portable(value.value)
    return found if isinstance(found, str) else ""


def _stored(values: Values, draft: Draft, loader: Node) -> None:
    """How a loader keeps the weights in memory."""
    for name in ("weight_dtype", "quantization"):
        value = values.of(loader, name)
        if not value.known or not isinstance(value.value, str) or value.value in ("default", "disabled"):
            continue
        draft.put("/runtime/quantization", value, "text")
        text = f"{capital(named(loader))} keeps the weights as {value.value}, whatever the file holds."
        draft.trouble("weights_stored_as", "note", "/runtime/quantization", text, "", loader)
    attention, dtype = values.of(loader, "attention_mode"), values.of(loader, "base_precision")
    draft.put("/runtime/attention", attention, "text")
    if dtype.known and dtype.value in _PRECISIONS:
        draft.set("/runtime/dtype", _PRECISIONS[dtype.value])
        draft.credit("/runtime/dtype", dtype)
    if "gguf" in loader.class_type.lower():
        draft.set("/runtime/quantization", "gguf")


def _shift(values: Values, draft: Draft, node: Node, path: str) -> None:
    if "shift" in node.inputs:
        draft.put(f"{path}/shift", values.of(node, "shift"), "number")
        return
    for name in ("max_shift", "base_shift"):
        draft.put(f"{path}/scheduler_options/{name}", values.of(node, name), "number")
    if not any(name in node.inputs for name in ("max_shift", "base_shift")):
        text = f"{capital(named(node))} changes the model's sampling in a way that a preset cannot hold."
        draft.trouble("patch_not_kept", "warning", path, text, "", node)


def _patch(values: Values, draft: Draft, node: Node, path: str) -> None:
    kind = node.class_type
    if kind in _QUIET:
        return
    if kind in _SPEED:
        if _SPEED[kind] == "compile":
            draft.set("/runtime/compile", True)
        elif _SPEED[kind]:
            draft.set("/runtime/attention", _SPEED[kind])
        draft.remark(node, "Changes how fast the video is computed, not what is in it.")
        return
    text = f"{capital(named(node))} changes the model in a way that a preset cannot hold."
    draft.trouble("patch_not_kept", "warning", path, text, "The render will differ without it.", node)
    draft.remark(node, "A preset has no place for this patch of the model.")


_QUIET = frozenset({"LTXVReferenceAudio"})  # told of where the sound is read
