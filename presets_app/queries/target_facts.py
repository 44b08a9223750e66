"""What a target's last answer says of one preset: the facts that its manifest is made of."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from presets_app.backends.base import CatalogueModel
from presets_app.core.canonical import digest
from presets_app.core.manifest import file_hashes
from presets_app.core.weights_named import file_key, part_of

Answer = dict[str, Any]
BY_FILE = ("files", "sizes", "configs")


def checkpoint(answer: Answer, repository: str) -> dict[str, Any]:
    """What the answer says of one repository; {} when nothing."""
    found = (answer.get("checkpoints") or {}).get(repository)
    return found if isinstance(found, dict) else {}


def of_weights(answer: Answer, repository: str, dtype: Any, parts: Iterable[str]) -> dict[str, Any]:
    """The model section of a local target: the repository's own files, and those of each part under their exact
    names. `parts` are names as a document spells them, org/name/path."""
    held = checkpoint(answer, repository)
    model = {"repository": repository, "dtype": dtype, **held}
    for part in parts:
        told = checkpoint(answer, part)
        for name in BY_FILE:
            if told.get(name):
                model[name] = {**(model.get(name) or {}), **told[name]}
    return model


def parts_pinned(pinned: dict[str, Any], answer: Answer) -> list[str]:
    """The parts of the answer that a manifest has files of."""
    value = (pinned["model"].get("files") or {}).get("value")
    keys = [key for name in file_hashes(value) if (key := file_key(name))]
    asked = {name: part for name in answer.get("checkpoints") or {} if (part := part_of(name))}
    return [
        name
        for name, part in asked.items()
        if any(key.repository == part.repository and part.holds(key.path) for key in keys)
    ]


def of_offer(model: CatalogueModel, service: str) -> dict[str, Any]:
    """The model section of a cloud service: all that it versions or prices by."""
    return {
        "model_id": model.model_id,
        "request_schema": digest(model.request_schema),
        "base_price": model.base_price,
        "price_formula": model.formula or None,
        "service": service,
    }
