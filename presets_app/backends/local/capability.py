"""What the local runner honours: a document goes to it whole, and the runner itself refuses what it cannot render."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from presets_app.core.losses import Loss
from presets_app.core.pointers import joined
from presets_app.core.problems import Problem
from presets_app.core.weights_named import part_of

FAMILIES = ("ltx-2", "ltx-2.3", "wan-2.2")  # the families the runner has a pipeline for
TASKS = ("t2v", "i2v", "flf2v")
_DESCRIBES = frozenset({"format", "name", "description", "prompt_expansion", "environment", "hardware"})
_SOURCE = "the runner's pipelines"


def problems(document: Mapping[str, Any]) -> list[Problem]:
    """What can be told without the runner: a family, a task, a picture or a LoRA that it has no way to render."""
    return [*_choices(document), *_pictures(document), *_loras(document)]


def _choices(document: Mapping[str, Any]) -> Iterator[Problem]:
    for key, known in (("family", FAMILIES), ("task", TASKS)):
        if document.get(key) not in known:
            text = f"The local runner renders {', '.join(known)}, not {document.get(key)!r}."
            hint = "Choose another target for this preset."
            yield Problem(f"{key}_unsupported", "error", f"/{key}", text, hint, _SOURCE)


def _pictures(document: Mapping[str, Any]) -> Iterator[Problem]:
    inputs = document.get("inputs")
    if document.get("task") not in TASKS[1:]:
        return
    if not isinstance(inputs, Mapping) or not inputs:
        text = "The video starts from a first image, and the preset has none."
        yield Problem("input_missing", "error", "/inputs/first_image", text, "Add the picture.", _SOURCE)
        return
    for name, asset in inputs.items():
        if not isinstance(asset, Mapping):
            text = "This picture is named, and is not kept with the preset, so its bytes are not known."
            hint = "Give the file with the preset: drop both on the page, or `presets save FILE --asset PICTURE`."
            yield Problem("input_not_kept", "error", joined(("inputs", name)), text, hint, _SOURCE)


def _loras(document: Mapping[str, Any]) -> Iterator[Problem]:
    stages = document.get("stages")
    for at, stage in enumerate(stages if isinstance(stages, list) else ()):
        held = stage.get("loras") if isinstance(stage, Mapping) else None
        for index, lora in enumerate(held if isinstance(held, list) else ()):
            file = lora.get("file") if isinstance(lora, Mapping) else None
            if isinstance(file, str) and (part_of(file) is None or not file.endswith(".safetensors")):
                text = (
                    "The local runner finds a LoRA by repository and safetensors file, like org/name/file.safetensors."
                )
                path = joined(("stages", at, "loras", index, "file"))
                yield Problem(
                    "lora_invalid", "error", path, text, "Name it so; docs/models.md says where it goes.", _SOURCE
                )


def losses(document: Mapping[str, Any]) -> list[Loss]:
    """One entry for each member: carried as it is, apart from what only describes the preset."""
    return [_loss(name, value) for name, value in document.items()]


def _loss(name: str, value: Any) -> Loss:
    if name in _DESCRIBES:
        return Loss(f"/{name}", "dropped", "", value, None, "Describes the preset and is not part of a render.")
    return Loss(f"/{name}", "carried", f"/document/{name}", value, value)
