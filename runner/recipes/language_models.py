"""A language model from the weights folder: found by repository and revision, hashed whole, opened without code."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
from transformers import AutoModelForCausalLM, AutoTokenizer

from presets_app.core.canonical import digest
from runner import determinism, weights
from runner.failures import cannot
from runner.progress import Progress, Report

CLASSES = ("Qwen2ForCausalLM", "Qwen3ForCausalLM", "LlamaForCausalLM", "MistralForCausalLM", "Gemma2ForCausalLM")


class Language:
    """A model with its tokenizer on the device, and what it is: {repository, revision, files (one digest), class}."""

    def __init__(self, folder: Path, known: dict[str, Any]) -> None:
        self.known = known
        self.tokenizer = AutoTokenizer.from_pretrained(folder, local_files_only=True, trust_remote_code=False)
        self.model = AutoModelForCausalLM.from_pretrained(
            folder,
            local_files_only=True,
            trust_remote_code=False,
            use_safetensors=True,
            dtype=torch.bfloat16 if determinism.device() == "cuda" else torch.float32,
        )
        self.model.eval().to(determinism.device())


def load(named: Mapping[str, Any], root: Path, hashes: weights.Hashes, report: Report) -> Language:
    """Raises CannotRender for weights that are not here, hold anything but data, or are of an unknown class."""
    repository = str(named["repository"])
    revision = str(named.get("revision") or weights.newest(root, repository) or "")
    if not revision:
        hint = "Put them into the runner's weights folder (docs/models.md)."
        text = f"The weights {repository} are not on this machine."
        raise cannot("environment", "weights_missing", text, hint, repository=repository)
    folder = weights.find(root, repository, revision)
    files = {name: hashes.of(path, lambda _read: report(Progress("load"))) for name, path in _files(folder).items()}
    known = {"repository": repository, "revision": revision, "files": digest(files), "class": _class(folder)}
    return Language(folder, known)


def _files(folder: Path) -> dict[str, Path]:
    """Every file at the top of the snapshot that could be opened; raises CannotRender for anything but data."""
    found = {name: path for name, path in weights.data_files(folder).items() if "/" not in name}
    if "config.json" not in found or not any(name.endswith(".safetensors") for name in found):
        text = "The folder of this language model lacks its config.json or its safetensors."
        raise cannot("environment", "weights_incomplete", text, "Fetch this revision again.")
    return found


def _class(folder: Path) -> str:
    config = json.loads((folder / "config.json").read_text("utf-8"))
    named = next(iter(config.get("architectures") or ["unknown"]), "unknown")
    if named not in CLASSES:
        text = f"This runner writes prompts with no model of the class {str(named)[:80]}."
        raise cannot("preset", "language_model_unknown", text, f"Known: {', '.join(CLASSES)}.")
    return str(named)
