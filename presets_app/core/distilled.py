"""Which presets render distilled weights: told by the variant, by the names of weights, by the LoRAs of each stage.

Nothing inside a document says it otherwise; a file with a name of its own is told by `variant: distilled`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

WORDS = ("distill", "lightx2v", "lightning", "causvid", "turbo")  # as the files of LTX and WAN are named
_SERVICE_WORDS = (*WORDS, "fast")  # and as services name what they offer


def sounds_distilled(name: Any) -> bool:
    return isinstance(name, str) and any(word in name.lower() for word in WORDS)


def is_distilled_service(model: Any) -> bool:
    """Whether a service's own name of a model is that of a distilled one: ltx-2-fast, wan2.1-t2v-turbo."""
    return isinstance(model, str) and any(word in model.lower() for word in _SERVICE_WORDS)


def is_distilled_stage(stage: Mapping[str, Any]) -> bool:
    """By the stage's own model, or a LoRA that it applies."""
    loras = stage.get("loras")
    applied = loras if isinstance(loras, list) else []
    return sounds_distilled(stage.get("model")) or any(_applies(lora) for lora in applied)


def _applies(lora: Any) -> bool:
    return isinstance(lora, dict) and sounds_distilled(lora.get("file")) and lora.get("strength") != 0


def extent(document: Mapping[str, Any]) -> tuple[str, tuple[str, ...]]:
    """("full" | "partly distilled" | "distilled", the roles of the stages that are), of the whole preset."""
    held = document.get("stages")
    stages = [stage for stage in held if isinstance(stage, dict)] if isinstance(held, list) else []
    whole = sounds_distilled(document.get("variant")) or _only_distilled_files(document)
    roles = tuple(str(stage.get("role", "")) for stage in stages if whole or is_distilled_stage(stage))
    if whole or (stages and len(roles) == len(stages)):
        return "distilled", roles
    return ("partly distilled" if roles else "full"), roles


def _only_distilled_files(document: Mapping[str, Any]) -> bool:
    models = document.get("models")
    files = models.get("transformer") if isinstance(models, dict) else None
    return isinstance(files, list) and bool(files) and all(map(sounds_distilled, files))
