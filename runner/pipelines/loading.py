"""Loads a pipeline part by part, so that each part's missing and unexpected weights are seen.

`from_pretrained` on the whole pipeline loads a file with a missing tensor in silence. Every part is loaded from the
local folder only, as safetensors only, and its class comes from the family's own table, never from the folder.
"""

from __future__ import annotations

import gc
import inspect
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import torch
from diffusers.utils import logging as diffusers_logging
from transformers.utils import logging as transformers_logging

from runner.failures import CannotRender, cannot
from runner.memory_faults import is_out_of_memory

Parts = Mapping[str, tuple[type[Any], ...]]
LOCAL_ONLY = {"local_files_only": True, "use_safetensors": True}

# Both libraries draw progress bars and print whole models on a worker's log.
diffusers_logging.set_verbosity_error()
diffusers_logging.disable_progress_bar()
transformers_logging.set_verbosity_error()
transformers_logging.disable_progress_bar()


def read_index(folder: Path, *expected: str) -> dict[str, Any]:
    """model_index.json, when it names one of the expected pipeline classes. Raises CannotRender otherwise."""
    try:
        index = json.loads((folder / "model_index.json").read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise _incomplete("model_index.json", "it cannot be read") from error
    found = index.get("_class_name") if isinstance(index, dict) else None
    if found not in expected:
        text = f"These weights are for {found!r}; the preset's family and task need {' or '.join(expected)}."
        raise cannot("preset", "weights_wrong_class", text, "Pin a repository of that class.", found=str(found))
    return dict(index)


def load_parts(
    folder: Path, index: Mapping[str, Any], parts: Parts, dtypes: Mapping[str, str], optional: Sequence[str] = ()
) -> dict[str, Any]:
    """Every model of the index by name, on the CPU, in evaluation mode. An absent optional part is left out."""
    loaded: dict[str, Any] = {}
    for name, classes in parts.items():
        entry = index.get(name)
        named = entry[1] if isinstance(entry, list) and len(entry) == 2 else None
        if named is None and name in optional:
            continue
        kind = next((kind for kind in classes if kind.__name__ == named), None)
        if kind is None:
            known = " or ".join(kind.__name__ for kind in classes)
            text = f"The part {name} is a {named!r}; this runner knows {known}."
            raise cannot("preset", "weights_wrong_class", text, part=name)
        loaded[name] = load_part(folder, name, kind, getattr(torch, dtypes.get(name, dtypes["default"])))
    return loaded


def reader_of(folder: Path, name: str, model: Any) -> Callable[[], Any]:
    """Loads a part again as the one that is there: its class, its number format."""
    kind, dtype = type(model), model.dtype
    return lambda: load_part(folder, name, kind, dtype)


def load_part(folder: Path, name: str, kind: type[Any], dtype: torch.dtype) -> Any:
    """One model. Raises CannotRender when its file is damaged, or tensors are missing or left over."""
    try:
        model, info = kind.from_pretrained(
            str(folder), subfolder=name, torch_dtype=dtype, output_loading_info=True, **LOCAL_ONLY
        )
    except (OSError, ValueError, RuntimeError) as error:
        if is_out_of_memory(error):
            raise
        raise _incomplete(name, f"it cannot be read ({type(error).__name__})") from error
    for key in ("missing_keys", "unexpected_keys", "mismatched_keys", "error_msgs"):
        if info.get(key):
            first = sorted(str(entry) for entry in info[key])[0]
            raise _incomplete(name, f"{key.replace('_', ' ')}: {first}")
    return model.eval()


def load_tokenizer(folder: Path, kind: type[Any]) -> Any:
    try:
        return kind.from_pretrained(str(folder), subfolder="tokenizer", local_files_only=True, trust_remote_code=False)
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise _incomplete("tokenizer", f"it cannot be read ({type(error).__name__})") from error


def read_scheduler(folder: Path, known: Sequence[str]) -> dict[str, Any]:
    """The checkpoint's scheduler settings, when its class is one the family knows."""
    try:
        saved = json.loads((folder / "scheduler" / "scheduler_config.json").read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise _incomplete("scheduler", "its settings cannot be read") from error
    found = saved.get("_class_name") if isinstance(saved, dict) else None
    if found not in known:
        text = f"The scheduler is a {found!r}; this runner knows {' or '.join(known)}."
        raise cannot("preset", "weights_wrong_class", text, part="scheduler")
    return dict(saved)


def settle(model: torch.nn.Module) -> None:
    """Copy every tensor into memory of its own.

    Tensors mapped from a file sit where the file's header left them, and CPU kernels round differently by alignment:
    the same weights with 8 bytes more of header gave other pixels (5.9e-5).
    """
    with torch.no_grad():
        for tensor in (*model.parameters(), *model.buffers()):
            tensor.data = tensor.data.clone()


def place(pipe: Any, device: str, offload: str) -> None:
    """Move the pipeline to its device; on the CPU there is nowhere to offload from, so weights are settled instead."""
    pipe.set_progress_bar_config(disable=True)
    if device == "cpu":
        for part in pipe.components.values():
            if isinstance(part, torch.nn.Module):
                settle(part)
        return
    _offloaded(pipe, device, offload)


class Variants:
    """The pipelines that share one checkpoint's models, by class: made when first needed, all at once on one device.

    Not by `from_pipe`: without a dtype it casts the shared models to float32, with one it casts those that are kept in
    another. `read_encoder` loads the text encoder anew, where the preset has it dropped once the prompt is encoded.
    """

    def __init__(self, pipe: Any, device: str, offload: str, read_encoder: Callable[[], Any]) -> None:
        place(pipe, device, offload)
        self._made = {type(pipe): pipe}
        self.base, self._now = pipe, type(pipe)
        self._device, self._offload = device, offload
        self._read_encoder = read_encoder

    @contextmanager
    def encoding(self) -> Iterator[None]:
        """Within, every pipeline has the text encoder; with the offload `text` none has it afterwards, and nothing
        holds it any more."""
        if self.base.text_encoder is None:
            encoder = self._read_encoder()
            settle(encoder) if self._device == "cpu" else encoder.to(self._device)
            self._hand_out(encoder)
            del encoder
        try:
            yield
        finally:
            if self._offload == "text":
                self._hand_out(None)
                gc.collect()
                if torch.cuda.is_available():
                    torch.cuda.empty_cache()

    def _hand_out(self, encoder: Any) -> None:
        for pipe in self._made.values():
            if hasattr(pipe, "text_encoder"):
                pipe.text_encoder = encoder

    def of(self, kind: type[Any], **own: Any) -> Any:
        """The pipeline of a class; `own` are the parts that only it has."""
        if kind not in self._made:
            shared = {name: part for name, part in self.base.components.items() if name in _parts_of(kind)}
            self._made[kind] = kind(**{**shared, **own})
            self._made[kind].set_progress_bar_config(disable=True)
        pipe = self._made[kind]
        if self._offload == "model" and self._device != "cpu" and kind is not self._now:
            pipe.enable_model_cpu_offload(device=self._device)  # takes the hooks of the one before off the models
        self._now = kind
        return pipe

    def forget(self, kind: type[Any]) -> None:
        """Let go of a class's pipeline and of the parts that only it has."""
        self._made.pop(kind, None)


def _parts_of(kind: type[Any]) -> set[str]:
    return set(inspect.signature(kind.__init__).parameters) - {"self"}


def wrong_variant(text: str, hint: str = "") -> CannotRender:
    """The right class of pipeline, and another model than the preset means."""
    return cannot("preset", "weights_wrong_variant", text, hint or "Pin the repository that the preset means.")


def _offloaded(pipe: Any, device: str, offload: str) -> None:
    if offload == "model":
        pipe.enable_model_cpu_offload(device=device)
    elif offload == "sequential":
        pipe.enable_sequential_cpu_offload(device=device)
    elif offload == "group":
        pipe.enable_group_offload(onload_device=torch.device(device), offload_type="leaf_level")
    else:
        pipe.to(device)


def _incomplete(name: str, why: str) -> CannotRender:
    text = f"The weights of {name} are not complete: {why}."
    return cannot("environment", "weights_incomplete", text, "Fetch this revision again.", part=name)
