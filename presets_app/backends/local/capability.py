"""What the local runner honours: a document goes to it whole, and the runner itself refuses what it cannot render."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from presets_app.core.losses import Loss
from presets_app.core.problems import Problem

FAMILIES = ("ltx-2", "wan-2.2")  # the families the runner has a pipeline for
TASKS = ("t2v",)
_DESCRIBES = frozenset({"format", "name", "description", "prompt_expansion", "environment", "hardware"})


def problems(document: Mapping[str, Any]) -> list[Problem]:
    """What can be told without the runner: a family or a task that it has no pipeline for."""
    found = []
    for key, known in (("family", FAMILIES), ("task", TASKS)):
        if document.get(key) not in known:
            text = f"The local runner renders {' and '.join(known)}, not {document.get(key)!r}."
            hint = "Choose another target for this preset."
            found.append(Problem(f"{key}_unsupported", "error", f"/{key}", text, hint, "the runner's pipelines"))
    return found


def losses(document: Mapping[str, Any]) -> list[Loss]:
    """One entry for each member: carried as it is, apart from what only describes the preset."""
    return [_loss(name, value) for name, value in document.items()]


def _loss(name: str, value: Any) -> Loss:
    if name in _DESCRIBES:
        return Loss(f"/{name}", "dropped", "", value, None, "Describes the preset and is not part of a render.")
    return Loss(f"/{name}", "carried", f"/document/{name}", value, value)
